/** Metric points, one per series and 10 s, in blocks of ten minutes per series. */
import type { DatabaseSync, StatementSync } from "node:sqlite";
import { decodeMetrics } from "@faultline/formats/otlp";
import { encodeMetrics } from "@faultline/formats/otlp-encode";
import type { MetricPoint } from "@faultline/model";
import type { Store } from "../contract.ts";
import { STEP_MS } from "../rules/rollup.ts";
import { sealBytes, unsealBytes } from "./sealed.ts";

const BLOCK_MS = 600_000;
/** Blocks that got nothing for so long leave memory. */
const HOT_MS = 2 * BLOCK_MS;
const WORDS = 3;

/** Points of one series and ten minutes: time, value and count (NaN for none) by step. */
type Block = { readonly fromMs: number; readonly points: Map<number, readonly [timeMs: number, value: number, count: number]> };
type HotBlock = { readonly series: number; readonly block: Block; dirty: boolean; lastMs: number };

/** See above. Transactions are the caller's. */
export class MetricTable {
  readonly #maxSeries: number;
  readonly #numbers = new Map<string, number>();
  /** A point of each series, for everything but time, value and count. */
  readonly #patterns: MetricPoint[] = [];
  #newSeries: number[] = [];
  readonly #hot = new Map<string, HotBlock>();
  readonly #statements: Record<"insertSeries" | "writeBlock" | "readBlock" | "readBlocks", StatementSync>;
  /** Damaged rows that were met, each once. */
  readonly damaged = new Set<string>();

  constructor(db: DatabaseSync, maxSeries: number) {
    this.#maxSeries = maxSeries;
    this.#statements = {
      insertSeries: db.prepare("INSERT OR REPLACE INTO metric_series (number, bytes, crc) VALUES (?, ?, ?)"),
      writeBlock: db.prepare("INSERT OR REPLACE INTO metric_block (series, from_ms, bytes, crc) VALUES (?, ?, ?, ?)"),
      readBlock: db.prepare("SELECT bytes, crc FROM metric_block WHERE series = ? AND from_ms = ?"),
      readBlocks: db.prepare("SELECT from_ms, bytes, crc FROM metric_block WHERE series = ? AND from_ms > ? AND from_ms < ?"),
    };
    for (const row of db.prepare("SELECT number, bytes, crc FROM metric_series ORDER BY number").iterate()) this.#restore(row);
  }

  /** Takes a point: `stored`, or `thinned` when it takes the place of another of its 10 s, or `refused` when its series is one too many. */
  add(point: MetricPoint, nowMs: number): "stored" | "thinned" | "refused" {
    const series = this.#intern(point);
    if (series === undefined) return "refused";
    const hot = this.#getHot(series, Math.floor(point.timeMs / BLOCK_MS) * BLOCK_MS, nowMs);
    const step = Math.floor((point.timeMs - hot.block.fromMs) / STEP_MS);
    const before = hot.block.points.has(step);
    hot.block.points.set(step, [point.timeMs, point.value, point.count ?? Number.NaN]);
    hot.dirty = true;
    hot.lastMs = nowMs;
    return before ? "thinned" : "stored";
  }

  get isDirty(): boolean {
    for (const hot of this.#hot.values()) if (hot.dirty) return true;
    return this.#newSeries.length > 0;
  }

  /** Writes what changed; the answer is to be called once the transaction is committed. */
  write(): () => void {
    const written: HotBlock[] = [];
    const newSeries = this.#newSeries;
    for (const number of newSeries) {
      const pattern = this.#patterns[number];
      const bytes = encodeMetrics(pattern === undefined ? [] : [pattern]);
      this.#statements.insertSeries.run(number, bytes, sealBytes(number, bytes));
    }
    for (const hot of this.#hot.values()) {
      if (!hot.dirty) continue;
      const bytes = encodeBlock(hot.block);
      this.#statements.writeBlock.run(hot.series, hot.block.fromMs, bytes, sealBytes(`${hot.series} ${hot.block.fromMs}`, bytes));
      written.push(hot);
    }
    return () => {
      for (const hot of written) hot.dirty = false;
      this.#newSeries = this.#newSeries.slice(newSeries.length);
    };
  }

  /** Lets go of blocks that are on disk and do not change any more. */
  cool(nowMs: number): void {
    for (const [key, hot] of this.#hot) if (!hot.dirty && nowMs - hot.lastMs > HOT_MS) this.#hot.delete(key);
  }

  list({ window, service, names, limit }: Parameters<Store["listMetrics"]>[0]): MetricPoint[] {
    const found: MetricPoint[] = [];
    for (const [number, pattern] of this.#patterns.entries()) {
      if (service !== undefined && pattern.resource.service !== service) continue;
      if (names !== undefined && !names.includes(pattern.name)) continue;
      for (const block of this.#listBlocks(number, window)) {
        for (const [timeMs, value, count] of block.points.values()) {
          if (timeMs < window.fromMs || timeMs >= window.toMs) continue;
          const { count: _count, ...rest } = pattern;
          found.push({ ...rest, timeMs, value, ...(Number.isNaN(count) ? {} : { count }) });
        }
      }
    }
    return found.sort((a, b) => b.timeMs - a.timeMs).slice(0, Math.max(0, limit));
  }

  #listBlocks(series: number, window: { readonly fromMs: number; readonly toMs: number }): Block[] {
    const blocks: Block[] = [];
    for (const hot of this.#hot.values()) if (hot.series === series) blocks.push(hot.block);
    for (const row of this.#statements.readBlocks.iterate(series, window.fromMs - BLOCK_MS, window.toMs)) {
      const fromMs = Number(row["from_ms"]);
      if (!this.#hot.has(toKey(series, fromMs))) blocks.push(this.#decode(series, fromMs, row));
    }
    return blocks;
  }

  #intern(point: MetricPoint): number | undefined {
    const { service, instance, version } = point.resource;
    const key = JSON.stringify([service, instance, version, point.name, point.attributes]);
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    const number = this.#patterns.length;
    if (number >= this.#maxSeries) return undefined;
    this.#numbers.set(key, number);
    this.#patterns.push(point);
    this.#newSeries.push(number);
    return number;
  }

  #getHot(series: number, fromMs: number, nowMs: number): HotBlock {
    const key = toKey(series, fromMs);
    let hot = this.#hot.get(key);
    if (hot === undefined) {
      const row = this.#statements.readBlock.get(series, fromMs);
      const block = row === undefined ? { fromMs, points: new Map() } : this.#decode(series, fromMs, row);
      this.#hot.set(key, (hot = { series, block, dirty: false, lastMs: nowMs }));
    }
    return hot;
  }

  #decode(series: number, fromMs: number, row: Record<string, unknown>): Block {
    const block: Block = { fromMs, points: new Map() };
    const bytes = unsealBytes(`${series} ${fromMs}`, row);
    if (bytes === undefined) this.damaged.add(`ten minutes of the metric series ${series}`);
    const words = bytes === undefined ? new Float64Array() : new Float64Array(Uint8Array.from(bytes).buffer);
    for (let at = 0; at < words.length; at += WORDS) {
      const timeMs = words[at] ?? 0;
      block.points.set(Math.floor((timeMs - fromMs) / STEP_MS), [timeMs, words[at + 1] ?? 0, words[at + 2] ?? Number.NaN]);
    }
    return block;
  }

  #restore(row: Record<string, unknown>): void {
    const number = Number(row["number"]);
    const bytes = unsealBytes(number, row);
    const decoded = bytes === undefined ? undefined : decodeMetrics(bytes, "protobuf");
    const pattern = decoded?.ok === true ? decoded.value.items[0] : undefined;
    if (pattern === undefined) this.damaged.add(`the name of metric series ${number}`);
    const nameless: MetricPoint = {
      name: "(damaged)",
      unit: "",
      timeMs: 0,
      value: 0,
      attributes: { number: this.#patterns.length },
      resource: { service: "(damaged)", attributes: {} },
    };
    while (this.#patterns.length < number) this.#intern({ ...nameless, attributes: { number: this.#patterns.length } });
    this.#intern(pattern ?? nameless);
    this.#newSeries = [];
  }
}

function toKey(series: number, fromMs: number): string {
  return `${series} ${fromMs}`;
}

function encodeBlock(block: Block): Uint8Array {
  const words = new Float64Array(block.points.size * WORDS);
  let at = 0;
  for (const point of block.points.values()) {
    words.set(point, at);
    at += WORDS;
  }
  return new Uint8Array(words.buffer);
}

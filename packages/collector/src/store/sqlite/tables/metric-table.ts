/** Metric points, one per series and 10 s, in blocks of ten minutes per series. */
import type { DatabaseSync, StatementSync } from "node:sqlite";
import { decodeMetrics } from "@faultline/formats/otlp";
import { encodeMetrics } from "@faultline/formats/otlp-encode";
import type { MetricPoint } from "@faultline/model";
import type { Store } from "../../contract.ts";
import { decodeMetricBlock, encodeMetricBlock, METRIC_BLOCK_MS, MetricBlock } from "./metric-block.ts";
import { sealBytes, unsealBytes } from "../sealed.ts";

/** Blocks that received nothing for this long leave memory. */
const HOT_MS = 2 * METRIC_BLOCK_MS;
/** How many blocks are in memory for each possible series: two, around the change of ten minutes. A sender of random dates gets no more. */
const HOT_OF_SERIES = 2;
/** The longest description of a series: it stays in memory. */
const MAX_PATTERN_LENGTH = 16 << 10;

type HotBlock = { readonly series: number; readonly block: MetricBlock; dirty: boolean; lastMs: number };

/** A series: its key, and a point of it for everything but time, value and count. */
type Series = { readonly key: string; readonly pattern: MetricPoint };

/** See above. Transactions are the caller's. */
export class MetricTable {
  readonly #maxSeries: number;
  readonly #numbers = new Map<string, number>();
  /** By number. Instances come and go, so the numbers of series without points are given out again. */
  readonly #series: (Series | undefined)[] = [];
  #free: number[] = [];
  /** True when a series was refused since free numbers were last looked for. */
  #isShort = false;
  #newSeries: number[] = [];
  readonly #hot = new Map<string, HotBlock>();
  readonly #statements: Record<"insertSeries" | "unused" | "deleteSeries" | "writeBlock" | "readBlock" | "readBlocks", StatementSync>;
  /** Damaged rows that were found, each once. */
  readonly damaged = new Set<string>();

  constructor(db: DatabaseSync, maxSeries: number) {
    this.#maxSeries = maxSeries;
    this.#statements = {
      insertSeries: db.prepare("INSERT OR REPLACE INTO metric_series (number, bytes, crc) VALUES (?, ?, ?)"),
      unused: db.prepare("SELECT number FROM metric_series WHERE NOT EXISTS (SELECT 1 FROM metric_block WHERE series = number)"),
      deleteSeries: db.prepare("DELETE FROM metric_series WHERE number = ?"),
      writeBlock: db.prepare("INSERT OR REPLACE INTO metric_block (series, from_ms, bytes, crc) VALUES (?, ?, ?, ?)"),
      readBlock: db.prepare("SELECT bytes, crc FROM metric_block WHERE series = ? AND from_ms = ?"),
      readBlocks: db.prepare("SELECT from_ms, bytes, crc FROM metric_block WHERE series = ? AND from_ms > ? AND from_ms < ?"),
    };
    for (const row of db.prepare("SELECT number, bytes, crc FROM metric_series ORDER BY number").iterate()) this.#restore(row);
    for (let number = 0; number < this.#series.length; number++) if (this.#series[number] === undefined) this.#free.push(number);
  }

  /** Takes a point, at a time of the steady clock: `stored`, `thinned` when it replaces another point of the same 10 s, or `refused` when there are too many series. */
  add(point: MetricPoint, steadyMs: number): "stored" | "thinned" | "refused" {
    const series = this.#intern(point);
    const hot =
      series === undefined ? undefined : this.#getHot(series, Math.floor(point.timeMs / METRIC_BLOCK_MS) * METRIC_BLOCK_MS, steadyMs);
    if (hot === undefined) return "refused";
    const before = hot.block.set(point.timeMs, point.value, point.count ?? Number.NaN);
    hot.dirty = true;
    hot.lastMs = steadyMs;
    return before ? "thinned" : "stored";
  }

  /** How many rows wait to be written. */
  get waiting(): number {
    let rows = this.#newSeries.length;
    for (const hot of this.#hot.values()) if (hot.dirty) rows += 1;
    return rows;
  }

  /**
   * Writes what changed, up to `limit` rows of each kind, series before anything that refers to their number. Call the returned function once the
   * transaction is committed.
   */
  write(limit = Infinity): () => void {
    const written: HotBlock[] = [];
    const newSeries = this.#newSeries.slice(0, limit);
    const freed = this.#isShort ? this.#deleteUnused() : [];
    for (const number of newSeries) {
      const series = this.#series[number];
      const bytes = encodeMetrics(series === undefined ? [] : [series.pattern]);
      this.#statements.insertSeries.run(number, bytes, sealBytes(number, bytes));
    }
    const blocks = newSeries.length < this.#newSeries.length ? [] : this.#hot.values();
    for (const hot of blocks) {
      if (!hot.dirty || written.length >= limit) continue;
      const bytes = encodeMetricBlock(hot.block);
      this.#statements.writeBlock.run(hot.series, hot.block.fromMs, bytes, sealBytes(`${hot.series} ${hot.block.fromMs}`, bytes));
      written.push(hot);
    }
    return () => {
      for (const hot of written) hot.dirty = false;
      this.#newSeries = this.#newSeries.slice(newSeries.length);
      this.#isShort = false;
      for (const number of freed) this.#forget(number);
    };
  }

  /** Releases blocks that are on disk and no longer change. */
  cool(steadyMs: number): void {
    for (const [key, hot] of this.#hot) if (!hot.dirty && steadyMs - hot.lastMs > HOT_MS) this.#hot.delete(key);
  }

  list({ window, service, names, limit }: Parameters<Store["listMetrics"]>[0]): MetricPoint[] {
    const found: MetricPoint[] = [];
    for (const [number, series] of this.#series.entries()) {
      if (series === undefined) continue;
      const { pattern } = series;
      if (service !== undefined && pattern.resource.service !== service) continue;
      if (names !== undefined && !names.includes(pattern.name)) continue;
      for (const block of this.#listBlocks(number, window)) {
        block.forEach((timeMs, value, count) => {
          if (timeMs < window.fromMs || timeMs >= window.toMs) return;
          const { count: _count, ...rest } = pattern;
          found.push({ ...rest, timeMs, value, ...(Number.isNaN(count) ? {} : { count }) });
        });
      }
    }
    return found.sort((a, b) => b.timeMs - a.timeMs).slice(0, Math.max(0, limit));
  }

  #listBlocks(series: number, window: { readonly fromMs: number; readonly toMs: number }): MetricBlock[] {
    const blocks: MetricBlock[] = [];
    for (const hot of this.#hot.values()) if (hot.series === series) blocks.push(hot.block);
    for (const row of this.#statements.readBlocks.iterate(series, window.fromMs - METRIC_BLOCK_MS, window.toMs)) {
      const fromMs = Number(row["from_ms"]);
      if (!this.#hot.has(toKey(series, fromMs))) blocks.push(this.#decode(series, fromMs, row));
    }
    return blocks;
  }

  #intern(point: MetricPoint): number | undefined {
    const key = toSeriesKey(point);
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    if (this.#free.length === 0 && this.#series.length >= this.#maxSeries) {
      this.#isShort = true;
      return undefined;
    }
    if (JSON.stringify(point).length > MAX_PATTERN_LENGTH) return undefined;
    const number = this.#free.pop() ?? this.#series.length;
    this.#put(number, { key, pattern: point });
    this.#newSeries.push(number);
    return number;
  }

  #getHot(series: number, fromMs: number, steadyMs: number): HotBlock | undefined {
    const key = toKey(series, fromMs);
    let hot = this.#hot.get(key);
    if (hot === undefined) {
      if (this.#hot.size >= this.#maxSeries * HOT_OF_SERIES) return undefined;
      const row = this.#statements.readBlock.get(series, fromMs);
      const block = row === undefined ? new MetricBlock(fromMs) : this.#decode(series, fromMs, row);
      this.#hot.set(key, (hot = { series, block, dirty: false, lastMs: steadyMs }));
    }
    return hot;
  }

  #decode(series: number, fromMs: number, row: Record<string, unknown>): MetricBlock {
    const bytes = unsealBytes(`${series} ${fromMs}`, row);
    if (bytes === undefined) this.damaged.add(`ten minutes of the metric series ${series}`);
    return bytes === undefined ? new MetricBlock(fromMs) : decodeMetricBlock(bytes, fromMs);
  }

  #put(number: number, series: Series): void {
    while (this.#series.length < number) this.#series.push(undefined);
    this.#series[number] = series;
    this.#numbers.set(series.key, number);
  }

  /** Deletes the series that have no points left; their numbers become free once that is committed. */
  #deleteUnused(): readonly number[] {
    const inUse = new Set([...[...this.#hot.values()].map(({ series }) => series), ...this.#newSeries]);
    const unused = this.#statements.unused.all().map((row) => Number(row["number"]));
    const freed = unused.filter((number) => !inUse.has(number));
    for (const number of freed) this.#statements.deleteSeries.run(number);
    return freed;
  }

  #forget(number: number): void {
    const series = this.#series[number];
    if (series !== undefined) this.#numbers.delete(series.key);
    this.#series[number] = undefined;
    this.#free.push(number);
  }

  #restore(row: Record<string, unknown>): void {
    const number = Number(row["number"]);
    const bytes = unsealBytes(number, row);
    const decoded = bytes === undefined ? undefined : decodeMetrics(bytes, "protobuf");
    const pattern = decoded?.ok === true ? decoded.value.items[0] : undefined;
    if (pattern !== undefined) return this.#put(number, { key: toSeriesKey(pattern), pattern });
    this.damaged.add(`the name of metric series ${number}`);
    const resource = { service: "(damaged)", attributes: {} };
    this.#put(number, {
      key: `(damaged) ${number}`,
      pattern: { name: "(damaged)", unit: "", timeMs: 0, value: 0, attributes: { number }, resource },
    });
  }
}

function toSeriesKey({ resource, name, attributes }: MetricPoint): string {
  return JSON.stringify([resource.service, resource.instance, resource.version, name, attributes]);
}

function toKey(series: number, fromMs: number): string {
  return `${series} ${fromMs}`;
}

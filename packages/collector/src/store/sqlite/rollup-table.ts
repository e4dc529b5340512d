/** The rollups on disk, with the minutes that still change held in memory: they are written whole, so that writing twice does no harm. */
import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { ExchangeFilter } from "../contract.ts";
import { CountSum, matchesSeries } from "../rules/count-rows.ts";
import { type Block, BLOCK_MS, countExchange, createBlock, SeriesTable, STEP_MS, toBlockStart } from "../rules/rollup.ts";
import type { Series } from "../rules/series.ts";
import { addBlock, decodeBlock, encodeBlock, toMinute } from "./block-codec.ts";
import { addMinute, MinuteCache } from "./minute-cache.ts";
import { seal, sealBytes, unseal, unsealBytes } from "./sealed.ts";

/** Minutes that got nothing for so long leave memory. */
const HOT_MS = 3 * 60_000;
/** So many minutes are in memory at a time; what happened in others, of a sender of dates at random, counts when it arrives. */
const MAX_HOT = 256;
/** A hundred megabytes; beyond it minutes are written, and leave, at once. */
const MAX_CELLS = 400_000;
const MANY_HOT = 64;

type HotBlock = { readonly block: Block; dirty: boolean; lastMs: number };

/** Counts per series and 10 s. */
export class RollupTable {
  readonly #series: SeriesTable;
  readonly #hot = new Map<number, HotBlock>();
  /** The minute that was counted in last: most exchanges are of the same. */
  #last: HotBlock | undefined;
  #newSeries: { readonly number: number; readonly series: Series }[] = [];
  readonly #insertSeries: StatementSync;
  readonly #writeBlock: StatementSync;
  readonly #readBlock: StatementSync;
  readonly #listBlocks: StatementSync;
  readonly #minutes = new MinuteCache();
  /** Damaged rows that were met, each once. */
  readonly damaged = new Set<string>();

  constructor(db: DatabaseSync, maxSeries: number) {
    this.#series = new SeriesTable(maxSeries);
    this.#insertSeries = db.prepare("INSERT OR REPLACE INTO series (number, json, crc) VALUES (?, ?, ?)");
    this.#writeBlock = db.prepare("INSERT OR REPLACE INTO block (from_ms, bytes, crc) VALUES (?, ?, ?)");
    this.#readBlock = db.prepare("SELECT bytes, crc FROM block WHERE from_ms = ?");
    this.#listBlocks = db.prepare("SELECT from_ms FROM block WHERE from_ms >= ? AND from_ms < ? ORDER BY from_ms");
    for (const row of db.prepare("SELECT number, json, crc FROM series ORDER BY number").iterate()) this.#restoreSeries(row);
  }

  /** The number of a series, for `count` and for the index of traces. */
  intern(series: Series): number {
    const { number, added } = this.#series.intern(series);
    if (added !== undefined) this.#newSeries.push({ number, series: added });
    return number;
  }

  /** Numbers of the series that a filter lets pass. */
  listMatching(filter: ExchangeFilter): number[] {
    const matching: number[] = [];
    for (let number = 0; number < this.#series.size; number++) {
      const series = this.#series.get(number);
      if (series !== undefined && matchesSeries(filter, series)) matching.push(number);
    }
    return matching;
  }

  get(number: number): Series | undefined {
    return this.#series.get(number);
  }

  /** Counts one exchange of a series, or `times` of them. */
  count(
    series: number,
    exchange: { readonly timeMs: number; readonly durationMs: number; readonly failing: boolean; readonly times?: number },
    nowMs: number,
  ): void {
    const fromMs = toBlockStart(exchange.timeMs);
    let hot = this.#last?.block.fromMs === fromMs ? this.#last : this.#hot.get(fromMs);
    if (hot === undefined) {
      const isFull = this.#hot.size >= MAX_HOT && fromMs !== toBlockStart(nowMs);
      if (isFull) return this.count(series, { ...exchange, timeMs: nowMs }, nowMs);
      this.#hot.set(fromMs, (hot = { block: this.#loadBlock(fromMs), dirty: false, lastMs: nowMs }));
      this.#minutes.delete(fromMs);
    }
    this.#last = hot;
    countExchange(hot.block, series, exchange);
    hot.dirty = true;
    hot.lastMs = nowMs;
  }

  /** True when so much is in memory that it should be written now, and leave. */
  get isPressed(): boolean {
    if (this.#hot.size > MANY_HOT) return true;
    let cells = 0;
    for (const { block } of this.#hot.values()) cells += block.filled;
    return cells > MAX_CELLS;
  }

  get isDirty(): boolean {
    if (this.#newSeries.length > 0) return true;
    for (const hot of this.#hot.values()) if (hot.dirty) return true;
    return false;
  }

  /** Series must be there before anything that names their number; called in every transaction. */
  writeSeries(): () => void {
    const written = this.#newSeries.length;
    for (const { number, series } of this.#newSeries) {
      const { json, crc } = seal(number, series);
      this.#insertSeries.run(number, json, crc);
    }
    return () => (this.#newSeries = this.#newSeries.slice(written));
  }

  /** Writes what changed; the answer is to be called once the transaction is committed. */
  writeBlocks(): () => void {
    const written: HotBlock[] = [];
    for (const hot of this.#hot.values()) {
      if (!hot.dirty) continue;
      const bytes = encodeBlock(hot.block);
      this.#writeBlock.run(hot.block.fromMs, bytes, sealBytes(hot.block.fromMs, bytes));
      written.push(hot);
    }
    return () => {
      for (const hot of written) hot.dirty = false;
    };
  }

  /** Lets go of minutes that are on disk and do not change any more. */
  cool(nowMs: number): void {
    const isPressed = this.isPressed;
    const current = toBlockStart(nowMs);
    for (const [fromMs, hot] of this.#hot) {
      const isOver = nowMs - hot.lastMs > HOT_MS || (isPressed && fromMs !== current);
      if (isOver && !hot.dirty) this.#hot.delete(fromMs);
    }
    this.#last = undefined;
  }

  /** Adds up what a question asks for. */
  sum(question: ConstructorParameters<typeof CountSum>[0]): CountSum {
    const sum = new CountSum(question, this.#series);
    const { fromMs, toMs } = question.window;
    for (const row of this.#listBlocks.all(toBlockStart(fromMs), toBlockStart(toMs) + BLOCK_MS)) {
      const blockStart = Number(row["from_ms"]);
      if (this.#hot.has(blockStart)) continue;
      const isWhole = blockStart + STEP_MS > fromMs && blockStart + BLOCK_MS - STEP_MS < toMs;
      if (isWhole && question.stepMs % BLOCK_MS === 0) this.#addMinute(blockStart, sum);
      else this.#addSteps(blockStart, sum);
    }
    for (const { block } of this.#hot.values()) sum.add(block);
    return sum;
  }

  #addMinute(fromMs: number, sum: CountSum): void {
    let minute = this.#minutes.find(fromMs);
    if (minute === undefined) {
      const bytes = this.#findBytes(fromMs);
      if (bytes === undefined) return;
      minute = toMinute(bytes);
      this.#minutes.add(fromMs, minute);
    }
    addMinute(minute, fromMs, sum);
  }

  #addSteps(fromMs: number, sum: CountSum): void {
    const bytes = this.#findBytes(fromMs);
    if (bytes !== undefined) addBlock(bytes, fromMs, sum);
  }

  #findBytes(fromMs: number): Uint8Array | undefined {
    const row = this.#readBlock.get(fromMs);
    const bytes = row === undefined ? undefined : unsealBytes(fromMs, row);
    if (row !== undefined && bytes === undefined) this.damaged.add(`counts of the minute ${new Date(fromMs).toISOString()}`);
    return bytes;
  }

  #loadBlock(fromMs: number): Block {
    const bytes = this.#findBytes(fromMs);
    return bytes === undefined ? createBlock(fromMs) : decodeBlock(bytes, fromMs);
  }

  /** A damaged series keeps its number, so that the others keep theirs; its counts go to a service that says so. */
  #restoreSeries(row: Record<string, unknown>): void {
    const number = Number(row["number"]);
    const series = toSeries(unseal(number, row));
    if (series === undefined) this.damaged.add(`the name of series ${number}`);
    const fallback = { service: "(damaged)", route: String(number), method: "", status: 0, version: "", region: "" };
    while (this.#series.size < number) this.#series.intern({ ...fallback, route: String(this.#series.size) });
    this.#series.intern(series ?? fallback);
  }
}

function toSeries(value: unknown): Series | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { service, route, method, status, version, region } = value as Record<string, unknown>;
  const texts = [service, route, method, version, region];
  if (!texts.every((text) => typeof text === "string") || typeof status !== "number") return undefined;
  return {
    service: String(service),
    route: String(route),
    method: String(method),
    status,
    version: String(version),
    region: String(region),
  };
}

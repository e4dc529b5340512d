/** The rollups on disk, and in memory the minutes that still change. A minute is written as a whole, so writing it twice does no harm. */
import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { Window } from "@faultline/model";
import type { CountRow } from "../../contract.ts";
import { CountSum } from "../../rules/count-rows.ts";
import { Groupings } from "../../rules/grouping.ts";
import { type Block, BLOCK_MS, countExchange, createBlock, STEP_MS, toBlockStart } from "../../rules/rollup.ts";
import { addBlock, decodeBlock, encodeBlock, toMinute } from "./block-codec.ts";
import { addMinute, MinuteCache } from "../minute-cache.ts";
import { sealBytes, unsealBytes } from "../sealed.ts";
import type { SeriesCatalog } from "../series-catalog.ts";
import { Turns } from "../turns.ts";

/** Minutes that received nothing for this long leave memory. */
const HOT_MS = 3 * 60_000;
/** How many minutes are in memory at once. Exchanges of other minutes, from a sender of random dates, count at their arrival. */
const MAX_HOT = 256;
/** A hundred megabytes; beyond that, minutes are written at once and leave memory. */
const MAX_CELLS = 400_000;
const MANY_HOT = 64;
/** How many series are summed between two looks at the clock; a look takes as long as one series. */
const SERIES_AT_A_TIME = 256;

/** When it was last written, by the steady clock. */
type HotBlock = { readonly block: Block; dirty: boolean; writtenMs: number };

/** Counts per series and 10 s. */
export class RollupTable {
  readonly #series: SeriesCatalog;
  readonly #hot = new Map<number, HotBlock>();
  /** The minute that was counted last: most exchanges fall into the same one. */
  #last: HotBlock | undefined;
  readonly #writeBlock: StatementSync;
  readonly #readBlock: StatementSync;
  readonly #listBlocks: StatementSync;
  readonly #groupings: Groupings;
  readonly #minutes = new MinuteCache();
  /** Damaged rows that were found, each once. */
  readonly damaged = new Set<string>();

  constructor(db: DatabaseSync, series: SeriesCatalog) {
    this.#series = series;
    this.#groupings = new Groupings(series);
    this.#writeBlock = db.prepare("INSERT OR REPLACE INTO block (from_ms, bytes, crc) VALUES (?, ?, ?)");
    this.#readBlock = db.prepare("SELECT bytes, crc FROM block WHERE from_ms = ?");
    this.#listBlocks = db.prepare("SELECT from_ms FROM block WHERE from_ms >= ? AND from_ms < ? ORDER BY from_ms");
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
      this.#hot.set(fromMs, (hot = { block: this.#loadBlock(fromMs), dirty: false, writtenMs: Infinity }));
      this.#minutes.delete(fromMs);
    }
    this.#last = hot;
    countExchange(hot.block, series, exchange);
    hot.dirty = true;
  }

  /** True when so much is in memory that it should be written now and released. */
  get isPressed(): boolean {
    if (this.#hot.size > MANY_HOT) return true;
    let cells = 0;
    for (const { block } of this.#hot.values()) cells += block.filled;
    return cells > MAX_CELLS;
  }

  get isDirty(): boolean {
    for (const hot of this.#hot.values()) if (hot.dirty) return true;
    return false;
  }

  /** Writes what changed; call the returned function once the transaction is committed. */
  writeBlocks(steadyMs: number): () => void {
    const written: HotBlock[] = [];
    const commits: (() => void)[] = [];
    for (const hot of this.#hot.values()) {
      if (!hot.dirty) continue;
      const { fromMs, cells } = hot.block;
      const bytes = encodeBlock(hot.block);
      this.#writeBlock.run(fromMs, bytes, sealBytes(fromMs, bytes));
      commits.push(this.#series.use(cells.keys(), fromMs, steadyMs));
      written.push(hot);
    }
    return () => {
      for (const commit of commits) commit();
      for (const hot of written) {
        hot.dirty = false;
        hot.writtenMs = steadyMs;
      }
    };
  }

  /** Releases minutes that are on disk and no longer change. */
  cool(nowMs: number, steadyMs: number): void {
    const isPressed = this.isPressed;
    const current = toBlockStart(nowMs);
    for (const [fromMs, hot] of this.#hot) {
      const isOver = steadyMs - hot.writtenMs > HOT_MS || (isPressed && fromMs !== current);
      if (isOver && !hot.dirty) this.#hot.delete(fromMs);
    }
    this.#last = undefined;
  }

  /** Sums what a query asks for, yielding to others in between. */
  async sum(question: ConstructorParameters<typeof CountSum>[0]): Promise<CountRow[]> {
    const turns = new Turns();
    const sum = new CountSum(question, this.#series, this.#groupings.get(question.groupBy));
    for (const fromMs of this.#listMinutes(question.window)) {
      const hot = this.#hot.get(fromMs);
      if (hot === undefined) this.#addWritten(fromMs, question, sum);
      // A minute may have tens of thousands of series. What arrives for them meanwhile may or may not be included.
      let added = 0;
      for (const [number, steps] of hot?.block.cells ?? []) {
        sum.addSteps(number, steps, fromMs);
        if (++added % SERIES_AT_A_TIME === 0 && turns.areDue) await turns.take();
      }
      if (turns.areDue) await turns.take();
    }
    const rows: CountRow[] = [];
    for (const time of sum.times()) {
      sum.pushRows(time, rows);
      if (turns.areDue) await turns.take();
    }
    sum.release();
    return rows;
  }

  /** Starts of the minutes of a window, in memory or written. */
  #listMinutes({ fromMs, toMs }: Window): readonly number[] {
    const [first, behind] = [toBlockStart(fromMs), toBlockStart(toMs) + BLOCK_MS];
    const written = this.#listBlocks.all(first, behind).map((row) => Number(row["from_ms"]));
    const hot = [...this.#hot.keys()].filter((start) => start >= first && start < behind);
    return [...new Set([...written, ...hot])];
  }

  #addWritten(blockStart: number, { window, stepMs }: ConstructorParameters<typeof CountSum>[0], sum: CountSum): void {
    const isWhole = blockStart + STEP_MS > window.fromMs && blockStart + BLOCK_MS - STEP_MS < window.toMs;
    if (isWhole && stepMs % BLOCK_MS === 0) this.#addMinute(blockStart, sum);
    else this.#addSteps(blockStart, sum);
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
}

/** Adds cells up to the rows that `Store.count` answers with. */
import type { CountRow, Dimension, ExchangeFilter } from "../contract.ts";
import { Grouping, type SeriesNames } from "./grouping.ts";
import {
  addToBucket,
  createBucketPairs,
  createHistogram,
  type DenseHistogram,
  DenseHistogramSlab,
  estimateQuantiles,
  type Histogram,
  toDenseIndex,
} from "./histogram.ts";
import { type Block, type Cell, STEP_MS } from "./rollup.ts";
import type { Series } from "./series.ts";
import { FORGOTTEN } from "./series-table.ts";

type Question = ExchangeFilter & { readonly stepMs: number; readonly groupBy: readonly Dimension[] };

/** This many steps of groups get a dense histogram, which is fast. Further ones, possibly hundreds of thousands, get one of the size that they need. */
const MOST_DENSE = 4_096;

/** The sum so far for one step of time and one group. */
export class Sum {
  total = 0;
  failing = 0;
  readonly #createDense: () => DenseHistogram | undefined;
  /** The durations of the only cell so far, borrowed: most of thousands of groups have no other cell and need no histogram of their own. */
  #only: Histogram | undefined;
  #dense: DenseHistogram | undefined;
  /** Where in `#dense` the first bucket is that is not empty, or one before it. */
  #first = Infinity;
  #sparse: Histogram | undefined;

  /** `createDense` makes room for durations, unless there is too much of it already. */
  constructor(createDense: () => DenseHistogram | undefined) {
    this.#createDense = createDense;
  }

  addCell({ total, failing, durations }: Cell): void {
    this.total += total;
    this.failing += failing;
    if (this.#only === undefined && this.#dense === undefined && this.#sparse === undefined) this.#only = durations;
    else this.#addHistogram(durations);
  }

  /** Adds durations: from `begin` on pairs of a bucket's place in a dense histogram and its count, the shortest first. */
  addBuckets(from: Uint32Array, begin: number, end: number): void {
    this.#begin();
    const dense = this.#dense;
    if (dense === undefined) return this.#addSparsely(from, begin, end);
    if (end > begin && from[begin]! < this.#first) this.#first = from[begin]!;
    for (let at = begin; at < end; at += 2) dense[from[at]!]! += from[at + 1]!;
  }

  #addSparsely(from: Uint32Array, begin: number, end: number): void {
    const sparse = this.#sparse;
    if (sparse !== undefined) for (let at = begin; at < end; at += 2) addToBucket(sparse, from[at]!, from[at + 1]!);
  }

  #addHistogram({ offset, counts }: Histogram): void {
    this.#begin();
    const first = toDenseIndex(offset);
    let end = 0;
    for (let at = 0; at < counts.length; at++) {
      if (counts[at] === 0) continue;
      pairs[end++] = first + at;
      pairs[end++] = counts[at]!;
    }
    this.addBuckets(pairs, 0, end);
  }

  /** Creates its own histogram if there is none, and copies what was borrowed. */
  #begin(): void {
    if (this.#dense !== undefined || this.#sparse !== undefined) return;
    this.#dense = this.#createDense();
    if (this.#dense === undefined) this.#sparse = createHistogram();
    const only = this.#only;
    this.#only = undefined;
    if (only !== undefined) this.#addHistogram(only);
  }

  /** See `estimateQuantiles`. */
  estimateQuantiles(): ReturnType<typeof estimateQuantiles> {
    if (this.#dense !== undefined) return estimateQuantiles(this.#dense, this.total, { first: this.#first, offset: 0 });
    const { counts, offset } = this.#only ?? this.#sparse ?? createHistogram();
    return estimateQuantiles(counts, this.total, { first: 0, offset: this.#only === undefined ? offset : toDenseIndex(offset) });
  }
}

/** True when the filter lets the series pass. */
export function matchesSeries(filter: ExchangeFilter, series: Series): boolean {
  return (
    (filter.service === undefined || filter.service === series.service) &&
    (filter.route === undefined || filter.route === series.route) &&
    (filter.version === undefined || filter.version === series.version) &&
    (filter.region === undefined || filter.region === series.region)
  );
}

/** Buckets of one cell, as `Sum` takes them. */
const pairs = createBucketPairs();

/** Feed it blocks in any order, then read the rows. A cell belongs to the window when its step begins inside it. */
export class CountSum {
  readonly #question: Question;
  readonly #names: SeriesNames;
  readonly #grouping: Grouping;
  readonly #isNarrowed: boolean;
  /** Whether a series passes the filter, by its number. */
  readonly #passes = new Map<number, boolean>();
  /** By the start of the step of time, then by group. */
  readonly #sums = new Map<number, (Sum | undefined)[]>();
  readonly #slab = new DenseHistogramSlab();
  #dense = 0;
  readonly #createDense = () => (this.#dense++ < MOST_DENSE ? this.#slab.create() : undefined);
  #lastTime = Number.NaN;
  #lastSums: (Sum | undefined)[] = [];

  constructor(question: Question, names: SeriesNames, grouping = new Grouping(question.groupBy, names)) {
    this.#question = question;
    this.#names = names;
    this.#grouping = grouping;
    const { service, route, version, region } = question;
    this.#isNarrowed = [service, route, version, region].some((each) => each !== undefined);
  }

  add(block: Block): void {
    block.cells.forEach((steps, number) => this.addSteps(number, steps, block.fromMs));
  }

  /** Adds what a block that begins at `fromMs` has of one series. */
  addSteps(number: number, steps: readonly (Cell | undefined)[], fromMs: number): void {
    if (!this.#isAskedFor(number)) return;
    for (let step = 0; step < steps.length; step++) {
      const cell = steps[step];
      if (cell !== undefined) this.find(number, fromMs + step * STEP_MS)?.addCell(cell);
    }
  }

  #isAskedFor(number: number): boolean {
    if (!this.#isNarrowed) return true;
    let passes = this.#passes.get(number);
    if (passes === undefined) this.#passes.set(number, (passes = matchesSeries(this.#question, this.#names.get(number) ?? FORGOTTEN)));
    return passes;
  }

  /** The sum to which a cell of a series that begins at `fromMs` is added; undefined when the query does not include it. */
  find(number: number, fromMs: number): Sum | undefined {
    const { window, stepMs } = this.#question;
    if (!this.#isAskedFor(number) || fromMs + STEP_MS <= window.fromMs || fromMs >= window.toMs) return undefined;
    const time = Math.floor(fromMs / stepMs) * stepMs;
    if (time !== this.#lastTime) this.#turnTo(time);
    return (this.#lastSums[this.#grouping.find(number)] ??= new Sum(this.#createDense));
  }

  #turnTo(time: number): void {
    let sums = this.#sums.get(time);
    if (sums === undefined) this.#sums.set(time, (sums = []));
    this.#lastTime = time;
    this.#lastSums = sums;
  }

  /** Steps of time for which there are rows, oldest first. */
  times(): number[] {
    return [...this.#sums.keys()].sort((a, b) => a - b);
  }

  /** Appends the rows of one step of time. */
  pushRows(time: number, into: CountRow[]): void {
    const sums = this.#sums.get(time) ?? [];
    for (let group = 0; group < sums.length; group++) {
      const sum = sums[group];
      if (sum !== undefined) into.push(this.#toRow(sum, time, group));
    }
  }

  /** All of them, oldest first. */
  rows(): CountRow[] {
    const rows: CountRow[] = [];
    for (const time of this.times()) this.pushRows(time, rows);
    return rows;
  }

  /** Releases its memory once its rows are read; it must not be used afterwards. */
  release(): void {
    this.#sums.clear();
    this.#slab.release();
  }

  #toRow(sum: Sum, time: number, group: number): CountRow {
    const { total, failing } = sum;
    const names = this.#grouping.get(group);
    if (total === 0) return { fromMs: time, group: names, total, failing };
    const { p50Ms, p99Ms } = sum.estimateQuantiles();
    return { fromMs: time, group: names, total, failing, p50Ms, p99Ms };
  }
}

/** Adds cells up to the rows that `Store.count` answers with. */
import type { CountRow, Dimension, ExchangeFilter } from "../contract.ts";
import { type DenseHistogram, DenseHistogramSlab, estimateQuantiles, toDenseIndex } from "./histogram.ts";
import { type Block, type Cell, STEP_MS } from "./rollup.ts";
import type { Series } from "./series.ts";
import { FORGOTTEN } from "./series-table.ts";

type Question = ExchangeFilter & { readonly stepMs: number; readonly groupBy: readonly Dimension[] };

/** Tells the names of series; undefined for one whose name is gone: it counts nevertheless. */
type SeriesNames = { readonly get: (number: number) => Series | undefined };

/** What was added up so far for one step of time and one group. */
export type Sum = {
  total: number;
  failing: number;
  readonly durations: DenseHistogram;
  /** Where in `durations` the first bucket is that is not empty, or one before it. */
  first: number;
};

/** True when the filter lets the series pass. */
export function matchesSeries(filter: ExchangeFilter, series: Series): boolean {
  return (
    (filter.service === undefined || filter.service === series.service) &&
    (filter.route === undefined || filter.route === series.route) &&
    (filter.version === undefined || filter.version === series.version) &&
    (filter.region === undefined || filter.region === series.region)
  );
}

function toGroup(series: Series, groupBy: readonly Dimension[]): CountRow["group"] {
  return Object.fromEntries(groupBy.map((dimension) => [dimension, String(series[dimension])]));
}

/** Feed it blocks in any order, then read the rows. A cell belongs to the window when its step begins inside it. */
export class CountSum {
  readonly #question: Question;
  readonly #series: SeriesNames;
  /** The group of each series by its number; -1 when the filter excludes it. */
  readonly #groupOf = new Map<number, number>();
  readonly #groups: CountRow["group"][] = [];
  readonly #groupNumbers = new Map<string, number>();
  /** By the start of the step of time, then by group. */
  readonly #sums = new Map<number, (Sum | undefined)[]>();
  readonly #slab = new DenseHistogramSlab();
  #lastTime = Number.NaN;
  #lastSums: (Sum | undefined)[] = [];

  constructor(question: Question, series: SeriesNames) {
    this.#question = question;
    this.#series = series;
  }

  add(block: Block): void {
    block.cells.forEach((steps, number) => {
      if (this.#getGroup(number) < 0) return;
      for (let step = 0; step < steps.length; step++) {
        const cell = steps[step];
        if (cell !== undefined) this.#addCell(number, block.fromMs + step * STEP_MS, cell);
      }
    });
  }

  /** Negative when the series is not asked for. */
  #getGroup(number: number): number {
    const known = this.#groupOf.get(number);
    if (known !== undefined) return known;
    const series = this.#series.get(number) ?? FORGOTTEN;
    const group = matchesSeries(this.#question, series) ? this.#internGroup(series) : -1;
    this.#groupOf.set(number, group);
    return group;
  }

  /** Where a cell of a series that begins at `fromMs` is to be added; undefined when it is not asked for. */
  find(number: number, fromMs: number): Sum | undefined {
    const { window, stepMs } = this.#question;
    const group = this.#getGroup(number);
    if (group < 0 || fromMs + STEP_MS <= window.fromMs || fromMs >= window.toMs) return undefined;
    const time = Math.floor(fromMs / stepMs) * stepMs;
    if (time !== this.#lastTime) this.#turnTo(time);
    return (this.#lastSums[group] ??= { total: 0, failing: 0, durations: this.#slab.create(), first: Infinity });
  }

  #turnTo(time: number): void {
    let sums = this.#sums.get(time);
    if (sums === undefined) this.#sums.set(time, (sums = []));
    this.#lastTime = time;
    this.#lastSums = sums;
  }

  #addCell(number: number, fromMs: number, cell: Cell): void {
    const sum = this.find(number, fromMs);
    if (sum === undefined) return;
    sum.total += cell.total;
    sum.failing += cell.failing;
    const { offset, counts } = cell.durations;
    const first = toDenseIndex(offset);
    if (counts.length > 0 && first < sum.first) sum.first = first;
    for (let at = 0; at < counts.length; at++) sum.durations[first + at]! += counts[at]!;
  }

  /** Oldest first; groups of one step in order of first sight. */
  rows(): CountRow[] {
    const times = [...this.#sums.keys()].sort((a, b) => a - b);
    const rows: CountRow[] = [];
    for (const time of times) {
      const sums = this.#sums.get(time) ?? [];
      for (let group = 0; group < sums.length; group++) {
        const sum = sums[group];
        if (sum !== undefined) rows.push(this.#toRow(sum, time, group));
      }
    }
    return rows;
  }

  /** To be called once its rows are read: it must not be used any more. */
  release(): void {
    this.#sums.clear();
    this.#slab.release();
  }

  #internGroup(series: Series): number {
    const group = toGroup(series, this.#question.groupBy);
    const key = Object.values(group).join("\u0000");
    const known = this.#groupNumbers.get(key);
    if (known !== undefined) return known;
    this.#groupNumbers.set(key, this.#groups.length);
    return this.#groups.push(group) - 1;
  }

  #toRow({ total, failing, durations, first }: Sum, time: number, group: number): CountRow {
    const names = this.#groups[group] ?? {};
    if (total === 0) return { fromMs: time, group: names, total, failing };
    const { p50Ms, p99Ms } = estimateQuantiles(durations, total, first);
    return { fromMs: time, group: names, total, failing, p50Ms, p99Ms };
  }
}

/** Adds cells up to the rows that `Store.count` answers with. */
import type { CountRow, Dimension, ExchangeFilter } from "../contract.ts";
import { createHistogram, estimateQuantile, type Histogram, mergeHistogram } from "./histogram.ts";
import { type Block, type Cell, type SeriesTable, STEP_MS } from "./rollup.ts";
import type { Series } from "./series.ts";

type Question = ExchangeFilter & { readonly stepMs: number; readonly groupBy: readonly Dimension[] };
type Sum = { readonly fromMs: number; readonly group: number; total: number; failing: number; readonly durations: Histogram };

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
  readonly #series: SeriesTable;
  /** The group of each series by its number; -1 when the filter excludes it. */
  readonly #groupOf: (number | undefined)[] = [];
  readonly #groups: CountRow["group"][] = [];
  readonly #groupNumbers = new Map<string, number>();
  readonly #sums = new Map<number, Map<number, Sum>>();

  constructor(question: Question, series: SeriesTable) {
    this.#question = question;
    this.#series = series;
  }

  add(block: Block): void {
    for (const [number, steps] of block.cells) {
      if (this.getGroup(number) < 0) continue;
      for (let step = 0; step < steps.length; step++) {
        const cell = steps[step];
        if (cell !== undefined) this.addCell(number, block.fromMs + step * STEP_MS, cell);
      }
    }
  }

  /** The group of a series, for readers that can skip cells before they decode them; negative when it is not asked for. */
  getGroup(number: number): number {
    const known = this.#groupOf[number];
    if (known !== undefined) return known;
    const series = this.#series.get(number);
    const group = series === undefined || !matchesSeries(this.#question, series) ? -1 : this.#internGroup(series);
    this.#groupOf[number] = group;
    return group;
  }

  /** Adds the counts of one cell that begins at `fromMs`. */
  addCell(number: number, fromMs: number, cell: Cell): void {
    const { window, stepMs } = this.#question;
    const group = this.getGroup(number);
    if (group < 0 || fromMs + STEP_MS <= window.fromMs || fromMs >= window.toMs) return;
    const sum = this.#getSum(Math.floor(fromMs / stepMs) * stepMs, group);
    sum.total += cell.total;
    sum.failing += cell.failing;
    mergeHistogram(sum.durations, cell.durations);
  }

  /** Oldest first; groups of one step in order of first sight. */
  rows(): CountRow[] {
    const times = [...this.#sums.keys()].sort((a, b) => a - b);
    return times.flatMap((time) => [...(this.#sums.get(time)?.values() ?? [])].map((sum) => this.#toRow(sum)));
  }

  #internGroup(series: Series): number {
    const group = toGroup(series, this.#question.groupBy);
    const key = Object.values(group).join("\u0000");
    const known = this.#groupNumbers.get(key);
    if (known !== undefined) return known;
    this.#groupNumbers.set(key, this.#groups.length);
    return this.#groups.push(group) - 1;
  }

  #getSum(fromMs: number, group: number): Sum {
    let sums = this.#sums.get(fromMs);
    if (sums === undefined) this.#sums.set(fromMs, (sums = new Map<number, Sum>()));
    let sum = sums.get(group);
    if (sum === undefined) sums.set(group, (sum = { fromMs, group, total: 0, failing: 0, durations: createHistogram() }));
    return sum;
  }

  #toRow(sum: Sum): CountRow {
    const p50Ms = estimateQuantile(sum.durations, 0.5);
    const p99Ms = estimateQuantile(sum.durations, 0.99);
    return {
      fromMs: sum.fromMs,
      group: this.#groups[sum.group] ?? {},
      total: sum.total,
      failing: sum.failing,
      ...(p50Ms === undefined ? {} : { p50Ms }),
      ...(p99Ms === undefined ? {} : { p99Ms }),
    };
  }
}

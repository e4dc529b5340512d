/** Counts and durations per series and 10 s, in blocks of one minute: what successes leave behind. */
import type { Series } from "./series.ts";
import { addToBucket, createHistogram, type Histogram, toBucket } from "./histogram.ts";

/** The finest step of time that counts are kept by. */
export const STEP_MS = 10_000;
/** The stretch of time that one block covers. */
export const BLOCK_MS = 60_000;

/** Exchanges of one series in one step. */
export type Cell = { total: number; failing: number; readonly durations: Histogram };

/** Cells of one series in one block, by step. */
type Steps = (Cell | undefined)[];

/** The counts of one minute: by the number of the series, then by the step inside the minute; `filled` cells in all. */
export type Block = { readonly fromMs: number; readonly cells: (Steps | undefined)[]; filled: number };

/**
 * Series by number and back. Bounded: what exceeds the limit is counted under the route `(other)` of its service, and when there are a
 * quarter more of these, too, by its status code alone.
 */
export class SeriesTable {
  readonly #numbers = new Map<string, number>();
  readonly #series: Series[] = [];
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** The number of a series; `added` tells whether it was unknown before. */
  intern(series: Series): { readonly number: number; readonly added?: Series } {
    const key = toSeriesKey(series);
    const known = this.#numbers.get(key);
    if (known !== undefined) return { number: known };
    if (this.#series.length >= this.#limit && series.route !== OTHER) {
      return this.intern({ ...series, route: OTHER, version: "", method: "" });
    }
    if (this.#series.length >= this.#limit * SHARE_OF_OTHERS && series.service !== OTHER) {
      const status = series.status >= 100 && series.status < 600 ? series.status : 0;
      return this.intern({ ...series, service: OTHER, region: "", status });
    }
    this.#numbers.set(key, this.#series.length);
    this.#series.push(series);
    return { number: this.#series.length - 1, added: series };
  }

  get(number: number): Series | undefined {
    return this.#series[number];
  }

  get size(): number {
    return this.#series.length;
  }
}

/** The route, or service, under which exchanges are counted when there are too many series. */
const OTHER = "(other)";
const SHARE_OF_OTHERS = 1.25;

function toSeriesKey(series: Series): string {
  return [series.service, series.route, series.method, series.status, series.version, series.region].join("\u0000");
}

/** A block of nothing. */
export function createBlock(fromMs: number): Block {
  return { fromMs, cells: [], filled: 0 };
}

/** Start of the block that a time falls into. */
export function toBlockStart(timeMs: number): number {
  return Math.floor(timeMs / BLOCK_MS) * BLOCK_MS;
}

/** Counts one exchange, or `times` of them that look alike. `timeMs` lies inside the block. */
export function countExchange(
  block: Block,
  series: number,
  exchange: { readonly timeMs: number; readonly durationMs: number; readonly failing: boolean; readonly times?: number },
): void {
  const { times = 1 } = exchange;
  const cell = getCell(block, series, Math.floor((exchange.timeMs - block.fromMs) / STEP_MS));
  cell.total += times;
  if (exchange.failing) cell.failing += times;
  addToBucket(cell.durations, toBucket(exchange.durationMs), times);
}

/** The cell of a series and step, made when it is not there. */
export function getCell(block: Block, series: number, step: number): Cell {
  const { cells } = block;
  // Number after number, so that the list never has holes: it would become a dictionary, which is as slow as a map.
  while (cells.length <= series) cells.push(undefined);
  const steps = (cells[series] ??= Array.from({ length: BLOCK_MS / STEP_MS }, () => undefined));
  const known = steps[step];
  if (known !== undefined) return known;
  block.filled += 1;
  return (steps[step] = { total: 0, failing: 0, durations: createHistogram() });
}

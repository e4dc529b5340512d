/** Counts and durations per series and 10 s, in blocks of one minute: what successes leave behind. */
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
export type Block = { readonly fromMs: number; readonly cells: Map<number, Steps>; filled: number };

/** A block of nothing. */
export function createBlock(fromMs: number): Block {
  return { fromMs, cells: new Map(), filled: 0 };
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
  let steps = block.cells.get(series);
  if (steps === undefined) block.cells.set(series, (steps = Array.from({ length: BLOCK_MS / STEP_MS }, () => undefined)));
  const known = steps[step];
  if (known !== undefined) return known;
  block.filled += 1;
  return (steps[step] = { total: 0, failing: 0, durations: createHistogram() });
}

/**
 * Ten minutes of one metric series: time, value and count by steps of 10 s, in one array of numbers. Thousands of series are changing at once,
 * and a list of objects for each would take ten times the memory.
 */
import { STEP_MS } from "../../rules/rollup.ts";

/** The stretch of time that one block covers. */
export const METRIC_BLOCK_MS = 600_000;

const STEPS = METRIC_BLOCK_MS / STEP_MS;
const WORDS = 3;

/** See above. A count that is absent is NaN. */
export class MetricBlock {
  readonly fromMs: number;
  /** The time is 0 where there is no point. */
  readonly #words: Float64Array;

  constructor(fromMs: number) {
    this.fromMs = fromMs;
    this.#words = new Float64Array(STEPS * WORDS);
  }

  /** Puts a point into its step, replacing another; tells whether there was one. The time must lie inside the block. */
  set(timeMs: number, value: number, count: number): boolean {
    const at = Math.floor((timeMs - this.fromMs) / STEP_MS) * WORDS;
    const words = this.#words;
    const before = words[at] !== 0;
    words[at] = timeMs;
    words[at + 1] = value;
    words[at + 2] = count;
    return before;
  }

  /** Calls `visit` with each point, the oldest first. */
  forEach(visit: (timeMs: number, value: number, count: number) => void): void {
    const words = this.#words;
    for (let at = 0; at < words.length; at += WORDS) if (words[at] !== 0) visit(words[at]!, words[at + 1]!, words[at + 2]!);
  }
}

/** A block as bytes: the three numbers of each point. */
export function encodeMetricBlock(block: MetricBlock): Uint8Array {
  const numbers: number[] = [];
  block.forEach((timeMs, value, count) => numbers.push(timeMs, value, count));
  return new Uint8Array(Float64Array.from(numbers).buffer);
}

/** Reads a block. */
export function decodeMetricBlock(bytes: Uint8Array, fromMs: number): MetricBlock {
  const block = new MetricBlock(fromMs);
  const numbers = new Float64Array(Uint8Array.from(bytes).buffer);
  for (let at = 0; at < numbers.length; at += WORDS) block.set(numbers[at] ?? 0, numbers[at + 1] ?? 0, numbers[at + 2] ?? Number.NaN);
  return block;
}

/**
 * Minutes that no longer change, summed over their six steps: queries with steps of a minute or more read them again and again. A minute is one array of
 * numbers. For each series it holds the series' number, total, failing, how many buckets are filled, then the place and count of each bucket.
 */
import type { CountSum } from "../rules/count-rows.ts";

/** See above. */
export type Minute = Uint32Array;

/** About a day of fifty routes. */
const MAX_BYTES = 16 << 20;

/** Minutes by their start, bounded; the least recently used leave first. */
export class MinuteCache {
  readonly #minutes = new Map<number, Minute>();
  #bytes = 0;

  find(fromMs: number): Minute | undefined {
    const minute = this.#minutes.get(fromMs);
    if (minute === undefined) return undefined;
    // A map keeps the order of insertion, so setting an entry again makes it the newest.
    this.#minutes.delete(fromMs);
    this.#minutes.set(fromMs, minute);
    return minute;
  }

  add(fromMs: number, minute: Minute): void {
    this.delete(fromMs);
    this.#minutes.set(fromMs, minute);
    this.#bytes += minute.byteLength;
    for (const oldest of this.#minutes.keys()) {
      if (this.#bytes <= MAX_BYTES) return;
      this.delete(oldest);
    }
  }

  /** The minute changes. */
  delete(fromMs: number): void {
    this.#bytes -= this.#minutes.get(fromMs)?.byteLength ?? 0;
    this.#minutes.delete(fromMs);
  }
}

/** Adds a minute to a sum. */
export function addMinute(minute: Minute, fromMs: number, into: CountSum): void {
  for (let at = 0; at < minute.length;) {
    const sum = into.find(minute[at]!, fromMs);
    const end = at + 4 + minute[at + 3]! * 2;
    if (sum !== undefined) {
      sum.total += minute[at + 1]!;
      sum.failing += minute[at + 2]!;
      sum.addBuckets(minute, at + 4, end);
    }
    at = end;
  }
}

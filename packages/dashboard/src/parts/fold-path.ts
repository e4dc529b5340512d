import type { HopAccount } from "@faultline/model";

/** A path in three parts. The middle one is folded, and empty where the path is short enough. */
export type FoldedPath = {
  readonly before: readonly HopAccount[];
  readonly folded: readonly HopAccount[];
  readonly after: readonly HopAccount[];
};

/** The longest path that is shown in full, because it fits on a screen. */
const SHOWN_WHOLE = 14;
/** How many hops stay visible at each end of a run, so that the callers can be seen. */
const KEPT = 2;
/** Fewer hops than this are not worth folding. */
const WORTH_FOLDING = 4;

/** Folds the longest run of hops that only passed the failure on, since all of them did the same. */
export function foldPath(path: readonly HopAccount[]): FoldedPath {
  const whole = { before: path, folded: [], after: [] };
  if (path.length <= SHOWN_WHOLE) return whole;
  let [from, length, start] = [0, 0, 0];
  for (const [index, { fate }] of path.entries()) {
    if (fate !== "propagated") start = index + 1;
    if (index + 1 - start > length) [from, length] = [start, index + 1 - start];
  }
  if (length - 2 * KEPT < WORTH_FOLDING) return whole;
  const [first, end] = [from + KEPT, from + length - KEPT];
  return { before: path.slice(0, first), folded: path.slice(first, end), after: path.slice(end) };
}

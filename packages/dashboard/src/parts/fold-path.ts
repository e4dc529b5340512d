import type { HopAccount } from "@faultline/model";

/** A path in three parts; the one between is folded away, and empty where the path is short enough. */
export type FoldedPath = {
  readonly before: readonly HopAccount[];
  readonly folded: readonly HopAccount[];
  readonly after: readonly HopAccount[];
};

/** Up to here a path is shown whole: it has room on a screen. */
const SHOWN_WHOLE = 14;
/** Hops at each end of a run that stay, so that it is seen what called what. */
const KEPT = 2;
/** Fewer are not worth a button. */
const WORTH_FOLDING = 4;

/** Folds the longest run of hops that only passed the failure on: what each of them did is one sentence, where it began is another. */
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

/** The index of the first of the sorted times that is after `fromMs`; their number if there is none. */
export function findFirstAfter(sorted: readonly number[], fromMs: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? Infinity) <= fromMs) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The candidate that was most likely meant by a mistyped word; undefined when none is close enough to be worth naming. */
export function findNearestWord(word: string, candidates: readonly string[]): string | undefined {
  const typed = word.toLowerCase();
  const near = candidates
    .map((candidate) => ({ candidate, edits: countEdits(typed, candidate.toLowerCase()) }))
    .filter(({ candidate, edits }) => edits <= Math.max(1, Math.floor(Math.min(typed.length, candidate.length) / 3)))
    .sort((one, other) => one.edits - other.edits);
  return near[0]?.candidate ?? candidates.find((candidate) => typed.length >= 3 && candidate.toLowerCase().startsWith(typed));
}

/** Fewest letters to insert, delete, replace, or swap with their neighbour. Source: Damerau 1964, optimal string alignment. */
function countEdits(from: string, to: string): number {
  const row = (index: number): number[] => [index, ...Array.from({ length: to.length }, () => 0)];
  let beforeLast: readonly number[] = [];
  let last: readonly number[] = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i++) {
    const current = row(i);
    for (let j = 1; j <= to.length; j++) {
      const isSame = from[i - 1] === to[j - 1];
      const isSwap = i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1];
      current[j] = Math.min(
        (last[j] ?? 0) + 1,
        (current[j - 1] ?? 0) + 1,
        (last[j - 1] ?? 0) + (isSame ? 0 : 1),
        isSwap ? (beforeLast[j - 2] ?? 0) + 1 : Infinity,
      );
    }
    beforeLast = last;
    last = current;
  }
  return last[to.length] ?? 0;
}

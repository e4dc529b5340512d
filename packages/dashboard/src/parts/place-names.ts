/** A name above a chart: how wide it is, and where what it names stands. */
export type NameAt = { readonly x: number; readonly width: number };

/** Where a name is written: its left end, and its row from the top. */
export type PlacedName = { readonly left: number; readonly row: number };

const MOST_ROWS = 3;
/** Between a name and the line of what it names. */
const GAP = 3;

/** Puts names, from left to right, into as few rows as keep them apart and within `right`; undefined where no row has room. */
export function placeNames(names: readonly NameAt[], right: number): readonly (PlacedName | undefined)[] {
  const ends: number[] = [];
  return names.map(({ x, width }) => {
    const left = Math.min(x + GAP, right - width);
    const row = Array.from({ length: MOST_ROWS }, (_, each) => each).find((each) => left >= (ends[each] ?? Number.NEGATIVE_INFINITY));
    if (row === undefined) return undefined;
    ends[row] = left + width;
    return { left, row };
  });
}

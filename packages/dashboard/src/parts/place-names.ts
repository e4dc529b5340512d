/** A name above a chart: its width, and the position of what it names. */
export type NameAt = { readonly x: number; readonly width: number };

/** The position of a name: its left end, and its row from the top. */
export type PlacedName = { readonly left: number; readonly row: number };

const MOST_ROWS = 3;
/** The gap between a name and the line that it belongs to. */
const GAP = 3;

/**
 * Places names from left to right in as few rows as possible without overlap, within `right`; undefined for a name that no row has room
 * for.
 */
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

/** What follows the words at a place: values of one parameter are followed by the same things equally often, names each by their own. */
import { countWord, type Joined } from "./place.ts";

/** More words than these say no more. */
export const MAX_WORDS = 2000;
/** What is followed at least so often, and in so large a part, is told apart; the rest is one category. */
const MIN_LINES = 5;
const MIN_SHARE = 0.02;
const MAX_CATEGORIES = 16;
/** How far a word may differ from the others: four times what chance allows, as what people do is less even than chance. */
const TOLERANCE = 4;
/** That a word is far more frequent than they are tells a name by itself. */
const TOLERANCE_OF_FREQUENT = 2;
const DEVIATIONS = 3;
const SLACK = 10;
/** Lines of a frequent word, times the part of them that tells something, from which on it can be said to be like the others. */
const TELLING_LINES = 30;
const LEAST_VALUES = 3;
/** Of the lines of a word so many are followed by something that follows the values, if it is one of them. */
const LEAST_SHARED = 0.5;
const SEPARATOR = "\t";

/** How often each word is followed by what: a method alone where the path ends, else with the next segment's key. */
export type Following = {
  readonly rows: readonly ReadonlyMap<string, number>[];
  /** Of all words, of which none counts more than the middle one. */
  readonly totals: ReadonlyMap<string, number>;
};

/** Reads what follows words. */
export function readFollowing<T>(nodes: Joined<T>, words: readonly string[]): Following {
  const rows = words.map((word) => readRow(nodes, word));
  const sums = rows.map(sum);
  const middle = sums.toSorted((a, b) => a - b)[Math.floor(sums.length / 2)] ?? 1;
  const totals = new Map<string, number>();
  rows.forEach((row, index) => {
    const weight = Math.min(1, middle / Math.max(1, sums[index] ?? 1));
    for (const [key, lines] of row) add(totals, key, lines * weight);
  });
  return { rows, totals };
}

function readRow<T>(nodes: Joined<T>, word: string): ReadonlyMap<string, number> {
  const row = new Map<string, number>();
  nodes.forEach((node, method) => {
    const child = node.children.get(word);
    if (child === undefined) return;
    let ends = child.lines;
    for (const [key, { lines }] of child.children) {
      ends -= lines;
      add(row, `${method}${SEPARATOR}${key}`, lines);
    }
    if (ends > 0) add(row, String(method), ends);
  });
  return row;
}

/** The part of all lines at whose keys a test holds; a key is the next segment's, undefined where the path ends. */
export function shareOf({ totals }: Following, test: (next: string | undefined) => boolean): number {
  let found = 0;
  for (const [key, lines] of totals) {
    const cut = key.indexOf(SEPARATOR);
    if (test(cut === -1 ? undefined : key.slice(cut + 1))) found += lines;
  }
  return found / Math.max(1, sum(totals));
}

/** How much each word differs from all, as Pearson's statistic, which is about `degrees` where chance alone makes the difference. */
export function compareRows(rows: Following["rows"], { totals }: Following) {
  const all = sum(totals);
  const told = [...totals]
    .filter(([, lines]) => lines >= Math.max(MIN_LINES, all * MIN_SHARE))
    .sort((a, b) => b[1] - a[1])
    .slice(0, MAX_CATEGORIES);
  const shares = told.map(([, lines]) => lines / all);
  const rest = 1 - shares.reduce((total, share) => total + share, 0);
  if (rest > 0.001) shares.push(rest);
  const differences = rows.map((row) => {
    const lines = sum(row);
    const seen = told.map(([key]) => row.get(key) ?? 0);
    seen.push(lines - seen.reduce((total, each) => total + each, 0));
    return shares.reduce((total, share, index) => total + ((seen[index] ?? 0) - lines * share) ** 2 / (lines * share), 0);
  });
  return { differences, degrees: shares.length - 1, categories: told.length, telling: 1 - Math.max(0, ...shares) };
}

/**
 * Of values and of other, more frequent words at their place those that are followed by what the values are followed by. A frequent word
 * must show it: where next to everything is one category, nothing is told.
 */
export function findAlike<T>(nodes: Joined<T>, values: readonly string[], others: readonly string[]): readonly string[] {
  if (values.length < LEAST_VALUES || values.length > MAX_WORDS) return values;
  const isRare = (word: string) => countWord(nodes, word) < MIN_LINES;
  if (others.length === 0 && values.every(isRare)) return values;
  const following = readFollowing(nodes, values);
  const { differences, degrees, telling } = compareRows(following.rows, following);
  if (degrees === 0) return values;
  const chance = degrees + DEVIATIONS * Math.sqrt(2 * degrees) + SLACK;
  const rows = others.map((word) => readRow(nodes, word));
  const frequent = compareRows(rows, following).differences;
  const alike = others.filter((_, index) => {
    const row = rows[index] ?? NOTHING;
    return (
      (frequent[index] ?? 0) <= TOLERANCE_OF_FREQUENT * chance &&
      sum(row) * telling >= TELLING_LINES &&
      countShared(row, following) >= LEAST_SHARED
    );
  });
  return [
    // What comes seldom is followed by something rare once in a while.
    ...values.filter((word, index) => (differences[index] ?? 0) <= TOLERANCE * chance || isRare(word)),
    ...alike,
  ];
}

/** Of words those that are followed by what many of them are, if some are not: `regions` in `/v2/regions` beside a hundred `/v2/{team}/apps`. */
export function listFollowedAlike<T>(nodes: Joined<T>, words: readonly string[]): readonly string[] {
  const rows = words.map((word) => readRow(nodes, word));
  const users = new Map<string, number>();
  for (const row of rows) for (const key of row.keys()) add(users, key, 1);
  const common = new Map([...users].filter(([, count]) => count >= words.length * COMMON));
  const kept = words.filter((_, index) => countShared(rows[index] ?? NOTHING, { totals: common }) >= LEAST_SHARED);
  return kept.length === words.length ? [] : kept;
}

/** What so many of all words are followed by is followed by them in common. */
const COMMON = 0.1;

const NOTHING: ReadonlyMap<string, number> = new Map();

/** The part of a word's lines that are followed by something that follows the values. */
function countShared(row: ReadonlyMap<string, number>, { totals }: Pick<Following, "totals">): number {
  let shared = 0;
  for (const [key, lines] of row) if (totals.has(key)) shared += lines;
  return shared / Math.max(1, sum(row));
}

/**
 * Of words beside a parameter those that are followed by what its values are followed by, as far as their lines tell; and those of which
 * nothing is told, as next to everything there is one category.
 */
export function compareWithParameter<T>(nodes: Joined<T>, parameter: string, words: readonly string[]) {
  const following = readFollowing(nodes, [parameter]);
  const rows = words.map((word) => readRow(nodes, word));
  const { differences, degrees, telling } = compareRows(rows, following);
  const chance = degrees + DEVIATIONS * Math.sqrt(2 * degrees) + SLACK;
  const isAlike = (index: number) =>
    (differences[index] ?? 0) <= TOLERANCE_OF_FREQUENT * chance && countShared(rows[index] ?? NOTHING, following) >= LEAST_SHARED;
  const isTold = (index: number) => sum(rows[index] ?? NOTHING) * telling >= TELLING_LINES;
  return {
    alike: words.filter((_, index) => isAlike(index) && isTold(index)),
    untold: words.filter((_, index) => isAlike(index) && !isTold(index)),
  };
}

/**
 * True for a word that is followed by what a parameter is followed by and by nothing else: a segment behind it (`/project/export/jobs` beside
 * `/project/shop/jobs`), or its end by several methods.
 */
export function isFollowedAs<T>(nodes: Joined<T>, parameter: string, word: string): boolean {
  const known = readRow(nodes, parameter);
  const next = [...readRow(nodes, word).keys()];
  return next.every((key) => known.has(key)) && (next.length >= SEVERAL || next.some((key) => key.includes(SEPARATOR)));
}

const SEVERAL = 3;

/** The part of the words' lines that are followed by something that follows a parameter. */
export function shareFollowed<T>(nodes: Joined<T>, parameter: string, words: readonly string[]): number {
  const known = readRow(nodes, parameter);
  let lines = 0;
  let followed = 0;
  for (const word of words)
    for (const [key, count] of readRow(nodes, word)) {
      lines += count;
      if (known.has(key)) followed += count;
    }
  return followed / Math.max(1, lines);
}

function add(map: Map<string, number>, key: string, lines: number): void {
  map.set(key, (map.get(key) ?? 0) + lines);
}

function sum(map: ReadonlyMap<string, number>): number {
  let total = 0;
  for (const lines of map.values()) total += lines;
  return total;
}

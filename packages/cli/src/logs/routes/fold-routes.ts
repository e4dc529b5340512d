/** Folds siblings that are values of one parameter into one: values are many and each is rare, names are few and each is frequent. */
import { absorb, createNode, getCrowd, type Mergeable, type Node, PARAMETER, removeChild, setChild } from "./route-node.ts";
import { findFixedSuffix, isVersionText, looksLikeValue } from "./segment.ts";

/** No API answers in more versions; more short numbers at the start of a path are values. */
const MAX_VERSIONS = 4;
/** A language and a region (BCP 47): frequent as names are, and yet values, since the same routes stand behind each of them. */
const LOCALE = /^[a-z]{2}[-_][A-Z]{2}$/;
const LOCALE_CHARACTERS = 5;
/** Words that were folded into one parameter before new ones are taken for its values. */
const CROWDED = 1000;
/** Rare suffixes of values at one place, beyond which they are no suffixes: extensions and verbs are few. */
const MAX_RARE_SUFFIXES = 40;
const RARE_LINES = 3;
const RARE_WORDS = 2;

/** Folds the children of a place, then of its children. Children are judged together with others of the same suffix. */
export function foldRoutes<T extends Mergeable<T>>(node: Node<T>, depth: number): void {
  const versions = depth === 0 ? [...node.children.keys()].filter((key) => isVersionText(key)) : [];
  if (versions.length > MAX_VERSIONS) foldInto(node, PARAMETER, versions);
  const locales: string[] = [];
  // Places may have many thousands of children.
  for (const key of node.children.keys()) if (key.length === LOCALE_CHARACTERS && LOCALE.test(key)) locales.push(key);
  if (locales.length > 1) foldInto(node, PARAMETER, locales);
  const words = [...node.children.keys()].filter((key) => !key.startsWith(PARAMETER) && !versions.includes(key));
  const { groups, areSuffixesMany } = groupBySuffix(words);
  if (areSuffixesMany) getCrowd(node).isOfAnySuffix = true;
  for (const [suffix, keys] of groups) {
    const values = findValues(node, { keys, suffix, depth });
    if (values.length > 0 && foldInto(node, PARAMETER + suffix, values).folded >= CROWDED) getCrowd(node).suffixes.add(suffix);
  }
  foldSuffixes(node);
  for (const child of node.children.values()) foldRoutes(child, depth + 1);
}

/** Words by their suffix. Suffixes are few: where those with a word or two are many, these words have none. */
function groupBySuffix(words: readonly string[]) {
  const groups = new Map<string, string[]>();
  const add = (suffix: string, keys: readonly string[]) => {
    const group = groups.get(suffix);
    if (group === undefined) groups.set(suffix, [...keys]);
    else group.push(...keys);
  };
  for (const word of words) add(findFixedSuffix(word), [word]);
  const rare = [...groups].filter(([suffix, keys]) => suffix !== "" && keys.length <= RARE_WORDS);
  if (rare.length < MAX_RARE_SUFFIXES) return { groups, areSuffixesMany: false };
  for (const [suffix, keys] of rare) {
    groups.delete(suffix);
    add("", keys);
  }
  return { groups, areSuffixesMany: true };
}

/** Values whose suffixes are many and rare have none. */
function foldSuffixes<T extends Mergeable<T>>(node: Node<T>): void {
  const rare = listSuffixed(node).filter((key) => countLines(node, key) <= RARE_LINES);
  if (rare.length < MAX_RARE_SUFFIXES) return;
  foldInto(node, PARAMETER, rare);
  getCrowd(node).isOfAnySuffix = true;
}

/**
 * The last resort against paths without end: every place with more than `limit` words, or suffixes of values, keeps the most frequent half
 * of so many and makes one parameter of the others, whatever they are, and of what comes later.
 */
export function forceRoutes<T extends Mergeable<T>>(node: Node<T>, limit: number): void {
  const words = [...node.children.keys()].filter((key) => !key.startsWith(PARAMETER));
  for (const keys of [words, listSuffixed(node)]) {
    if (keys.length <= limit) continue;
    const byLines = keys.sort((a, b) => countLines(node, b) - countLines(node, a));
    foldInto(node, PARAMETER, byLines.slice(Math.floor(limit / 2)));
    const crowd = getCrowd(node);
    crowd.suffixes.add("");
    crowd.isOfAnySuffix = true;
  }
  for (const child of node.children.values()) forceRoutes(child, limit);
}

function listSuffixed<T>(node: Node<T>): string[] {
  return [...node.children.keys()].filter((key) => key.startsWith(PARAMETER) && key !== PARAMETER);
}

function countLines<T>(node: Node<T>, key: string): number {
  return node.children.get(key)?.lines ?? 0;
}

function foldInto<T extends Mergeable<T>>(node: Node<T>, parameter: string, values: readonly string[]): Node<T> {
  let target = node.children.get(parameter);
  if (target === undefined) {
    target = createNode();
    setChild(node, parameter, target);
  }
  target.constant = undefined;
  for (const value of values) {
    const child = node.children.get(value);
    if (child === undefined) continue;
    removeChild(node, value);
    absorb(target, child);
    target.folded += 1;
  }
  return target;
}

/** Lines of known ids for each of a rare word that looks like one. */
const SURE_LINES = 10;

type Siblings = { readonly keys: readonly string[]; readonly suffix: string; readonly depth: number };

/**
 * The siblings that are values of one parameter. Of random values none is frequent, so the rare ones form a long tail; names stand out
 * of it. How long the tail must be depends on how much its members look like values, and whether ids already stand in the same place.
 */
function findValues<T>(node: Node<T>, { keys, suffix, depth }: Siblings): string[] {
  const counts = keys.map((key) => countLines(node, key)).sort((a, b) => a - b);
  const median = counts[Math.floor(counts.length / 2)] ?? 0;
  const limit = keys.length >= 8 ? Math.max(3, median * 4) : 3;
  const tail = keys.filter((key) => countLines(node, key) <= limit);
  const valueLike = tail.filter(looksLikeValue);
  const known = countLines(node, PARAMETER + suffix);
  const hasParameter = known > 0;
  if (isLongTail(node, tail, { depth, hasParameter })) return tail;
  // Beside many known ids, the few that happen to hold no digit.
  if (known >= SURE_LINES && valueLike.every((key) => countLines(node, key) * SURE_LINES <= known)) return valueLike;
  return isLongTail(node, valueLike, { depth: depth + 1, hasParameter: true }) || valueLike.length >= 3 ? valueLike : [];
}

/** Least number of distinct values for a number of lines per value: the more often each returns, the more of them are wanted. */
const TAILS: readonly (readonly [linesPerValue: number, distinct: number])[] = [
  [1.35, 6],
  [2, 10],
  [3, 16],
  [6, 40],
  [15, 120],
  [Number.POSITIVE_INFINITY, 400],
];

function isLongTail<T>(node: Node<T>, tail: readonly string[], place: { readonly depth: number; readonly hasParameter: boolean }): boolean {
  if (tail.length === 0) return false;
  const lines = tail.reduce((sum, key) => sum + countLines(node, key), 0);
  const wanted = TAILS.find(([perValue]) => lines / tail.length <= perValue)?.[1] ?? Number.POSITIVE_INFINITY;
  // At the top of a path stand the names of an API far more often than values; beside known ids stand values.
  const factor = place.depth === 0 ? 3 : place.hasParameter ? 0.5 : 1;
  return tail.length >= wanted * factor;
}

/** Folds siblings that are values of one parameter into one: values are many and each is rare, names are few and each is frequent. */
import { absorb, createNode, getCrowd, type Mergeable, type Node, PARAMETER, removeChild, SCOPE, setChild } from "./route-node.ts";
import { findFixedSuffix, isVersionText, looksLikeValue, toFolderSuffix } from "./segment.ts";

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
/** Where suffixes are that many, those of fewer than one in so many are rare as well. */
const RARE_SHARE = 20;
/** A few names start with an @, as @me does; more of them are scopes or accounts. */
const MIN_SCOPES = 4;
/** Names that stand for whoever asks, or for what is newest, beside values that are followed by the same. */
const STANDINS: ReadonlySet<string> = new Set(["me", "self", "current", "latest", "default", "all", "-", "~", "@me", "@self", "@original"]);

/** Folds the children of a place, then of its children. Children are judged together with others of the same suffix. */
export function foldRoutes<T extends Mergeable<T>>(node: Node<T>, depth: number): void {
  // What stands alone is no value of anything; most places are such.
  if (node.children.size > 1) foldChildren(node, depth);
  for (const child of node.children.values()) foldRoutes(child, depth + 1);
}

function foldChildren<T extends Mergeable<T>>(node: Node<T>, depth: number): void {
  const versions = depth === 0 ? [...node.children.keys()].filter((key) => isVersionText(key)) : [];
  if (versions.length > MAX_VERSIONS) foldInto(node, PARAMETER, versions);
  const locales: string[] = [];
  // Places may have many thousands of children.
  for (const key of node.children.keys()) if (key.length === LOCALE_CHARACTERS && LOCALE.test(key)) locales.push(key);
  if (locales.length > 1) foldInto(node, PARAMETER, locales);
  const words = [...node.children.keys()].filter((key) => !key.startsWith(PARAMETER) && !versions.includes(key));
  foldScopes(node, words);
  const { groups, areSuffixesMany } = groupBySuffix(node, words);
  if (areSuffixesMany) getCrowd(node).isOfAnySuffix = true;
  for (const [suffix, keys] of groups) {
    const values = findValues(node, { keys, suffix, depth });
    if (values.length > 0 && foldInto(node, PARAMETER + suffix, values).folded >= CROWDED) getCrowd(node).suffixes.add(suffix);
  }
  foldSuffixes(node);
}

function foldScopes<T extends Mergeable<T>>(node: Node<T>, words: readonly string[]): void {
  const scopes = words.filter((key) => key.startsWith("@") && !STANDINS.has(key));
  if (scopes.length >= MIN_SCOPES || (scopes.length > 0 && node.children.has(SCOPE))) foldInto(node, SCOPE, scopes);
}

/** Words by their suffix. Suffixes are few: where those with a word or two are many, these words have none; nor have folders. */
function groupBySuffix<T>(node: Node<T>, words: readonly string[]) {
  const groups = new Map<string, string[]>();
  const add = (suffix: string, keys: readonly string[]) => {
    const group = groups.get(suffix);
    if (group === undefined) groups.set(suffix, [...keys]);
    else group.push(...keys);
  };
  let suffixed = 0;
  for (const word of words) {
    const child = node.children.get(word);
    if (child === undefined) continue;
    const own = findFixedSuffix(word);
    const suffix = child.children.size > 0 ? toFolderSuffix(own) : own;
    if (suffix !== "") suffixed += 1;
    add(suffix, [word]);
  }
  const most = groups.size > MAX_RARE_SUFFIXES ? Math.max(RARE_WORDS, suffixed / RARE_SHARE) : RARE_WORDS;
  const rare = [...groups].filter(([suffix, keys]) => suffix !== "" && keys.length <= most);
  if (rare.length < MAX_RARE_SUFFIXES) return { groups, areSuffixesMany: false };
  for (const [suffix, keys] of rare) {
    groups.delete(suffix);
    add("", keys);
  }
  return { groups, areSuffixesMany: true };
}

/** Values whose suffixes are many and rare have none. */
function foldSuffixes<T extends Mergeable<T>>(node: Node<T>): void {
  const suffixed = listSuffixed(node);
  const lines = suffixed.reduce((sum, key) => sum + countLines(node, key), 0);
  const most = suffixed.length > MAX_RARE_SUFFIXES ? Math.max(RARE_LINES, lines / RARE_SHARE) : RARE_LINES;
  const rare = suffixed.filter((key) => countLines(node, key) <= most);
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
  return [...node.children.keys()].filter((key) => key.startsWith(PARAMETER) && key !== PARAMETER && key !== SCOPE);
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
  if (isLongTail(node, tail, { depth, hasParameter })) return tail.length < CONTINUED ? tail : widenTail(node, keys, limit);
  // Beside many known ids, the few that happen to hold no digit.
  if (known >= SURE_LINES && valueLike.every((key) => countLines(node, key) * SURE_LINES <= known)) return valueLike;
  return isLongTail(node, valueLike, { depth: depth + 1, hasParameter: true }) || valueLike.length >= 3 ? valueLike : [];
}

/** A tail of so many values goes on where so many words are that often, each step half as often again: names are few at any one frequency. */
const CONTINUED = 40;
const CROWD_OF_A_STEP = 4;
const STEP = 1.5;

/** The words up to where their counts have a gap. */
function widenTail<T>(node: Node<T>, keys: readonly string[], limit: number): string[] {
  let bound = limit;
  for (;;) {
    const isNext = (key: string) => countLines(node, key) > bound && countLines(node, key) <= bound * STEP;
    if (keys.filter(isNext).length < CROWD_OF_A_STEP) break;
    bound *= STEP;
  }
  return keys.filter((key) => countLines(node, key) <= bound && !(STANDINS.has(key) && countLines(node, key) > limit));
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

/**
 * Folds siblings that are values of one parameter into one. Which they are is weighed (`weigh-place.ts`): values are many and each is rare,
 * names are few and each is frequent, and where values return as often as names do, what stands around them tells.
 */
import { listFalseVersions } from "./api-versions.ts";
import { findDrawnValues, findUsualLines } from "./drawn-values.ts";
import { findHotValues, LEAST_TELLING } from "./hot-values.ts";
import { type At, countFolded, countWord, type Joined, KnownWords, listChildren, listKeys } from "./place.ts";
import {
  absorb,
  createNode,
  getCrowd,
  KEYED,
  type Mergeable,
  type Node,
  PARAMETER,
  removeChildren,
  SCOPE,
  setChild,
} from "./route-node.ts";
import { groupFrequentValues, isKnownSuffix, isReserved, STANDINS } from "./known-words.ts";
import {
  DOMAINS,
  findFixedSuffix,
  isDateText,
  isShortCode,
  isVersionPlace,
  isVersionText,
  looksLikeValue,
  toFolderSuffix,
} from "./segment.ts";
import { foldAlikeDates, foldPlainDates } from "./top-dates.ts";
import { areValues } from "./weigh-place.ts";
import { findAlike, listFollowedAlike, shareFollowed } from "./what-follows.ts";

/** Of fewer words the middle one says little. */
const FEW = 8;
/** Names are so many times as frequent as the middle value. */
const OUTSTANDING = 4;
/** Kinds of values at one place, as user names and a few words. */
const TURNS = 3;
/** Fewer words beside ids, none of which is a value, are names that are seldom asked for: `/orders/new`. */
const LEAST_BESIDE_IDS = 3;
/** Words that were folded into one parameter before new ones are taken for its values. */
const CROWDED = 1000;
/** Rare suffixes of values at one place, beyond which they are no suffixes: extensions and verbs are few. */
const MAX_RARE_SUFFIXES = 40;
const RARE_LINES = 3;
const RARE_WORDS = 2;
/** Where suffixes are that many, those of fewer than one in so many are rare as well. */
const RARE_SHARE = 20;
/** Where each of a few words stands before so many endings these are no verbs. */
const STEMS_SHARE = 2;
/** Words have extensions of a few kinds; of more than these, those of fewer than one in so many are none (`maria.lopez`). */
const MAX_SUFFIXES = 6;
const SOME_SHARE = 5;
/** A few names start with an @, as @me does; more of them are scopes or accounts. */
const MIN_SCOPES = 4;
/** An API's formats are one or two; files of more extensions at one place are a parameter's. */
const MIN_EXTENSIONS = 3;
/**
 * Folds the tries of several methods as one: what is a value for GET is one for DELETE. Children of a place are judged together with others
 * of the same suffix, from the top down. What is a value at one place tells of others wherever they stand, in a second round at the latest.
 * Dates at the top are judged only where there is one, as what stands behind them tells.
 */
export function foldRoutes<T extends Mergeable<T>>(roots: Joined<T>, rounds = 1): void {
  const known = new KnownWords();
  const drawn = new KnownWords();
  for (let round = 0; round < rounds; round += 1) {
    if (rounds > 1) (round === 0 ? foldPlainDates : foldAlikeDates)(roots);
    const usual = round === 0 ? 0 : findUsualLines(roots);
    foldPlace(roots, { depth: 0, parent: undefined, grandparent: undefined, isBranched: false, usual, known, drawn });
  }
}

function foldPlace<T extends Mergeable<T>>(nodes: Joined<T>, at: At): void {
  let keys = listKeys(nodes);
  const isBranched = keys.length > 1;
  // What stands alone is no value of anything, but for a number behind an API's name that is no version; most places are such.
  if (isBranched || keys.some((key) => isVersionPlace(at.depth, at.parent) && isVersionText(key))) {
    foldChildren(nodes, keys, at);
    keys = listKeys(nodes);
  }
  const below = { ...at, depth: at.depth + 1, grandparent: at.parent, isBranched: at.isBranched || isBranched };
  for (const key of keys) foldPlace(listChildren(nodes, key), { ...below, parent: key });
}

function foldChildren<T extends Mergeable<T>>(nodes: Joined<T>, keys: readonly string[], at: At): void {
  const versions = isVersionPlace(at.depth, at.parent) ? keys.filter(isVersionText) : [];
  foldInto(nodes, PARAMETER, listFalseVersions(nodes, versions, at.depth === 0));
  for (const [parameter, values] of groupFrequentValues(keys, at.parent)) foldInto(nodes, parameter, values);
  if (keys.includes(PARAMETER)) foldInto(nodes, PARAMETER, keys.filter(isShortCode));
  const isVersion = (key: string) => versions.includes(key) || (at.depth === 0 && isDateText(key));
  const words = listKeys(nodes).filter((key) => key !== "" && !key.startsWith(PARAMETER) && !isVersion(key));
  foldScopes(nodes, words);
  const { groups, areSuffixesMany } = groupBySuffix(nodes, words);
  if (areSuffixesMany) setOfAnySuffix(nodes);
  foldGroup(nodes, { keys: groups.get("") ?? [], suffix: "", at });
  const foreign: string[] = [];
  for (const [suffix, keys] of groups) {
    if (suffix === "") continue;
    if (isKnownSuffix(suffix) || keys.length > countFolded(nodes, PARAMETER)) foldGroup(nodes, { keys, suffix, at });
    else foreign.push(...keys);
  }
  foldGroup(nodes, { keys: foreign, suffix: "", at });
  foldSuffixes(nodes);
  foldExtensions(nodes);
}

/** Values that end as domains or as people do have no suffix, and files that people name have one of several. */
function foldExtensions<T extends Mergeable<T>>(nodes: Joined<T>): void {
  const extensions = listSuffixed(nodes).filter((key) => key.startsWith(`${PARAMETER}.`));
  const plain = countWord(nodes, PARAMETER) - countBehind(nodes, PARAMETER);
  const isNone = (key: string) =>
    DOMAINS.has(key.slice(PARAMETER.length)) || (!isKnownSuffix(key.slice(PARAMETER.length)) && countWord(nodes, key) < plain);
  const none = extensions.filter(isNone);
  foldInto(nodes, PARAMETER, none);
  const others = extensions.filter((key) => !none.includes(key));
  const lines = others.reduce((sum, key) => sum + countWord(nodes, key), 0);
  if (others.length >= MIN_EXTENSIONS && lines > plain) foldInto(nodes, PARAMETER, others);
}

/** Folds the values of a group, and what they stood before: of several kinds of values at one place one is more frequent than the other. */
function foldGroup<T extends Mergeable<T>>(nodes: Joined<T>, { keys, suffix, at }: Siblings): void {
  let left = keys;
  const found = new Map<string, number>();
  for (let turn = 0; turn < TURNS; turn += 1) {
    const values = new Set(findValues(nodes, { keys: left, suffix, at }));
    if (values.size === 0) break;
    for (const value of values) found.set(value, countWord(nodes, value));
    if (values.size >= LEAST_TELLING && !isNearTop(at)) for (const value of values) at.known.add(value);
    for (const { node, folded } of foldInto(nodes, PARAMETER + suffix, [...values]))
      if (folded >= CROWDED) getCrowd(node).suffixes.add(suffix);
    left = left.filter((key) => !values.has(key));
  }
  if (isNearTop(at)) return;
  const hot = new Set(findHotValues(nodes, { words: left, parameter: PARAMETER + suffix, values: found }));
  foldInto(nodes, PARAMETER + suffix, [...hot]);
  left = left.filter((key) => !hot.has(key));
  const drawn = findDrawnValues(nodes, left, at);
  for (const value of drawn) at.drawn.add(value);
  foldInto(nodes, PARAMETER + suffix, drawn);
}

/** What strangers try at the top of a path and right behind it (`/admin/login`, `/v1/.env`) tells nothing of the words elsewhere. */
function isNearTop({ depth, parent }: At): boolean {
  return depth === 0 || (depth === 1 && parent?.startsWith(PARAMETER) === true);
}

function foldScopes<T extends Mergeable<T>>(nodes: Joined<T>, words: readonly string[]): void {
  const scopes = words.filter((key) => key.startsWith("@") && !STANDINS.has(key));
  if (scopes.length >= MIN_SCOPES || (scopes.length > 0 && nodes.some((node) => node.children.has(SCOPE)))) foldInto(nodes, SCOPE, scopes);
}

/** Words by their suffix. Suffixes are few: where those with a word or two are many, these words have none; nor have folders. */
function groupBySuffix<T>(nodes: Joined<T>, words: readonly string[]) {
  const groups = new Map<string, string[]>();
  for (const word of words) {
    if (!nodes.some((node) => node.children.has(word))) continue;
    const own = findFixedSuffix(word);
    const isFolder = own !== "" && listChildren(nodes, word).some((child) => child.children.size > 0);
    const suffix = isFolder ? toFolderSuffix(own) : own;
    const group = groups.get(suffix);
    if (group === undefined) groups.set(suffix, [word]);
    else group.push(word);
  }
  const rare = [...listRareExtensions(groups), ...listRareVerbs(groups)];
  for (const suffix of rare) {
    const plain = groups.get("") ?? [];
    plain.push(...(groups.get(suffix) ?? []));
    groups.set("", plain);
    groups.delete(suffix);
  }
  return {
    groups,
    areSuffixesMany: (rare.length >= MAX_SUFFIXES && rare.some((suffix) => suffix.startsWith("."))) || rare.length >= MAX_RARE_SUFFIXES,
  };
}

type Groups = ReadonlyMap<string, readonly string[]>;

function listRareExtensions(groups: Groups): readonly string[] {
  const extensions = [...groups].filter(([suffix]) => suffix.startsWith("."));
  const isMany = extensions.length >= MAX_SUFFIXES;
  const words = extensions.reduce((sum, [, keys]) => sum + keys.length, 0);
  const most = isMany ? Math.max(RARE_WORDS, words / (extensions.length >= MAX_RARE_SUFFIXES ? RARE_SHARE : SOME_SHARE)) : RARE_WORDS;
  const rare = extensions.filter(([, keys]) => keys.length <= most).map(([suffix]) => suffix);
  if (rare.length < (isMany ? MAX_SUFFIXES : MAX_RARE_SUFFIXES)) return [];
  // Files that people name end in several ways, one of them once in a while more often than the others.
  const areFiles = rare.filter(isKnownSuffix).length >= MIN_EXTENSIONS;
  return areFiles ? extensions.filter(([, keys]) => keys.length * 2 <= words).map(([suffix]) => suffix) : rare;
}

/** An API's verbs are many at one place, each of them rare in a short log; what few words stand before is none (`system:anna`). */
function listRareVerbs(groups: Groups): readonly string[] {
  const verbs = [...groups].filter(([suffix]) => suffix.startsWith(":"));
  const rare = verbs.filter(([, keys]) => keys.length <= RARE_WORDS);
  const stems = new Set(rare.flatMap(([suffix, keys]) => keys.map((key) => key.slice(0, -suffix.length))));
  const least = stems.size * STEMS_SHARE < rare.length ? MAX_SUFFIXES : MAX_RARE_SUFFIXES;
  return rare.length < least ? [] : rare.map(([suffix]) => suffix);
}

/** Values whose suffixes are many and rare have none. */
function foldSuffixes<T extends Mergeable<T>>(nodes: Joined<T>): void {
  const suffixed = listSuffixed(nodes).filter((key) => !key.startsWith(KEYED));
  const lines = suffixed.reduce((sum, key) => sum + countWord(nodes, key), 0);
  const most = suffixed.length > MAX_RARE_SUFFIXES ? Math.max(RARE_LINES, lines / RARE_SHARE) : RARE_LINES;
  const rare = suffixed.filter((key) => countWord(nodes, key) <= most);
  if (rare.length < MAX_RARE_SUFFIXES) return;
  foldInto(nodes, PARAMETER, rare);
  setOfAnySuffix(nodes);
}

function setOfAnySuffix<T>(nodes: Joined<T>): void {
  for (const node of nodes) getCrowd(node).isOfAnySuffix = true;
}

/**
 * The last resort against paths without end: every place with more than `limit` words, or suffixes of values, keeps the most frequent half
 * of so many and makes one parameter of the others, whatever they are, and of what comes later.
 */
export function forceRoutes<T extends Mergeable<T>>(node: Node<T>, limit: number): void {
  const words = [...node.children.keys()].filter((key) => !key.startsWith(PARAMETER));
  for (const keys of [words, listSuffixed([node])]) {
    if (keys.length <= limit) continue;
    const byLines = keys.sort((a, b) => countWord([node], b) - countWord([node], a));
    foldInto([node], PARAMETER, byLines.slice(Math.floor(limit / 2)));
    const crowd = getCrowd(node);
    crowd.suffixes.add("");
    crowd.isOfAnySuffix = true;
  }
  for (const child of node.children.values()) forceRoutes(child, limit);
}

/** The lines that went on behind a child. */
function countBehind<T>(nodes: Joined<T>, key: string): number {
  let lines = 0;
  for (const child of listChildren(nodes, key)) for (const next of child.children.values()) lines += next.lines;
  return lines;
}

function listSuffixed<T>(nodes: Joined<T>): string[] {
  return listKeys(nodes).filter((key) => key.startsWith(PARAMETER) && key !== PARAMETER && key !== SCOPE);
}

type Folded<T> = { readonly node: Node<T>; readonly folded: number };

function foldInto<T extends Mergeable<T>>(nodes: Joined<T>, parameter: string, values: readonly string[]): readonly Folded<T>[] {
  return nodes.map((node) => ({ node, folded: foldIntoOne(node, parameter, values) }));
}

function foldIntoOne<T extends Mergeable<T>>(node: Node<T>, parameter: string, values: readonly string[]): number {
  let target = node.children.get(parameter);
  for (const value of values) {
    const child = node.children.get(value);
    if (child === undefined) continue;
    if (target === undefined) {
      target = createNode();
      setChild(node, parameter, target);
    }
    target.constant = undefined;
    absorb(target, child);
    target.folded += 1;
  }
  removeChildren(node, values);
  return target?.folded ?? 0;
}

type Siblings = { readonly keys: readonly string[]; readonly suffix: string; readonly at: At };

/**
 * The siblings that are values of one parameter: the long tail of rare ones, out of which names stand, if there is more evidence for values
 * than for names; else those of it that look like values.
 */
function findValues<T>(nodes: Joined<T>, { keys, suffix, at }: Siblings): readonly string[] {
  const known = countWord(nodes, PARAMETER + suffix);
  const folded = countFolded(nodes, PARAMETER + suffix);
  const lines = new Map(keys.map((key) => [key, countWord(nodes, key)] as const));
  const count = (key: string) => lines.get(key) ?? 0;
  const median = [...lines.values()].sort((a, b) => a - b)[(keys.length - 1) >> 1] ?? 0;
  const limit = Math.max(RARE_LINES, (keys.length < FEW && folded > 0 ? known / folded : median) * OUTSTANDING);
  const tail = keys.filter((key) => count(key) <= limit && !isReserved(key));
  // What comes more often than all words that turned out to be values is a name, however it is written: `/oauth2` beside what strangers try.
  const isOwn = (key: string) =>
    known >= LEAST_KNOWN && count(key) >= RETURNING && shareFollowed(nodes, PARAMETER + suffix, [key]) < FOREIGN;
  const listValueLike = () => tail.filter((key) => looksLikeValue(key) && (folded < LEAST_TELLING || count(key) <= known) && !isOwn(key));
  const listTail = () => (tail.length < CONTINUED ? tail : widenTail(keys, count, limit));
  const isForeign = areForeign(nodes, PARAMETER + suffix, tail) || arePlainNames(tail, count);
  const listShared = () => (tail.length < MANY ? [] : listFollowedAlike(nodes, listTail()));
  for (const list of isForeign ? [listValueLike] : [listTail, listShared, listValueLike]) {
    const words = list();
    if (words.length === 0) continue;
    if (
      known > 0 &&
      folded < LEAST_BESIDE_IDS &&
      words.length < LEAST_BESIDE_IDS &&
      !words.every((word) => looksLikeValue(word) || at.known.has(word))
    )
      continue;
    const isLong = isLongTail(words, count, { depth: at.depth, hasParameter: known > 0 });
    if (!areValues(nodes, { words, count, known, folded, isLongTail: isLong, isBeforeVerb: suffix.startsWith(":"), at })) continue;
    const taken = new Set(words);
    const most = known + words.reduce((sum, key) => sum + count(key), 0);
    const others = keys.filter((key) => !taken.has(key) && !STANDINS.has(key) && !isReserved(key) && count(key) <= most);
    return findAlike(nodes, words, others);
  }
  return [];
}

/** True for a few words that nothing follows of what follows the values beside them: `/servers/5/actions/reboot` beside `/servers/5/actions/17`. */
function areForeign<T>(nodes: Joined<T>, parameter: string, words: readonly string[]): boolean {
  const plain = words.filter((word) => !looksLikeValue(word));
  if (plain.length === 0 || plain.length >= MANY || countWord(nodes, parameter) < LEAST_KNOWN) return false;
  return shareFollowed(nodes, parameter, plain) < FOREIGN;
}

/** True for a word or two that come again and again beside new values that look like such: `/settlements/open` beside `/settlements/stl_A6qUzk`. */
function arePlainNames(words: readonly string[], count: (word: string) => number): boolean {
  const plain = words.filter((word) => !looksLikeValue(word));
  const most = Math.max(...words.filter((word) => looksLikeValue(word)).map(count));
  return (
    plain.length > 0 && plain.length < LEAST_BESIDE_IDS && plain.length < words.length && plain.every((word) => count(word) > most + 1)
  );
}

const MANY = 18;
const LEAST_KNOWN = 3;
const FOREIGN = 0.1;
/** Lines of a word that is written as values are, from which on what follows it tells that it is a name: `/sessions/oauth2/github` beside `/sessions/5`. */
const RETURNING = 8;

/** A tail of so many values goes on where so many words are that often, each step half as often again: names are few at any one frequency. */
const CONTINUED = 12;
const CROWD_OF_A_STEP = 4;
const STEP = 1.5;

/** The words up to where their counts have a gap. */
function widenTail(keys: readonly string[], count: (key: string) => number, limit: number): readonly string[] {
  let bound = limit;
  for (;;) {
    const isNext = (key: string) => count(key) > bound && count(key) <= bound * STEP;
    if (keys.filter(isNext).length < CROWD_OF_A_STEP) break;
    bound *= STEP;
  }
  return keys.filter((key) => count(key) <= bound && !isReserved(key) && !(STANDINS.has(key) && count(key) > limit));
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

function isLongTail(
  tail: readonly string[],
  count: (key: string) => number,
  place: { readonly depth: number; readonly hasParameter: boolean },
): boolean {
  if (tail.length === 0) return false;
  const lines = tail.reduce((sum, key) => sum + count(key), 0);
  const wanted = TAILS.find(([perValue]) => lines / tail.length <= perValue)?.[1] ?? Number.POSITIVE_INFINITY;
  // At the top of a path stand the names of an API far more often than values; beside known ids stand values.
  const factor = place.depth === 0 ? 3 : place.hasParameter ? 0.5 : 1;
  return tail.length >= wanted * factor;
}

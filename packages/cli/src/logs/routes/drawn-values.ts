/**
 * Values of a few words that each come often and that nobody chooses: a parameter that is filled at random from a list. Each comes as often as
 * the others, and is followed by the same in the same shares, up to what chance makes of that; names are not. Apart they would be routes that
 * are asked for far more seldom than the log's are, while together they are one like the others. As a load test calls names in just this way,
 * they have to stand where values do, and none may fail more than the others do.
 */
import { isReserved, STANDINS } from "./known-words.ts";
import { type At, countWord, type Joined } from "./place.ts";
import type { Mergeable, Node } from "./route-node.ts";
import { isPlural } from "./segment.ts";
import { CAMEL_CASE, isParameter } from "./weigh-place.ts";
import { compareRows, type Following, readFollowing, shareOf } from "./what-follows.ts";

/** A list of fewer words is an enumeration, whose routes may as well be told apart. */
const LEAST_WORDS = 8;
/** Lines of each on the average, below which chance alone explains every count. */
const LEAST_LINES = 2;
/** By how many deviations counts may differ from what chance makes them, either way: what is asked for together is more even than chance. */
const DEVIATIONS = 2.5;
/** A list that is known from another place may differ so much more. */
const DEVIATIONS_OF_KNOWN = 5;
/** The failures of each may differ so much: three of one word alone are too many. */
const DEVIATIONS_OF_FAILURES = 1.5;
/** Where no collection is asked for its items, as many kinds of requests must follow each word: `/module/nfs`, `/module/nfs/enable`. */
const LEAST_FOLLOWING = 3;
/** Of the words so many are written as methods, or followed by ids, if they are names. */
const FEW_NAMES = 0.1;
/** Words whose counts differ from the middle one by more than so many of its deviations are names beside the list. */
const OUTLYING = 4;
/** Of all lines one in so many is of a route that comes more seldom than the usual one. */
const QUARTER = 4;

/** How often a route of the log is asked for: a quarter of all lines are of routes that come more seldom. */
export function findUsualLines<T>(roots: Joined<T>): number {
  const counts: number[] = [];
  for (const root of roots) collectEnds(root, counts);
  const all = counts.reduce((sum, each) => sum + each, 0);
  let below = 0;
  for (const count of counts.sort((a, b) => a - b)) {
    below += count;
    if (below * QUARTER >= all) return count;
  }
  return 0;
}

function collectEnds<T>(node: Node<T>, counts: number[]): void {
  let ends = node.lines;
  for (const child of node.children.values()) {
    ends -= child.lines;
    collectEnds(child, counts);
  }
  if (ends > 0) counts.push(ends);
}

/** Of words at a place those that are values drawn from a list. */
export function findDrawnValues<T extends Mergeable<T>>(nodes: Joined<T>, keys: readonly string[], at: At): readonly string[] {
  if (at.usual === 0 || keys.length < LEAST_WORDS) return [];
  const words = listLikeMiddle(nodes, keys);
  const lines = words.reduce((sum, word) => sum + countWord(nodes, word), 0);
  if (words.length < LEAST_WORDS || lines < words.length * LEAST_LINES || !areRareApart(nodes, words, at.usual)) return [];
  const most = words.every((word) => at.drawn.has(word)) ? DEVIATIONS_OF_KNOWN : DEVIATIONS;
  const counts = words.map((word) => countWord(nodes, word));
  if (Math.abs(deviate(measureUnevenness(counts), words.length - 1)) > most || !doFailAlike(nodes, words)) return [];
  const following = readFollowing(nodes, words);
  const { differences, degrees, categories } = compareRows(following.rows, following);
  if (!standWhereValuesDo(words, { parent: at.parent, following, categories })) return [];
  const difference = differences.reduce((sum, each) => sum + each, 0);
  return degrees === 0 || deviate(difference, degrees * (words.length - 1)) <= most ? words : [];
}

/** Pearson's statistic for counts that should be the same. */
function measureUnevenness(counts: readonly number[]): number {
  const mean = counts.reduce((sum, count) => sum + count, 0) / counts.length;
  return mean === 0 ? 0 : counts.reduce((sum, count) => sum + (count - mean) ** 2, 0) / mean;
}

/** True unless some of the words fail more than others: their route would hide which. */
function doFailAlike<T extends Mergeable<T>>(nodes: Joined<T>, words: readonly string[]): boolean {
  const failed = words.map((word) =>
    nodes.reduce((sum, { children }) => {
      const child = children.get(word);
      return sum + (child === undefined ? 0 : countFailed(child));
    }, 0),
  );
  return failed.every((count) => count === 0) || deviate(measureUnevenness(failed), words.length - 1) <= DEVIATIONS_OF_FAILURES;
}

function countFailed<T extends Mergeable<T>>({ leaf, children }: Node<T>): number {
  let failed = leaf?.failed ?? 0;
  for (const child of children.values()) failed += countFailed(child);
  return failed;
}

type Place = { readonly parent: string | undefined; readonly following: Following; readonly categories: number };

/** True behind a collection or a value, and where much that is no id follows each word; the methods of an RPC are names everywhere. */
function standWhereValuesDo(words: readonly string[], { parent, following, categories }: Place): boolean {
  if (words.filter((word) => CAMEL_CASE.test(word)).length > words.length * FEW_NAMES) return false;
  if (isPlural(parent) || isParameter(parent)) return true;
  return categories >= LEAST_FOLLOWING && shareOf(following, isParameter) <= FEW_NAMES;
}

/** The words that come as often as the middle one, up to chance. */
function listLikeMiddle<T>(nodes: Joined<T>, keys: readonly string[]): readonly string[] {
  const counts = keys.filter((key) => !isReserved(key)).map((key) => countWord(nodes, key));
  const middle = counts.toSorted((a, b) => a - b)[(counts.length - 1) >> 1] ?? 0;
  const far = OUTLYING * Math.sqrt(middle);
  return keys.filter((key) => !STANDINS.has(key) && Math.abs(countWord(nodes, key) - middle) <= far);
}

/** True where folding words brings the lines of a route nearer to what is usual than they are apart. */
function areRareApart<T>(nodes: Joined<T>, words: readonly string[], usual: number): boolean {
  const together = new Set<string>();
  let lines = 0;
  let apart = 0;
  for (const word of words)
    nodes.forEach(({ children }, method) => {
      const child = children.get(word);
      if (child === undefined) return;
      lines += child.lines;
      apart += collectRoutes(child, String(method), together);
    });
  return (lines / apart) * (lines / together.size) < usual ** 2;
}

/** Counts the routes from a place on, and collects what stands behind it for each. */
function collectRoutes<T>(node: Node<T>, path: string, routes: Set<string>): number {
  let count = 0;
  let ends = node.lines;
  for (const [key, child] of node.children) {
    ends -= child.lines;
    count += collectRoutes(child, `${path}/${key}`, routes);
  }
  if (ends <= 0) return count;
  routes.add(path);
  return count + 1;
}

/** By how many deviations a sum of squares differs from what chance makes of it (Wilson and Hilferty). */
function deviate(chiSquare: number, degrees: number): number {
  const part = 2 / (9 * degrees);
  return (Math.cbrt(chiSquare / degrees) - 1 + part) / Math.sqrt(part);
}

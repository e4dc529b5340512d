/**
 * Weighs whether the words at a place are values of a parameter: evidence, each with its weight in log-odds. The weights are those of a
 * logistic regression on the places of 58 APIs and 29 sites (docs/decisions/0360), in which to merge names costs twice what to split does.
 */
import type { At, Joined } from "./place.ts";
import { PARAMETER } from "./route-node.ts";
import { isOfMixedCase, isPlural, looksLikeValue } from "./segment.ts";
import { compareRows, MAX_WORDS, readFollowing, shareOf } from "./what-follows.ts";

/** Words of one place that are values or names together. */
export type Candidates = {
  readonly words: readonly string[];
  readonly count: (word: string) => number;
  /** Lines of the values that the place is known to have, and how many words were folded into them. */
  readonly known: number;
  readonly folded: number;
  /** True where so many of the words are rare that they alone would do. */
  readonly isLongTail: boolean;
  /** True where all words end in the same verb behind a colon. */
  readonly isBeforeVerb: boolean;
  readonly at: At;
};

const VERSION = /^v?\d+([._]\d+)?$/;
/** Written as programmers write, not as a path's names mostly are: mixed case, under_scores, dots. */
const COMPOUND = /[a-z][A-Z]|.[_.]/;
/** `getUser`, `CreateOrder`: so the methods of an RPC are called. */
export const CAMEL_CASE = /^[A-Za-z]*[a-z][A-Z][a-z]+$/;

/** True for the key of a parameter. */
export function isParameter(key: string | undefined): boolean {
  return key?.startsWith(PARAMETER) === true;
}

/** A region, a currency, a random token: with digits, in capitals, or in letters of random case. */
export function isCoded(word: string): boolean {
  return ((/[\d%+=,]/.test(word) || word === word.toUpperCase()) && looksLikeValue(word)) || isOfMixedCase(word);
}

/** True when there is more evidence that words are values than that they are names. */
export function areValues<T>(nodes: Joined<T>, candidates: Candidates): boolean {
  const { at, isLongTail, isBeforeVerb } = candidates;
  const words = candidates.words.slice(0, MAX_WORDS);
  const least = isBeforeVerb ? LEAST_BEFORE_VERB : LEAST_AT_TOP;
  const isCollection = isPlural(at.parent) && nodes.some(({ leaf }) => leaf !== undefined);
  const isFew = words.length + candidates.folded < least && !words.every(looksLikeValue);
  if (isFew && (isTop(at) || (doReturn(candidates) && !(isCollection && words.length >= LEAST_OF_COLLECTION)))) return false;
  const odds =
    PRIOR +
    weighCounts({ ...candidates, words }) +
    weighSpelling(words) +
    weighSurroundings(at) +
    share(words, (word) => at.known.has(word)) * KNOWN_ELSEWHERE +
    (nodes.some(({ leaf }) => leaf !== undefined) ? COLLECTION_IS_REQUESTED : 0) +
    (isLongTail ? LONG_TAIL : 0) +
    (isBeforeVerb ? BEFORE_VERB : 0);
  if (odds <= -MOST_FOLLOWING) return false;
  return odds > LEAST_FOLLOWING || odds + weighFollowing(nodes, words, isPlural(at.parent)) > 0;
}

/** At the top of a path, behind what all paths share, stand an API's names. */
function isTop({ isBranched, parent }: At): boolean {
  return !isBranched && !isPlural(parent);
}

/** Fewer words that each come again and again, and are values nowhere else, are names: values of so few would be an enumeration. */
function doReturn({ words, count, known, at }: Candidates): boolean {
  const lines = words.reduce((total, word) => total + count(word), 0);
  if (lines < words.length * RETURNING) return false;
  // A word or two that stand alone are names, whatever they are elsewhere: `/jobs/ingest`.
  return (known === 0 && words.length < LEAST_TOGETHER) || !words.some((word) => at.known.has(word));
}

const RETURNING = 3;
const LEAST_TOGETHER = 3;
/** A collection that is requested itself (`/repositories`) has items, even where each of them comes again and again. */
const LEAST_OF_COLLECTION = 8;
/** Fewer words there are names, however seldom each is asked for: in a log of a few lines every name is new. */
const LEAST_AT_TOP = 18;
/** Names are in the majority, and what is not spoken for is one. */
const PRIOR = -7.861;
/** Words that are values at another place are values here. */
const KNOWN_ELSEWHERE = 5.24;
/** `/users` itself is requested where `/users/{name}` is. */
const COLLECTION_IS_REQUESTED = 2.206;
/** A verb behind a colon follows a value (`orders:cancel` has few others beside it), and so do a few of them. */
const BEFORE_VERB = 3;
const LEAST_BEFORE_VERB = 5;
/** It says again, and worse, what the counts say. */
const LONG_TAIL = -0.806;

/** Values go on being new, and those that are not are about as frequent as one another. */
function weighCounts({ words, count, known, folded }: Candidates): number {
  const lines = words.reduce((total, word) => total + count(word), 0);
  const mean = lines / Math.max(1, words.length);
  const variance = words.reduce((total, word) => total + (count(word) - mean) ** 2, 0) / Math.max(1, words.length - 1);
  const dispersion = Math.min(4, Math.max(-2, Math.log(Math.max(0.1, variance / Math.max(0.1, mean)))));
  const distinct = log2(words.length);
  const single = share(words, (word) => count(word) === 1);
  const excess = known === 0 ? 0 : log2((mean * Math.max(1, folded)) / known);
  return (
    1.453 * distinct +
    -0.278 * log2(mean) +
    5.546 * single +
    -0.268 * distinct * single +
    -0.538 * dispersion +
    0.521 * (known / Math.max(1, known + lines)) +
    1.218 * excess +
    (known === 0 ? 0 : -0.143 * log2(mean))
  );
}

/** What follows is read where it can decide: it weighs no more than this for values, and no more than that for names. */
const MOST_FOLLOWING = 7;
const LEAST_FOLLOWING = 4;

/** Values of one parameter are followed by the same, names by what is their own; a collection is followed by its ids. */
function weighFollowing<T>(nodes: Joined<T>, words: readonly string[], isInCollection: boolean): number {
  const following = readFollowing(nodes, words);
  const { differences, degrees, categories } = compareRows(following.rows, following);
  const difference =
    degrees === 0 || words.length < 2 ? 1 : differences.reduce((total, each) => total + each, 0) / (words.length - 1) / degrees;
  const same = difference < 2 ? log2(1 + categories) : 0;
  return (
    -0.422 * Math.min(4, Math.max(-1, Math.log(Math.max(0.1, difference)))) +
    1.013 * same +
    (isInCollection ? 0.537 * same : 0) +
    -0.415 * shareOf(following, isParameter) +
    -1.763 * shareOf(following, (next) => next === undefined)
  );
}

/** So many words are values if each has two numbers and none is a version: `g6-standard-2`; a page is called `cmake-gui.1`. */
const LEAST_NUMBERED = 8;
const HAS_NUMBERS = /^(?!v\d).*\d.*\D.*\d/;
/** As many words, taken evenly from all, show how they are written. */
const SPELT = 250;

function weighSpelling(all: readonly string[]): number {
  const step = Math.ceil(all.length / SPELT);
  const words = step > 1 ? all.filter((_, index) => index % step === 0) : all;
  const coded =
    words.length >= LEAST_NUMBERED && words.every((word) => HAS_NUMBERS.test(word)) ? words.length : words.filter(isCoded).length;
  // Long names with dashes are as often a method's (`list-foundation-model-agreement-offers`) as an article's.
  const long = words.filter(looksLikeValue).length - coded;
  return (
    -2.245 * share(words, isPlural) +
    (3.995 * coded - 3.029 * long) / Math.max(1, words.length) +
    1.939 * share(words, (word) => COMPOUND.test(word) && !CAMEL_CASE.test(word))
  );
}

function weighSurroundings(at: At): number {
  const { parent, grandparent } = at;
  return (
    (isPlural(parent) ? 0.953 : 0) +
    (isTop(at) ? -1.801 : 0) +
    (isParameter(parent) ? -0.351 : 0) +
    (isParameter(parent) && isParameter(grandparent) ? 0.815 : 0) +
    (parent !== undefined && VERSION.test(parent) ? 0.68 : 0)
  );
}

function log2(value: number): number {
  return Math.log2(Math.max(1, value));
}

function share(words: readonly string[], test: (word: string) => boolean): number {
  return words.filter(test).length / Math.max(1, words.length);
}

/**
 * The few values that people choose most: they stand out of the others as names do, and so are not in their tail. They are told from names by
 * what follows them, by how they are written, or, where nothing else tells, by their counts, which rise in steps and not at once.
 */
import { isReserved, STANDINS } from "./known-words.ts";
import { countFolded, countWord, type Joined } from "./place.ts";
import { isCoded } from "./weigh-place.ts";
import { compareWithParameter, isFollowedAs } from "./what-follows.ts";

/** Of fewer values at one place nothing is told of other words: an error there would be one of all places that have them. */
export const LEAST_TELLING = 8;
/** Of all lines of a parameter at most one in so many is of one value that comes most. */
const SHARE = 2;
/** By so much the next frequent value comes more often: of ranks that are 1, 1/2, 1/3 of the first the last step is the longest. */
const STEP = 2;
/** Where values come less often than this, one step is chance. */
const LEAST_LINES = 4;

type Candidates = {
  readonly words: readonly string[];
  /** The parameter beside the words. */
  readonly parameter: string;
  /** The values that were found so far, with their lines. */
  readonly values: ReadonlyMap<string, number>;
};

/** Words that are values of the parameter beside them, although each comes more often than the values that were found. */
export function findHotValues<T>(nodes: Joined<T>, { words, parameter, values }: Candidates): readonly string[] {
  const count = (word: string) => countWord(nodes, word);
  const areFolded = countFolded(nodes, parameter) >= LEAST_TELLING;
  const all = count(parameter);
  const isCandidate = (word: string) => !STANDINS.has(word) && (areFolded || isCoded(word)) && count(word) * SHARE <= all;
  const candidates = words.filter((word) => isCandidate(word) && !isReserved(word));
  const reserved = areFolded ? words.filter((word) => isCandidate(word) && isReserved(word)) : [];
  if (candidates.length === 0 && reserved.length === 0) return [];
  const { alike, untold } = compareWithParameter(nodes, parameter, candidates);
  const most = Math.max(...values.values(), 0);
  return [
    ...alike,
    ...untold.filter(isCoded),
    ...listSteps(listWrittenAs([...values.keys()], untold), count, [...values.values()]),
    ...reserved.filter((word) => count(word) <= most && isFollowedAs(nodes, parameter, word)),
  ];
}

/** Words that are as long as the values are, and of parts if nearly all of them are: `lint` is no value beside `daily-report` and `nightly-backup`. */
function listWrittenAs(values: readonly string[], words: readonly string[]): readonly string[] {
  let shortest = Number.POSITIVE_INFINITY;
  let longest = 0;
  for (const { length } of values) {
    shortest = Math.min(shortest, length);
    longest = Math.max(longest, length);
  }
  const areOfParts = values.filter((value) => PARTED.test(value)).length >= values.length * NEARLY_ALL;
  return words.filter((word) => word.length >= shortest && word.length <= longest && (!areOfParts || PARTED.test(word)));
}

const PARTED = /[-_.]/;
const NEARLY_ALL = 0.9;

/** Words up to where their counts have a gap; none where no value is chosen more than another, as in a list of words that is tried again and again. */
function listSteps(words: readonly string[], count: (word: string) => number, counts: readonly number[]): readonly string[] {
  const rising = counts.toSorted((a, b) => a - b);
  if (!areChosen(rising)) return [];
  const plain = words.filter((word) => !isCoded(word)).toSorted((a, b) => count(a) - count(b));
  let bound = rising.at(-1) ?? 0;
  const end = plain.findIndex((word) => {
    const isFar = bound < LEAST_LINES || count(word) > bound * STEP;
    bound = count(word);
    return isFar;
  });
  return end === -1 ? plain : plain.slice(0, end);
}

/** Of values that people choose one in ten comes clearly more often than the middle one, or a dozen does. */
const CHOSEN = 0.1;
const DOZEN = 12;
const CLEARLY = 1.5;

function areChosen(rising: readonly number[]): boolean {
  const middle = rising[(rising.length - 1) >> 1] ?? 0;
  const least = Math.min(DOZEN, Math.ceil((rising.length - 1) * CHOSEN) + 1);
  return (rising.at(-least) ?? 0) > middle * CLEARLY;
}

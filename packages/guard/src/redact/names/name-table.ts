import { standsAt } from "../character.ts";
import { isSignedParameter } from "./query-name.ts";
import { STEP_COST, type Work } from "../work.ts";
import { DEPENDENT, type KeyClassifier, type NameVerdict, TAILS } from "./sensitive-key.ts";
import { mayName, type NamePlace } from "./name-trigger.ts";

/** A chain of words as a name: what it says about a value, and whether it can lead to a secret at all. */
export type KnownName = NameVerdict & {
  readonly chain: string;
  /** The last two parts of a dotted name, since the names of hosts and classes say nothing about a value. */
  readonly name: string;
  /** A last word whose meaning the word before it decides: `api key`, `accessToken string`. */
  readonly isTail: boolean;
  readonly isSigned: boolean;
  /** Whether the meaning depends on the parent's name. */
  readonly isDependent: boolean;
  /** Whether no value is secret because of this name. */
  readonly isPlain: boolean;
};

/** Looks up the name between two indexes of a text, whose code units are `codes`. */
export type NameTable = (place: NamePlace & { readonly text: string }, start: number, end: number) => KnownName;

/** `token.ts:12:5` is a place in a file. */
export const FILE_NAME = /\.(?:[cm]?[jt]sx?|py|rb|go|java|kt|php|rs|cs|c|cc|cpp|h|html?|css|json|ya?ml|md|txt|log|sql|sh|exs?)$/i;

/** The last two parts of a dotted name. */
export function lastNames(chain: string): string {
  return chain.slice(chain.lastIndexOf(".", chain.lastIndexOf(".") - 1) + 1);
}

function judge(chain: string, classify: KeyClassifier): KnownName {
  const name = lastNames(chain);
  const verdict = classify(name).kind;
  const lower = name.toLowerCase();
  const isTail = verdict === undefined && TAILS.has(lower);
  const isSigned = verdict === undefined && isSignedParameter(lower, 16);
  const kind = verdict && name.includes(".") && FILE_NAME.test(name) ? undefined : verdict;
  const isDependent = DEPENDENT.has(chain.toLowerCase());
  return {
    kind,
    chain,
    name,
    isTail,
    isSigned,
    isDependent,
    isPlain: kind === undefined && !isTail && !isSigned,
  };
}

/** The verdict on a name without a trigger, which leads to nothing and is not stored. */
const PLAIN = judge("", () => ({ kind: undefined }));

const SLOTS = 4_096;

/**
 * Creates a table of recently seen names. A name is compared in place, so that most words of a text need neither a copy nor a
 * search. Names come from requests: the table has a fixed number of slots, and a new name takes the place of another.
 */
export function createNameTable(classify: KeyClassifier, work: Work): NameTable {
  const slots: (KnownName | undefined)[] = [];
  slots.length = SLOTS;
  return (place, start, end) => {
    if (!mayName(place, start, end)) return PLAIN;
    const { text, codes } = place;
    let word = 0;
    for (let at = start; at < end; at++) word = (Math.imul(word, 31) + (codes[at] ?? 0)) | 0;
    const slot = Math.imul(word, -1_640_531_535) >>> 20;
    const known = slots[slot];
    if (known !== undefined && known.chain.length === end - start && standsAt(known.chain, codes, start)) return known;
    work.left -= STEP_COST;
    const judged = judge(Array.from(text.slice(start, end)).join(""), classify);
    slots[slot] = judged;
    return judged;
  };
}

import { STEP_COST, type Work } from "../work.ts";
import { foldTrigger, type NameTriggers } from "./name-trigger.ts";
import { ALNUM, classOf, standsAt } from "../character.ts";
import { isSignedParameter } from "./query-name.ts";
import { DEPENDENT, type KeyClassifier, type NameVerdict, TAILS } from "./sensitive-key.ts";

/** A chain of words as a name: what it says of a value, and whether it can lead to a secret at all. */
export type KnownName = NameVerdict & {
  readonly chain: string;
  /** The last two of dotted names: what a host or a class is called says nothing of a value. */
  readonly name: string;
  /** A last word whose meaning the word before it decides: `api key`, `accessToken string`. */
  readonly isTail: boolean;
  readonly isSigned: boolean;
  /** A name that the one above it decides on. */
  readonly isDependent: boolean;
  /** Nothing that follows this name is secret because of it. */
  readonly isPlain: boolean;
};

/** Finds what is known of the name between two indexes of a text, whose code units are `codes`. */
export type NameTable = (place: { readonly text: string; readonly codes: Uint16Array }, start: number, end: number) => KnownName;

/** `token.ts:12:5` is a place in a file. */
const FILE_NAME = /\.(?:[cm]?[jt]sx?|py|rb|go|java|kt|php|rs|cs|c|cc|cpp|h|html?|css|json|ya?ml|md|txt|log|sql|sh|exs?)$/i;

/** Only the last two of dotted names count. */
export function lastNames(chain: string): string {
  const last = chain.lastIndexOf(".");
  return last < 0 ? chain : chain.slice(chain.lastIndexOf(".", last - 1) + 1);
}

function judge(chain: string, classify: KeyClassifier): KnownName {
  const name = lastNames(chain);
  const verdict = classify(name);
  const isFile = verdict.kind !== undefined && name.includes(".") && FILE_NAME.test(name);
  const lower = name.toLowerCase();
  const isTail = verdict.kind === undefined && TAILS.has(lower);
  const isSigned = verdict.kind === undefined && isSignedParameter(lower, 16);
  const isPlain = (isFile || verdict.kind === undefined) && !isTail && !isSigned;
  const isDependent = DEPENDENT.has(chain.toLowerCase());
  return { kind: isFile ? undefined : verdict.kind, chain, name, isTail, isSigned, isDependent, isPlain };
}

/** What has no trigger in it leads to nothing, and is not remembered. */
const PLAIN = judge("", () => ({ kind: undefined }));

const SLOTS = 4_096;

/**
 * Creates a table of the names met last. A name is compared where it stands, so that most words of a text cost neither a copy nor a
 * search. Names come from requests: the table has a fixed number of slots, and a new name takes the place of another.
 */
export function createNameTable(classify: KeyClassifier, work: Work, triggers: NameTriggers): NameTable {
  const slots: (KnownName | undefined)[] = [];
  slots.length = SLOTS;
  return ({ text, codes }, start, end) => {
    let word = 0;
    let row = 0;
    let met = 0;
    for (let at = start; at < end; at++) {
      const code = codes[at] ?? 0;
      word = (Math.imul(word, 31) + code) | 0;
      if ((classOf(code) & ALNUM) !== 0) {
        row = foldTrigger(row, code);
        met |= triggers[row] ?? 0;
      } else if (code > 127) met = 1;
    }
    if (met === 0) return PLAIN;
    const slot = Math.imul(word, -1_640_531_535) >>> 20;
    const known = slots[slot];
    if (known !== undefined && known.chain.length === end - start && standsAt(known.chain, codes, start)) return known;
    work.left -= STEP_COST;
    const judged = judge(Array.from(text.slice(start, end)).join(""), classify);
    slots[slot] = judged;
    return judged;
  };
}

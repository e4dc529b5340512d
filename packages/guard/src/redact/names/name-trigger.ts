import { ALNUM, classOf } from "../character.ts";
import { SIGNED_NAMES } from "./query-name.ts";
import { NAME_PARTS, TAILS } from "./sensitive-key.ts";

/**
 * Three consecutive letters or digits, folded to five bits each. A name that may lead to a secret contains at least one such trigger: the
 * beginning of a stem, a word or a service's name. Separators between the words of a name are skipped, as in the classifier.
 */
export type NameTriggers = Uint8Array;

const MASK = (1 << 15) - 1;

/** The trigger that ends with `code`; 0 before a name's first character. */
export function foldTrigger(row: number, code: number): number {
  return ((row << 5) | (code & 31)) & MASK;
}

function addTrigger(triggers: NameTriggers, part: string): void {
  const letters = [...Buffer.from(part)].filter((code) => (classOf(code) & ALNUM) !== 0);
  triggers[letters.slice(0, 3).reduce(foldTrigger, 0)] = 1;
  // A word of two letters may follow any other letter.
  if (part === "pw") for (let before = 1; before < 32; before++) triggers[letters.reduce(foldTrigger, before)] = 1;
}

const BUILT_IN: NameTriggers = new Uint8Array(MASK + 1);
for (const part of [...NAME_PARTS, ...TAILS, ...SIGNED_NAMES]) addTrigger(BUILT_IN, part);

/** A text's code units, and the triggers to look for in them. */
export type NamePlace = {
  readonly codes: Uint16Array;
  readonly pass: { readonly policy: { readonly nameTriggers: NameTriggers } };
};

/** True for a name with a trigger or a character above ASCII. Only then may it make the value after it secret. */
export function mayName({ codes, pass }: NamePlace, start: number, end: number): boolean {
  const { nameTriggers } = pass.policy;
  let row = 0;
  for (let at = start; at < end; at++) {
    const code = codes[at] ?? 0;
    if (code > 127) return true;
    if ((classOf(code) & ALNUM) === 0) continue;
    row = foldTrigger(row, code);
    if (nameTriggers[row] === 1) return true;
  }
  return false;
}

/** The triggers of all known names and of those that a policy adds; names above ASCII need none. */
export function createNameTriggers(extra: readonly string[]): NameTriggers {
  if (extra.length === 0) return BUILT_IN;
  const triggers = BUILT_IN.slice();
  for (const name of extra) addTrigger(triggers, name);
  return triggers;
}

import { ALNUM, classOf } from "../character.ts";
import { SIGNED_NAMES } from "./query-name.ts";
import { NAME_PARTS, TAILS } from "./sensitive-key.ts";

/**
 * Three letters or digits in a row, folded to five bits each, of which a name that may lead to a secret has at least one such row: the
 * beginning of a stem, a word or a service's name. Whatever separates the words of a name is left out, as the classifier leaves it out.
 */
export type NameTriggers = Uint8Array;

const MASK = (1 << 15) - 1;

/** The row of three that ends with `code`; 0 before a name's first character. */
export function foldTrigger(row: number, code: number): number {
  return ((row << 5) | (code & 31)) & MASK;
}

function addTrigger(triggers: NameTriggers, part: string): void {
  const letters = [...Buffer.from(part)].filter((code) => (classOf(code) & ALNUM) !== 0);
  triggers[letters.slice(0, 3).reduce(foldTrigger, 0)] = 1;
  // A word of two letters stands behind any other letter as well.
  if (part === "pw") for (let before = 1; before < 32; before++) triggers[letters.reduce(foldTrigger, before)] = 1;
}

const BUILT_IN: NameTriggers = new Uint8Array(MASK + 1);
for (const part of [...NAME_PARTS, ...TAILS, ...SIGNED_NAMES]) addTrigger(BUILT_IN, part);

/** Where names stand: the code units of a text, and whose triggers count. */
export type NamePlace = {
  readonly codes: Uint16Array;
  readonly pass: { readonly policy: { readonly nameTriggers: NameTriggers } };
};

/** True for a name that has a trigger in it, or a character above ASCII: only then what follows may be secret because of it. */
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

/** The triggers of all names that are known, and of those that a policy adds; names above ASCII need none. */
export function createNameTriggers(extra: readonly string[]): NameTriggers {
  if (extra.length === 0) return BUILT_IN;
  const triggers = BUILT_IN.slice();
  for (const name of extra) addTrigger(triggers, name);
  return triggers;
}

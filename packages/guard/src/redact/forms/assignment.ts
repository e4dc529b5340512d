import { type KnownName, lastNames } from "../names/name-table.ts";
import { readTable } from "./table.ts";
import { type Finding, lookAt, type Scan, type Word } from "../finding.ts";
import { replaceNumber, replaceText } from "../scalar.ts";
import { findValue } from "./assigned-value.ts";
import { findNameAbove, readItems, readNextLine, readPair } from "./beside.ts";
import { SAID } from "./spoken.ts";
import type { NameVerdict } from "../names/sensitive-key.ts";
import { findSign, type Operator, type Sign } from "../operator.ts";
import { isCredible } from "../credible.ts";
import { classAt, DIGIT, SPACE } from "../character.ts";
import { mayName } from "../names/name-trigger.ts";
import { ASSIGNMENT_COST, STEP_COST } from "../work.ts";

/** A name and what it says about its value. */
type Named = NameVerdict & { readonly name: string };

/** The verdict on this word together with the one before it: `api key: ...`, `var accessToken string = ...`. */
function judgeTail(scan: Scan, name: string): Named | undefined {
  const { text, codes, pass, chain, before } = scan;
  const gap = chain - before.end;
  const isApart = chain > 0 && (classAt(codes, chain - 1) & SPACE) !== 0;
  const isSaid = name === "is" || name === "was";
  // Before `code` any word counts: those that make it a secret are in no other name.
  if (!isSaid && name !== "code" && !mayName(scan, before.start, before.end)) return undefined;
  // A quote in between ends the earlier name, as in `name="password" id=`, except before `value=` and `content=`: `key="password" value=`.
  const isBare = (classAt(codes, before.end) & SPACE) !== 0;
  if (!isApart || gap < 1 || gap > 2 || (isBare === (name === "content") && name !== "value" && !isSaid)) return undefined;
  const said = isSaid ? lookAt(text, chain + name.length, SAID)?.[1] : undefined;
  const previous = said ?? lastNames(text.slice(Math.max(before.start, before.end - 64), before.end));
  const whole = `${previous} ${name}`;
  const verdict = pass.classify(whole);
  if (verdict.kind !== undefined || !/^(?:str|string|text|value|is|was|const)$/i.test(name)) return { ...verdict, name: whole };
  return { kind: pass.classify(previous).kind, name: whole };
}

/** The verdict on a name that may mean a secret, alone or with the name before or above it. */
function judgeName(scan: Scan, known: KnownName, operator: Operator): Named {
  const { codes, pass, chain } = scan;
  const { name } = known;
  if (known.isSigned && operator === "assign" && (chain === 0 || isParameterMark(codes[chain - 1]))) return { kind: "key", name };
  const mayStandBelow = known.isTail && /^(?:value|default|args)$/.test(name);
  const above = mayStandBelow ? findNameAbove(scan, chain) : undefined;
  if (above !== undefined) return { ...pass.classify(above), name: above };
  return (known.isTail ? judgeTail(scan, name) : undefined) ?? known;
}

/** Names of a value that is a user and a password. */
const PAIR_NAME = /(?:auth|credentials?|authentication(?:token)?)$/i;

/** The longest name that is looked up; anything longer is itself a value. */
const LONGEST_NAME = 96;

/** True if it cannot be the name of a secret: a number, too long, or `checksum/secret`, Helm's name for a digest. */
function isNoName({ text, codes, chain }: Scan, wordEnd: number): boolean {
  return (
    wordEnd - chain > LONGEST_NAME ||
    text.startsWith("checksum/", chain - 9) ||
    ((classAt(codes, chain) & DIGIT) !== 0 && /^\d+$/.test(text.slice(chain, wordEnd)))
  );
}

/** `auth=("name", "password")`, `new NetworkCredential("name", "password")`. */
function mayTakePair(codes: Uint16Array, { operator, at }: Sign, name: string): boolean {
  return (operator === "assign" || (operator === "weak" && codes[at - 1] === 0x28)) && PAIR_NAME.test(name);
}

/** `?`, `&`, `;`. */
function isParameterMark(code = 0): boolean {
  return code === 0x3f || code === 0x26 || code === 0x3b;
}

/** Finds a secret by its name: the value that is assigned to the name that ends at `wordEnd`. */
export function readAssignment(scan: Scan, { end: wordEnd }: Word): Finding | undefined {
  const { text, pass } = scan;
  if (isNoName(scan, wordEnd)) return undefined;
  const known = pass.names(scan, scan.chain, wordEnd);
  if (known.isPlain) return undefined;
  pass.work.left -= STEP_COST;
  const table = known.kind === undefined ? undefined : readTable(scan, wordEnd);
  if (table !== undefined) return table;
  const sign = findSign(scan, wordEnd);
  if (sign === undefined) return undefined;
  const { kind, name } = judgeName(scan, known, sign.operator);
  if (kind === undefined) return undefined;
  pass.work.left -= ASSIGNMENT_COST;
  const pair = mayTakePair(scan.codes, sign, name) ? readPair(scan, sign.at) : undefined;
  if (pair !== undefined) return pair;
  const below = readItems(scan, sign, kind) ?? readNextLine(scan, sign, kind);
  if (below !== undefined) return below;
  const value = findValue(scan, sign, kind);
  if (value === undefined || !isCredible({ scan, value, kind, name, operator: sign.operator })) return undefined;
  const raw = text.slice(value.start, value.end);
  const isNumber = !value.isQuoted && /^\d{1,19}$/.test(raw);
  const replacement = isNumber ? replaceNumber(kind, raw, pass) : replaceText(kind, raw, pass);
  return replacement === raw ? undefined : { start: value.start, end: value.end, kind, replacement };
}

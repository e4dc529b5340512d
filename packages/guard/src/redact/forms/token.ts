import { ALNUM, classAt, UNDERSCORE } from "../character.ts";
import { type Finding, findForm, type Scan, toFinding, type Word } from "../finding.ts";
import { ASSIGNMENT_COST, STEP_COST } from "../work.ts";
import { DIGIT_SOMEWHERE, TOKEN_FORMS, type TokenForm, type TokenSet } from "./token-forms.ts";

/** Forms by what three characters, folded to five bits each, they begin with. */
const BY_START: (TokenForm[] | undefined)[] = Array.from({ length: 1 << 15 }, () => undefined);
/** The same as a table that stays in the processor's cache: most words are passed over after one look. */
const STARTS = new Uint8Array(1 << 15);
for (const form of TOKEN_FORMS) {
  for (const key of listStarts(form.prefix)) {
    (BY_START[key] ??= []).push(form);
    STARTS[key] = 1;
  }
}

/** A prefix of two characters may go on with any third. */
function listStarts(prefix: string): number[] {
  const [first = 0, second = 0, third = 0] = Array.from(prefix, (each) => each.charCodeAt(0));
  if (third > 0) return [startAt([first, second, third], 0)];
  return Array.from({ length: 32 }, (_, any) => startAt([first, second, any], 0));
}

function startAt(codes: ArrayLike<number>, at: number): number {
  return (((codes[at] ?? 0) & 31) << 10) | (((codes[at + 1] ?? 0) & 31) << 5) | ((codes[at + 2] ?? 0) & 31);
}

/** True when a token may begin at `start`; a look at three characters. */
export function mayBeginToken(codes: Uint16Array, start: number): boolean {
  return STARTS[startAt(codes, start)] === 1;
}

/** The sets as tables, built once. */
const TABLES: Readonly<Record<TokenSet, Uint8Array>> = {
  alnum: toTable(/[A-Za-z\d]/),
  word: toTable(/[\w-]/),
  base64: toTable(/[\w+/=-]/),
  dotted: toTable(/[\w.+=~-]/),
};

function toTable(set: RegExp): Uint8Array {
  return Uint8Array.from({ length: 128 }, (_, code) => (set.test(String.fromCharCode(code)) ? 1 : 0));
}

function findRunEnd(scan: Scan, start: number, set: TokenSet): number {
  const known = scan.read[set];
  if (start < known) return known;
  const { codes } = scan;
  const table = TABLES[set];
  let at = start;
  while ((codes[at] ?? 0) < 128 && table[codes[at] ?? 0] === 1) at += 1;
  scan.read[set] = at;
  return at;
}

/** Dots and slashes at the end are the sentence's and the path's. */
function trimRun(codes: Uint16Array, start: number, end: number): number {
  let at = end;
  while (at > start && (codes[at - 1] === 0x2e || codes[at - 1] === 0x2f)) at -= 1;
  return at;
}

/** A token that its issuer made recognisable by a prefix: `ghp_...`, `AKIA...`, `eyJ...`. */
export function readVendorToken(scan: Scan, { start }: Word): Finding | undefined {
  const { text } = scan;
  const forms = BY_START[startAt(scan.codes, start)];
  if (forms === undefined) return undefined;
  for (const form of forms) {
    if (!text.startsWith(form.prefix, start)) continue;
    const from = start + form.prefix.length;
    const end = trimRun(scan.codes, from, findRunEnd(scan, from, form.set));
    scan.pass.work.left -= STEP_COST;
    if (end - from < form.least) continue;
    if ((classAt(scan.codes, end) & (ALNUM | UNDERSCORE)) !== 0) continue;
    // A prefix with a digit in it does not count.
    const checked = form.check === DIGIT_SOMEWHERE ? from : start;
    if (form.check?.test(text.slice(checked, Math.min(end, start + (form.kind === "jwt" ? 1_024 : 128)))) === false) continue;
    return toFinding(scan, form.kind, [start, end]);
  }
  return undefined;
}

const PRIVATE_KEY = /^-----BEGIN[\w -]{0,100}?PRIVATE KEY(?: BLOCK)?-----(?:[^]*?KEY(?: BLOCK)?-----|[^]*)/di;

/** A PEM block of a private key, to its end line or, when that is missing, as far as the text goes. */
export function readPrivateKey(scan: Scan, at: number): Finding | undefined {
  if (scan.codes[at + 5] !== 0x42 || !scan.text.startsWith("BEGIN", at + 5)) return undefined;
  scan.pass.work.left -= ASSIGNMENT_COST;
  return findForm(scan, "private-key", [at, scan.text.length, PRIVATE_KEY]);
}

import { type Finding, findForm, type Scan, toFinding, type Word } from "../finding.ts";
import { foldBeginning, noteBeginning, TOKEN } from "./beginning.ts";
import { ASSIGNMENT_COST, STEP_COST } from "../work.ts";
import { DIGIT_SOMEWHERE, TOKEN_FORMS, type TokenForm, type TokenSet } from "./token-forms.ts";
import { ALNUM, classAt, standsAt, UNDERSCORE } from "../character.ts";

/** Forms by what three characters they begin with; one of two characters may go on with any third. */
const BY_BEGINNING = new Map<number, TokenForm[]>();
for (const form of TOKEN_FORMS) {
  for (let any = form.prefix.length > 2 ? 31 : 0; any < 32; any++) {
    const key = noteBeginning(form.prefix + String.fromCharCode(any), TOKEN);
    BY_BEGINNING.set(key, [...(BY_BEGINNING.get(key) ?? []), form]);
  }
}

/** Runs of the sets' characters. */
const RUNS: Readonly<Record<TokenSet, RegExp>> = {
  alnum: /[A-Za-z\d]*/y,
  word: /[\w-]*/y,
  base64: /[\w+/=-]*/y,
  dotted: /[\w.+=~$-]*/y,
};

function findRunEnd({ text, read }: Scan, start: number, set: TokenSet): number {
  if (start >= read[set]) {
    const run = RUNS[set];
    run.lastIndex = start;
    run.test(text);
    read[set] = run.lastIndex;
  }
  return read[set];
}

/** Leaves off dots and slashes at the end, which belong to the sentence or the path. */
function trimRun(codes: Uint16Array, start: number, end: number): number {
  let at = end;
  while (at > start && (codes[at - 1] === 0x2e || codes[at - 1] === 0x2f)) at -= 1;
  return at;
}

/** A token that its issuer made recognisable by a prefix: `ghp_...`, `AKIA...`, `eyJ...`. */
export function readVendorToken(scan: Scan, { start }: Word): Finding | undefined {
  const { text } = scan;
  for (const form of BY_BEGINNING.get(foldBeginning(scan.codes, start)) ?? []) {
    if (!standsAt(form.prefix, scan.codes, start)) continue;
    const from = start + form.prefix.length;
    const end = trimRun(scan.codes, from, findRunEnd(scan, from, form.set));
    scan.pass.work.left -= STEP_COST;
    // `ghp_xxxx`: a mask behind the prefix.
    if (end - from < form.least || /^(.)\1*$/.test(text.slice(from, end))) continue;
    if ((classAt(scan.codes, end) & (ALNUM | UNDERSCORE)) !== 0) continue;
    // A prefix with a digit in it does not count.
    const checked = form.check === DIGIT_SOMEWHERE ? from : start;
    if (form.check?.test(text.slice(checked, Math.min(end, start + (form.kind === "jwt" ? 1_024 : 128)))) === false) continue;
    return toFinding(scan, form.kind, [start, end]);
  }
  return undefined;
}

const PRIVATE_KEY =
  /^-----BEGIN[\w -]{0,100}?PRIVATE KEY(?: BLOCK)?-----(?!(?:\\[nr]|[\s.*…]){0,40}-----END)(?:[^]*?KEY(?: BLOCK)?-----|[^]*)/i;

/** A PEM block of a private key, to its end line or, when that is missing, as far as the text goes. */
export function readPrivateKey(scan: Scan, at: number): Finding | undefined {
  if (scan.codes[at + 5] !== 0x42 || !scan.text.startsWith("BEGIN", at + 5)) return undefined;
  scan.pass.work.left -= ASSIGNMENT_COST;
  return findForm(scan, "private-key", [at, scan.text.length, PRIVATE_KEY]);
}

/** Secrets that do not directly follow a name and an operator: on the next line, in a list or a pair, after a word of SQL. */
import { replaceText } from "../scalar.ts";
import type { Operator, Sign } from "../operator.ts";
import type { KeyKind } from "../names/sensitive-key.ts";
import { BACKSLASH, classOf, SPACE } from "../character.ts";
import { type Finding, findForm, joinPieces, lookAt, type Piece, type Scan, type Word } from "../finding.ts";
import { BLANK, isWording } from "../credible.ts";
import { ASSIGNMENT_COST, STEP_COST } from "../work.ts";

/** A value alone on its line: quoted, or one word that is neither a key of something nested nor an ordinary word. */
function readLoneValue(line: string): string | undefined {
  const quoted = /^(["'])([^"'\r\n]{1,512})\1[ \t]{0,8},?[ \t]{0,8}(?:\r?\n|$)/.exec(line)?.[2];
  if (quoted !== undefined) return quoted;
  const bare = /^[^\s"'{}[\]<>|&*!#][^\s"'{}[\]<>]{3,511}(?=[ \t]{0,8}(?:\r?\n|$))/.exec(line)?.[0];
  if (bare === undefined || /:$|^[A-Za-z_][\w.-]*=[^=]|^\$|^[A-Za-z_.]+\(/.test(bare)) return undefined;
  return /\d|[a-z][A-Z]|[^\w-]/.test(bare) ? bare : undefined;
}

/** What lies between a name and a value on the next line. */
const GAPS: Readonly<Partial<Record<Operator, RegExp>>> = {
  colon: /[ \t]{0,8}\\?\r?\n[ \t]{1,32}(?:-[ \t]{1,3})?/y,
  assign: /[ \t]{0,8}(?:\\\r?\n[ \t]{0,32}|\r?\n[ \t]{0,32}string\(\d{1,9}\) )/y,
};

/** The value or the list on the lines after `password:`, or the value after a backslash at the end of the line. */
export function readNextLine(scan: Scan, sign: Sign, kind: KeyKind): Finding | undefined {
  const { text, codes } = scan;
  const next = codes[sign.at];
  if ((classOf(next) & SPACE) === 0 && next !== BACKSLASH) return undefined;
  const gap = GAPS[sign.operator];
  const pieces: Piece[] = [];
  let { at } = sign;
  for (let item = 0; item < 64; item++) {
    const space = gap && lookAt(text, at, gap)?.[0];
    if (space === undefined) break;
    const isList = space.includes("-");
    if (item > 0 && !isList) break;
    scan.pass.work.left -= STEP_COST;
    const from = at + space.length;
    const value = readLoneValue(text.slice(from, from + 532));
    if (value === undefined || BLANK.test(value)) break;
    const start = /["']/.test(text.charAt(from)) ? from + 1 : from;
    const end = start + value.length;
    pieces.push({ start, end, replacement: replaceText(kind, value, scan.pass) });
    at = start === from ? end : end + 1;
    if (!isList) break;
  }
  return joinPieces(scan, kind, pieces);
}

const ITEM =
  /^(?:[\s,[{(]|\}(?=,)){0,48}(?:["']?([\w.-]{1,40})["']?[ \t]{0,4}(?:=>|[:=])[ \t]{0,4})?(?:true|false|null|\d{1,12}(?=[\s,])|b?(["'])([^"'\n]{1,256})\2)/;

const LIST = /[ \t]{0,4}[[{]/y;

/** The quoted values of a list or a map assigned to a name: `tokens = ["a1", "b2"]`, `SECRETS = { github: "x9" }`. */
export function readItems(scan: Scan, sign: Sign, kind: KeyKind): Finding | undefined {
  const { text, pass } = scan;
  if ((sign.operator !== "assign" && sign.operator !== "colon") || !lookAt(text, sign.at, LIST)) return undefined;
  pass.work.left -= STEP_COST;
  const pieces: Piece[] = [];
  let { at } = sign;
  for (let item = 0; item < 64; item++) {
    const match = ITEM.exec(text.slice(at, at + 360));
    if (match === null) break;
    const [whole, name = "", , value = ""] = match;
    const own = pass.classify(name).kind ?? (/^(?=.*\d)\S{8,}$/.test(value) ? kind : undefined);
    at += whole.length;
    const end = at - 1;
    const replacement =
      own === undefined || name === "name" || BLANK.test(value) || isWording(value, own)
        ? (scan.inner?.(value) ?? value)
        : replaceText(own, value, pass);
    pieces.push({ start: end - value.length, end, replacement });
  }
  return joinPieces(scan, kind, pieces);
}

const SQL_VALUES = /^\s{1,4}\(?\s{0,4}'(?:[^'\n]|''){1,512}'(?:\s{0,4},\s{0,4}'(?:[^'\n]|''){1,512}'){0,64}/;

/** `IDENTIFIED BY` or `SET PASSWORD FOR 'app'@'%'` and the value after it. */
const SQL_VALUE =
  /^(?:\w{0,40}(?:identified|password) by(?: password)?|password for [^\s=]{1,128} {0,4}=(?: {0,4}password\(| password)?) {0,4}(?:["']|(?=[^\s"';,]{0,200}\d))([^\s"';,]{1,200})/i;

/** `token IN ('a', 'b')`, `token LIKE 'a'`, `IDENTIFIED BY 'a'`: the word before names the values. */
export function readSqlWord(scan: Scan, { start, end }: Word): Finding | undefined {
  const { text, codes, before } = scan;
  if (before.end < 0 || start - before.end > 3) return undefined;
  // `identified` and `password` end with a d and precede `by` or `for`, whose initials lack the bit 8 that `in` and `like` have.
  if (((codes[start] ?? 0) & 8) === 0)
    return ((codes[before.end - 1] ?? 0) | 32) === 0x64 ? findForm(scan, "password", [before.start, 400, SQL_VALUE]) : undefined;
  // In `Unknown column 'u.api_key' in 'field list'` the quotes hold a place, so `in` needs a bracket.
  if (!/^(?:in\s{1,4}\(|i?like\s)/i.test(text.slice(start, end + 5))) return undefined;
  const { kind } = scan.pass.classify(text.slice(Math.max(before.start, before.end - 64), before.end));
  scan.pass.work.left -= ASSIGNMENT_COST;
  const values = kind === undefined ? undefined : SQL_VALUES.exec(text.slice(end, end + 1_024))?.[0];
  if (kind === undefined || values === undefined) return undefined;
  const replacement = values.replace(/'((?:[^'\n]|'')+)'/g, (whole, raw: string) =>
    /^%?[?%]?$/.test(raw) ? whole : `'${replaceText(kind, raw, scan.pass)}'`,
  );
  return replacement === values ? undefined : { start: end, end: end + values.length, kind, replacement };
}

/** How far after an AWS access key id its secret is searched for. */
const AWS_REACH = 96;

const AWS_SECRET = /^(?![\da-fA-F]{40})(?=.*[A-Z])(?=.*[a-z])[A-Za-z\d/+]{40}(?![\w/+=])/;

/** The secret of an AWS key, which has no prefix: 40 characters of base64 shortly after the access key id. */
export function readAwsSecret(scan: Scan, { start }: Word): Finding | undefined {
  const { text } = scan;
  if (/[\w/+]/.test(text.charAt(start - 1))) return undefined;
  const secret = findForm(scan, "key", [start, 41, AWS_SECRET]);
  return secret !== undefined && /A[KS]IA[A-Z\d]{16}(?![A-Z\d])/.test(text.slice(Math.max(0, start - AWS_REACH), start))
    ? secret
    : undefined;
}

/** True shortly after an access key id. */
export function isNearAccessKey(scan: Scan, start: number): boolean {
  return start - scan.read.keyId < AWS_REACH;
}

const PAIR = /^[ \t]{0,4}\(?[ \t]{0,4}(?:"[^"\n]{0,100}"|'[^'\n]{0,100}')[,:][ \t]{0,4}["']([^"'\n$<{[][^"'\n]{0,199})(?=["'])/;

/** `('name', 'password')` or `"name":"password"` after a name for both; `at` is after the operator, which may be the bracket. */
export function readPair(scan: Scan, at: number): Finding | undefined {
  return findForm(scan, "password", [at, 330, PAIR]);
}

/** The name on a line above a `value:`, as in Kubernetes and many settings, or above Terraform's `default =` and `value =`. */
export function findNameAbove({ text, pass }: Scan, start: number): string | undefined {
  pass.work.left -= STEP_COST;
  return /(?:\b(?:name|key|field|path|type(?=.{0,4}passw))["']?[:=][ \t]{0,4}["']?|\b(?:variable|output)[ \t]{1,4}"(?=[\w.-]{1,64}"[ \t]{0,4}\{[^{}]{0,200}$))([\w.-]{1,64})(?:["']?,?\s{0,40}["']?|"[^{}]{0,8}\{[^{}]{0,200})$/i.exec(
    text.slice(Math.max(0, start - 280), start),
  )?.[1];
}

/** Secrets whose name stands beside them with something else than an operator in between: a line's end, a SQL word, a part's headers. */
import { classOf, SPACE } from "./character.ts";
import type { Finding, Scan, Word } from "./finding.ts";
import type { Sign } from "./operator.ts";
import { COST } from "./work.ts";
import { toMarker } from "./replacement.ts";
import { replaceText } from "./scalar.ts";
import type { KeyKind } from "./sensitive-key.ts";

/** A value alone on its line: in quotes, or one word that is no name of something deeper and no plain word. */
function readLoneValue(line: string): string | undefined {
  const quoted = /^(["'])([^"'\r\n]{1,512})\1[ \t]{0,8},?[ \t]{0,8}(?:\r?\n|$)/.exec(line)?.[2];
  if (quoted !== undefined) return quoted;
  const bare = /^[^\s"'{}[\]<>|&*!#][^\s"'{}[\]<>]{3,511}(?=[ \t]{0,8}(?:\r?\n|$))/.exec(line)?.[0];
  if (bare === undefined || /:$|^[A-Za-z_][\w.-]*=[^=]|^\$/.test(bare)) return undefined;
  return /\d|[a-z][A-Z]|[^\w-]/.test(bare) ? bare : undefined;
}

const BACKSLASH = 0x5c;
/** What lies between a name and a value on the next line. */
const GAPS: ReadonlyMap<string, RegExp> = new Map([
  ["colon", /^[ \t]{0,8}\\?\r?\n[ \t]{1,32}(?:-[ \t]{1,3})?/],
  ["assign", /^[ \t]{0,8}\\\r?\n[ \t]{0,32}/],
]);

/** The values on the lines behind `password:`, alone or as a list, or behind a backslash at the line's end. */
export function readNextLine(scan: Scan, sign: Sign, kind: KeyKind): Finding | undefined {
  const { text } = scan;
  const next = text.charCodeAt(sign.at);
  if ((classOf(next) & SPACE) === 0 && next !== BACKSLASH) return undefined;
  const gap = GAPS.get(sign.operator);
  if (gap === undefined) return undefined;
  scan.pass.work.left -= COST.random;
  let output = "";
  let [start, end, at] = [-1, -1, sign.at];
  for (let item = 0; item < 64; item++) {
    const space = gap.exec(text.slice(at, at + 52))?.[0];
    const isList = space?.trimEnd().endsWith("-") === true;
    if (space === undefined || (item > 0 && !isList)) break;
    const from = at + space.length;
    const value = readLoneValue(text.slice(from, from + 532));
    if (value === undefined) break;
    const valueAt = /["']/.test(text.charAt(from)) ? from + 1 : from;
    output += (start < 0 ? "" : text.slice(end, valueAt)) + replaceText(kind, value, scan.pass);
    if (start < 0) start = valueAt;
    end = valueAt + value.length;
    at = valueAt === from ? end : end + 1;
    if (!isList) break;
  }
  return start < 0 || output === text.slice(start, end) ? undefined : { start, end, kind, replacement: output };
}

const SQL_VALUES = /^\s{1,4}\(?\s{0,4}'(?:[^'\n]|''){1,512}'(?:\s{0,4},\s{0,4}'(?:[^'\n]|''){1,512}'){0,64}/;

/** `SET PASSWORD FOR 'app'@'%' = 'secret'`: `start` is at `FOR`. */
export function readSetPassword(scan: Scan, { end }: Word): Finding | undefined {
  const { text, before } = scan;
  if (!/^password$/i.test(text.slice(before.start, Math.max(before.start, before.end)))) return undefined;
  const match = /^ {1,4}[^\s=]{1,128} {0,4}= {0,4}(?:PASSWORD\()?'([^'\n]{1,200})'/i.exec(text.slice(end, end + 360));
  if (match?.[1] === undefined) return undefined;
  const to = end + match[0].length - 1;
  return { start: to - match[1].length, end: to, kind: "password", replacement: toMarker("password", match[1], scan.pass.pseudonym) };
}

/** `token IN ('a', 'b')`, `token LIKE 'a'`, `IDENTIFIED BY 'a'`: the word before names the values. */
export function readSqlWord(scan: Scan, { start, end }: Word): Finding | undefined {
  const { text, before } = scan;
  scan.pass.work.left -= COST.words;
  const word = text.slice(start, end).toLowerCase();
  if ((word !== "in" && word !== "like" && word !== "ilike" && word !== "by") || before.end < 0 || start - before.end > 3) return undefined;
  const name = text.slice(Math.max(before.start, before.end - 64), before.end);
  const kind = word === "by" && /^identified$/i.test(name) ? "password" : scan.pass.classify(name).kind;
  const values = kind === undefined ? undefined : SQL_VALUES.exec(text.slice(end, end + 1_024))?.[0];
  if (kind === undefined || values === undefined) return undefined;
  const replacement = values.replace(/'((?:[^'\n]|'')+)'/g, (whole, raw: string) =>
    /^%?[?%]?$/.test(raw) ? whole : `'${replaceText(kind, raw, scan.pass)}'`,
  );
  return replacement === values ? undefined : { start: end, end: end + values.length, kind, replacement };
}

const PART = /^name="?([^";\r\n]{1,64})"?(?:;[^\r\n]{0,128})?\r?\n(?:[\w-]{1,40}:[^\r\n]{0,128}\r?\n){0,3}\r?\n/i;

/** A field of a multipart body inside other text. */
export function readPart(scan: Scan, { start }: Word): Finding | undefined {
  const { text } = scan;
  if (!text.startsWith("name=", start)) return undefined;
  scan.pass.work.left -= COST.words;
  if (!/form-data;[ \t]{0,4}$/i.test(text.slice(Math.max(0, start - 16), start))) return undefined;
  const head = PART.exec(text.slice(start, start + 768));
  const kind = head === null ? undefined : scan.pass.classify(head[1] ?? "").kind;
  if (head === null || kind === undefined) return undefined;
  const from = start + head[0].length;
  const raw = /^[^\r\n]+/.exec(text.slice(from, from + 4_096))?.[0] ?? "";
  const replacement = replaceText(kind, raw, scan.pass);
  return raw.startsWith("--") || replacement === raw ? undefined : { start: from, end: from + raw.length, kind, replacement };
}

/** How far behind an AWS access key id its secret is looked for. */
const AWS_REACH = 96;

/** The secret of an AWS pair, which has no form of its own: 40 characters of base64 shortly behind an access key id. */
export function readAwsSecret(scan: Scan, { start }: Word): Finding | undefined {
  const { text } = scan;
  if (/[\w/+]/.test(text.charAt(start - 1))) return undefined;
  const raw = /^[A-Za-z0-9/+]{40}(?![\w/+=])/.exec(text.slice(start, start + 41))?.[0];
  if (raw === undefined || /^[0-9a-f]+$/i.test(raw) || !/[A-Z]/.test(raw) || !/[a-z]/.test(raw)) return undefined;
  if (!/A[KS]IA[A-Z0-9]{16}(?![A-Z0-9])/.test(text.slice(Math.max(0, start - AWS_REACH), start))) return undefined;
  return { start, end: start + 40, kind: "key", replacement: toMarker("key", raw, scan.pass.pseudonym) };
}

/** True shortly behind an access key id. */
export function isNearAccessKey(scan: Scan, start: number): boolean {
  return start - scan.read.accessKeyId < AWS_REACH;
}

/** `auth=('name', 'password')`, as Python's clients take it: `at` is behind the operator. */
export function readPair(scan: Scan, at: number): Finding | undefined {
  const match = /^[ \t]{0,4}\((["'])[^"'\n]{0,100}\1,[ \t]{0,4}(["'])([^"'\n]{1,200})\2\)/.exec(scan.text.slice(at, at + 330));
  if (match?.[3] === undefined) return undefined;
  const end = at + match[0].length - 2;
  const start = end - match[3].length;
  return { start, end, kind: "password", replacement: toMarker("password", match[3], scan.pass.pseudonym) };
}

/** The name that a line above gives to a `value:`, as Kubernetes and many lists of settings write it. */
export function findNameAbove({ text, pass }: Scan, start: number): string | undefined {
  pass.work.left -= COST.random;
  return /\b(?:name|key)["']?:[ \t]{0,4}["']?([\w.-]{1,64})["']?,?[ \t]{0,4}\r?\n[ \t]{0,32}["']?$/i.exec(
    text.slice(Math.max(0, start - 144), start),
  )?.[1];
}

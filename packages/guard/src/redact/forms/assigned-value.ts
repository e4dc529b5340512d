import type { Operator, Sign } from "../operator.ts";
import type { KeyKind } from "../names/sensitive-key.ts";
import { lookAt, passOver, type Scan, type Searched } from "../finding.ts";
import { ALNUM, BACKSLASH, classAt, classOf, QUOTE, SPACE } from "../character.ts";

/** The value behind an operator, without its quotes. */
export type AssignedValue = {
  readonly start: number;
  readonly end: number;
  readonly isQuoted: boolean;
};

const LINE_FEED = 0x0a;
/** The longest quoted value; anything longer is read as unquoted words. */
const LONGEST_QUOTED = 16_384;

/** Where a search from `start` has to begin: past whatever an earlier search for the same has covered. */
function findUnsearched(searched: Searched, by: Searched["by"], start: number): number {
  return searched.by === by && searched.from <= start && start < searched.to ? searched.to : start;
}

/**
 * Finds the quote that closes the value at `start`, on the same line: it has as many backslashes before it as the opening quote,
 * `escapes`. A failed search is remembered, so that many unclosed quotes do not read the same line many times.
 */
function findClosing(scan: Scan, start: number, { quote, escapes }: { quote: number; escapes: number }): number {
  const { text, codes, unclosed } = scan;
  let at = findUnsearched(unclosed, quote, start);
  const most = Math.min(text.length, start + LONGEST_QUOTED);
  for (; at < most; at++) {
    const code = codes[at];
    if (code === LINE_FEED) break;
    if (code === BACKSLASH) {
      let end = at + 1;
      while (codes[end] === BACKSLASH) end += 1;
      if (codes[end] === quote && end - at === escapes) return at;
      at = codes[end] === quote ? end : end - 1;
    } else if (code === quote && escapes === 0) return at;
  }
  unclosed.by = quote;
  unclosed.from = start;
  unclosed.to = at;
  return -1;
}

/** What must follow `&`, `;` or `,` for it to end a value: the name of the next field, a blank, a quote or the end. `t=1763,v1=9f86` is one value. */
const FIELD_END = /(?:[\s"'`\\]|(?![hv]\d=)\w[\w. [\]-]{0,31}[=:]|#?\w{2,4};<|$)/y;

/** Leaves off punctuation at the end, and brackets that close something opened before the value. */
function trimEnd({ text, codes }: Scan, start: number, end: number): number {
  let at = end;
  while (at > start) {
    const code = codes[at - 1];
    if ((classOf(code) & ALNUM) !== 0) break;
    const opener = "([{"[")]}".indexOf(text.charAt(at - 1))];
    // After a bracket, a colon introduces a type or what was attempted: `open(credentials: Credentials): void`.
    const isStop =
      code === 0x20 || code === 0x2c || code === 0x3b || (code === 0x2e && at - start > 1) || (code === 0x3a && codes[at - 2] === 0x29);
    if (!isStop && (opener === undefined || text.slice(start, Math.min(at, start + 512)).includes(opener))) break;
    at -= 1;
  }
  return at;
}

/** The longest unquoted value that is read. */
const LONGEST_BARE = 4_096;

function findBareEnd(scan: Scan, start: number, operator: Operator): number {
  const { text, codes, bare } = scan;
  const most = Math.min(text.length, start + LONGEST_BARE);
  // What ends a value does not depend on where it begins, except in a tag; but no tag begins inside a tag's value.
  let at = findUnsearched(bare, operator, start);
  for (; at < most; at++) {
    const code = codes[at];
    const kind = classOf(code);
    if (code === 0x3c || ((kind & (SPACE | QUOTE)) !== 0 && (operator !== "tag" || code !== 0x20 || at - start > 256))) break;
    if (code === BACKSLASH && /["'`nr]/.test(text.charAt(at + 1))) break;
    if ((code === 0x26 || code === 0x3b || code === 0x2c) && (operator === "weak" || lookAt(text, at + 1, FIELD_END))) break;
    if (operator === "weak" && (code === 0x29 || code === 0x7c || code === 0x3e)) break;
  }
  bare.by = operator;
  bare.from = start;
  bare.to = at;
  return trimEnd(scan, start, at);
}

/** What may lie between an operator and its value: on one line, such as blanks, types and colours; then across lines, in a tag or a YAML block. */
const BLANKS = /(?:[ \t]|!!\w{3,6} |string\(\d+\) |Some\(|rejected value \[|\*\*? |\x1b\[\d+m){0,24}/y;
const BLANK_LINES = /[\s|>]{0,8}-?[\s|>]{0,16}/y;
const BLOCK = /[ \t]{0,4}[|>][+-]?\d?[ \t]{0,4}\r?\n/y;

/** A value in a CDATA section of XML, in which nothing is escaped. */
const CDATA = /<!\[CDATA\[([^]{0,512}?)\]\]>/y;

/** Where the value may begin: past whatever lies before it, and past the prefix of a string literal. */
function skipToValue({ text, codes }: Scan, start: number, operator: Operator): number {
  const crossesLines = operator === "tag" || (operator === "colon" && lookAt(text, start, BLOCK));
  const at = passOver(text, start, crossesLines ? BLANK_LINES : BLANKS);
  return "@bfrNu([=$".includes(text.charAt(at)) && (classAt(codes, at + 1) & QUOTE) !== 0 ? at + 1 : at;
}

/** A header's value: up to the end of the line, or to a quote that does not open a parameter as in `Digest username="a", response="b"`. */
const LINE = /(?:[^"\r\n]|(?<==)"[^"\r\n]{0,4096}"?){0,4096}/y;

/** The end of a header's value. A search continues where the last one stopped, so a line is read once however many headers seem to begin in it. */
function findLineEnd({ text, read }: Scan, at: number): number {
  read.line = passOver(text, Math.max(at, read.line), LINE);
  return read.line;
}

const SCHEME =
  /(?:basic|bearer|digest|token|apikey|api-key|aws4-hmac-sha256|[a-z][a-z-]{1,19}(?=[ \t]{1,8}(?=\S{0,64}\d)\S{16}))[ \t]{1,8}/iy;

/** The user before a password: `credentials: ann / x9`, `ID/PW = ann / x9`. A first word with a digit is not skipped, since it may be the secret. */
const USER = /[a-z.@_-]{1,40} \/ (?=\S{0,40}\d)/iy;
const PAIR = /(?<=id\/)/iy;

/** A grouped number of a phone, a card or an account. The first group is as short as a country or area code. */
const GROUPS = /(?:[A-Z]{2}\d\d|[\d+]{2,4})(?: (?:[A-Z]{4}|\d[A-Z\d]{0,8})){2,7}/y;
/** Kinds with grouped numbers. `card=4242 502 120` is the end of a card's number, followed by other fields of the log. */
const GROUPED = /^(?:personal|(?:card|bank|national-id)(?!\d{4} \d{3} ))/;

/** A passphrase: words to the end of the line without one that makes them a sentence. Read only in a setting, whose line begins with the name. */
const PHRASE =
  /^(?!.*\b(?:the|for|and|not|via|with|from|your|when|th[aei][nst]|should|will|must|has|are|was|can|user|log|in)\b|.*(?:pass|secret|charact|missing|invalid|requir)|\w*ed )[a-z]{3,12}(?: [a-z]{3,12}){2,23}(?=[ \t]{0,8}(?:\r?\n|$))/;
const SETTING = /(?<=^[ \t]{0,16}(?:- |\w{1,16} )?)/my;

function findPhrase({ text, chain }: Scan, at: number, operator: Operator): RegExpExecArray | null {
  return (operator === "assign" || operator === "colon") && lookAt(text, chain, SETTING) ? PHRASE.exec(text.slice(at, at + 320)) : null;
}

/** Finds the value behind an operator. */
export function findValue(scan: Scan, sign: Sign, kind: KeyKind | undefined): AssignedValue | undefined {
  const { operator } = sign;
  const { text, codes } = scan;
  let at = skipToValue(scan, sign.at, operator);
  let quoteAt = at;
  while (codes[quoteAt] === BACKSLASH && quoteAt - at < 8) quoteAt += 1;
  const data = operator === "tag" ? lookAt(text, at, CDATA)?.[1] : undefined;
  if (data !== undefined) return { start: at + 9, end: at + 9 + data.length, isQuoted: true };
  const quote = codes[quoteAt] ?? 0;
  if ((classOf(quote) & QUOTE) !== 0) {
    const from = quoteAt + 1;
    const end = findClosing(scan, from, { quote, escapes: quoteAt - at });
    if (end >= 0) return { start: kind === "auth" ? passOver(text, from, SCHEME) : from, end, isQuoted: true };
    at = from;
  } else if (operator === "quote") return undefined;
  if ((kind === "secret" && operator === "colon") || lookAt(text, scan.chain, PAIR)) at = passOver(text, at, USER);
  const from = kind === "auth" || kind === "token" ? passOver(text, at, SCHEME) : at;
  const isLine = operator === "colon" && (kind === "cookie" || (kind === "auth" && from > at));
  if (isLine) return { start: from, end: findLineEnd(scan, at), isQuoted: false };
  at = from;
  const words =
    kind !== undefined && GROUPED.test(kind + text.slice(at, at + 9))
      ? lookAt(text, at, GROUPS)
      : kind === "password" || kind === "secret"
        ? findPhrase(scan, at, operator)
        : null;
  const end = words ? at + words[0].length : findBareEnd(scan, at, operator);
  return end > at ? { start: at, end, isQuoted: false } : undefined;
}

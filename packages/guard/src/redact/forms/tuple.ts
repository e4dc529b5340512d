import { classAt, QUOTE } from "../character.ts";
import { type Finding, joinPieces, passOver, type Piece, type Scan, type Word } from "../finding.ts";
import { BLANK } from "../credible.ts";
import type { KeyKind } from "../names/sensitive-key.ts";
import { replaceNumber, replaceText } from "../scalar.ts";

/** The longest statement or detail that is read as columns and values. */
const LONGEST = 8_192;

/** One of several values, without its quotes. */
export type Item = { readonly start: number; readonly end: number; readonly isQuoted: boolean };
type Tuple = { readonly items: readonly Item[]; readonly end: number };

/** Reads `(a, 'b', 3)` from after its bracket; a quote inside a quoted text is doubled. Undefined if the bracket is never closed. */
function readTuple(scan: Scan, from: number, most: number): Tuple | undefined {
  const { codes } = scan;
  const items: Item[] = [];
  let start = from;
  let depth = 0;
  for (let at = start; at < most; at++) {
    const code = codes[at] ?? 0;
    if ((classAt(codes, at) & QUOTE) !== 0) {
      const quote = code;
      at += 1;
      while (at < most && codes[at] !== quote) at += 1;
    } else if (code === 0x28) depth += 1;
    else if (code === 0x29 && depth > 0) depth -= 1;
    else if (depth === 0 && (code === 0x2c || code === 0x29)) {
      items.push(trimItem(scan, start, at));
      start = at + 1;
      if (code === 0x29) return { items, end: at + 1 };
    }
  }
  // Nothing that opens before `most` closes before it either, so it is not read again.
  scan.read.tuple = most;
  return undefined;
}

/** The value between two indexes, without blanks and quotes around it. */
export function trimItem({ text }: Scan, from: number, to: number): Item {
  const item = text.slice(from, to).trimEnd();
  const raw = item.trimStart();
  const start = from + item.length - raw.length;
  const end = from + item.length;
  const isQuoted = /^(["'`])[^]*\1$/.test(raw);
  return isQuoted ? { start: start + 1, end: end - 1, isQuoted } : { start, end, isQuoted };
}

/** Replaces the values of secret columns and redacts the others as text. */
function replaceItems({ text, pass, inner }: Scan, { items }: Tuple, kinds: readonly (KeyKind | undefined)[]): Piece[] {
  return items.map(({ start, end, isQuoted }, index) => {
    const raw = text.slice(start, end);
    const kind = kinds[index];
    const isPlain = BLANK.test(raw) || (!isQuoted && /^(?:null|true|false|default|now\(\)|\?|\$\d+|:\w+)$/i.test(raw));
    const isNumber = !isQuoted && /^-?\d+(?:\.\d+)?$/.test(raw);
    const replacement = isPlain
      ? raw
      : kind === undefined
        ? (inner?.(raw) ?? raw)
        : isNumber
          ? replaceNumber(kind, raw, pass)
          : replaceText(kind, raw, pass);
    return { start, end, replacement };
  });
}

const HEAD = /(?:(?:insert|replace)\s{1,8}(?:ignore\s{1,8})?into\s{1,8}[\w."`[\]]{1,128}\s{0,8}|Key )\(/iy;
const VALUES = /(?:=|\s{0,8}values\s{0,8})\(/iy;
const NEXT = /\s{0,8},\s{0,8}\(/y;

/**
 * `INSERT INTO users (email, password) VALUES ('a', 'b'), ...` and PostgreSQL's `Key (email, token)=(a, b) already exists.`: the columns
 * name the values.
 */
export function readRows(scan: Scan, { start }: Word): Finding | undefined {
  const { text } = scan;
  const from = passOver(text, start, HEAD);
  if (start < scan.read.tuple || from === start) return undefined;
  const most = Math.min(text.length, start + LONGEST);
  const columns = readTuple(scan, from, most);
  if (columns === undefined) return undefined;
  let open = passOver(text, columns.end, VALUES);
  if (open === columns.end) return undefined;
  const kinds = columns.items.map((item) => scan.pass.classify(text.slice(item.start, item.end)).kind);
  if (kinds.every((kind) => kind === undefined)) return undefined;
  const pieces: Piece[] = [];
  for (let row = readTuple(scan, open, most); row !== undefined; row = readTuple(scan, open, most)) {
    pieces.push(...replaceItems(scan, row, kinds));
    open = passOver(text, row.end, NEXT);
    if (open === row.end) break;
  }
  return joinPieces(scan, "sql-value", pieces);
}

/** PostgreSQL's `Failing row contains (1, a, b).` */
export function readFailingRow(scan: Scan, { start }: Word): Finding | undefined {
  const { text } = scan;
  if (start < scan.read.tuple) return undefined;
  const most = Math.min(text.length, start + LONGEST);
  const head = "Failing row contains (";
  if (!text.startsWith(head, start)) return undefined;
  const row = readTuple(scan, start + head.length, most);
  if (row === undefined) return undefined;
  // The columns are not named, so every text of the row may be anything: only numbers, dates and ids stay.
  const kinds = row.items.map((item) =>
    /^(?:-?[\d.]+|\d{4}-\d\d-\d\d[\d:.+ TZ-]*|[\da-f-]{36}|t|f|null)$/i.test(text.slice(item.start, item.end))
      ? undefined
      : ("personal" as const),
  );
  return joinPieces(scan, "sql-value", replaceItems(scan, row, kinds));
}

import { classAt, QUOTE } from "../character.ts";
import { replaceNumber, replaceText } from "../scalar.ts";
import type { Finding, Scan, Word } from "../finding.ts";
import type { KeyKind } from "../names/sensitive-key.ts";

/** Longest statement or detail that is read as a list of columns and a list of values. */
const LONGEST = 8_192;

/** One of several values, without its quotes. */
export type Item = { readonly start: number; readonly end: number; readonly isQuoted: boolean };
type Tuple = { readonly items: readonly Item[]; readonly end: number };

/** Reads `(a, 'b', 3)` whose bracket opens at `open`; a quote inside a quoted text is doubled. Undefined when it never closes. */
function readTuple(scan: Scan, open: number, most: number): Tuple | undefined {
  const { codes } = scan;
  const items: Item[] = [];
  let start = open + 1;
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
  // What opened here never closes nearby, so neither does what opens in between: it is not read again.
  scan.read.tuple = most;
  return undefined;
}

/** The value between two indexes, without what is blank around it. */
export function trimItem({ text }: Scan, from: number, to: number): Item {
  const item = text.slice(from, to).trimEnd();
  const raw = item.trimStart();
  const start = from + item.length - raw.length;
  const end = from + item.length;
  const isQuoted = /^(["'`])[^]*\1$/.test(raw);
  return isQuoted ? { start: start + 1, end: end - 1, isQuoted } : { start, end, isQuoted };
}

/** Text written so far, up to where in the original, and what the columns say of each value. */
type Rewriting = { readonly from: number; readonly text: string; readonly kinds: readonly (KeyKind | undefined)[] };

/** Writes a tuple anew with the values of secret columns replaced. */
function replaceItems(scan: Scan, tuple: Tuple, rewriting: Rewriting): Rewriting {
  const { kinds } = rewriting;
  const { text, pass } = scan;
  let { from, text: output } = rewriting;
  tuple.items.forEach((item, index) => {
    const raw = text.slice(item.start, item.end);
    const kind = kinds[index];
    if (raw === "" || (!item.isQuoted && /^(?:null|true|false|default|now\(\)|\?|\$\d+|:\w+)$/i.test(raw))) return;
    const isNumber = !item.isQuoted && /^-?\d+(?:\.\d+)?$/.test(raw);
    const replaced =
      kind === undefined ? (scan.inner?.(raw) ?? raw) : isNumber ? replaceNumber(kind, raw, pass) : replaceText(kind, raw, pass);
    output += text.slice(from, item.start) + replaced;
    from = item.end;
  });
  return { from: tuple.end, text: output + text.slice(from, tuple.end), kinds };
}

const HEAD = /^(?:(?:insert|replace)\s+(?:ignore\s+)?into\s+[\w."`[\]]+\s*|Key )\(/i;

/**
 * `INSERT INTO users (email, password) VALUES ('a', 'b'), ...` and PostgreSQL's `Key (email, token)=(a, b) already exists.`: the columns
 * name the values.
 */
export function readRows(scan: Scan, { start }: Word): Finding | undefined {
  const { text } = scan;
  if (start < scan.read.tuple) return undefined;
  const head = HEAD.exec(text.slice(start, start + 192))?.[0];
  if (head === undefined) return undefined;
  const most = Math.min(text.length, start + LONGEST);
  const columns = readTuple(scan, start + head.length - 1, most);
  const values = columns === undefined ? undefined : /^(?:=|\s{0,8}values\s{0,8})\(/i.exec(text.slice(columns.end, columns.end + 32))?.[0];
  if (columns === undefined || values === undefined) return undefined;
  const kinds = columns.items.map((item) => scan.pass.classify(text.slice(item.start, item.end)).kind);
  if (kinds.every((kind) => kind === undefined)) return undefined;
  let open = columns.end + values.length - 1;
  let written: Rewriting = { from: start, text: "", kinds };
  let end = -1;
  for (let row = readTuple(scan, open, most); row !== undefined; row = readTuple(scan, open, most)) {
    written = replaceItems(scan, row, written);
    end = row.end;
    const next = /^\s{0,8},\s{0,8}\(/.exec(text.slice(end, end + 24))?.[0];
    if (next === undefined) break;
    open = end + next.length - 1;
  }
  return end < 0 ? undefined : { start, end, kind: "sql-value", replacement: written.text };
}

/** PostgreSQL's `Failing row contains (1, a, b).` */
export function readFailingRow(scan: Scan, { start }: Word): Finding | undefined {
  const { text } = scan;
  if (start < scan.read.tuple) return undefined;
  const most = Math.min(text.length, start + LONGEST);
  const head = "Failing row contains ";
  if (!text.startsWith(`${head}(`, start)) return undefined;
  const row = readTuple(scan, start + head.length, most);
  if (row === undefined) return undefined;
  // The columns are not named, so every text of the row may be anything: only numbers, dates and ids stay.
  const kinds = row.items.map((item) =>
    /^(?:-?[\d.]+|\d{4}-\d\d-\d\d[\d:.+ TZ-]*|[\da-f-]{36}|t|f|null)$/i.test(text.slice(item.start, item.end))
      ? undefined
      : ("personal" as const),
  );
  return { start, end: row.end, kind: "sql-value", replacement: replaceItems(scan, row, { from: start, text: "", kinds }).text };
}

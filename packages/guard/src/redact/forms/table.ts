import { replaceText } from "../scalar.ts";
import { type Finding, joinPieces, lookAt, type Piece, type Scan } from "../finding.ts";
import { type Item, trimItem } from "./tuple.ts";
import { ASSIGNMENT_COST, STEP_COST } from "../work.ts";
import { isCredible } from "../credible.ts";

/** The longest header line, and the longest table that is read. */
const LONGEST_LINE = 512;
const LONGEST = 8_192;

/** What may follow the name of a column: a closing quote, and a separator or the end of the line. */
const COLUMN_END = /"?[,;\r\n]|\t| {1,64}[| \n]/y;

/** A line of column names; then a line that is skipped: a rule, or a row whose quotes may hide a separator. */
const HEADER = /^[\w .|,;\t"'`*-]+\r?$/;
const RULE = /^[-+|:= \t]+\r?$|"/;

/** The cells of the row between two indexes. */
function readCells(scan: Scan, [start, end]: readonly [number, number], part: RegExp): Item[] {
  const items: Item[] = [];
  let at = start;
  for (const { index, 0: gap } of scan.text.slice(start, end).matchAll(part)) {
    items.push(trimItem(scan, at, start + index));
    at = start + index + gap.length;
  }
  return [...items, trimItem(scan, at, end)];
}

/**
 * Reads a table with the name that ends at `wordEnd` in its header, which tells the secret cells of the rows below: `| user | password |`,
 * the output of a database client, CSV, columns separated by tabs or blanks. Each line is tried once as a header. The text
 * between two secret cells is redacted in one piece: cell by cell, a few hundred rows would exceed the work allowed for a text.
 */
export function readTable(scan: Scan, wordEnd: number): Finding | undefined {
  const { text, chain, pass, read, inner } = scan;
  if (inner === undefined || chain < read.table || !lookAt(text, wordEnd, COLUMN_END)) return undefined;
  pass.work.left -= STEP_COST;
  const start = wordEnd + text.slice(wordEnd, wordEnd + LONGEST_LINE).indexOf("\n");
  const head = text.slice(Math.max(0, chain - LONGEST_LINE), start);
  const header = head.slice(head.lastIndexOf("\n") + 1);
  if (start < wordEnd || !HEADER.test(header)) return undefined;
  const part = [/\|/g, /\t+/g, /,/g, /;/g].find((each) => header.search(each) >= 0) ?? / {2,}/g;
  const names = readCells(scan, [start - header.length, start], part).map((item) => text.slice(item.start, item.end));
  const pieces: Piece[] = [];
  let from = start;
  let at = start + 1;
  while (names.filter(Boolean).length > 1 && at < text.length) {
    const feed = text.indexOf("\n", at);
    const end = feed < 0 ? text.length : feed;
    // A row that crosses the limit is left to the scan.
    if (end > start + LONGEST) break;
    pass.work.left -= STEP_COST;
    const items = readCells(scan, [at, end], part);
    if (items.length === names.length)
      items.forEach((value, index) => {
        const name = names[index] ?? "";
        const raw = text.slice(value.start, value.end);
        const { kind } = pass.classify(name);
        if (kind === undefined || !/^(?=.*\d)(?=.*[a-z])\S{6,}$/i.test(raw)) return;
        // `shop-tls-2024` is the name of a secret.
        if (kind !== "password" && /^[a-z]+(?:-[a-z\d]{1,10})+$/.test(raw)) return;
        pass.work.left -= ASSIGNMENT_COST;
        if (!isCredible({ scan, value, kind, name, operator: "colon" })) return;
        pieces.push({
          start: from,
          end: value.end,
          replacement: inner(text.slice(from, value.start)) + replaceText(kind, raw, pass),
        });
        from = value.end;
      });
    else if (!RULE.test(text.slice(at, end))) break;
    at = end + 1;
  }
  read.table = at;
  return joinPieces(scan, "table", pieces);
}

import { replaceText } from "../scalar.ts";
import { type Finding, joinPieces, lookAt, type Piece, type Scan } from "../finding.ts";
import { type Item, trimItem } from "./tuple.ts";
import { ASSIGNMENT_COST, STEP_COST } from "../work.ts";
import { isCredible } from "../credible.ts";

/** Longest line that may be a header, and longest table that is read. */
const LONGEST_LINE = 512;
const LONGEST = 8_192;

/** What may stand behind a column's name: a bar, a comma, two blanks, the line's end, and a quote before it. */
const COLUMN_END = /"?[,;\r\n]|\t| {1,64}[| \n]/y;

/** A line of names in columns, and one that is passed over: it parts them from what is below, or has a comma within quotes. */
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
 * A table whose header is the line of the name that ends at `wordEnd`, and says what is secret in the rows below: `| user | password |`,
 * what a database's client prints, CSV, columns apart by tabs or blanks. Each line is asked once whether it is a header. What stands
 * between two secret cells is read as one text: cell by cell a table of a few hundred rows would cost more than a text may.
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
    // A row that the limit cuts in two is left to the scan.
    if (end > start + LONGEST) break;
    pass.work.left -= STEP_COST;
    const items = readCells(scan, [at, end], part);
    if (items.length === names.length)
      items.forEach((value, index) => {
        const name = names[index] ?? "";
        const raw = text.slice(value.start, value.end);
        const { kind } = pass.classify(name);
        if (kind === undefined || !/^(?=.*\d)(?=.*[a-z])\S{6,}$/i.test(raw)) return;
        // `shop-tls-2024`: what a secret is called.
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

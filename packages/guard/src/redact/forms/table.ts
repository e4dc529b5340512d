import type { Finding, Scan } from "../finding.ts";
import { ASSIGNMENT_COST, STEP_COST } from "../work.ts";
import { isCredible } from "../credible.ts";
import { type Item, replaceItems, type Rewriting, trimItem } from "./tuple.ts";

/** Longest line that may be a header, and longest table that is read. */
const LONGEST_LINE = 512;
const LONGEST = 8_192;

/** What may stand behind a column's name: a bar, a comma, two blanks, the line's end, and a quote before it. */
const COLUMN_END = /^(?:"[,\r\n]|[,\r\n\t]| {1,64}[| \n])/;

/** A line of names in columns, and one that only parts it from what is below. */
const HEADER = /^[\w .|,\t"'`*-]+\r?$/;
const RULE = /^[-+|:= \t]+\r?$/;

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
 * what a database's client prints, CSV, columns apart by tabs or blanks. Each line is asked once whether it is a header.
 */
export function readTable(scan: Scan, wordEnd: number): Finding | undefined {
  const { text, chain, pass, read } = scan;
  if (chain < read.table || !COLUMN_END.test(text.slice(wordEnd, wordEnd + 66))) return undefined;
  pass.work.left -= STEP_COST;
  const start = wordEnd + text.slice(wordEnd, wordEnd + LONGEST_LINE).indexOf("\n");
  const head = text.slice(Math.max(0, chain - LONGEST_LINE), start);
  const header = head.slice(head.lastIndexOf("\n") + 1);
  if (start < wordEnd || !HEADER.test(header)) return undefined;
  const part = [/\|/g, /\t+/g, /,/g].find((each) => header.search(each) >= 0) ?? / {2,}/g;
  const columns = readCells(scan, [start - header.length, start], part);
  const names = columns.map((item) => text.slice(item.start, item.end));
  const most = Math.min(text.length, start + LONGEST);
  let written: Rewriting = { from: start, text: "", kinds: [] };
  let at = start + 1;
  while (names.filter(Boolean).length > 1 && at < most) {
    const feed = text.slice(at, most).indexOf("\n");
    const end = feed < 0 ? most : at + feed;
    const items = readCells(scan, [at, end], part);
    if (items.length === columns.length) {
      pass.work.left -= ASSIGNMENT_COST;
      const kinds = items.map((value, index) => {
        const name = names[index] ?? "";
        const { kind } = pass.classify(name);
        const isMixed = /^(?=.*\d)(?=.*[a-z])\S{6,}$/i.test(text.slice(value.start, value.end));
        return kind !== undefined && isMixed && isCredible({ scan, value, kind, name, operator: "colon" }) ? kind : undefined;
      });
      written = replaceItems(scan, { items, end }, { ...written, kinds });
    } else if (!RULE.test(text.slice(at, end))) break;
    at = end + 1;
  }
  read.table = at;
  return written.text === text.slice(start, written.from)
    ? undefined
    : { start, end: written.from, kind: "table", replacement: written.text };
}

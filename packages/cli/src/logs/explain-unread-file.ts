/**
 * Finds files of which nothing was understood. A report without server errors must not pass for good news if none of the lines could be
 * read.
 */
import { adviseUnread, formatNumberOf } from "./render/words.ts";
import type { Tally } from "./tally/tally.ts";
import { cut, toVisible } from "../output/visible.ts";

/** What the tally held before a file was read. */
type Stock = { readonly lines: number; readonly unparsed: number; readonly records: number; readonly examples: number };

/** The number of columns of an unread line that are shown. */
const SHOWN = 80;

/** What the tally holds now. */
export function takeStock({ lines, unparsed, exchanges, messageCount, unparsedLines }: Tally): Stock {
  return { lines, unparsed, records: exchanges + messageCount, examples: unparsedLines.length };
}

/** A sentence about a file that told nothing, with its first line and what to do. Undefined if the file told something. */
export function explainUnreadFile(file: string, tally: Tally, before: Stock): string | undefined {
  const now = takeStock(tally);
  const lines = now.lines - before.lines;
  const name = file === "-" ? "standard input" : toVisible(file);
  if (lines === 0) return `${name} holds no lines`;
  // Lines that were understood but lie outside of --from and --to are mentioned in the report.
  if (now.records > before.records || (now.unparsed - before.unparsed) * 2 < lines) return undefined;
  const example = tally.unparsedLines[before.examples];
  const shown = example === undefined ? "" : ` (the first: ${cut(toVisible(example), SHOWN)})`;
  return `${name}: none of ${formatNumberOf(lines, "line")} was understood${shown}; ${adviseUnread(example === undefined ? [] : [example], "its")}`;
}

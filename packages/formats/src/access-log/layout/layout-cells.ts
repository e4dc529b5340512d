/** Cuts a line of an operator's own layout into cells: the text between tabs, bars, semicolons or quoted commas, or the words of a row. */
import { readTokens } from "../values/tokens.ts";

/**
 * The cells of a line and their separator. The separator is quoted (`"x"`) if there are quotes on both of its sides, and empty for words.
 */
export type Cut = { readonly separator: string; readonly cells: readonly string[] };

const MAX_CELLS = 64;
const QUOTED = /^"[^"]*"( ?[,|;\t] ?)"/;
const DATE = /^\d{1,2}\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d$/;
const ZONE = /^[+-]\d{4}$/;
/** The head that syslog adds to a line. */
const SYSLOG =
  /^(?:<\d{1,3}>)?(?:[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d|\d{4}-\d\d-\d\dT[\d:.+-]{8,24}Z?) \S{1,100} [\w./-]{1,60}(?:\[\d{1,9}\])?: /;

/** The line without syslog's head. */
export function dropSyslog(line: string): string {
  return line.replace(SYSLOG, "");
}

/** The line's cells. Undefined for an object, which names its members, and for a line that is too short to be a layout. */
export function cutCells(line: string): Cut | undefined {
  if (line.startsWith("{")) return undefined;
  const quoted = QUOTED.exec(line)?.[1];
  if (quoted !== undefined && line.endsWith('"'))
    return { separator: `"${quoted}"`, cells: line.slice(1, -1).split(`"${quoted}"`, MAX_CELLS) };
  for (const separator of ["\t", "|", ";", "^", "~"]) {
    const cells = line.split(separator, MAX_CELLS);
    // A semicolon in an agent is no separator. A real separator follows a cell with nothing but a time or an address.
    if (cells.length >= 4 && cells.slice(0, 2).every((cell) => isAlone(cell.trim())))
      return { separator, cells: cells.map((cell) => cell.trim()) };
  }
  const cells = cutWords(line);
  return cells.length < 5 ? undefined : { separator: "", cells };
}

/** True for a cell that is a single value and not words. */
function isAlone(cell: string): boolean {
  return !cell.replace(/ [+-]\d{4}\]?$/, "").includes(" ") || /^[A-Z]{3,10} \S+(?: HTTP\/[\d.]+)?$/.test(cell);
}

/**
 * Cuts a row into words. A time and its zone are one word, and so are the tries of a request, which nginx separates with commas and colons.
 */
function cutWords(line: string): string[] {
  const cells: string[] = [];
  let isOpen = false;
  for (const { kind, text } of readTokens(line, 0, MAX_CELLS)) {
    const last = cells.length - 1;
    const before = cells[last] ?? "";
    if (kind === "bare" && ((ZONE.test(text) && DATE.test(before)) || (text === ":" && last >= 0) || isOpen))
      cells[last] = `${before} ${text}`;
    else cells.push(text);
    isOpen = kind === "bare" && (text.endsWith(",") || text === ":");
  }
  return cells;
}

const NAMED = /^([A-Za-z_][\w.-]{0,64})[=:]"?(?=[^/:])/;

/** The value of a cell that is a pair, without its name. Other cells stay as they are. */
export function dropName(cell: string): string {
  return cell.replace(NAMED, "").replace(/"$/, "");
}

/** The name of a cell that is a pair. */
export function findName(cell: string): string | undefined {
  return NAMED.exec(cell)?.[1];
}

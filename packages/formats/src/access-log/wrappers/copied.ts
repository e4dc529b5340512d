/**
 * Removes marks that tools and people put before lines copied from a log: the names and numbers of `grep`, `zgrep` and `cat -n`, quotation
 * marks, signs of a diff, bullets of a list, marks of code. A log line could begin with any of them, so the mark only counts if the rest
 * can be read.
 */

const FILE_END = String.raw`(?:\.(?:log|out|err|txt|jsonl?|ndjson|csv)|log|messages|stdout|stderr)`;
/** The number or the date of a rotated file. */
const ROTATED = String.raw`(?:\.\d{1,3}|[.-]\d{8}(?:-\d{2,6})?|-\d{4}-\d\d-\d\d)?`;
const COMPRESSED = String.raw`(?:\.(?:gz|zst|bz2|xz))?`;
const MARK_END = String.raw`(?::\d{1,9}:|-\d{1,9}-|:|(?<=\.[a-z]{3,6}(?:\.\d{1,3})?)-)`;
/**
 * A log file's name before its line, as `grep -H`, `zgrep`, `grep -n` and `grep -C` write it. A host with a port is not one. A dash by
 * itself only ends a name with a file's extension, because `catalog-api.example.com` is a host.
 */
const GREP = new RegExp(String.raw`^\S{0,200}?${FILE_END}${ROTATED}${COMPRESSED}${MARK_END}(?!\d{1,5} )(?=\S)`);
/** A line number alone. Times of day, dates and the first digits of an IPv6 address are excluded. */
const NUMBER = /^(?!\d{1,2}:\d\d[:\s])(?:\d{1,9}:|\d{1,9}-(?!\d\d-)(?=[\d[{"<]))(?=\S)/;
const IPV6 = /^[0-9a-f]{1,4}:(?:[0-9a-f]{0,4}:)+[0-9a-f.:%]*$/i;
const MARK =
  /^(?: {0,8}(?:(?:>|&gt;) ?){1,4}|[+-](?=[\w[{"<:])| {0,3}[-*•] (?!- )|#{1,3} |\*\*(?=[\w[{"<])|\d{1,3}[.)] | {0,8}\d{1,7}\t)(?=\S)/;
/** The file's name that OSSEC and Wazuh put before archived lines. */
const ARCHIVED = /^[^"{}]{0,100}->\/\S{1,200}?:(?=\S)/;
const MOST_ARCHIVED = 120;
const DIGIT_0 = 48;
const DIGIT_9 = 57;
const DASH = 45;
const LETTER_T = 84;
/** The beginning of a file's name, with a colon or a dash before the first space. */
const FILE_START = /^[A-Za-z_./~][^\s:-]*[:-]/;
const CODE = /^`([^`].*)`$/s;

/** The line without such a mark; undefined if it has none. */
export function peelCopied(line: string): string | undefined {
  const mark = findMark(line);
  return mark === null ? CODE.exec(line)?.[1] : line.slice(mark[0].length);
}

/** True for `2026-11-21T`. Lines most often start with a runtime's time, and no mark starts like that. */
function isDated(line: string): boolean {
  return line.charCodeAt(4) === DASH && line.charCodeAt(7) === DASH && line.charCodeAt(10) === LETTER_T;
}

/** Finds a mark. Most lines begin with an address, a time or a brace, which is checked first. */
function findMark(line: string): RegExpExecArray | null {
  if (isDated(line)) return null;
  const mark = MARK.exec(line);
  if (mark !== null) return mark;
  const first = line.charCodeAt(0);
  if (first >= DIGIT_0 && first <= DIGIT_9) {
    const number = NUMBER.exec(line);
    if (number !== null) return IPV6.test(line.slice(0, 48).split(" ", 1)[0] ?? "") ? null : number;
  } else if (FILE_START.test(line)) {
    const grep = GREP.exec(line);
    if (grep !== null) return grep;
  }
  return line.slice(0, MOST_ARCHIVED).includes("->/") ? ARCHIVED.exec(line) : null;
}

/** Text between the pieces of one or several files: `tail`'s headings, `grep`'s separators, a banner's rules. */
const BETWEEN = /^(?:==> \S.* <==|-{2,200})$/;

/** True for a line that a tool put between log lines. */
export function isBetweenLines(line: string): boolean {
  return BETWEEN.test(line);
}

/**
 * Which of the two columns behind the request holds the status. Apache's and nginx's own layouts put it first; operators may put the size
 * there (`%b %>s`), and `303 404` then reads either way. A file's lines tell it together: statuses are always codes in use, sizes seldom.
 */
import { isUsualStatus } from "./usual-status.ts";

/** `unclear` means that some lines have the size first and that it is not known which. */
export type ColumnOrder = "status-first" | "size-first" | "unclear";

const COLUMNS = /\] "(?:[^"\\]|\\.)*" (\d{1,12}|-) (\d{1,12}|-)(?= |$)/;
/** A size that is a code in use once in six times would be one in eight lines running less than once in a million files. */
const LEAST_LINES = 8;

/** Judges a file by its lines, of which those at its head are enough; lines of other formats do not count. */
export class ColumnJudge {
  private statusFirst = 0;
  private sizeFirst = 0;
  private strange = 0;
  private hasColumns = false;

  /** Takes further lines in. */
  add(lines: Iterable<string>): this {
    for (const line of lines) {
      const match = COLUMNS.exec(line);
      if (match === null) continue;
      this.hasColumns = true;
      const [, first, second] = match;
      if (first === "-") continue;
      if (isUsualStatus(first)) this.statusFirst += isUsualStatus(second) ? 0 : 1;
      else if (isUsualStatus(second)) this.sizeFirst += 1;
      else this.strange += 1;
    }
    return this;
  }

  /** What the lines so far say. */
  get order(): ColumnOrder {
    const { statusFirst, sizeFirst, strange } = this;
    // A made-up code before a size that is a code in use looks like a size before a status.
    if (sizeFirst === 0 || statusFirst >= sizeFirst * LEAST_LINES) return "status-first";
    return sizeFirst >= LEAST_LINES && statusFirst + strange === 0 ? "size-first" : "unclear";
  }

  /** True where the lines so far can be read without waiting for others: none has the two columns, or enough say that the status is first. */
  get isSettled(): boolean {
    return !this.hasColumns || (this.statusFirst >= LEAST_LINES && this.sizeFirst === 0);
  }
}

/** What a file's lines say together. */
export function judgeColumnOrder(lines: Iterable<string>): ColumnOrder {
  return new ColumnJudge().add(lines).order;
}

/** The line with its status first, as all readers expect it; undefined when the two cannot be told apart. */
export function straightenColumns(line: string, order: ColumnOrder): string | undefined {
  if (order === "status-first") return line;
  const match = COLUMNS.exec(line);
  if (match === null) return line;
  const [whole, first = "", second = ""] = match;
  if (order === "unclear") return isUsualStatus(first) && isUsualStatus(second) ? undefined : line;
  const end = match.index + whole.length;
  return `${line.slice(0, end - first.length - second.length - 1)}${second} ${first}${line.slice(end)}`;
}

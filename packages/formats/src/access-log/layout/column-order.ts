/**
 * Finds out which column after the request holds the status, and what the next column is. Apache's and nginx's own layouts write status and
 * size. Operators may swap them (`%b %>s`), and `303 404` can then be read both ways, or they put something else before the size (`%>s %D`,
 * `$status $request_length $body_bytes_sent`). The lines of a file show it together: a status is always a code in use, and a size seldom
 * is.
 */
import { EqualAnswers } from "./equal-answers.ts";
import { isUsualStatus } from "../values/usual-status.ts";

/**
 * `unclear` means that some lines have the size first, and it is not known which. After a status in the first column there may be a whole
 * number that is a duration, whether a size follows it or not (`status-duration`), or another number before the size (`status-other-size`).
 */
export type ColumnOrder = "status-first" | "size-first" | "status-duration" | "status-other-size" | "unclear";

const COLUMNS = /\] "((?:[^"\\]|\\.)*)" (\d{1,12}|-) (\d{1,12}|-)(?= |$)(?: (\d{1,12}|-)(?= |$))?/;
/** A number anywhere after the columns: a size or a duration of its own. */
const NUMBER = /(?:^|[ =:])\d+(?:\.\d+)?[a-z]{0,2}(?= |$)/;
/** If one size in six were a code in use, eight lines in a row would all have one in less than one of a million files. */
const LEAST_LINES = 8;

/** Judges a file by its first lines. Lines in other formats do not count. */
export class ColumnJudge {
  private statusFirst = 0;
  private sizeFirst = 0;
  private strange = 0;
  private hasColumns = false;
  private readonly answers = new EqualAnswers();

  /** Takes in further lines. */
  add(lines: Iterable<string>): this {
    for (const line of lines) {
      const match = COLUMNS.exec(line);
      if (match === null) continue;
      this.hasColumns = true;
      const [, request = "", first = "", second = "", third] = match;
      if (first === "-") continue;
      if (isUsualStatus(first)) {
        this.statusFirst += isUsualStatus(second) ? 0 : 1;
        const rest = line.slice(match.index + match[0].length).replaceAll(/"(?:[^"\\]|\\.)*"/g, "");
        this.answers.add({ request, status: first, second, third, hasMore: third !== undefined || NUMBER.test(rest) });
      } else if (isUsualStatus(second)) this.sizeFirst += 1;
      else this.strange += 1;
    }
    return this;
  }

  /** The judgement on the lines so far. */
  get order(): ColumnOrder {
    const { statusFirst, sizeFirst, strange } = this;
    // An invented code before a size that happens to be a code in use looks like a size before a status.
    if (sizeFirst === 0 || statusFirst >= sizeFirst * LEAST_LINES) return this.answers.verdict;
    return sizeFirst >= LEAST_LINES && statusFirst + strange === 0 ? "size-first" : "unclear";
  }

  /** True if the lines so far can be read without waiting for more: none has the two columns, or enough show that the status is first. */
  get isSettled(): boolean {
    return !this.hasColumns || (this.statusFirst >= LEAST_LINES && this.sizeFirst === 0);
  }
}

/** The judgement on a file's lines. */
export function judgeColumnOrder(lines: Iterable<string>): ColumnOrder {
  return new ColumnJudge().add(lines).order;
}

/**
 * The line with its status first, then its size, as all readers expect it, and with any duration at its end. Undefined if status and size
 * cannot be told apart.
 */
export function straightenColumns(line: string, order: ColumnOrder): string | undefined {
  if (order === "status-first") return line;
  const match = COLUMNS.exec(line);
  if (match === null) return line;
  const [whole, , first = "", second = "", third] = match;
  const end = match.index + whole.length;
  const toColumns = (length: number, columns: string) => `${line.slice(0, end - length)}${columns}${line.slice(end)}`;
  const behind = third === undefined ? 0 : third.length + 1;
  const length = first.length + second.length + 1 + behind;
  switch (order) {
    case "unclear":
      return isUsualStatus(first) && isUsualStatus(second) ? undefined : line;
    case "size-first":
      return toColumns(length, `${second} ${first}${third === undefined ? "" : ` ${third}`}`);
    case "status-duration":
      return isUsualStatus(first) ? `${toColumns(length, `${first} ${third ?? "-"}`)} ${second}` : line;
    case "status-other-size":
      return isUsualStatus(first) && third !== undefined ? toColumns(length, `${first} ${third}`) : line;
  }
}

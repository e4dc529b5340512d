/**
 * Which of the columns behind the request holds the status, and what the one behind it is. Apache's and nginx's own layouts write status and
 * size; operators may turn them round (`%b %>s`), and `303 404` then reads either way, or put something else before the size (`%>s %D`,
 * `$status $request_length $body_bytes_sent`). A file's lines tell it together: statuses are always codes in use, sizes seldom.
 */
import { EqualAnswers } from "./equal-answers.ts";
import { isUsualStatus } from "../values/usual-status.ts";

/**
 * `unclear` means that some lines have the size first and that it is not known which. Behind a status that is first may stand a whole number
 * that is a duration, with a size behind it or none (`status-duration`), or one of another kind before the size (`status-other-size`).
 */
export type ColumnOrder = "status-first" | "size-first" | "status-duration" | "status-other-size" | "unclear";

const COLUMNS = /\] "((?:[^"\\]|\\.)*)" (\d{1,12}|-) (\d{1,12}|-)(?= |$)(?: (\d{1,12}|-)(?= |$))?/;
/** A number anywhere behind the columns: a size or a duration of its own. */
const NUMBER = /(?:^|[ =:])\d+(?:\.\d+)?[a-z]{0,2}(?= |$)/;
/** A size that is a code in use once in six times would be one in eight lines running less than once in a million files. */
const LEAST_LINES = 8;

/** Judges a file by its lines, of which those at its head are enough; lines of other formats do not count. */
export class ColumnJudge {
  private statusFirst = 0;
  private sizeFirst = 0;
  private strange = 0;
  private hasColumns = false;
  private readonly answers = new EqualAnswers();

  /** Takes further lines in. */
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

  /** What the lines so far say. */
  get order(): ColumnOrder {
    const { statusFirst, sizeFirst, strange } = this;
    // A made-up code before a size that is a code in use looks like a size before a status.
    if (sizeFirst === 0 || statusFirst >= sizeFirst * LEAST_LINES) return this.answers.verdict;
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

/**
 * The line with its status first and its size behind it, as all readers expect it, and with a duration at its end; undefined when status and
 * size cannot be told apart.
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

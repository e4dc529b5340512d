/**
 * Finds the unit of whole numbers named as durations, beside a time in brackets, which only httpd's `%t` and gunicorn's `%(t)s` have: `%D`
 * is in microseconds, `%{ms}T` in milliseconds, `%T` in seconds. Neither a line nor a name tells which.
 */
import { DURATION_NAMES } from "../named-fields/duration-names.ts";
import type { WholeDurations } from "../line.ts";
import { DurationJudge } from "./whole-durations.ts";

const NAMES = DURATION_NAMES.map((name) => name.replace("_", "_?")).join("|");
const MEMBER = new RegExp(String.raw`(?:^|[\s,|{])"?(?:${NAMES})"?\s?[:=]\s?"?(\d{1,9})"?(?=[\s,|}]|$)`, "i");
/** httpd's time as a value by itself. */
const TIME = /[:=]\s?"?\[\d{1,2}\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d [+-]\d{4}\]/;
/** A text that was refused because it is no request took next to no time. */
const REFUSED = /[:=]\s?"?(?:400|408|414)"?(?=[\s,|}]|$)/;

const LEAST_LINES = 16;
const MOST_LINES = 512;
/** As milliseconds, the first is ten minutes, which no time-out allows, and the second is more than every request can take. */
const SURE_MAX = 600_000;
const SURE_MIN = 1000;

/** The unit of such numbers in these lines. Undefined if the lines do not show it, or have no such numbers. */
export function judgeNamedDurations(lines: Iterable<string>): Exclude<WholeDurations, "unknown"> | undefined {
  const judge = new DurationJudge();
  const values: number[] = [];
  for (const line of lines) {
    if (values.length >= MOST_LINES) break;
    const value = TIME.test(line) && !REFUSED.test(line) ? MEMBER.exec(line)?.[1] : undefined;
    if (value === undefined) continue;
    values.push(Number(value));
    judge.take(Number(value), undefined);
  }
  if (values.length < LEAST_LINES || judge.unit === "unknown") return undefined;
  const isSure = Math.max(...values) >= SURE_MAX || Math.min(...values) >= SURE_MIN;
  return judge.unit === "ms" || isSure ? judge.unit : undefined;
}

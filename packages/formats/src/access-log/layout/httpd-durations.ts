/**
 * In which unit a file counts whole numbers that are called a duration, beside a time in brackets, which httpd's `%t` and gunicorn's `%(t)s` are
 * alone: `%D` is microseconds, `%{ms}T` milliseconds, `%T` seconds. No line says which, and no name.
 */
import { DURATION_NAMES } from "../named-fields/duration-names.ts";
import type { WholeDurations } from "../line.ts";
import { DurationJudge } from "./whole-durations.ts";

const NAMES = DURATION_NAMES.map((name) => name.replace("_", "_?")).join("|");
const MEMBER = new RegExp(String.raw`(?:^|[\s,|{])"?(?:${NAMES})"?\s?[:=]\s?"?(\d{1,9})"?(?=[\s,|}]|$)`, "i");
/** httpd's time as a value of its own. */
const TIME = /[:=]\s?"?\[\d{1,2}\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d [+-]\d{4}\]/;
/** What was refused before it was a request took next to no time. */
const REFUSED = /[:=]\s?"?(?:400|408|414)"?(?=[\s,|}]|$)/;

const LEAST_LINES = 16;
const MOST_LINES = 512;
/** So many milliseconds are ten minutes, which no time-out allows, and so many are what not every request takes. */
const SURE_MAX = 600_000;
const SURE_MIN = 1000;

/** The unit of such numbers in these lines; undefined where they do not say it, or have none. */
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

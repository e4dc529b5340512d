/**
 * Finds the unit of the whole number after the known fields of the Common Log Format family. httpd's and Varnish's `%D` and gunicorn's
 * `%(D)s` are microseconds; Tomcat's `%D` before 10, `%{ms}T` and gunicorn's `%(M)s` are milliseconds; `%T` is seconds. A single line shows
 * the unit only if no other fits, but a file's lines show it together. Sources: httpd mod_log_config; Tomcat AccessLogValve; gunicorn
 * settings.
 */
import { findWholeDuration, LEAST_MICROSECONDS } from "../formats/clf.ts";
import type { WholeDurations } from "../line.ts";

/** A few lines may be exceptions, because a clock was set or a request never came. */
const MOST_SHORT = 0.05;
/** As milliseconds this is ten minutes, which no time-out allows. */
const LEAST_SURE_MICROSECONDS = 600_000;
const LEAST_LINES = 16;
const MOST_LINES = 512;
/** Nearly all values of `%T` are 0 or 1, and no server has a median of 2 seconds. */
const LEAST_MEDIAN_MS = 2;
const LEAST_MAX_MS = 120;
/** A log's times are whole seconds, and a line is written a moment after its request ended. */
const SLACK_MS = 2000;

/** Judges a file by its first lines. Lines without such a number do not count. */
export class DurationJudge {
  private readonly values: number[] = [];
  private latestMs = -Infinity;
  private late = 0;
  private lateInMs = 0;
  private lateInMicros = 0;

  /** Takes in further lines. */
  add(lines: Iterable<string>): this {
    for (const line of lines) {
      if (this.values.length >= MOST_LINES) return this;
      const found = mayHold(line) ? findWholeDuration(line) : undefined;
      if (found === undefined) continue;
      this.take(found.value, found.timeMs);
    }
    return this;
  }

  /** Takes in a further number, and the time of its line. */
  take(value: number, timeMs: number | undefined): void {
    this.values.push(value);
    if (timeMs !== undefined) this.compare(timeMs, value);
  }

  /**
   * A line is written when its request ends, with the time of the request's start. A line that is out of order by some time belongs to a
   * request that took at least as long.
   */
  private compare(timeMs: number, value: number): void {
    const lateMs = this.latestMs - timeMs - SLACK_MS;
    this.latestMs = Math.max(this.latestMs, timeMs);
    if (lateMs < 0) return;
    this.late += 1;
    if (value + SLACK_MS >= lateMs) this.lateInMs += 1;
    if (value / 1000 + SLACK_MS >= lateMs) this.lateInMicros += 1;
  }

  /** The judgement on the lines so far: microseconds, as httpd documents `%D`, unless something speaks against them. */
  get unit(): WholeDurations {
    const { late, lateInMs, lateInMicros } = this;
    const values = this.values.toSorted((one, other) => one - other);
    const max = values.at(-1) ?? 0;
    const short = values.findIndex((value) => value >= LEAST_MICROSECONDS);
    const isShort = values.length > 0 && (short === -1 || short > values.length * MOST_SHORT);
    if (!isShort) return max < LEAST_SURE_MICROSECONDS && late >= 2 && lateInMs === late && lateInMicros === 0 ? "ms" : "us";
    const median = values[values.length >> 1] ?? 0;
    const isTelling = values.length >= LEAST_LINES && median >= LEAST_MEDIAN_MS && max >= LEAST_MAX_MS;
    return isTelling && max < LEAST_SURE_MICROSECONDS ? "ms" : "unknown";
  }
}

/** Status and size after a request, where a whole number follows as a word. */
const COLUMNS = /" (?:\d{3}|-|%!d\(<nil>\)) (?:\d+|-|%!d\(<nil>\))(?= |$)/g;
const WHOLE = /[ \]]\d{1,9}(?: |$)/g;

/** False for most lines without such a number, which saves reading them. */
function mayHold(line: string): boolean {
  COLUMNS.lastIndex = 0;
  if (!COLUMNS.test(line)) return false;
  WHOLE.lastIndex = COLUMNS.lastIndex;
  return WHOLE.test(line);
}

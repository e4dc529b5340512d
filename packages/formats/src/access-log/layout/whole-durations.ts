/**
 * In which unit a file counts the whole number behind the known fields of the Common Log Format family. httpd's and Varnish's `%D` and
 * gunicorn's `%(D)s` are microseconds, Tomcat's `%D` before 10, `%{ms}T` and gunicorn's `%(M)s` milliseconds, `%T` seconds; a line says
 * which only where no other fits, a file's lines say it together. Sources: httpd mod_log_config; Tomcat AccessLogValve; gunicorn settings.
 */
import { findWholeDuration, LEAST_MICROSECONDS } from "../formats/clf.ts";
import type { WholeDurations } from "../line.ts";

/** A few lines may come of a clock that was set, or of a request that never came. */
const MOST_SHORT = 0.05;
/** So many milliseconds are ten minutes, which no time-out allows. */
const LEAST_SURE_MICROSECONDS = 600_000;
const LEAST_LINES = 16;
const MOST_LINES = 512;
/** Of `%T` nearly all are 0 or 1, and a median of 2 seconds beside such ones is no server's. */
const LEAST_MEDIAN_MS = 2;
const LEAST_MAX_MS = 120;
/** Times of the log are whole seconds, and lines are written a moment after their request's end. */
const SLACK_MS = 2000;

/** Judges a file by its lines, of which those at its head are enough; lines without such a number do not count. */
export class DurationJudge {
  private readonly values: number[] = [];
  private latestMs = -Infinity;
  private late = 0;
  private lateInMs = 0;
  private lateInMicros = 0;

  /** Takes further lines in. */
  add(lines: Iterable<string>): this {
    for (const line of lines) {
      if (this.values.length >= MOST_LINES) return this;
      const found = mayHold(line) ? findWholeDuration(line) : undefined;
      if (found === undefined) continue;
      this.take(found.value, found.timeMs);
    }
    return this;
  }

  /** Takes a further number in, and the time of its line. */
  take(value: number, timeMs: number | undefined): void {
    this.values.push(value);
    if (timeMs !== undefined) this.compare(timeMs, value);
  }

  /** A line is written when its request ends, with the time of its start: one that comes late took at least so long. */
  private compare(timeMs: number, value: number): void {
    const lateMs = this.latestMs - timeMs - SLACK_MS;
    this.latestMs = Math.max(this.latestMs, timeMs);
    if (lateMs < 0) return;
    this.late += 1;
    if (value + SLACK_MS >= lateMs) this.lateInMs += 1;
    if (value / 1000 + SLACK_MS >= lateMs) this.lateInMicros += 1;
  }

  /** What the lines so far say; microseconds, as httpd documents its `%D`, where nothing speaks against them. */
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

/** Status and size behind a request, and a whole number that is a word of its own. */
const COLUMNS = /" (?:\d{3}|-|%!d\(<nil>\)) (?:\d+|-|%!d\(<nil>\))(?= |$)/g;
const WHOLE = /[ \]]\d{1,9}(?: |$)/g;

/** False for most lines without such a number, which spares reading them. */
function mayHold(line: string): boolean {
  COLUMNS.lastIndex = 0;
  if (!COLUMNS.test(line)) return false;
  WHOLE.lastIndex = COLUMNS.lastIndex;
  return WHOLE.test(line);
}

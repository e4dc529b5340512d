/**
 * Members that have the name of a duration but hold something else. Sources: Python's logging, LogRecord attributes; nginx's $request_time.
 */

/** In milliseconds this is three years, so a larger number is a point in time. */
const LEAST_TIME_MS = 1e11;

/** Of requests that took this many seconds, one in a thousand took a whole number of them to the millisecond. */
const LEAST_WHOLE = 10;

/** Attributes that Python's formatters write beside `msecs`, the milliseconds of the record's time. */
const OF_PYTHON = ["levelname", "levelno", "asctime", "relativecreated", "funcname", "lineno"];

/** No gateway has a longer time-out, in seconds. */
const MOST_WAITED = 1000;

/**
 * True if a whole number is a duration in seconds after all: a time-out ends on the second, and the upstream's time, with its decimals, may
 * confirm it.
 */
function isWait(seconds: number, read: (names: readonly string[]) => unknown): boolean {
  const upstream = String(read(["upstream_response_time", "urt"]));
  const isSame = /^\d+\.\d+$/.test(upstream) && Math.abs(Number(upstream) - seconds) < 1;
  return isSame || (String(read(["status", "status_code"])) === "504" && seconds < MOST_WAITED);
}

/** True if a member with the name of a duration is none, or is in an unknown unit. `read` reads the record's members. */
export function isNoDuration(name: string, written: unknown, read: (names: readonly string[]) => unknown): boolean {
  switch (name) {
    // nginx always writes three decimals. A value without them is not nginx's, whether text or number, except for the few numbers that lost
    // them.
    case "request_time":
    case "req_time":
    case "request_rt":
      return typeof written === "string"
        ? /^[1-9]\d*$/.test(written)
        : Number.isInteger(written) && Number(written) >= LEAST_WHOLE && !isWait(Number(written), read);
    case "msecs":
      return read(OF_PYTHON) !== undefined;
    case "time_ms":
      return Number(written) >= LEAST_TIME_MS;
    default:
      return false;
  }
}

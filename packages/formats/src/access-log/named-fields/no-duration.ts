/** Members that are called as durations are, and hold something else. Sources: Python's logging, LogRecord attributes; nginx's $request_time. */

/** As milliseconds, three years: such a number is a time. */
const LEAST_TIME_MS = 1e11;

/** Of requests that took so many seconds, one in a thousand took them to the millisecond. */
const LEAST_WHOLE = 10;

/** What Python's formatters write of each record beside `msecs`, its time's milliseconds. */
const OF_PYTHON = ["levelname", "levelno", "asctime", "relativecreated", "funcname", "lineno"];

/** No time-out of a gateway's is longer, in seconds. */
const MOST_WAITED = 1000;

/** Seconds all the same: a time-out ends on the second, and the upstream's own time with its decimals may say as much. */
function isWait(seconds: number, read: (names: readonly string[]) => unknown): boolean {
  const upstream = String(read(["upstream_response_time", "urt"]));
  const isSame = /^\d+\.\d+$/.test(upstream) && Math.abs(Number(upstream) - seconds) < 1;
  return isSame || (String(read(["status", "status_code"])) === "504" && seconds < MOST_WAITED);
}

/** True where a member that is called as a duration is none, or is one in a unit that nothing tells. `read` reads the record's members. */
export function isNoDuration(name: string, written: unknown, read: (names: readonly string[]) => unknown): boolean {
  switch (name) {
    // nginx's own has three decimals always: what has none is of another, also a number, but for the few that lost them.
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

/** The duration of a request, from named fields. The unit is that of the name or of the value, or the one in which the software counts. */
import { readJsonText, scaleDuration } from "../exchange/draft.ts";
import type { FieldReader } from "./field-reader.ts";
import { DURATION_NAMES } from "./duration-names.ts";
import type { ParseContext } from "../line.ts";
import { isNoDuration } from "./no-duration.ts";

/** Names with a well-known unit, in ms. */
const DURATIONS: readonly (readonly [name: string, unitMs: number])[] = [
  ["request_time", 1000],
  ["req_time", 1000],
  ["request_rt", 1000],
  ["duration_ms", 1],
  ["total_time_ms", 1],
  ["total_ms", 1],
  ["response_time_ms", 1],
  ["elapsed_ms", 1],
  ["latency_ms", 1],
  ["took_ms", 1],
  ["cost_ms", 1],
  ["request_time_ms", 1],
  ["request_duration_ms", 1],
  ["response_duration_ms", 1],
  ["elapsed_time_ms", 1],
  ["time_taken_ms", 1],
  ["duration_msec", 1],
  ["duration_millis", 1],
  ["processing_time_ms", 1],
  ["http.server.request.duration", 1000],
  ["duration_s", 1000],
  ["latency_s", 1000],
  ["elapsed_s", 1000],
  ["request_time_s", 1000],
  ["request_time_seconds", 1000],
  ["response_time_s", 1000],
  ["response_time_seconds", 1000],
  ["request_duration_s", 1000],
  ["request_duration_seconds", 1000],
  ["duration_seconds", 1000],
  ["elapsed_seconds", 1000],
  ["latency_seconds", 1000],
  ["duration_us", 0.001],
  ["request_time_us", 0.001],
  ["response_time_us", 0.001],
  ["latency_us", 0.001],
  ["elapsed_us", 0.001],
  ["duration_micros", 0.001],
  ["duration_ns", 1e-6],
  ["latency_ns", 1e-6],
  ["elapsed_ns", 1e-6],
  ["duration_nanos", 1e-6],
  ["event.duration", 1e-6],
  ["response_time", 1],
  ["latencies.request", 1],
  ["ms", 1],
  ["msecs", 1],
  ["time_ms", 1],
];
/** Names whose unit only the value shows, by a suffix (`12ms`); otherwise milliseconds, if the field is known to be in milliseconds. */
const SUFFIXED = [
  "duration",
  "latency",
  "elapsed",
  "took",
  "response_time",
  "request_duration",
  "elapsed_time",
  "dur",
  "http.response.duration",
  "time_taken",
];

/** Converts `12ms`, `1.5s`, `250µs`, Go's `1m2.5s` or httpd's `%T/%D` to milliseconds by the value's own unit; undefined if it has none. */
export function readSuffixedDuration(text: string): number | undefined {
  const both = /^(\d{1,6})\/(\d{1,12})$/.exec(text);
  if (both !== null) return Math.floor(Number(both[2]) / 1e6) === Number(both[1]) ? scaleDuration(both[2], 0.001) : undefined;
  const minutes = /^(\d{1,6})m(\d+(?:\.\d+)?)s$/.exec(text);
  if (minutes !== null) return scaleDuration(Number(minutes[1]) * 60 + Number(minutes[2]), 1000);
  const match = /^(\d+(?:\.\d+)?)\s*(ns|us|µs|μs|ms|s|sec|secs|seconds|msec|milliseconds|m)$/.exec(text.trim());
  if (match === null) return undefined;
  const units: Readonly<Record<string, number>> = { ns: 1e-6, us: 0.001, µs: 0.001, μs: 0.001, ms: 1, msec: 1, milliseconds: 1, m: 60_000 };
  return scaleDuration(match[1], units[match[2] ?? ""] ?? 1000);
}

const TERMINATION = ["termination_state", "termination", "tsc", "term"];

/** True if HAProxy's termination state, which has two or four letters, is among the fields. */
export function isOfHaproxy(read: FieldReader): boolean {
  return /^[-A-Za-z]{2}(?:[-A-Z]{2})?$/.test(String(read(TERMINATION)));
}

/** Names that only nginx's variables have, and common short names of its upstream's times. */
const OF_NGINX = [
  "urt",
  "uct",
  "uht",
  "upstream_response_time",
  "upstream_connect_time",
  "upstream_header_time",
  "upstream_status",
  "upstream_addr",
  "upstream_cache_status",
  "body_bytes_sent",
  "time_local",
  "time_iso8601",
];
/** Those that no other software uses. Gateways also write who answered, beside durations in milliseconds. */
const TIMES_OF_NGINX = OF_NGINX.filter((name) => /^u[rch]t$|time/.test(name));
/** Operators' other names for `$request_time`. */
const NGINX_SECONDS = [...SUFFIXED, "rt", "total_time", "responsetime"];
const REQUEST_TIME = ["request_time", "req_time", "request_rt"];
/** Names whose values may contain their unit. */
const MEASURED = [...SUFFIXED, ...REQUEST_TIME, "total_time"];
/** Node's loggers, too, may write times in the Common Log Format's notation, with a `response_time` in milliseconds and three decimals. */
const FAMILY_SECONDS = NGINX_SECONDS.filter((name) => !/^response_?time$/.test(name));
const FAMILY_TIME = /^\[?\d\d\/[A-Z][a-z]{2}\/\d{4}:/;
const DATE = ["time", "date", "datetime", "timestamp", "@timestamp", "ts", "time_local"];

/** True for seconds as nginx writes them, always with three decimals. A number loses trailing zeros. */
function isNginxSeconds(written: unknown): boolean {
  if (typeof written === "string") return /^\d{1,6}\.\d{3}$/.test(written);
  return typeof written === "number" && (written === 0 || (!Number.isInteger(written) && Math.round(written * 1000) / 1000 === written));
}

/** The duration of a record that is known to be nginx's. nginx counts in seconds only, whatever the member's name. */
export function readNginxSeconds(read: FieldReader, names = NGINX_SECONDS): number | undefined {
  if (read(REQUEST_TIME) !== undefined) return undefined;
  const written = names.map((name) => read([name])).find(isNginxSeconds);
  return scaleDuration(written, 1000);
}

/**
 * The same for a record that only its other fields show to be nginx's. A number may have lost its decimals, so it counts only beside times
 * of nginx's own.
 */
function readLikelySeconds(read: FieldReader): number | undefined {
  // Messages come from an application, unless nginx's times have their usual short names.
  if (read(["msg", "message"]) !== undefined && read(["urt", "uct", "uht"]) === undefined) return undefined;
  const isNumbered = read(TIMES_OF_NGINX) !== undefined;
  const readText: FieldReader = (names) => {
    const written = read(names);
    return typeof written === "string" ? written : undefined;
  };
  if (read(OF_NGINX) !== undefined) return readNginxSeconds(isNumbered ? read : readText);
  return FAMILY_TIME.test(String(read(DATE))) ? readNginxSeconds(readText, FAMILY_SECONDS) : undefined;
}

/** Datadog's attributes for the parts of a URL and of a connection. The duration beside them is in nanoseconds. */
const OF_DATADOG = ["http.url_details.path", "network.client.ip", "network.bytes_written"];

const LEAST_MS = 0.02;

/** Members that Rails' loggers (lograge, and GitLab's JSON) write beside a duration in ms. */
const OF_RAILS = ["controller", "view", "db"];

/** A whole number beside httpd's time, in the unit that the file shows. */
function readHttpdDuration(read: FieldReader, { namedDurations }: ParseContext): number | undefined {
  if (namedDurations === undefined || !String(read(DATE)).startsWith("[")) return undefined;
  const value = readJsonText(read(DURATION_NAMES)) ?? "";
  return /^\d{1,9}$/.test(value) ? scaleDuration(value, namedDurations === "us" ? 0.001 : 1) : undefined;
}

/** The duration in ms, according to the fields. */
export function readDuration(read: FieldReader, context: ParseContext): number | undefined {
  const httpdMs = readHttpdDuration(read, context);
  if (httpdMs !== undefined) return httpdMs;
  const railsMs = read(OF_RAILS) === undefined ? undefined : scaleDuration(readJsonText(read(["duration"])), 1);
  if (railsMs !== undefined) return railsMs;
  for (const name of MEASURED) {
    const text = readJsonText(read([name]));
    const durationMs = text === undefined ? undefined : readSuffixedDuration(text);
    if (durationMs !== undefined) return durationMs;
  }
  // HAProxy's timers, in ms. `Ta` covers a whole request, `Tt` a whole session.
  if (read(["tr", "tw", "tc", "tq"]) !== undefined || isOfHaproxy(read)) {
    const totalMs = scaleDuration(readJsonText(read(["ta", "tt", "time_total", "total_response_time", "total_time"]))?.replace("+", ""), 1);
    if (totalMs !== undefined) return totalMs;
  }
  const nanos = read(OF_DATADOG) === undefined ? undefined : readJsonText(read(["duration"]));
  if (nanos !== undefined && /^\d{4,}$/.test(nanos)) return scaleDuration(nanos, 1e-6);
  const nginxMs = readLikelySeconds(read);
  if (nginxMs !== undefined) return nginxMs;
  for (const [name, unitMs] of DURATIONS) {
    const written = read([name]);
    const value = readJsonText(written);
    const durationMs = value === undefined || isNoDuration(name, written, read) ? undefined : scaleDuration(value, unitMs);
    // The value is in seconds, under a name that others use for milliseconds: nothing is answered within a few microseconds.
    if (durationMs !== undefined && (name !== "response_time" || durationMs === 0 || durationMs >= LEAST_MS)) return durationMs;
  }
  return undefined;
}

/** Counts every exchange as `http.server.request.duration`: one exponential histogram per route, method, scheme, status and error type. */
import type { AttributeValue } from "@faultline/model";
import { toMethodName } from "../method-name.ts";
import { writeAttributes, writeUnixNano } from "./otlp-json.ts";

/** 8 buckets to a power of two: a bucket is 9 % wide, so a quantile is off by 4.5 % at most. */
const SCALE = 3;
const BUCKETS_PER_DOUBLING = 2 ** SCALE;
/** Past this many series the rest is counted together under the route `_OTHER`. */
const MAX_SERIES = 2000;

type Series = {
  readonly attributes: string;
  count: number;
  sum: number;
  min: number;
  max: number;
  zero: number;
  readonly buckets: Map<number, number>;
};

/** What an exchange is counted under. `route` is undefined when nothing matched. */
type DurationKey = {
  readonly route: string | undefined;
  /** As the request has it. */
  readonly method: string;
  readonly status: number;
  readonly scheme: string;
  readonly errorType: string | undefined;
  /** A span of this exchange is sent as well: whoever counts spans must not count it twice. */
  readonly hasSpan: boolean;
};

/** A counter of durations; `take` returns the metric as OTLP/JSON and starts anew (delta temporality). */
export type Durations = {
  record(key: DurationKey, durationMs: number): void;
  /** One `metrics` item, or undefined when nothing was counted. */
  take(nowMs: number): string | undefined;
};

function toSeries(key: DurationKey): Series {
  const attributes: Record<string, AttributeValue | undefined> = {
    "http.request.method": key.method,
    "url.scheme": key.scheme,
    "http.route": key.route,
    "http.response.status_code": key.status || undefined,
    "error.type": key.errorType,
    // See docs/decisions/0040: an attribute of the point, because it is not so of all exchanges of this service.
    "faultline.counted_by": key.hasSpan ? "spans" : undefined,
  };
  return { attributes: writeAttributes(attributes), count: 0, sum: 0, min: Infinity, max: 0, zero: 0, buckets: new Map() };
}

function writeBuckets(buckets: ReadonlyMap<number, number>): string {
  if (buckets.size === 0) return "";
  const indexes = [...buckets.keys()];
  const first = Math.min(...indexes);
  const counts = Array.from({ length: Math.max(...indexes) - first + 1 }, (_, at) => `"${buckets.get(first + at) ?? 0}"`);
  return `,"positive":{"offset":${first},"bucketCounts":[${counts.join(",")}]}`;
}

function writePoint(series: Series, fromMs: number, toMs: number): string {
  return (
    `{"attributes":${series.attributes},"startTimeUnixNano":${writeUnixNano(fromMs)},"timeUnixNano":${writeUnixNano(toMs)},` +
    `"count":"${series.count}","sum":${series.sum},"scale":${SCALE},"zeroCount":"${series.zero}"${writeBuckets(series.buckets)},` +
    `"min":${series.min},"max":${series.max}}`
  );
}

function addTo(series: Series, seconds: number): void {
  series.count += 1;
  series.sum += seconds;
  if (seconds < series.min) series.min = seconds;
  if (seconds > series.max) series.max = seconds;
  if (seconds <= 0) {
    series.zero += 1;
    return;
  }
  // OpenTelemetry's mapping: bucket i holds (base^i, base^(i+1)].
  const index = Math.ceil(Math.log2(seconds) * BUCKETS_PER_DOUBLING) - 1;
  series.buckets.set(index, (series.buckets.get(index) ?? 0) + 1);
}

/** Counts from `startMs` (Unix ms) on. */
export function createDurations(startMs: number): Durations {
  let fromMs = startMs;
  let size = 0;
  // Two levels, so that the way to a known series builds no key text: route, then method, scheme, status and error type.
  let routes = new Map<string | undefined, Map<string, Series>>();
  // The last series seen: most traffic repeats itself.
  let last: { key: DurationKey; series: Series } | undefined;

  function findSeries(key: DurationKey): Series {
    const method = toMethodName(key.method);
    const rest = `${method} ${key.status} ${key.scheme} ${key.hasSpan} ${key.errorType ?? ""}`;
    let group = routes.get(key.route);
    if (group === undefined) routes.set(key.route, (group = new Map()));
    let series = group.get(rest);
    if (series === undefined) {
      if (size >= MAX_SERIES && key.route !== "_OTHER") return findSeries({ ...key, route: "_OTHER" });
      group.set(rest, (series = toSeries({ ...key, method })));
      size += 1;
    }
    return series;
  }

  return {
    record(key, durationMs) {
      const known = last;
      const isSame =
        known !== undefined &&
        known.key.route === key.route &&
        known.key.status === key.status &&
        known.key.method === key.method &&
        known.key.hasSpan === key.hasSpan &&
        known.key.errorType === key.errorType &&
        known.key.scheme === key.scheme;
      const series = isSame ? known.series : findSeries(key);
      if (!isSame) last = { key, series };
      addTo(series, durationMs / 1000);
    },
    take(nowMs) {
      if (size === 0) return undefined;
      const points = [...routes.values()].flatMap((group) => [...group.values()].map((series) => writePoint(series, fromMs, nowMs)));
      routes = new Map();
      size = 0;
      last = undefined;
      fromMs = nowMs;
      return (
        `{"name":"http.server.request.duration","unit":"s","description":"Duration of HTTP server requests.",` +
        `"exponentialHistogram":{"aggregationTemporality":1,"dataPoints":[${points.join(",")}]}}`
      );
    },
  };
}

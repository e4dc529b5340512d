/** Counts every exchange as `http.server.request.duration`: one exponential histogram per route, method, scheme, status and error type. */
import { flatten } from "../json-text.ts";
import { toMethodName } from "../method-name.ts";
import { AttributeText, writeAttribute, writeUnixNano } from "./otlp-json.ts";

/** 8 buckets to a power of two: a bucket is 9 % wide, so a quantile is off by 4.5 % at most. */
const SCALE = 3;
const BUCKETS_PER_DOUBLING = 2 ** SCALE;
/** Past this many series the rest is counted together under the route `_OTHER`. */
const MAX_SERIES = 2000;

type Series = {
  /** What its exchanges have in common, written as `AttributeText` has it. */
  readonly shared: string;
  readonly hasSpan: boolean;
  count: number;
  sum: number;
  min: number;
  max: number;
  zero: number;
  readonly buckets: Map<number, number>;
};

/** What an exchange is counted under. `route` is undefined when nothing matched. */
export type DurationKey = {
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
  /** The attributes of `key`, as `AttributeText` has them: at once for the key that was recorded last. */
  describe(key: DurationKey): string;
  /** One `metrics` item, or undefined when nothing was counted. */
  take(nowMs: number): string | undefined;
};

function toSeries(key: DurationKey): Series {
  const text = new AttributeText();
  text.add("http.request.method", toMethodName(key.method));
  text.add("url.scheme", key.scheme);
  text.add("http.route", key.route);
  text.add("http.response.status_code", key.status || undefined);
  text.add("error.type", key.errorType);
  const shared = flatten(text.written);
  return { shared, hasSpan: key.hasSpan, count: 0, sum: 0, min: Infinity, max: 0, zero: 0, buckets: new Map() };
}

function writeBuckets(buckets: ReadonlyMap<number, number>): string {
  if (buckets.size === 0) return "";
  const indexes = [...buckets.keys()];
  const first = Math.min(...indexes);
  const counts = Array.from({ length: Math.max(...indexes) - first + 1 }, (_, at) => `"${buckets.get(first + at) ?? 0}"`);
  return `,"positive":{"offset":${first},"bucketCounts":[${counts.join(",")}]}`;
}

function writePoint(series: Series, fromMs: number, toMs: number): string {
  // See docs/decisions/0040: an attribute of the point, because it is not so of all exchanges of this service.
  const counted = series.hasSpan ? `,${writeAttribute("faultline.counted_by", "spans")}` : "";
  return (
    `{"attributes":[${series.shared}${counted}],"startTimeUnixNano":${writeUnixNano(fromMs)},"timeUnixNano":${writeUnixNano(toMs)},` +
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
    const rest = `${toMethodName(key.method)} ${key.status} ${key.scheme} ${key.hasSpan} ${key.errorType ?? ""}`;
    let group = routes.get(key.route);
    if (group === undefined) routes.set(key.route, (group = new Map()));
    let series = group.get(rest);
    if (series === undefined) {
      if (size >= MAX_SERIES && key.route !== "_OTHER") return findSeries({ ...key, route: "_OTHER" });
      group.set(rest, (series = toSeries(key)));
      size += 1;
    }
    return series;
  }

  function findLast(key: DurationKey): Series | undefined {
    const known = last?.key;
    const isSame =
      known !== undefined &&
      known.route === key.route &&
      known.status === key.status &&
      known.method === key.method &&
      known.hasSpan === key.hasSpan &&
      known.errorType === key.errorType &&
      known.scheme === key.scheme;
    return isSame ? last?.series : undefined;
  }

  return {
    record(key, durationMs) {
      let series = findLast(key);
      if (series === undefined) last = { key, series: (series = findSeries(key)) };
      addTo(series, durationMs / 1000);
    },
    describe: (key) => (findLast(key) ?? toSeries(key)).shared,
    take(nowMs) {
      if (size === 0) return undefined;
      const points = [...routes.values()].flatMap((group) => [...group.values()].map((series) => writePoint(series, fromMs, nowMs)));
      routes = new Map();
      size = 0;
      last = undefined;
      fromMs = nowMs;
      return (
        `{"name":"http.server.request.duration","unit":"s",` +
        `"exponentialHistogram":{"aggregationTemporality":1,"dataPoints":[${points.join(",")}]}}`
      );
    },
  };
}

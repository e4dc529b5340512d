import type { Attributes, MetricPoint, Resource } from "@faultline/model";
import { NO_ATTRIBUTES } from "../attributes.ts";
import type { DecodeLimits } from "../limits.ts";
import { type RawDataPoint, toMetricPoint } from "../metric-point.ts";
import { type Tally, tooMany } from "../outcome.ts";
import { readAttributes } from "./attributes.ts";
import type { EnvelopeNames, ReadItem } from "./envelope.ts";
import type { JsonReader } from "./reader.ts";

/** The envelope of metrics. */
export const METRIC_NAMES: EnvelopeNames = { resources: "resourceMetrics", scopes: "scopeMetrics", items: "metrics" };

/** The kinds of metric data. The points of those that count have a count even if it is 0 and left out. */
const DATA: ReadonlyMap<string, "number" | "counting"> = new Map([
  ["gauge", "number"],
  ["sum", "number"],
  ["histogram", "counting"],
  ["exponentialHistogram", "counting"],
  ["summary", "counting"],
]);

type Point = { readonly raw: RawDataPoint; readonly attributes: Attributes };

/** Reads data points into `tally`. */
export function readPointsInto(tally: Tally<MetricPoint>, limits: DecodeLimits): ReadItem {
  return (reader, resource) => readMetric(reader, { tally, limits, resource });
}

type Context = { readonly tally: Tally<MetricPoint>; readonly limits: DecodeLimits; readonly resource: Resource };

function readMetric(reader: JsonReader, { tally, limits, resource }: Context): void {
  let [name, unit] = ["", ""];
  const points: Point[] = [];
  if (!reader.beginObject("an entry of metrics")) return;
  do {
    const member = reader.readName();
    const kind = DATA.get(member);
    if (member === "name") name = reader.readText("name", limits.maxTextLength);
    else if (member === "unit") unit = reader.readText("unit", limits.maxTextLength);
    else if (kind === undefined) reader.skip();
    else {
      forEachPoint(reader, member, () => {
        const point = readPoint(reader, kind === "counting", limits);
        if (points.length < limits.maxItems) points.push(point);
        else tally.reject(tooMany(limits.maxItems));
      });
    }
  } while (reader.nextMember());
  for (const { raw, attributes } of points) {
    const point = toMetricPoint(raw, { name, unit, attributes, resource });
    if (point !== undefined) tally.add(point);
  }
}

function forEachPoint(reader: JsonReader, kind: string, readOne: () => void): void {
  if (!reader.beginObject(kind)) return;
  do {
    if (reader.readName() !== "dataPoints") reader.skip();
    else if (reader.beginList(`${kind}.dataPoints`)) {
      do readOne();
      while (reader.nextItem());
    }
  } while (reader.nextMember());
}

function readPoint(reader: JsonReader, isCounting: boolean, limits: DecodeLimits): Point {
  const raw: RawDataPoint = { timeMs: 0, flags: 0, ...(isCounting ? { count: 0 } : {}) };
  let attributes: Attributes = NO_ATTRIBUTES;
  if (!reader.beginObject("a data point")) return { raw, attributes };
  do {
    const member = reader.readName();
    if (member === "timeUnixNano") raw.timeMs = reader.readMillis("timeUnixNano");
    else if (member === "attributes") attributes = readAttributes(reader, limits);
    else if (member === "flags") raw.flags = reader.readNumber("flags") ?? 0;
    else if (member === "count" && isCounting) raw.count = reader.readNumber("count") ?? 0;
    else if (member === "sum" || member === "asInt" || member === "asDouble") {
      const number = reader.readNumber(member);
      if (number === undefined) continue;
      if (member === "sum") raw.sum = number;
      else raw.value = number;
    } else reader.skip();
  } while (reader.nextMember());
  return { raw, attributes };
}

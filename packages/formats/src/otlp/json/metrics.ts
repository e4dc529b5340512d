import type { MetricPoint, Resource } from "@faultline/model";
import type { DecodeLimits } from "../limits.ts";
import { type RawDataPoint, toMetricPoint } from "../metric-point.ts";
import { type Decoded, Tally } from "../outcome.ts";
import { toAttributes } from "./attributes.ts";
import { forEachItem } from "./envelope.ts";
import { asList, asMillis, asNumber, asObject, asText, type JsonObject } from "./fields.ts";

const NAMES = { resources: "resourceMetrics", scopes: "scopeMetrics", items: "metrics" } as const;
const DATA = ["gauge", "sum", "histogram", "exponentialHistogram", "summary"];
const COUNTING = new Set(["histogram", "exponentialHistogram", "summary"]);

/** Reads a parsed ExportMetricsServiceRequest. */
export function toMetrics(request: JsonObject, limits: DecodeLimits): Decoded<MetricPoint> {
  const tally = new Tally<MetricPoint>(limits);
  forEachItem(request, { names: NAMES, limits }, (item, resource) => addPoints({ tally, limits, resource }, item));
  return tally.finish();
}

type Context = { readonly tally: Tally<MetricPoint>; readonly limits: DecodeLimits; readonly resource: Resource };

function addPoints({ tally, limits, resource }: Context, metric: JsonObject): void {
  const name = asText(metric["name"], "name");
  const unit = asText(metric["unit"], "unit");
  for (const kind of DATA) {
    for (const each of asList(asObject(metric[kind], kind)["dataPoints"], `${kind}.dataPoints`)) {
      const raw = asObject(each, "a data point");
      const attributes = toAttributes(raw["attributes"], limits);
      const point = toMetricPoint(toRawPoint(raw, COUNTING.has(kind)), { name, unit, attributes, resource });
      if (point !== undefined) tally.add(point);
    }
  }
}

function toRawPoint(raw: JsonObject, isCounting: boolean): RawDataPoint {
  const value = readOptional(raw, "asInt") ?? readOptional(raw, "asDouble");
  const count = isCounting ? asNumber(raw["count"], "count") : undefined;
  const sum = readOptional(raw, "sum");
  return {
    timeMs: asMillis(raw["timeUnixNano"], "timeUnixNano"),
    flags: asNumber(raw["flags"], "flags"),
    ...(value === undefined ? {} : { value }),
    ...(count === undefined ? {} : { count }),
    ...(sum === undefined ? {} : { sum }),
  };
}

function readOptional(raw: JsonObject, name: string): number | undefined {
  return raw[name] === undefined || raw[name] === null ? undefined : asNumber(raw[name], name);
}

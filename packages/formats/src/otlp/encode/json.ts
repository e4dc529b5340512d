import type { Attributes, AttributeValue, LogRecord, MetricPoint, Resource, Span } from "@faultline/model";
import { SPAN_KINDS, SPAN_STATUSES } from "../enums.ts";
import { toNanos } from "../nanos.ts";
import { groupBy } from "./group.ts";

/** The names of one signal's envelope: resource groups, scope groups, items. */
export type RequestNames = readonly [resources: string, scopes: string, items: string];

/** Builds an export request: items by resource, each group in one scope. */
export function toRequest<T extends { readonly resource: Resource }>(
  items: readonly T[],
  [resources, scopes, member]: RequestNames,
  toJson: (item: T) => object,
): object {
  return {
    [resources]: [...groupBy(items, (item) => item.resource)].map(([resource, group]) => ({
      resource: { attributes: toKeyValues(resource.attributes) },
      [scopes]: [{ scope: {}, [member]: group.map(toJson) }],
    })),
  };
}

/** A span in OTLP's JSON form. */
export function toJsonSpan(span: Span): object {
  return {
    traceId: span.traceId,
    spanId: span.spanId,
    parentSpanId: span.parentSpanId,
    name: span.name,
    kind: SPAN_KINDS.indexOf(span.kind),
    startTimeUnixNano: toNanos(span.startMs).toString(),
    endTimeUnixNano: toNanos(span.endMs).toString(),
    attributes: toKeyValues(span.attributes),
    events: span.events.map((event) => ({
      timeUnixNano: toNanos(event.timeMs).toString(),
      name: event.name,
      attributes: toKeyValues(event.attributes),
    })),
    links: span.links,
    status: { message: span.statusMessage, code: SPAN_STATUSES.indexOf(span.status) },
  };
}

/** A log record in OTLP's JSON form. */
export function toJsonLog(log: LogRecord): object {
  return {
    timeUnixNano: toNanos(log.timeMs).toString(),
    severityNumber: log.severity,
    body: { stringValue: log.body },
    eventName: log.eventName,
    traceId: log.traceId,
    spanId: log.spanId,
    attributes: toKeyValues(log.attributes),
  };
}

/** A metric with one point in OTLP's JSON form; see `writeMetric` for what becomes of a count. */
export function toJsonMetric({ name, unit, timeMs, value, count, attributes }: MetricPoint): object {
  const point = { timeUnixNano: toNanos(timeMs).toString(), attributes: toKeyValues(attributes) };
  return count === undefined
    ? { name, unit, gauge: { dataPoints: [{ ...point, asDouble: toJsonDouble(value) }] } }
    : {
        name,
        unit,
        histogram: { dataPoints: [{ ...point, count: String(count), sum: toJsonDouble(value * count) }], aggregationTemporality: 1 },
      };
}

function toKeyValues(attributes: Attributes): object[] {
  return Object.entries(attributes).flatMap(([key, value]) => (value === undefined ? [] : [{ key, value: toAnyValue(value) }]));
}

function toAnyValue(value: AttributeValue): object {
  if (typeof value === "string") return { stringValue: value };
  if (typeof value === "boolean") return { boolValue: value };
  if (typeof value !== "number") return { arrayValue: { values: value.map(toAnyValue) } };
  return Number.isSafeInteger(value) ? { intValue: String(value) } : { doubleValue: toJsonDouble(value) };
}

/** JSON has no NaN and no infinities: proto3 writes their names. */
function toJsonDouble(value: number): number | string {
  return Number.isFinite(value) ? value : String(value);
}

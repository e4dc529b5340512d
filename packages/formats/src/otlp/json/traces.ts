import type { Resource, Span, SpanEvent, SpanLink } from "@faultline/model";
import { SPAN_KINDS, SPAN_STATUSES, toSpanKind, toSpanStatus } from "../enums.ts";
import { findBadId, isSpanId, isTraceId } from "../ids.ts";
import type { DecodeLimits } from "../limits.ts";
import { type Decoded, Tally } from "../outcome.ts";
import { toAttributes } from "./attributes.ts";
import { forEachItem } from "./envelope.ts";
import { asEnum, asList, asMillis, asObject, asText, type JsonObject } from "./fields.ts";

const NAMES = { resources: "resourceSpans", scopes: "scopeSpans", items: "spans" } as const;
const KIND_NAMES = { prefix: "SPAN_KIND_", names: SPAN_KINDS };
const STATUS_NAMES = { prefix: "STATUS_CODE_", names: SPAN_STATUSES };

/** Reads a parsed ExportTraceServiceRequest. */
export function toTraces(request: JsonObject, limits: DecodeLimits): Decoded<Span> {
  const tally = new Tally<Span>(limits);
  forEachItem(request, { names: NAMES, limits }, (item, resource) => {
    const span = toSpan(item, resource, limits);
    if (typeof span === "string") tally.reject(span);
    else tally.add(span);
  });
  return tally.finish();
}

function toSpan(item: JsonObject, resource: Resource, limits: DecodeLimits): Span | string {
  const ids = {
    traceId: asText(item["traceId"], "traceId").toLowerCase(),
    spanId: asText(item["spanId"], "spanId").toLowerCase(),
    parentSpanId: asText(item["parentSpanId"], "parentSpanId").toLowerCase(),
  };
  const status = asObject(item["status"], "status");
  const statusMessage = asText(status["message"], "status.message");
  const span: Omit<Span, "traceId" | "spanId" | "parentSpanId"> = {
    name: asText(item["name"], "name"),
    kind: toSpanKind(asEnum(item["kind"], "kind", KIND_NAMES)),
    startMs: asMillis(item["startTimeUnixNano"], "startTimeUnixNano"),
    endMs: asMillis(item["endTimeUnixNano"], "endTimeUnixNano"),
    status: toSpanStatus(asEnum(status["code"], "status.code", STATUS_NAMES)),
    ...(statusMessage === "" ? {} : { statusMessage }),
    attributes: toAttributes(item["attributes"], limits),
    events: asList(item["events"], "events")
      .slice(0, limits.maxEvents)
      .map((each) => toEvent(each, limits)),
    links: asList(item["links"], "links").flatMap(toLink).slice(0, limits.maxEvents),
    resource,
  };
  const badId = findBadId(ids);
  if (badId !== undefined) return badId;
  const { traceId, spanId, parentSpanId } = ids;
  return { traceId, spanId, ...(isSpanId(parentSpanId) ? { parentSpanId } : {}), ...span };
}

function toEvent(value: unknown, limits: DecodeLimits): SpanEvent {
  const event = asObject(value, "an event");
  return {
    name: asText(event["name"], "an event's name"),
    timeMs: asMillis(event["timeUnixNano"], "an event's timeUnixNano"),
    attributes: toAttributes(event["attributes"], limits),
  };
}

function toLink(value: unknown): SpanLink[] {
  const link = asObject(value, "a link");
  const traceId = asText(link["traceId"], "a link's traceId").toLowerCase();
  const spanId = asText(link["spanId"], "a link's spanId").toLowerCase();
  return isTraceId(traceId) && isSpanId(spanId) ? [{ traceId, spanId }] : [];
}

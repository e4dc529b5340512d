import type { Attributes, Resource, Span, SpanEvent, SpanLink } from "@faultline/model";
import { NO_ATTRIBUTES } from "../attributes.ts";
import { SPAN_KINDS, SPAN_STATUSES, toSpanKind, toSpanStatus } from "../enums.ts";
import { BAD_TRACE_ID, findBadId, isSpanId, isTraceId } from "../ids.ts";
import type { DecodeLimits } from "../limits.ts";
import type { Tally } from "../outcome.ts";
import { readAttributes } from "./attributes.ts";
import { readEnum } from "./enum-value.ts";
import type { EnvelopeNames, ReadItem } from "./envelope.ts";
import type { JsonReader } from "./reader.ts";

const KIND = { what: "kind", prefix: "SPAN_KIND_", names: SPAN_KINDS };
const STATUS_CODE = { what: "status.code", prefix: "STATUS_CODE_", names: SPAN_STATUSES };

/** The envelope of traces. */
export const TRACE_NAMES: EnvelopeNames = { resources: "resourceSpans", scopes: "scopeSpans", items: "spans" };

/** Reads spans into `tally`. */
export function readSpansInto(tally: Tally<Span>, limits: DecodeLimits): ReadItem {
  return (reader, resource) => {
    const span = readSpan(reader, resource, limits);
    if (typeof span === "string") tally.reject(span);
    else tally.add(span);
  };
}

/** Returns a text with the reason if the span is rejected. */
function readSpan(reader: JsonReader, resource: Resource, limits: DecodeLimits): Span | string {
  if (!reader.beginObject("an entry of spans")) return BAD_TRACE_ID;
  const ids = { traceId: "", spanId: "", parentSpanId: "" };
  const status = { code: 0, message: "" };
  let [name, kind, startMs, endMs] = ["", 0, 0, 0];
  let attributes: Attributes = NO_ATTRIBUTES;
  let events: SpanEvent[] = [];
  let links: SpanLink[] = [];
  do {
    const member = reader.readName();
    if (member === "traceId") ids.traceId = reader.readId("traceId");
    else if (member === "spanId") ids.spanId = reader.readId("spanId");
    else if (member === "parentSpanId") ids.parentSpanId = reader.readId("parentSpanId");
    else if (member === "name") name = reader.readText("name", limits.maxTextLength);
    else if (member === "kind") kind = readEnum(reader, KIND);
    else if (member === "startTimeUnixNano") startMs = reader.readMillis("startTimeUnixNano");
    else if (member === "endTimeUnixNano") endMs = reader.readMillis("endTimeUnixNano");
    else if (member === "attributes") attributes = readAttributes(reader, limits);
    else if (member === "status") readStatus(reader, status, limits.maxTextLength);
    else if (member === "events") events = readSome(reader, { what: "events", max: limits.maxEvents }, () => readEvent(reader, limits));
    else if (member === "links") links = readSome(reader, { what: "links", max: limits.maxEvents }, () => readLink(reader));
    else reader.skip();
  } while (reader.nextMember());
  const badId = findBadId(ids);
  if (badId !== undefined) return badId;
  // Optional members come last and without a spread, which would give each span an object shape of its own.
  const span: Span & { parentSpanId?: string; statusMessage?: string } = {
    traceId: ids.traceId,
    spanId: ids.spanId,
    name,
    kind: toSpanKind(kind),
    startMs,
    endMs,
    status: toSpanStatus(status.code),
    attributes,
    events,
    links,
    resource,
  };
  if (isSpanId(ids.parentSpanId)) span.parentSpanId = ids.parentSpanId;
  if (status.message !== "") span.statusMessage = status.message;
  return span;
}

type MutableStatus = { code: number; message: string };

function readStatus(reader: JsonReader, into: MutableStatus, maxLength: number): void {
  if (!reader.beginObject("status")) return;
  do {
    const member = reader.readName();
    if (member === "code") into.code = readEnum(reader, STATUS_CODE);
    else if (member === "message") into.message = reader.readText("status.message", maxLength);
    else reader.skip();
  } while (reader.nextMember());
}

/** Reads a list up to a number of items. Further ones, and those that `readOne` finds invalid, are left out. */
function readSome<T>(
  reader: JsonReader,
  { what, max }: { readonly what: string; readonly max: number },
  readOne: () => T | undefined,
): T[] {
  const list: T[] = [];
  if (!reader.beginList(what)) return list;
  do {
    const item = readOne();
    if (item !== undefined && list.length < max) list.push(item);
  } while (reader.nextItem());
  return list;
}

function readEvent(reader: JsonReader, limits: DecodeLimits): SpanEvent {
  let [name, timeMs] = ["", 0];
  let attributes: Attributes = NO_ATTRIBUTES;
  if (reader.beginObject("an event")) {
    do {
      const member = reader.readName();
      if (member === "name") name = reader.readText("an event's name", limits.maxTextLength);
      else if (member === "timeUnixNano") timeMs = reader.readMillis("an event's timeUnixNano");
      else if (member === "attributes") attributes = readAttributes(reader, limits);
      else reader.skip();
    } while (reader.nextMember());
  }
  return { name, timeMs, attributes };
}

/** Reads a link. A link with invalid ids is meaningless and left out. */
function readLink(reader: JsonReader): SpanLink | undefined {
  let [traceId, spanId] = ["", ""];
  if (reader.beginObject("a link")) {
    do {
      const member = reader.readName();
      if (member === "traceId") traceId = reader.readId("a link's traceId");
      else if (member === "spanId") spanId = reader.readId("a link's spanId");
      else reader.skip();
    } while (reader.nextMember());
  }
  return isTraceId(traceId) && isSpanId(spanId) ? { traceId, spanId } : undefined;
}

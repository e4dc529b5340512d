import type { Resource, Span, SpanEvent, SpanLink } from "@faultline/model";
import { toSpanKind, toSpanStatus } from "../enums.ts";
import { findBadId, isSpanId, isTraceId } from "../ids.ts";
import type { DecodeLimits } from "../limits.ts";
import { type Decoded, Tally } from "../outcome.ts";
import { AttributeReader } from "./attributes.ts";
import { forEachItem } from "./envelope.ts";
import { describeMessage, ProtobufReader } from "./reader.ts";

const SPAN = describeMessage("Span", 1, 2, 4, 5, 6, 7, 8, 9, 11, 13, 15);
const STATUS = describeMessage("Status", 2, 3);
const EVENT = describeMessage("Event", 1, 2, 3);
const LINK = describeMessage("Link", 1, 2);

/** Reads an ExportTraceServiceRequest (which has the shape of TracesData). */
export function readTraces(bytes: Uint8Array, limits: DecodeLimits): Decoded<Span> {
  const reader = new ProtobufReader(bytes);
  const tally = new Tally<Span>(limits);
  const spans = new SpanReader(reader, limits);
  forEachItem(reader, limits, (end, resource) => {
    const span = spans.read(end, resource);
    if (typeof span === "string") tally.reject(span);
    else tally.add(span);
  });
  return tally.finish();
}

/** Reads the bodies of Span messages, one after the other. */
export class SpanReader {
  private readonly reader: ProtobufReader;
  private readonly limits: DecodeLimits;
  private readonly attributes: AttributeReader;
  private readonly inner: AttributeReader;

  constructor(reader: ProtobufReader, limits: DecodeLimits) {
    this.reader = reader;
    this.limits = limits;
    this.attributes = new AttributeReader(reader, limits);
    this.inner = new AttributeReader(reader, limits);
  }

  /** Reads from the reader's position up to `end`. A returned text says why the span is rejected. */
  read(end: number, resource: Resource): Span | string {
    const { reader, limits, attributes } = this;
    const ids = { traceId: "", spanId: "", parentSpanId: "" };
    const status = { code: 0, message: "" };
    const events: SpanEvent[] = [];
    const links: SpanLink[] = [];
    let name = "";
    let kind = 0;
    let startMs = 0;
    let endMs = 0;
    while (reader.at < end) {
      const tag = reader.readTag(end);
      if (tag === 74) attributes.readField(end);
      else if (tag === 10) ids.traceId = reader.readHex(end);
      else if (tag === 18) ids.spanId = reader.readHex(end);
      else if (tag === 34) ids.parentSpanId = reader.readHex(end);
      else if (tag === 42) name = reader.readText(end, limits.maxTextLength);
      else if (tag === 48) kind = reader.readVarint(end);
      else if (tag === 57) startMs = reader.readTime(end);
      else if (tag === 65) endMs = reader.readTime(end);
      else if (tag === 90) pushWithin(events, this.readEvent(reader.readEnd(end)), limits.maxEvents);
      else if (tag === 106) pushWithin(links, this.readLink(reader.readEnd(end)), limits.maxEvents);
      else if (tag === 122) this.readStatus(reader.readEnd(end), status);
      else reader.skip(tag, end, SPAN);
    }
    const gathered = attributes.take();
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
      attributes: gathered,
      events,
      links,
      resource,
    };
    if (isSpanId(ids.parentSpanId)) span.parentSpanId = ids.parentSpanId;
    if (status.message !== "") span.statusMessage = status.message;
    return span;
  }

  private readStatus(end: number, into: { code: number; message: string }): void {
    const { reader, limits } = this;
    while (reader.at < end) {
      const tag = reader.readTag(end);
      if (tag === 18) into.message = reader.readText(end, limits.maxTextLength);
      else if (tag === 24) into.code = reader.readVarint(end);
      else reader.skip(tag, end, STATUS);
    }
  }

  private readEvent(end: number): SpanEvent {
    const { reader, limits, inner } = this;
    let name = "";
    let timeMs = 0;
    while (reader.at < end) {
      const tag = reader.readTag(end);
      if (tag === 9) timeMs = reader.readTime(end);
      else if (tag === 18) name = reader.readText(end, limits.maxTextLength);
      else if (tag === 26) inner.readField(end);
      else reader.skip(tag, end, EVENT);
    }
    return { name, timeMs, attributes: inner.take() };
  }

  /** Reads the body of a Link. A link with invalid ids is meaningless and left out. */
  readLink(end: number): SpanLink | undefined {
    const { reader } = this;
    let traceId = "";
    let spanId = "";
    while (reader.at < end) {
      const tag = reader.readTag(end);
      if (tag === 10) traceId = reader.readHex(end);
      else if (tag === 18) spanId = reader.readHex(end);
      else reader.skip(tag, end, LINK);
    }
    return isTraceId(traceId) && isSpanId(spanId) ? { traceId, spanId } : undefined;
  }
}

function pushWithin<T>(list: T[], item: T | undefined, max: number): void {
  if (item !== undefined && list.length < max) list.push(item);
}

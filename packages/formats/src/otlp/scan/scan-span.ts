import { type AttributeValue, readNumber, readText } from "@faultline/model";
import { toAttributeValue } from "../attributes.ts";
import { BAD_PARENT_ID, BAD_SPAN_ID, BAD_TRACE_ID } from "../ids.ts";
import { DEFAULT_LIMITS } from "../limits.ts";
import { toMillis } from "../nanos.ts";
import { MalformedPayload, tooMany } from "../outcome.ts";
import { createNesting, findKey, passOverKeyValue, readKeyValue } from "../protobuf/attributes.ts";
import { MAX_INTERNED_BYTES, readValueText } from "../protobuf/interned.ts";
import { describeMessage, ProtobufReader } from "../protobuf/reader.ts";
import { SpanReader } from "../protobuf/traces.ts";
import { SPAN_FAILS, SPAN_IS_EXCHANGE, SPAN_IS_SERVER_ERROR, type TraceScan } from "./trace-scan.ts";
import { findSlot, findSlotByName, GRPC_STATUS, isGrpcServerError, METHOD, OLD_METHOD, OLD_STATUS, ROUTE, STATUS } from "./wanted.ts";

const SPAN = describeMessage("Span", 1, 2, 4, 5, 6, 7, 8, 9, 11, 13, 15);
const STATUS_MESSAGE = describeMessage("Status", 2, 3);
const EVENT = describeMessage("Event", 1, 2, 3);
const OUTERMOST = { limits: DEFAULT_LIMITS, depth: 0 };

const ERROR = 2;
const SERVER = 2;
const CONSUMER = 5;
const NONE = -1;

/**
 * Examines one span after the other. Bytes in the usual form (lengths below 128, one value in an AnyValue) are read in place. Anything else
 * goes through the decoder's own functions, so that both agree on what is malformed.
 */
export class SpanScanner {
  /** Index of the resource of the spans that come next. */
  resource = 0;
  private readonly bytes: Uint8Array;
  private readonly view: DataView;
  private readonly reader: ProtobufReader;
  private readonly decoder: SpanReader;
  private readonly into: TraceScan;

  private traceAt = NONE;
  private spanAt = NONE;
  private parentLength = 0;
  private isRoot = true;
  private kind = 0;
  private statusCode = 0;
  private startMs = 0;
  private endMs = 0;
  private hasException = false;
  private httpStatus = NONE;
  private oldHttpStatus = NONE;
  private grpcSlot = GRPC_STATUS + 3;
  private hasGrpcError = false;
  private route = "";
  private method = "";
  private oldMethod = "";

  constructor(bytes: Uint8Array, into: TraceScan) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.reader = new ProtobufReader(bytes);
    this.decoder = new SpanReader(this.reader, DEFAULT_LIMITS);
    this.into = into;
  }

  /** Scans the span whose field begins at `start` and whose body is `bytes[body]` to `bytes[end - 1]`. */
  scan(start: number, body: number, end: number): void {
    const { bytes, view } = this;
    this.reset();
    let at = body;
    while (at < end) {
      const tag = bytes[at]!;
      // Bytes after the end are zeros or belong to the next message. The checks below notice this before anything is made of them.
      const length = at + 1 < end ? bytes[at + 1]! : 255;
      if (length < 128 && (tag === 74 || tag === 42 || tag === 10 || tag === 18 || tag === 34)) {
        const next = at + 2 + length;
        if (next > end) throw truncated(at);
        if (tag === 74) this.scanAttribute(at + 2, next);
        else if (tag === 10) this.traceAt = length === 16 ? at + 2 : NONE;
        else if (tag === 18) this.spanAt = length === 8 ? at + 2 : NONE;
        else if (tag === 34) this.noteParent(at + 2, length);
        at = next;
      } else if ((tag === 57 || tag === 65) && end - at >= 9) {
        const ms = toMillis(view.getUint32(at + 5, true), view.getUint32(at + 1, true));
        if (tag === 57) this.startMs = ms;
        else this.endMs = ms;
        at += 9;
      } else if (tag === 48 && length < 128) {
        this.kind = length;
        at += 2;
      } else at = this.scanField(at, end);
    }
    this.finish(start, body, end);
  }

  private reset(): void {
    this.traceAt = NONE;
    this.spanAt = NONE;
    this.parentLength = 0;
    this.isRoot = true;
    this.kind = 0;
    this.statusCode = 0;
    this.startMs = 0;
    this.endMs = 0;
    this.hasException = false;
    this.httpStatus = NONE;
    this.oldHttpStatus = NONE;
    this.grpcSlot = GRPC_STATUS + 3;
    this.hasGrpcError = false;
    this.route = "";
    this.method = "";
    this.oldMethod = "";
  }

  /** Reads any field of a span; returns the index after it. */
  private scanField(at: number, end: number): number {
    const { reader } = this;
    reader.at = at;
    const tag = reader.readTag(end);
    if ((tag & 7) !== 2) {
      if (tag === 48) this.kind = reader.readVarint(end);
      else if (tag === 57) this.startMs = reader.readTime(end);
      else if (tag === 65) this.endMs = reader.readTime(end);
      else reader.skip(tag, end, SPAN);
      return reader.at;
    }
    const bodyEnd = reader.readEnd(end);
    const body = reader.at;
    const length = bodyEnd - body;
    if (tag === 10) this.traceAt = length === 16 ? body : NONE;
    else if (tag === 18) this.spanAt = length === 8 ? body : NONE;
    else if (tag === 34) this.noteParent(body, length);
    else if (tag === 74) this.scanOtherAttribute(body, bodyEnd);
    else if (tag === 90) this.scanEvent(body, bodyEnd);
    else if (tag === 106) this.decoder.readLink(bodyEnd);
    else if (tag === 122) this.scanStatus(bodyEnd);
    else if (tag !== 42) {
      reader.at = at;
      reader.readTag(end);
      reader.skip(tag, end, SPAN);
    }
    return bodyEnd;
  }

  private noteParent(at: number, length: number): void {
    this.parentLength = length;
    this.isRoot = length !== 8 || (this.view.getUint32(at) === 0 && this.view.getUint32(at + 4) === 0);
  }

  private scanStatus(end: number): void {
    const { reader } = this;
    while (reader.at < end) {
      const tag = reader.readTag(end);
      if (tag === 24) this.statusCode = reader.readVarint(end);
      else if (tag === 18) reader.at = reader.readEnd(end);
      else reader.skip(tag, end, STATUS_MESSAGE);
    }
  }

  private scanEvent(body: number, end: number): void {
    const { reader } = this;
    let isException = false;
    reader.at = body;
    while (reader.at < end) {
      const tag = reader.readTag(end);
      if (tag === 9) reader.readTime(end);
      else if (tag === 18) isException = this.isText(reader.readEnd(end), EXCEPTION);
      else if (tag === 26) this.scanEventAttribute(reader.readEnd(end));
      else reader.skip(tag, end, EVENT);
    }
    if (isException) this.hasException = true;
  }

  /** Compares the bytes from the reader to `end` with a text, and moves the reader there. */
  private isText(end: number, codes: Uint8Array): boolean {
    const start = this.reader.at;
    this.reader.at = end;
    return equalsCodes(this.bytes, start, end, codes);
  }

  private scanEventAttribute(end: number): void {
    const { reader } = this;
    const start = reader.at;
    const keyEnd = this.findKeyEnd(start, end);
    if (keyEnd !== NONE) {
      if (equalsCodes(this.bytes, start + 2, keyEnd, EXCEPTION_TYPE)) this.hasException = true;
      reader.at = end;
      return;
    }
    if (findKey(reader, end) !== "exception.type") return passOverKeyValue(reader, end, OUTERMOST);
    const [, value] = readKeyValue(reader, end, createNesting(DEFAULT_LIMITS));
    if (toAttributeValue(value) !== undefined) this.hasException = true;
  }

  /** Scans an attribute of less than 128 bytes. Key and value are then shorter too, and each length is one byte. */
  private scanAttribute(start: number, end: number): void {
    const { bytes } = this;
    const keyEnd = end - start < 6 ? end : start + 2 + bytes[start + 1]!;
    const isUsual =
      keyEnd + 4 <= end &&
      bytes[start] === 10 &&
      bytes[keyEnd] === 18 &&
      end === keyEnd + 2 + bytes[keyEnd + 1]! &&
      (bytes[keyEnd + 2] === 10 ? end === keyEnd + 4 + bytes[keyEnd + 3]! : isUsualValue(bytes, keyEnd + 2, end));
    if (isUsual) {
      const slot = findSlot(bytes, start + 2, keyEnd);
      if (slot >= 0) this.noteBytes(slot, keyEnd, end);
    } else this.scanOtherAttribute(start, end);
  }

  private scanOtherAttribute(start: number, end: number): void {
    const keyEnd = this.findKeyEnd(start, end);
    if (keyEnd === NONE) {
      this.reader.at = start;
      const named = findSlotByName(findKey(this.reader, end));
      // A value may be as large as the payload, so nothing is built from one that nobody looks at.
      if (named < 0) return passOverKeyValue(this.reader, end, OUTERMOST);
      const [, plain] = readKeyValue(this.reader, end, createNesting(DEFAULT_LIMITS));
      const value = toAttributeValue(plain);
      if (value !== undefined) this.noteValue(named, value);
      return;
    }
    const slot = findSlot(this.bytes, start + 2, keyEnd);
    if (slot >= 0) this.noteBytes(slot, keyEnd, end);
  }

  /** The index after the key of a KeyValue in the usual form throughout, or NONE, in which case it must be read with care. */
  private findKeyEnd(start: number, end: number): number {
    const { bytes } = this;
    if (end - start < 6 || bytes[start] !== 10) return NONE;
    const keyEnd = start + 2 + bytes[start + 1]!;
    if (bytes[start + 1]! > 127 || keyEnd + 4 > end || bytes[keyEnd] !== 18) return NONE;
    const first = bytes[keyEnd + 1]!;
    const value = first < 128 ? keyEnd + 2 : keyEnd + 3;
    const length = first < 128 ? first : (first & 127) | (bytes[keyEnd + 2]! << 7);
    if (first > 127 && bytes[keyEnd + 2]! > 127) return NONE;
    return value + length === end && isUsualValue(bytes, value, end) ? keyEnd : NONE;
  }

  /** Takes a wanted attribute in the usual form; `keyEnd` is the index of the value's tag. */
  private noteBytes(slot: number, keyEnd: number, end: number): void {
    const { bytes } = this;
    const value = keyEnd + (bytes[keyEnd + 1]! < 128 ? 2 : 3);
    const type = bytes[value]!;
    if (type === 24 && end - value <= 5) {
      let number = 0;
      for (let at = value + 1, shift = 0; at < end; at += 1, shift += 7) number |= (bytes[at]! & 127) << shift;
      if (slot === STATUS) this.httpStatus = number;
      else if (slot === OLD_STATUS) this.oldHttpStatus = number;
      else this.noteValue(slot, number);
    } else if (type === 10 && end - value <= MAX_INTERNED_BYTES) {
      const text = readValueText(bytes, value + 2, end);
      if (slot === ROUTE) this.route = text;
      else if (slot === METHOD) this.method = text;
      else if (slot === OLD_METHOD) this.oldMethod = text;
      else this.noteValue(slot, text);
    } else {
      this.reader.at = keyEnd;
      const [, plain] = readKeyValue(this.reader, end, createNesting(DEFAULT_LIMITS));
      const narrowed = toAttributeValue(plain);
      if (narrowed !== undefined) this.noteValue(slot, narrowed);
    }
  }

  private noteValue(slot: number, value: AttributeValue): void {
    const text = readText({ value }, "value") ?? "";
    if (slot === ROUTE) this.route = text;
    else if (slot === METHOD) this.method = text;
    else if (slot === OLD_METHOD) this.oldMethod = text;
    else if (slot === STATUS) this.httpStatus = readNumber({ value }, "value") ?? NONE;
    else if (slot === OLD_STATUS) this.oldHttpStatus = readNumber({ value }, "value") ?? NONE;
    else if (slot >= GRPC_STATUS && slot <= this.grpcSlot && text !== "") {
      this.grpcSlot = slot;
      this.hasGrpcError = isGrpcServerError(text);
    }
  }

  private finish(start: number, body: number, end: number): void {
    const { into, view } = this;
    const badId = this.findBadId();
    if (badId !== undefined) return into.reject(badId);
    if (into.spanCount >= DEFAULT_LIMITS.maxItems) return into.reject(tooMany(DEFAULT_LIMITS.maxItems));
    const row = into.addRow();
    const status = this.httpStatus === NONE ? this.oldHttpStatus : this.httpStatus;
    const flags = this.toFlags(status);
    const isExchange = (flags & SPAN_IS_EXCHANGE) !== 0;
    const trace = into.internTrace(view, this.traceAt);
    into.start[row] = start;
    into.body[row] = body;
    into.end[row] = end;
    into.resource[row] = this.resource;
    into.trace[row] = trace;
    into.spanWords[row * 2] = view.getUint32(this.spanAt);
    into.spanWords[row * 2 + 1] = view.getUint32(this.spanAt + 4);
    into.startMs[row] = this.startMs;
    into.endMs[row] = this.endMs;
    into.flags[row] = flags;
    into.traceFlags[trace] = into.traceFlags[trace]! | flags;
    into.status[row] = Math.min(Math.max(status, 0), 65_535);
    into.route[row] = isExchange ? this.route : "";
    into.method[row] = isExchange ? this.method || this.oldMethod : "";
  }

  private findBadId(): string | undefined {
    const { view, traceAt, spanAt, parentLength } = this;
    if (traceAt === NONE) return BAD_TRACE_ID;
    if ((view.getUint32(traceAt) | view.getUint32(traceAt + 4) | view.getUint32(traceAt + 8) | view.getUint32(traceAt + 12)) === 0)
      return BAD_TRACE_ID;
    if (spanAt === NONE || (view.getUint32(spanAt) | view.getUint32(spanAt + 4)) === 0) return BAD_SPAN_ID;
    return parentLength === 0 || parentLength === 8 ? undefined : BAD_PARENT_ID;
  }

  private toFlags(status: number): number {
    const { kind, statusCode, hasException, hasGrpcError } = this;
    const isBroken = statusCode === ERROR || hasGrpcError;
    let flags = isBroken || hasException || status >= 500 ? SPAN_FAILS : 0;
    if (kind !== SERVER && kind !== CONSUMER && !(this.isRoot && (kind === 0 || kind > CONSUMER))) return flags;
    flags |= SPAN_IS_EXCHANGE;
    return (status >= 400 ? status >= 500 : isBroken) ? flags | SPAN_IS_SERVER_ERROR : flags;
  }
}

const EXCEPTION = Uint8Array.from("exception", (char) => char.charCodeAt(0));
const EXCEPTION_TYPE = Uint8Array.from("exception.type", (char) => char.charCodeAt(0));

/** True for an AnyValue of exactly one member that fills it: a text, an integer, a flag or a double. */
function isUsualValue(bytes: Uint8Array, at: number, end: number): boolean {
  const type = bytes[at];
  if (type === 10) {
    const first = bytes[at + 1]!;
    if (first < 128) return at + 2 + first === end;
    return bytes[at + 2]! < 128 && at + 3 + ((first & 127) | (bytes[at + 2]! << 7)) === end;
  }
  if (type === 33) return end - at === 9;
  if (type !== 24 && type !== 16) return false;
  if (end - at > 11 || bytes[end - 1]! > 127) return false;
  for (let index = at + 1; index < end - 1; index += 1) if (bytes[index]! < 128) return false;
  return true;
}

// A range of bytes is three parameters, and making an object of it would cost more than the comparison.
// oxlint-disable-next-line max-params
function equalsCodes(bytes: Uint8Array, start: number, end: number, codes: Uint8Array): boolean {
  if (end - start !== codes.length) return false;
  for (let index = 0; index < codes.length; index += 1) if (bytes[start + index] !== codes[index]) return false;
  return true;
}

function truncated(at: number): MalformedPayload {
  return new MalformedPayload(`a field of a span runs past its end at byte ${at}`);
}

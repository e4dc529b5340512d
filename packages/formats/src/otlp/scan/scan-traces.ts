import { fail, type Result } from "@faultline/model";
import { attempt, decodeTraces, type OtlpEncoding } from "../decode.ts";
import { encodeTraces } from "../encode/index.ts";
import { ACCEPTED_LIMITS, type DecodeLimits, DEFAULT_LIMITS } from "../limits.ts";
import { tooManyResources } from "../outcome.ts";
import { readResource } from "../protobuf/envelope.ts";
import { describeMessage, ProtobufReader, toPlainBytes } from "../protobuf/reader.ts";
import { SpanScanner } from "./scan-span.ts";
import type { TraceScan } from "./trace-scan.ts";

/**
 * Walks a trace payload without building its spans. What rollups and the choice of failing traces need goes into the columns of `into`, and
 * each span is identified by the position of its bytes. Fails exactly when `decodeTraces` fails, with nothing to undo: read `into` only if
 * the result is ok. JSON is read in full, written as protobuf, and then walked.
 */
export function scanTraces(payload: Uint8Array, encoding: OtlpEncoding, into: TraceScan): Result<TraceScan> {
  if (encoding === "protobuf") return attempt(() => walk(payload, into, DEFAULT_LIMITS));
  const decoded = decodeTraces(payload, "json");
  if (!decoded.ok) return fail(decoded.error);
  const scanned = attempt(() => walk(encodeTraces(decoded.value.items), into, DEFAULT_LIMITS));
  if (!scanned.ok) return scanned;
  into.rejected += decoded.value.rejected;
  into.rejectedBecause ??= decoded.value.rejectedBecause;
  return scanned;
}

/** Walks a payload in protobuf that was accepted before, under `ACCEPTED_LIMITS`. */
export function scanAccepted(payload: Uint8Array, into: TraceScan): Result<TraceScan> {
  return attempt(() => walk(payload, into, ACCEPTED_LIMITS));
}

const REQUEST = describeMessage("Export…ServiceRequest", 1);
const RESOURCE_GROUP = describeMessage("Resource…", 1, 2);
const SCOPE_GROUP = describeMessage("Scope…", 2);

function walk(payload: Uint8Array, into: TraceScan, { maxResources }: DecodeLimits): TraceScan {
  const bytes = toPlainBytes(payload);
  const reader = new ProtobufReader(bytes);
  const spans = new SpanScanner(bytes, into);
  const end = bytes.length;
  into.begin(bytes);
  while (reader.at < end) {
    const tag = reader.readTag(end);
    if (tag !== 10) {
      reader.skip(tag, end, REQUEST);
      continue;
    }
    if (into.resources.length >= maxResources) throw tooManyResources(maxResources);
    const groupEnd = reader.readEnd(end);
    const start = reader.at;
    spans.resource = findResource(reader, groupEnd, into);
    reader.at = start;
    while (reader.at < groupEnd) {
      const inner = reader.readTag(groupEnd);
      if (inner === 18) walkScopeGroup(reader, reader.readEnd(groupEnd), spans);
      else reader.skip(inner, groupEnd, NOTHING);
    }
  }
  return into;
}

/** Everything that was examined before and is skipped now. */
const NOTHING = describeMessage("");

function walkScopeGroup(reader: ProtobufReader, end: number, spans: SpanScanner): void {
  while (reader.at < end) {
    const start = reader.at;
    const tag = reader.readTag(end);
    if (tag !== 18) {
      reader.skip(tag, end, SCOPE_GROUP);
      continue;
    }
    const spanEnd = reader.readEnd(end);
    spans.scan(start, reader.at, spanEnd);
    reader.at = spanEnd;
  }
}

/** Finds the resource. It may follow its spans, and come in several pieces that protobuf merges by appending them. */
function findResource(reader: ProtobufReader, end: number, into: TraceScan): number {
  const { bytes, at } = reader;
  let start = 0;
  let resourceEnd = 0;
  let count = 0;
  forEachPiece(reader, end, (from, to) => {
    [start, resourceEnd] = [from, to];
    count += 1;
  });
  if (count < 2) return into.addResource(bytes, start, resourceEnd);
  reader.at = at;
  const merged = mergePieces(reader, end);
  return into.addResource(merged, 0, merged.length);
}

/** Calls `visit` with the start and end of each Resource message of a group. */
function forEachPiece(reader: ProtobufReader, end: number, visit: (start: number, end: number) => void): void {
  while (reader.at < end) {
    const tag = reader.readTag(end);
    if (tag === 18) reader.at = reader.readEnd(end);
    else if (tag === 10) {
      const pieceEnd = reader.readEnd(end);
      visit(reader.at, pieceEnd);
      reader.at = pieceEnd;
    } else reader.skip(tag, end, RESOURCE_GROUP);
  }
}

/**
 * Joins the pieces in one copy, however many there are. Each piece must be complete by itself: the next must not supply what is missing at
 * its end.
 */
function mergePieces(reader: ProtobufReader, end: number): Uint8Array {
  const { bytes } = reader;
  const pieces = new ProtobufReader(bytes);
  const merged = new Uint8Array(end - reader.at);
  let length = 0;
  forEachPiece(reader, end, (start, pieceEnd) => {
    if (start === pieceEnd) return;
    pieces.at = start;
    readResource(pieces, pieceEnd, DEFAULT_LIMITS);
    merged.set(bytes.subarray(start, pieceEnd), length);
    length += pieceEnd - start;
  });
  return merged.subarray(0, length);
}

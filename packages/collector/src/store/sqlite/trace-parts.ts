/** The parts that a kept trace consists of: OTLP requests of one trace, and what intermediaries wrote about it. */
import { crc32, zstdCompressSync, zstdDecompressSync } from "node:zlib";
import { ACCEPTED_LIMITS, decodeLogs, decodeTraces, scanAccepted, TraceScan } from "@faultline/formats/otlp";
import type { Exchange, LogRecord, Span } from "@faultline/model";
import type { RecordKind } from "../journal/frame.ts";
import { listLogFields } from "./request-pieces.ts";

/** One part as it stands in the database. */
export type Part = {
  readonly kind: RecordKind;
  readonly packed: boolean;
  /** Journal position of the last record that it was taken from. Items with the same ids that arrive later are copies. */
  readonly position: number;
  readonly bytes: Uint8Array;
};

/** The latest journal record in which each item arrived: spans by id, log records (which have none) by check sum. */
export type Origins = { readonly spans: Map<string, number>; readonly logs: Map<number, number>; exchanges: number };

/** The combined contents of a trace's parts. */
export type PartContents = {
  readonly spans: Map<string, Span>;
  readonly logs: LogRecord[];
  readonly origins: Origins;
  readonly exchanges: Exchange[];
};

const MAX_PART_BYTES = 256 << 20;
/** A call into zstd costs 30 µs. It halves two spans with an exception; good spans shrink by only a quarter, which is not worth it. */
const MIN_PACKED_BYTES = 1_536;

/** Output buffer of zstd, allocated for each call: most parts fit into one chunk. */
const FIRST_CHUNK_BYTES = 4_096;

/** Compresses a plain part where that pays. */
export function packPart(part: Part): Part {
  if (part.bytes.length < MIN_PACKED_BYTES) return part;
  const bytes = zstdCompressSync(part.bytes, { chunkSize: FIRST_CHUNK_BYTES, pledgedSrcSize: part.bytes.length });
  return bytes.length < part.bytes.length ? { ...part, packed: true, bytes } : part;
}

/** Contents of nothing, to read parts into. */
export function createPartContents(): PartContents {
  return { spans: new Map(), logs: [], origins: createOrigins(), exchanges: [] };
}

/** A copy of the contents, to read more parts into; empty when there are none. */
export function copyPartContents(contents: PartContents | undefined): PartContents {
  if (contents === undefined) return createPartContents();
  const { spans, logs, exchanges, origins } = contents;
  return {
    spans: new Map(spans),
    logs: [...logs],
    exchanges: [...exchanges],
    origins: { spans: new Map(origins.spans), logs: new Map(origins.logs), exchanges: origins.exchanges },
  };
}

/** Origins of nothing. */
export function createOrigins(): Origins {
  return { spans: new Map(), logs: new Map(), exchanges: -1 };
}

const scan = new TraceScan();

/** Reads only which items a part holds and since when; returns how many spans and log records. The part's check sum must have been verified. */
export function readOrigins(part: Part, into: Origins): number {
  const plain = unpack(part);
  if (part.kind === "exchanges") into.exchanges = Math.max(into.exchanges, part.position);
  if (part.kind === "logs") return noteLogs(plain, part.position, into);
  if (part.kind !== "traces" || !scanAccepted(plain, scan).ok) return 0;
  const before = into.spans.size;
  for (let row = 0; row < scan.spanCount; row++) {
    const spanId = scan.spanId(row);
    if (!into.spans.has(spanId)) into.spans.set(spanId, part.position);
  }
  return into.spans.size - before;
}

function unpack(part: Part): Uint8Array {
  return part.packed ? zstdDecompressSync(part.bytes, { maxOutputLength: MAX_PART_BYTES }) : part.bytes;
}

function noteLogs(plain: Uint8Array, position: number, into: Origins): number {
  const fields = listLogFields(plain);
  for (const field of fields) into.logs.set(crc32(plain.subarray(field.start, field.end)), position);
  return fields.length;
}

/** Reads a part whose check sum was verified. A span that is already there is skipped. */
export function readPart(part: Part, into: PartContents): void {
  const plain = unpack(part);
  if (part.kind === "exchanges") {
    const parsed: unknown = JSON.parse(Buffer.from(plain).toString());
    // Written by us, and its check sum was right.
    if (Array.isArray(parsed)) into.exchanges.push(...(parsed as Exchange[]));
    into.origins.exchanges = Math.max(into.origins.exchanges, part.position);
  } else if (part.kind === "logs") {
    const decoded = decodeLogs(plain, "protobuf", ACCEPTED_LIMITS);
    if (decoded.ok) into.logs.push(...decoded.value.items);
    noteLogs(plain, part.position, into.origins);
  } else {
    const decoded = decodeTraces(plain, "protobuf", ACCEPTED_LIMITS);
    for (const span of decoded.ok ? decoded.value.items : []) {
      if (into.spans.has(span.spanId)) continue;
      into.spans.set(span.spanId, span);
      into.origins.spans.set(span.spanId, part.position);
    }
  }
}

/** The parts that a kept trace consists of: OTLP requests of one trace, and what intermediaries wrote about it. */
import { crc32, zstdCompressSync, zstdDecompressSync } from "node:zlib";
import { decodeLogs, decodeTraces } from "@faultline/formats/otlp";
import type { Exchange, LogRecord, Span } from "@faultline/model";
import type { RecordKind } from "../journal/frame.ts";
import { listLogFields } from "./request-pieces.ts";

/** One part as it stands in the database. */
export type Part = {
  readonly kind: RecordKind;
  readonly packed: boolean;
  /** Journal position of the last record that it was taken from: what arrives behind it with the same ids is a copy. */
  readonly position: number;
  readonly bytes: Uint8Array;
};

/** Which journal record at the latest each item came in: of spans by id, of log records (they have none) by check sum. */
export type Origins = { readonly spans: Map<string, number>; readonly logs: Map<number, number>; exchanges: number };

/** What the parts of a trace hold together. */
export type PartContents = {
  readonly spans: Map<string, Span>;
  readonly logs: LogRecord[];
  readonly origins: Origins;
  readonly exchanges: Exchange[];
};

const MAX_PART_BYTES = 256 << 20;
/** A call into zstd costs 30 µs: two spans with an exception become half of what they were, good ones lose a quarter and are not worth it. */
const MIN_PACKED_BYTES = 1_536;

/** Memory for what comes out of zstd, made for each call: most parts fit into one chunk. */
const FIRST_CHUNK_BYTES = 4_096;

/** A part of plain bytes, compressed where that pays. */
export function packPart(part: Part): Part {
  if (part.bytes.length < MIN_PACKED_BYTES) return part;
  const bytes = zstdCompressSync(part.bytes, { chunkSize: FIRST_CHUNK_BYTES, pledgedSrcSize: part.bytes.length });
  return bytes.length < part.bytes.length ? { ...part, packed: true, bytes } : part;
}

/** Contents of nothing, to read parts into. */
export function createPartContents(): PartContents {
  return { spans: new Map(), logs: [], origins: { spans: new Map(), logs: new Map(), exchanges: -1 }, exchanges: [] };
}

/** The same contents, to read more parts into; of nothing when there are none. */
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

/** Reads a part whose check sum was right. A span that is there already is passed over. */
export function readPart(part: Part, into: PartContents): void {
  const plain = part.packed ? zstdDecompressSync(part.bytes, { maxOutputLength: MAX_PART_BYTES }) : part.bytes;
  if (part.kind === "exchanges") {
    const parsed: unknown = JSON.parse(Buffer.from(plain).toString());
    // Written by us, and its check sum was right.
    if (Array.isArray(parsed)) into.exchanges.push(...(parsed as Exchange[]));
    into.origins.exchanges = Math.max(into.origins.exchanges, part.position);
  } else if (part.kind === "logs") {
    const decoded = decodeLogs(plain, "protobuf");
    if (decoded.ok) into.logs.push(...decoded.value.items);
    for (const field of listLogFields(plain)) into.origins.logs.set(crc32(plain.subarray(field.start, field.end)), part.position);
  } else {
    const decoded = decodeTraces(plain, "protobuf");
    for (const span of decoded.ok ? decoded.value.items : []) {
      if (into.spans.has(span.spanId)) continue;
      into.spans.set(span.spanId, span);
      into.origins.spans.set(span.spanId, part.position);
    }
  }
}

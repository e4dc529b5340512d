/** The parts that a kept trace consists of: OTLP requests of one trace, and what intermediaries wrote about it. */
import { crc32, zstdCompressSync, zstdDecompressSync } from "node:zlib";
import { decodeLogs, decodeTraces } from "@faultline/formats/otlp";
import type { Exchange, LogRecord, Span } from "@faultline/model";
import type { RecordKind } from "../journal/frame.ts";
import { listLogFields } from "./request-pieces.ts";

/** One part as it stands in the database. */
export type Part = { readonly kind: RecordKind; readonly packed: boolean; readonly bytes: Uint8Array };

/** What the parts of a trace hold together. */
export type PartContents = {
  readonly spans: Map<string, Span>;
  readonly logs: LogRecord[];
  /** Check sums of the log records' bytes: they have no id to be told apart by. */
  readonly logSums: Set<number>;
  readonly exchanges: Exchange[];
};

const MAX_PART_BYTES = 256 << 20;
/** Below this size a compressed part is hardly smaller. */
const MIN_PACKED_BYTES = 256;

/** A part of plain bytes, compressed where that pays. */
export function packPart(kind: RecordKind, plain: Uint8Array): Part {
  if (plain.length < MIN_PACKED_BYTES) return { kind, packed: false, bytes: plain };
  const bytes = zstdCompressSync(plain);
  return bytes.length < plain.length ? { kind, packed: true, bytes } : { kind, packed: false, bytes: plain };
}

/** Contents of nothing, to read parts into. */
export function createPartContents(): PartContents {
  return { spans: new Map(), logs: [], logSums: new Set(), exchanges: [] };
}

/** Reads a part whose check sum was right. A span that is there already is passed over. */
export function readPart(part: Part, into: PartContents): void {
  const plain = part.packed ? zstdDecompressSync(part.bytes, { maxOutputLength: MAX_PART_BYTES }) : part.bytes;
  if (part.kind === "exchanges") {
    const parsed: unknown = JSON.parse(Buffer.from(plain).toString());
    // Written by us, and its check sum was right.
    if (Array.isArray(parsed)) into.exchanges.push(...(parsed as Exchange[]));
  } else if (part.kind === "logs") {
    const decoded = decodeLogs(plain, "protobuf");
    if (decoded.ok) into.logs.push(...decoded.value.items);
    for (const field of listLogFields(plain)) into.logSums.add(crc32(plain.subarray(field.start, field.end)));
  } else {
    const decoded = decodeTraces(plain, "protobuf");
    for (const span of decoded.ok ? decoded.value.items : []) if (!into.spans.has(span.spanId)) into.spans.set(span.spanId, span);
  }
}

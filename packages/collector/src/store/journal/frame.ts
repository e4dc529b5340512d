/**
 * How the journal writes a record: a header of 48 bytes with its own check sum, then the payload. The header carries the number of the
 * record and the items counted before it, so that a reader can say exactly how much a damaged stretch held. The last record is followed by
 * 48 zeros. A segment's file may have been used before; what is left of that is not mistaken for a record, because a header's check sum is seeded with
 * the segment that it was written to.
 *
 * | bytes | what                                                         |
 * | ----: | ------------------------------------------------------------ |
 * |  0..3 | magic `FLJ2`                                                 |
 * |  4..7 | payload bytes                                                |
 * | 8..15 | number of the record, from 1, without gaps                   |
 * |16..23 | items of all records before this one                         |
 * |24..31 | when it was received, Unix ms                                |
 * |32..35 | items in it                                                  |
 * |36..39 | kind                                                         |
 * |40..43 | CRC-32 of the payload                                        |
 * |44..47 | CRC-32 of the 44 bytes before, from the segment's seed on     |
 */
import { crc32 } from "node:zlib";

/** What a record holds: OTLP protobuf of one signal, or JSON of an intermediary's exchanges. */
export const RECORD_KINDS = ["traces", "logs", "metrics", "exchanges"] as const;

/** See RECORD_KINDS. */
export type RecordKind = (typeof RECORD_KINDS)[number];

/** Everything about a record but its payload. */
export type FrameHeader = {
  readonly length: number;
  readonly number: number;
  readonly itemsBefore: number;
  readonly receivedMs: number;
  readonly items: number;
  readonly kind: RecordKind;
  readonly payloadCrc: number;
};

/** Size of a header. */
export const HEADER_BYTES = 48;
const MAGIC = 0x464c4a32;
/** The magic of the first version, whose header check sum had no seed and whose files were never reused. */
const FIRST_MAGIC = 0x464c4a31;
const MAGIC_LETTERS = "FLJ";
/** What follows the last record. */
export const END: Uint8Array = new Uint8Array(HEADER_BYTES);
/** What OTLP/HTTP accepts is bounded at 64 MiB; JSON written as protobuf is smaller. */
const MAX_PAYLOAD_BYTES = 256 << 20;

/** The seed of the check sums of a segment's headers, derived from the position of its first byte. */
export function toSeed(base: number): number {
  return crc32(String(base));
}

/** Writes the header of a payload, for the segment with this seed. */
export function encodeHeader(header: Omit<FrameHeader, "length" | "payloadCrc">, payload: Uint8Array, seed: number): Uint8Array {
  const bytes = new Uint8Array(HEADER_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, MAGIC);
  view.setUint32(4, payload.length);
  view.setFloat64(8, header.number);
  view.setFloat64(16, header.itemsBefore);
  view.setFloat64(24, header.receivedMs);
  view.setUint32(32, header.items);
  view.setUint32(36, RECORD_KINDS.indexOf(header.kind));
  view.setUint32(40, crc32(payload));
  view.setUint32(44, crc32(bytes.subarray(0, 44), seed));
  return bytes;
}

/** Reads the header at `at`; undefined when there is none of this segment, or a damaged one. */
export function decodeHeader(bytes: Uint8Array, at: number, seed: number): FrameHeader | undefined {
  if (at + HEADER_BYTES > bytes.length) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, HEADER_BYTES);
  const magic = view.getUint32(0);
  if (magic !== MAGIC && magic !== FIRST_MAGIC) return undefined;
  if (view.getUint32(44) !== crc32(bytes.subarray(at, at + 44), magic === MAGIC ? seed : 0)) return undefined;
  const kind = RECORD_KINDS[view.getUint32(36)];
  const length = view.getUint32(4);
  if (kind === undefined || length > MAX_PAYLOAD_BYTES) return undefined;
  return {
    length,
    number: view.getFloat64(8),
    itemsBefore: view.getFloat64(16),
    receivedMs: view.getFloat64(24),
    items: view.getUint32(32),
    kind,
    payloadCrc: view.getUint32(40),
  };
}

/** The next place from `from` on where a whole header of the segment stands; the end of the bytes when there is none. */
export function findHeader(bytes: Buffer, from: number, seed: number): number {
  for (let at = bytes.indexOf(MAGIC_LETTERS, from, "latin1"); at >= 0; at = bytes.indexOf(MAGIC_LETTERS, at + 1, "latin1")) {
    if (decodeHeader(bytes, at, seed) !== undefined) return at;
  }
  return bytes.length;
}

/** True where the records of a segment end: at the zeros, or at the end of the file. */
export function isEnd(bytes: Buffer, at: number): boolean {
  return at >= bytes.length || bytes.subarray(at, at + HEADER_BYTES).equals(END);
}

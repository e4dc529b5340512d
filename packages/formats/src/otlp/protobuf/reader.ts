import { toMillis } from "../nanos.ts";
import { MalformedPayload } from "../outcome.ts";
import { utf8Decoder } from "../text-coding.ts";

/** Protobuf's wire types that OTLP uses. A field's tag is its number shifted by three, plus one of these. */
export const VARINT = 0;
/** Eight bytes, little-endian. */
export const FIXED64 = 1;
/** A length and as many bytes. */
export const BYTES = 2;
/** Four bytes, little-endian. */
export const FIXED32 = 5;

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));
const TWO_32 = 4_294_967_296;
const MAX_GROUP_DEPTH = 32;
const SHORT_TEXT = 48;
const CACHE_SLOTS = 4_096;

const scratch = new DataView(new ArrayBuffer(8));

/** The texts seen last, each in the slot of its hash: bounded, shared by all readers, and only ever a short-cut. */
const cache: (string | undefined)[] = Array.from({ length: CACHE_SLOTS });

/** Which fields of a message this code reads, as bits, so that one of them with a foreign wire type is noticed. */
export type MessageShape = { readonly name: string; readonly fields: number };

/** Describes a message by the numbers (below 32) of the fields that are read. */
export function describeMessage(name: string, ...fields: readonly number[]): MessageShape {
  return { name, fields: fields.reduce((bits, field) => bits | (1 << field), 0) };
}

/**
 * Walks protobuf bytes. Every method checks its bounds and throws `MalformedPayload`; none allocates, but those that return text.
 * Short texts are interned: telemetry repeats its keys and most of its values.
 */
export class ProtobufReader {
  readonly bytes: Uint8Array;
  /** Index of the next byte. */
  at: number;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.at = 0;
  }

  /** Reads a tag, a length or an enum; bits beyond 32 are dropped as protobuf demands. */
  readVarint(end: number): number {
    const { bytes } = this;
    let result = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      if (this.at >= end) throw new MalformedPayload(`truncated number at byte ${this.at}`);
      const byte = bytes[this.at++]!;
      if (shift < 32) result |= (byte & 127) << shift;
      if (byte < 128) return result >>> 0;
    }
    throw new MalformedPayload(`number longer than 10 bytes at byte ${this.at}`);
  }

  /** Reads a tag: field number and wire type. Field number 0 does not exist. */
  readTag(end: number): number {
    const tag = this.readVarint(end);
    if (tag < 8) throw new MalformedPayload(`field number 0 at byte ${this.at - 1}`);
    return tag;
  }

  /** Reads a length and returns where the bytes that follow end. */
  readEnd(end: number): number {
    const length = this.readVarint(end);
    if (length > end - this.at) throw new MalformedPayload(`length ${length} at byte ${this.at} runs past its message`);
    return this.at + length;
  }

  /** Reads a signed 64-bit varint. */
  readInt64(end: number): bigint {
    let result = 0n;
    const start = this.at;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      if (this.at >= end) throw new MalformedPayload(`truncated number at byte ${this.at}`);
      const byte = this.bytes[this.at++]!;
      result |= BigInt(byte & 127) << shift;
      if (byte < 128) return BigInt.asIntN(64, result);
    }
    throw new MalformedPayload(`number longer than 10 bytes at byte ${start}`);
  }

  /** Reads four bytes, unsigned. */
  readFixed32(end: number): number {
    const { bytes, at } = this;
    if (end - at < 4) throw new MalformedPayload(`truncated number at byte ${at}`);
    this.at = at + 4;
    return (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0;
  }

  /** Reads eight bytes, unsigned, as the nearest double. */
  readFixed64(end: number): number {
    if (end - this.at < 8) throw new MalformedPayload(`truncated number at byte ${this.at}`);
    const low = this.readFixed32(end);
    return this.readFixed32(end) * TWO_32 + low;
  }

  /** Reads eight bytes, Unix nanoseconds, as Unix milliseconds. */
  readTime(end: number): number {
    if (end - this.at < 8) throw new MalformedPayload(`truncated number at byte ${this.at}`);
    const low = this.readFixed32(end);
    return toMillis(this.readFixed32(end), low);
  }

  /** Reads eight bytes, signed, as the nearest double. */
  readSignedFixed64(end: number): number {
    if (end - this.at < 8) throw new MalformedPayload(`truncated number at byte ${this.at}`);
    const low = this.readFixed32(end);
    return (this.readFixed32(end) | 0) * TWO_32 + low;
  }

  /** Reads a double. */
  readDouble(end: number): number {
    if (end - this.at < 8) throw new MalformedPayload(`truncated number at byte ${this.at}`);
    scratch.setUint32(0, this.readFixed32(end), true);
    scratch.setUint32(4, this.readFixed32(end), true);
    return scratch.getFloat64(0, true);
  }

  /** Reads a length and that much text. */
  readText(end: number): string {
    const textEnd = this.readEnd(end);
    const { at } = this;
    this.at = textEnd;
    return textEnd - at <= SHORT_TEXT ? internText(this.bytes, at, textEnd) : utf8Decoder.decode(this.bytes.subarray(at, textEnd));
  }

  /** Reads a length and that many bytes, as lower-case hex. */
  readHex(end: number): string {
    const hexEnd = this.readEnd(end);
    let hex = "";
    for (let at = this.at; at < hexEnd; at += 1) hex += HEX[this.bytes[at]!]!;
    this.at = hexEnd;
    return hex;
  }

  /** Passes over a field that nobody asked for; a field that is read must not come here, for then its wire type is wrong. */
  skip(tag: number, end: number, shape: MessageShape): void {
    const field = tag >>> 3;
    if (field < 32 && (shape.fields & (1 << field)) !== 0)
      throw new MalformedPayload(`field ${field} of ${shape.name} has wire type ${tag & 7}, before byte ${this.at}`);
    this.skipNested(tag, end, 0);
  }

  private skipNested(tag: number, end: number, depth: number): void {
    switch (tag & 7) {
      case VARINT:
        this.readVarint(end);
        return;
      case FIXED64:
        this.advance(8, end);
        return;
      case BYTES:
        this.at = this.readEnd(end);
        return;
      case FIXED32:
        this.advance(4, end);
        return;
      case 3:
        this.skipGroup(tag, end, depth);
        return;
      default:
        throw new MalformedPayload(`unknown wire type ${tag & 7} before byte ${this.at}`);
    }
  }

  private skipGroup(tag: number, end: number, depth: number): void {
    if (depth >= MAX_GROUP_DEPTH) throw new MalformedPayload(`groups nested deeper than ${MAX_GROUP_DEPTH} at byte ${this.at}`);
    for (;;) {
      const inner = this.readTag(end);
      if ((inner & 7) !== 4) this.skipNested(inner, end, depth + 1);
      else if (inner === tag + 1) return;
      else throw new MalformedPayload(`a group ends that was not begun, before byte ${this.at}`);
    }
  }

  private advance(count: number, end: number): void {
    if (end - this.at < count) throw new MalformedPayload(`truncated number at byte ${this.at}`);
    this.at += count;
  }
}

/** Reads short text, looking it up by its bytes first, so that text seen before is not built again. */
export function internText(bytes: Uint8Array, start: number, end: number): string {
  let hash = end - start;
  let ascii = 0;
  for (let at = start; at < end; at += 1) {
    const byte = bytes[at]!;
    ascii |= byte;
    hash = (Math.imul(hash, 31) + byte) | 0;
  }
  if (ascii > 127) return utf8Decoder.decode(bytes.subarray(start, end));
  const slot = (hash ^ (hash >>> 15)) & (CACHE_SLOTS - 1);
  const known = cache[slot];
  if (known !== undefined && equalsAscii(known, bytes, start, end)) return known;
  const text = String.fromCharCode.apply(null, bytes.subarray(start, end) as unknown as number[]);
  cache[slot] = text;
  return text;
}

// Four parameters: a range of bytes is three of them, and this runs once a text.
// oxlint-disable-next-line max-params
function equalsAscii(text: string, bytes: Uint8Array, start: number, end: number): boolean {
  if (text.length !== end - start) return false;
  for (let index = 0; index < text.length; index += 1) {
    if (text.charCodeAt(index) !== bytes[start + index]) return false;
  }
  return true;
}

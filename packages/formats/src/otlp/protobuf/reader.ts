import { toInteger } from "../attributes.ts";
import { toMillis } from "../nanos.ts";
import { MalformedPayload } from "../outcome.ts";
import { readCutText, readValueText } from "./interned.ts";

/** The wire types of protobuf that OTLP uses. A field's tag is its number shifted by three, plus one of these. */
const VARINT = 0;
/** Eight bytes, little-endian. */
const FIXED64 = 1;
/** A length and that many bytes. */
const BYTES = 2;
/** Four bytes, little-endian. */
const FIXED32 = 5;

const HEX_DIGITS = Array.from("0123456789abcdef", (digit) => digit.charCodeAt(0));
/** The character codes of the id being read. One flat text is made of them; joining digits would make a tree. */
const traceIdCodes: number[] = Array.from({ length: 32 }, () => 0);
const spanIdCodes: number[] = Array.from({ length: 16 }, () => 0);
const TWO_32 = 4_294_967_296;
const MAX_GROUP_DEPTH = 32;
/** A tag has 32 bits: four bytes of seven, and four bits more. */
const MAX_TAG_BYTES = 5;

const scratch = new DataView(new ArrayBuffer(8));

/** True for a varint of five bytes or more that does not fit the 32 bits of a tag. Cutting it off would read another field. */
function isWiderThanTag(varint: Uint8Array): boolean {
  return varint.length > MAX_TAG_BYTES || varint[MAX_TAG_BYTES - 1]! > 15;
}

/** The fields of a message that this code reads, as bits, so that a wrong wire type in one of them is noticed. */
export type MessageShape = { readonly name: string; readonly fields: number };

/** The same bytes as a plain Uint8Array. V8 reads them faster if all of them have one class, and Node's Buffer is another. */
export function toPlainBytes(bytes: Uint8Array): Uint8Array {
  return bytes.constructor === Uint8Array ? bytes : new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Describes a message by the numbers (below 32) of the fields that are read. */
export function describeMessage(name: string, ...fields: readonly number[]): MessageShape {
  return { name, fields: fields.reduce((bits, field) => bits | (1 << field), 0) };
}

/**
 * Walks protobuf bytes. Every method checks its bounds and throws `MalformedPayload`. None allocates, except those that return text. Short
 * texts are interned, because telemetry repeats its keys and most of its values.
 */
export class ProtobufReader {
  readonly bytes: Uint8Array;
  /** Index of the next byte. */
  at: number;

  constructor(bytes: Uint8Array) {
    this.bytes = toPlainBytes(bytes);
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

  /** Reads a tag: field number and wire type. Field number 0 does not exist, nor does one of more than 29 bits. */
  readTag(end: number): number {
    const { at } = this;
    const tag = this.readVarint(end);
    if (tag < 8) throw new MalformedPayload(`field number 0 at byte ${this.at - 1}`);
    if (this.at - at >= MAX_TAG_BYTES && isWiderThanTag(this.bytes.subarray(at, this.at)))
      throw new MalformedPayload(`field number of more than 29 bits at byte ${at}`);
    return tag;
  }

  /** Reads a length and returns the end of the bytes that follow. */
  readEnd(end: number): number {
    const length = this.readVarint(end);
    if (length > end - this.at) throw new MalformedPayload(`length ${length} at byte ${this.at} runs past its message`);
    return this.at + length;
  }

  /** Skips a varint of 64 bits. */
  skipVarint(end: number): void {
    const { at } = this;
    for (let length = 0; length < 10; length += 1) {
      if (this.at >= end) throw new MalformedPayload(`truncated number at byte ${this.at}`);
      if (this.bytes[this.at++]! < 128) return;
    }
    throw new MalformedPayload(`number longer than 10 bytes at byte ${at}`);
  }

  /** Reads a signed 64-bit varint: a number, or decimal text if a double would change its digits. */
  readInt64(end: number): number | string {
    const { bytes, at } = this;
    let result = 0;
    // Four bytes hold 28 bits. Larger numbers, and negative ones, which take ten, are rare.
    for (let index = 0; index < 4 && at + index < end; index += 1) {
      const byte = bytes[at + index]!;
      result |= (byte & 127) << (index * 7);
      if (byte < 128) {
        this.at = at + index + 1;
        return result;
      }
    }
    return toInteger(this.readBigInt(end));
  }

  private readBigInt(end: number): bigint {
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

  /** Reads a length and that much text, and cuts it at `maxLength`. */
  readText(end: number, maxLength: number): string {
    const textEnd = this.readEnd(end);
    const { at } = this;
    this.at = textEnd;
    return textEnd - at <= maxLength
      ? readValueText(this.bytes, at, textEnd)
      : readCutText(this.bytes, { start: at, end: textEnd }, maxLength);
  }

  /** Reads a length and that many bytes, an id, as lower-case hex. Empty for no bytes, and not hex if the length is wrong for an id. */
  readHex(end: number): string {
    const hexEnd = this.readEnd(end);
    const start = this.at;
    this.at = hexEnd;
    const length = hexEnd - start;
    if (length === 0) return "";
    // Ids have 8 or 16 bytes. The text for any other length says that it is not an id.
    if (length !== 8 && length !== 16) return "no id";
    const codes = length === 8 ? spanIdCodes : traceIdCodes;
    for (let index = 0; index < length; index += 1) {
      const byte = this.bytes[start + index]!;
      codes[index * 2] = HEX_DIGITS[byte >> 4]!;
      codes[index * 2 + 1] = HEX_DIGITS[byte & 15]!;
    }
    return String.fromCharCode.apply(null, codes);
  }

  /** Skips a field that nobody asked for. A field that is read must not get here, since its wire type would then be wrong. */
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

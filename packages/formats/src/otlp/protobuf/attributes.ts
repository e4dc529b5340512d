import { AttributeBag, cutText, type MutableAttributes, NO_ATTRIBUTES, type PlainValue, toAttributeValue } from "../attributes.ts";
import type { Attributes, AttributeValue } from "@faultline/model";
import type { DecodeLimits } from "../limits.ts";
import { MalformedPayload } from "../outcome.ts";
import { toBase64 } from "../base64.ts";
import { readKeyText, readValueText } from "./interned.ts";
import { describeMessage, type ProtobufReader } from "./reader.ts";

const KEY_VALUE = describeMessage("KeyValue", 1, 2);
const ANY_VALUE = describeMessage("AnyValue", 1, 2, 3, 4, 5, 6, 7);
const LIST = describeMessage("ArrayValue", 1);

/** Gathers the attributes of one object, field by field, within the limits. */
export class AttributeReader {
  private bag: MutableAttributes | undefined;
  private count = 0;
  private readonly reader: ProtobufReader;
  private readonly limits: DecodeLimits;

  constructor(reader: ProtobufReader, limits: DecodeLimits) {
    this.reader = reader;
    this.limits = limits;
  }

  /** Reads one KeyValue field (its length and body). The last of several values for one key stays. */
  readField(end: number): void {
    const { reader, limits } = this;
    const fieldEnd = reader.readEnd(end);
    if (this.count >= limits.maxAttributes) return passOverKeyValue(reader, fieldEnd, { limits, depth: 0 });
    if (this.readShortText(fieldEnd)) return;
    const [key, plain] = readKeyValue(reader, fieldEnd, createNesting(limits));
    const value = toAttributeValue(plain);
    if (value !== undefined) this.set(key, typeof value === "string" ? cutText(value, limits.maxTextLength) : value);
  }

  /** Reads a KeyValue in its most common form: shorter than 128 bytes, the key before the value, and the value one text. */
  private readShortText(end: number): boolean {
    const { reader } = this;
    const { bytes, at } = reader;
    if (end - at < 6 || end - at > 127) return false;
    const keyEnd = at + 2 + bytes[at + 1]!;
    const isUsual =
      keyEnd + 4 <= end &&
      bytes[at] === 10 &&
      bytes[keyEnd] === 18 &&
      end === keyEnd + 2 + bytes[keyEnd + 1]! &&
      bytes[keyEnd + 2] === 10 &&
      end === keyEnd + 4 + bytes[keyEnd + 3]!;
    if (!isUsual) return false;
    this.set(readKeyText(bytes, at + 2, keyEnd), cutText(readValueText(bytes, keyEnd + 4, end), this.limits.maxTextLength));
    reader.at = end;
    return true;
  }

  private set(key: string, value: AttributeValue): void {
    this.count += 1;
    this.bag ??= new AttributeBag();
    this.bag[key] = value;
  }

  /** Returns the attributes and starts over. */
  take(): Attributes {
    const bag = this.bag ?? NO_ATTRIBUTES;
    this.bag = undefined;
    this.count = 0;
    return bag;
  }
}

/** How deeply a value is nested, and how deep it may be. */
export type Nesting = { readonly limits: DecodeLimits; readonly depth: number; readonly room: { members: number } };

/** The nesting at which an attribute's value begins. */
export function createNesting(limits: DecodeLimits): Nesting {
  return { limits, depth: 0, room: { members: limits.maxMembers } };
}

/** Reads the body of a KeyValue. */
export function readKeyValue(reader: ProtobufReader, end: number, nesting: Nesting): [string, PlainValue] {
  let key = "";
  let value: PlainValue = null;
  while (reader.at < end) {
    const tag = reader.readTag(end);
    if (tag === 10) key = readKey(reader, end);
    // Protobuf merges repeated fields: an empty value keeps the previous one.
    else if (tag === 18) value = readAnyValue(reader, reader.readEnd(end), nesting) ?? value;
    else reader.skip(tag, end, KEY_VALUE);
  }
  return [key, value];
}

/** Reads the body of a KeyValue without keeping anything of it. It may still be malformed. */
export function passOverKeyValue(reader: ProtobufReader, end: number, depths: Depths): void {
  while (reader.at < end) {
    const tag = reader.readTag(end);
    if (tag === 10) reader.at = reader.readEnd(end);
    else if (tag === 18) passOverValue(reader, reader.readEnd(end), depths);
    else reader.skip(tag, end, KEY_VALUE);
  }
}

/** Reads only the key of a KeyValue, and leaves the reader where it was. */
export function findKey(reader: ProtobufReader, end: number): string {
  const { at } = reader;
  let key = "";
  while (reader.at < end) {
    const tag = reader.readTag(end);
    if (tag === 10) key = readKey(reader, end);
    else if (tag === 18) reader.at = reader.readEnd(end);
    else reader.skip(tag, end, KEY_VALUE);
  }
  reader.at = at;
  return key;
}

type Depths = Pick<Nesting, "limits" | "depth">;

/** Reads the body of an AnyValue like `readAnyValue`, but builds nothing. */
function passOverValue(reader: ProtobufReader, end: number, { limits, depth }: Depths): void {
  checkDepth(reader, { limits, depth });
  while (reader.at < end) {
    const tag = reader.readTag(end);
    if (tag === 10 || tag === 58) reader.at = reader.readEnd(end);
    else if (tag === 16 || tag === 24) reader.skipVarint(end);
    else if (tag === 33) reader.readDouble(end);
    else if (tag === 42 || tag === 50) {
      const passOverOne = tag === 42 ? passOverValue : passOverKeyValue;
      forEachMember(reader, reader.readEnd(end), (memberEnd) => passOverOne(reader, memberEnd, { limits, depth: depth + 1 }));
    } else reader.skip(tag, end, ANY_VALUE);
  }
}

function checkDepth(reader: ProtobufReader, { limits, depth }: Depths): void {
  if (depth > limits.maxDepth) throw new MalformedPayload(`values nested deeper than ${limits.maxDepth} at byte ${reader.at}`);
}

/** Calls `readOne` with the end of each member of a list or map. */
function forEachMember(reader: ProtobufReader, end: number, readOne: (end: number) => void): void {
  while (reader.at < end) {
    const tag = reader.readTag(end);
    if (tag === 10) readOne(reader.readEnd(end));
    else reader.skip(tag, end, LIST);
  }
}

function readKey(reader: ProtobufReader, end: number): string {
  const keyEnd = reader.readEnd(end);
  const { bytes, at } = reader;
  reader.at = keyEnd;
  return readKeyText(bytes, at, keyEnd);
}

/** Reads the body of an AnyValue. Bytes become base64 text; the last member of the oneof stays. */
export function readAnyValue(reader: ProtobufReader, end: number, nesting: Nesting): PlainValue {
  checkDepth(reader, nesting);
  let value: PlainValue = null;
  while (reader.at < end) {
    const tag = reader.readTag(end);
    if (tag === 10) value = reader.readText(end, nesting.limits.maxTextLength);
    else if (tag === 16) value = reader.readInt64(end) !== 0;
    else if (tag === 24) value = reader.readInt64(end);
    else if (tag === 33) value = reader.readDouble(end);
    else if (tag === 42) value = readList(reader, reader.readEnd(end), nesting);
    else if (tag === 50) value = readMap(reader, reader.readEnd(end), nesting);
    else if (tag === 58) value = readBase64(reader, end, nesting.limits.maxTextLength);
    else reader.skip(tag, end, ANY_VALUE);
  }
  return value;
}

function readList(reader: ProtobufReader, end: number, nesting: Nesting): PlainValue {
  const list: PlainValue[] = [];
  const inner = { ...nesting, depth: nesting.depth + 1 };
  forEachMember(reader, end, (memberEnd) => {
    if (list.length < nesting.limits.maxAttributes && takeRoom(nesting)) list.push(readAnyValue(reader, memberEnd, inner));
    else passOverValue(reader, memberEnd, inner);
  });
  return list;
}

function readMap(reader: ProtobufReader, end: number, nesting: Nesting): PlainValue {
  // A map finally becomes JSON text. It has no prototype, so that no key is special.
  const map: { [name: string]: PlainValue } = Object.create(null);
  const inner = { ...nesting, depth: nesting.depth + 1 };
  let count = 0;
  forEachMember(reader, end, (memberEnd) => {
    if (count++ >= nesting.limits.maxAttributes || !takeRoom(nesting)) return passOverKeyValue(reader, memberEnd, inner);
    const [key, value] = readKeyValue(reader, memberEnd, inner);
    map[key] = value;
  });
  return map;
}

/** True if an attribute may have another member. */
function takeRoom({ room }: Nesting): boolean {
  return room.members-- > 0;
}

/** Of bytes whose text would be cut, only the part that is kept is written: three bytes make four letters. */
function readBase64(reader: ProtobufReader, end: number, maxLength: number): string {
  const bytesEnd = reader.readEnd(end);
  const text = toBase64(reader.bytes, reader.at, Math.min(bytesEnd, reader.at + 3 * (Math.floor(maxLength / 4) + 1)));
  reader.at = bytesEnd;
  return cutText(text, maxLength);
}

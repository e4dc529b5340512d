import type { Attributes } from "@faultline/model";
import {
  AttributeBag,
  cutText,
  type MutableAttributes,
  NO_ATTRIBUTES,
  type PlainValue,
  toAttributeValue,
  toInteger,
} from "../attributes.ts";
import type { DecodeLimits } from "../limits.ts";
import { MalformedPayload } from "../outcome.ts";
import { readKeyText, readValueText } from "../protobuf/interned.ts";
import type { JsonReader } from "./reader.ts";

const INTEGER = /^-?\d{1,20}$/;

/** Reads a list of KeyValues. The last of several values for one key stays. */
export function readAttributes(reader: JsonReader, limits: DecodeLimits): Attributes {
  if (!reader.beginList("attributes")) return NO_ATTRIBUTES;
  const bag: MutableAttributes = new AttributeBag();
  const outermost = { limits, depth: 0 };
  let count = 0;
  do {
    const start = reader.at;
    if (count < limits.maxAttributes && readShortText(reader, bag, limits)) {
      count += 1;
      continue;
    }
    reader.at = start;
    const [key, plain] = readKeyValue(reader, outermost);
    const value = toAttributeValue(plain);
    if (value === undefined || count >= limits.maxAttributes) continue;
    count += 1;
    bag[key] = typeof value === "string" ? cutText(value, limits.maxTextLength) : value;
  } while (reader.nextItem());
  return bag;
}

const toBytes = (text: string): Uint8Array => Uint8Array.from(text, (char) => char.charCodeAt(0));
const BEFORE_KEY = toBytes('{"key":"');
const BEFORE_TEXT = toBytes(',"value":{"stringValue":"');
const BEHIND_VALUE = toBytes("}}");

/**
 * Reads a KeyValue in its most common form: compact, the key first, its value a text without escapes. If it returns false, the reader's
 * position is undefined.
 */
function readShortText(reader: JsonReader, bag: MutableAttributes, limits: DecodeLimits): boolean {
  if (!reader.takeBytes(BEFORE_KEY)) return false;
  const key = reader.at;
  const keyEnd = reader.leaveText();
  if (keyEnd < 0 || !reader.takeBytes(BEFORE_TEXT)) return false;
  const value = reader.at;
  const valueEnd = reader.leaveText();
  if (valueEnd < 0 || !reader.takeBytes(BEHIND_VALUE)) return false;
  const { bytes } = reader;
  bag[readKeyText(bytes, key, keyEnd)] = cutText(readValueText(bytes, value, valueEnd), limits.maxTextLength);
  return true;
}

type Nesting = { readonly limits: DecodeLimits; readonly depth: number };

function readKeyValue(reader: JsonReader, nesting: Nesting): [string, PlainValue] {
  let key = "";
  let value: PlainValue = null;
  if (!reader.beginObject("an attribute")) return [key, value];
  do {
    const name = reader.readName();
    if (name === "key") key = reader.readKey("an attribute's key");
    else if (name === "value") value = readAnyValue(reader, nesting);
    else reader.skip();
  } while (reader.nextMember());
  return [key, value];
}

/** Reads an AnyValue. Bytes stay base64 text; the last member of the oneof stays. */
export function readAnyValue(reader: JsonReader, nesting: Nesting): PlainValue {
  const { limits, depth } = nesting;
  if (depth > limits.maxDepth) throw new MalformedPayload(`values nested deeper than ${limits.maxDepth}`);
  if (!reader.beginObject("an attribute's value")) return null;
  let value: PlainValue = null;
  do value = readMember(reader, reader.readName(), nesting) ?? value;
  while (reader.nextMember());
  return value;
}

/** Reads one member of an AnyValue; undefined for a member without a value. */
function readMember(reader: JsonReader, name: string, nesting: Nesting): PlainValue | undefined {
  switch (name) {
    case "stringValue":
      return reader.readText("stringValue", nesting.limits.maxTextLength);
    case "intValue":
      return readWhole(reader);
    case "boolValue":
      return reader.readFlag("boolValue");
    case "doubleValue":
      return reader.readNumber("doubleValue");
    case "bytesValue":
      return reader.readText("bytesValue", nesting.limits.maxTextLength);
    case "arrayValue":
      return readList(reader, { limits: nesting.limits, depth: nesting.depth + 1 });
    case "kvlistValue":
      return readMap(reader, { limits: nesting.limits, depth: nesting.depth + 1 });
    default:
      reader.skip();
      return undefined;
  }
}

function readWhole(reader: JsonReader): number | string | undefined {
  if (reader.peek() === 34) {
    const text = reader.readText("intValue");
    if (!INTEGER.test(text)) throw new MalformedPayload("intValue is not a whole number");
    const number = Number(text);
    return Number.isSafeInteger(number) ? number : toInteger(BigInt.asIntN(64, BigInt(text)));
  }
  const number = reader.readNumber("intValue");
  if (number !== undefined && !Number.isInteger(number)) throw new MalformedPayload("intValue is not a whole number");
  return number;
}

/** Steps into the `values` of an ArrayValue or KeyValueList, and calls `readOne` at each. */
function forEachValue(reader: JsonReader, what: string, readOne: () => void): void {
  if (!reader.beginObject(what)) return;
  do {
    if (reader.readName() !== "values") reader.skip();
    else if (reader.beginList(`${what}.values`)) {
      do readOne();
      while (reader.nextItem());
    }
  } while (reader.nextMember());
}

function readList(reader: JsonReader, nesting: Nesting): PlainValue {
  const list: PlainValue[] = [];
  forEachValue(reader, "arrayValue", () => {
    const value = readAnyValue(reader, nesting);
    if (list.length < nesting.limits.maxAttributes) list.push(value);
  });
  return list;
}

function readMap(reader: JsonReader, nesting: Nesting): PlainValue {
  // A map finally becomes JSON text. It has no prototype, so that no key is special.
  const map: { [name: string]: PlainValue } = Object.create(null);
  let count = 0;
  forEachValue(reader, "kvlistValue", () => {
    const [key, value] = readKeyValue(reader, nesting);
    count += 1;
    if (count <= nesting.limits.maxAttributes) map[key] = value;
  });
  return map;
}

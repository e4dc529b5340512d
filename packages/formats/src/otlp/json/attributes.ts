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
import { asList, asNumber, asObject, asText } from "./fields.ts";

const INTEGER = /^-?\d{1,20}$/;

/** Reads a list of KeyValues. The last of several values for one key stays. */
export function toAttributes(value: unknown, limits: DecodeLimits): Attributes {
  const list = asList(value, "attributes");
  if (list.length === 0) return NO_ATTRIBUTES;
  const bag: MutableAttributes = new AttributeBag();
  let count = 0;
  for (const each of list) {
    const pair = asObject(each, "an attribute");
    const narrowed = toAttributeValue(toPlainValue(pair["value"], limits, 0));
    const key = asText(pair["key"], "an attribute's key");
    if (narrowed === undefined || count >= limits.maxAttributes) continue;
    count += 1;
    bag[key] = typeof narrowed === "string" ? cutText(narrowed, limits.maxTextLength) : narrowed;
  }
  return bag;
}

/** Reads an AnyValue. Bytes stay base64 text. */
export function toPlainValue(value: unknown, limits: DecodeLimits, depth: number): PlainValue {
  if (depth > limits.maxDepth) throw new MalformedPayload(`values nested deeper than ${limits.maxDepth}`);
  const any = asObject(value, "an attribute's value");
  if (any["stringValue"] !== undefined) return asText(any["stringValue"], "stringValue");
  if (any["intValue"] !== undefined) return toWhole(any["intValue"]);
  if (any["doubleValue"] !== undefined) return asNumber(any["doubleValue"], "doubleValue");
  if (any["boolValue"] !== undefined) return toFlag(any["boolValue"]);
  if (any["bytesValue"] !== undefined) return asText(any["bytesValue"], "bytesValue");
  if (any["arrayValue"] !== undefined) {
    const values = asList(asObject(any["arrayValue"], "arrayValue")["values"], "arrayValue.values");
    return values.slice(0, limits.maxAttributes).map((each) => toPlainValue(each, limits, depth + 1));
  }
  return any["kvlistValue"] === undefined ? null : toMap(any["kvlistValue"], limits, depth);
}

function toMap(value: unknown, limits: DecodeLimits, depth: number): PlainValue {
  const map: { [name: string]: PlainValue } = Object.create(null);
  for (const each of asList(asObject(value, "kvlistValue")["values"], "kvlistValue.values").slice(0, limits.maxAttributes)) {
    const pair = asObject(each, "an entry of kvlistValue");
    map[asText(pair["key"], "a key in kvlistValue")] = toPlainValue(pair["value"], limits, depth + 1);
  }
  return map;
}

function toWhole(value: unknown): number | string {
  if (typeof value === "string" && INTEGER.test(value)) {
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : toInteger(BigInt.asIntN(64, BigInt(value)));
  }
  if (typeof value === "number" && Number.isInteger(value)) return value;
  throw new MalformedPayload("intValue is not a whole number");
}

function toFlag(value: unknown): boolean | null {
  if (typeof value === "boolean" || value === null) return value;
  throw new MalformedPayload("boolValue is not true or false");
}

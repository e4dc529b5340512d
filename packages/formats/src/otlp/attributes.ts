import type { Attributes, AttributeValue } from "@faultline/model";

/** Attributes while they are being read. */
export type MutableAttributes = { [name: string]: AttributeValue | undefined };

/** An AnyValue as JSON would hold it, before it is narrowed to what an attribute may be. Absent values are null. */
export type PlainValue = string | number | boolean | null | PlainValue[] | { [name: string]: PlainValue };

/**
 * Makes an empty attribute object that inherits nothing: not even `__proto__` is special in it. V8 keeps objects made by this
 * constructor in its fast mode, while `Object.create(null)` gives a hash table.
 */
export const AttributeBag: new () => MutableAttributes = (() => {
  const Bag = function Bag() {} as unknown as new () => MutableAttributes;
  Bag.prototype = Object.freeze(Object.create(null));
  return Bag;
})();

/** No attributes. */
export const NO_ATTRIBUTES: Attributes = Object.freeze(new AttributeBag());

/** Narrows a value: lists of one primitive type stay lists, mixed lists and maps become JSON text, and absent values are dropped. */
export function toAttributeValue(value: PlainValue): AttributeValue | undefined {
  if (value === null) return undefined;
  if (typeof value !== "object") return value;
  return Array.isArray(value) ? toListValue(value) : JSON.stringify(value);
}

function toListValue(list: readonly PlainValue[]): AttributeValue {
  const first = typeof list[0];
  const isPrimitive = first === "string" || first === "number" || first === "boolean";
  if (list.length > 0 && !(isPrimitive && list.every((each) => typeof each === first))) return JSON.stringify(list);
  // All members were just seen to have one primitive type, which TypeScript cannot infer.
  return list as unknown as AttributeValue;
}

/** A 64-bit integer as a number, or as decimal text if a double would change its digits. */
export function toInteger(value: bigint): number | string {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value.toString();
}

/** Cuts text at a limit, with a mark that it was cut. */
export function cutText(text: string, maxLength: number): string {
  return text.length <= maxLength ? text : `${text.slice(0, maxLength - 1)}…`;
}

import { parseNanos } from "../nanos.ts";
import { MalformedPayload } from "../outcome.ts";

const DIGITS = /^\d{1,20}$/;

/** A parsed JSON object whose members are not yet known to be anything. */
export type JsonObject = { readonly [name: string]: unknown };

/** Narrows to an object; null and absence count as an empty one, as proto3's JSON mapping says. */
export function asObject(value: unknown, what: string): JsonObject {
  if (value === undefined || value === null) return {};
  if (typeof value === "object" && !Array.isArray(value)) return value as JsonObject;
  throw new MalformedPayload(`${what} is not an object`);
}

/** Narrows to a list; null and absence count as an empty one. */
export function asList(value: unknown, what: string): readonly unknown[] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) return value;
  throw new MalformedPayload(`${what} is not a list`);
}

/** Narrows to text; null and absence count as empty. */
export function asText(value: unknown, what: string): string {
  if (typeof value === "string") return value;
  if (value === undefined || value === null) return "";
  throw new MalformedPayload(`${what} is not text`);
}

/** Reads a number, or text that holds one; null and absence count as 0. Doubles may be "NaN" and "Infinity". */
export function asNumber(value: unknown, what: string): number {
  if (typeof value === "number") return value;
  if (value === undefined || value === null) return 0;
  if (typeof value === "string" && value.trim() !== "") {
    const number = Number(value);
    if (!Number.isNaN(number) || value === "NaN") return number;
  }
  throw new MalformedPayload(`${what} is not a number`);
}

/** Reads a time in Unix nanoseconds as Unix milliseconds. */
export function asMillis(value: unknown, what: string): number {
  if (typeof value === "string" && DIGITS.test(value)) return parseNanos(value);
  const nanos = asNumber(value, what);
  // The shortest digits of a double are the ones the sender wrote, or nearer to them than its quotient by a million.
  if (nanos >= 0 && nanos < 2 ** 64) return Number.isInteger(nanos) ? parseNanos(String(nanos)) : nanos / 1e6;
  throw new MalformedPayload(`${what} is not a time in Unix nanoseconds`);
}

/** Reads an enum: OTLP sends its number, some senders its name, which `prefix` and one of `names` make up. */
export function asEnum(
  value: unknown,
  what: string,
  { prefix, names }: { readonly prefix: string; readonly names: readonly string[] },
): number {
  if (typeof value !== "string" || !value.startsWith(prefix)) return asNumber(value, what);
  const index = names.indexOf(value.slice(prefix.length).toLowerCase());
  if (index >= 0) return index;
  throw new MalformedPayload(`${what} is no known name`);
}

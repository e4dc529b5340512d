/**
 * An account of anything that can be thrown: null, a revoked proxy, an error whose getters throw, a cause that leads back to itself.
 * Reads only, never changes the thrown thing, and never throws.
 */

import { readStack, type Stack } from "./stack.ts";

/** One link of a cause chain. */
export type ThrownAccount = {
  /** Class or name: what `error.type` says when there is no status. */
  readonly type: string;
  readonly message: string;
  readonly stack: Stack | undefined;
  /** Own `code` (`ECONNREFUSED`, SQLSTATE `23505`), when it is short text or a number. */
  readonly code: string | undefined;
};

const MAX_TEXT = 4096;
const MAX_LINKS = 8;
const MAX_AGGREGATED = 8;

/** The account of something of which nothing is known. */
type Thing = Readonly<Record<PropertyKey, unknown>>;

/**
 * Reads a member of an unknown thing; undefined when it cannot be read. `read` is a separate function for each caller, because V8 caches there where it
 * found the member: a tenth of the time of a look-up by name.
 */
export function readMember(thing: unknown, read: (thing: Thing) => unknown): unknown {
  try {
    return read((thing ?? {}) as Thing);
  } catch {
    return undefined;
  }
}

/** Reads a member that is text; undefined when it is anything else. */
export function readTextMember(thing: unknown, read: (thing: Thing) => unknown): string | undefined {
  const value = readMember(thing, read);
  return typeof value === "string" ? value : undefined;
}

/** The name of a thrown thing, where it is text. */
export const nameOf = (thing: unknown): string | undefined => readTextMember(thing, (it) => it["name"]);

/** Its message, where that is text. */
export const messageOf = (thing: unknown): string | undefined => readTextMember(thing, (it) => it["message"]);

/** Its code, where that is text. */
export const codeOf = (thing: unknown): string | undefined => readTextMember(thing, (it) => it["code"]);

function describePrimitive(thrown: unknown): string {
  return typeof thrown === "bigint" ? `${thrown}n` : String(thrown);
}

/** What `error.type` says of a thrown thing. */
export function readThrownType(thrown: unknown): string {
  if (isReference(thrown)) return readType(thrown, nameOf(thrown));
  return thrown === null ? "null" : typeof thrown;
}

function readType(thrown: object, name: string | undefined): string {
  const className = nameOf(readMember(thrown, (it) => it["constructor"]));
  const preferred = name === undefined || name === "" || name === "Error" ? className || name : name;
  return (preferred || "object").slice(0, 128);
}

function readMessage(thrown: object): string {
  const message = readMember(thrown, (it) => it["message"]);
  if (typeof message === "string") return message.slice(0, MAX_TEXT);
  try {
    return (JSON.stringify(thrown) ?? typeof thrown).slice(0, MAX_TEXT);
  } catch {
    return `[unreadable ${typeof thrown}]`;
  }
}

function readCode(thrown: object): string | undefined {
  const code = readMember(thrown, (it) => it["code"]);
  if (typeof code === "number") return String(code);
  return typeof code === "string" && code.length <= 64 ? code : undefined;
}

function isReference(value: unknown): value is object {
  return (typeof value === "object" && value !== null) || typeof value === "function";
}

function readAggregated(thrown: object): readonly unknown[] {
  // Copied into a list of our own, because a foreign `slice` may return anything.
  const read = readMember(thrown, ({ errors }) => (Array.isArray(errors) ? Array.from(errors.slice(0, MAX_AGGREGATED)) : []));
  return (read as readonly unknown[] | undefined) ?? [];
}

/** What V8 writes above the frames (ECMA-262, Error.prototype.toString). */
function toHead(name: string | undefined, message: string): string {
  if (name === undefined || name === "") return message;
  return message === "" ? name : `${name}: ${message}`;
}

/** `seen` holds everything described so far that could be met again. */
function describe(thrown: unknown, links: ThrownAccount[], seen: unknown[]): void {
  if (!isReference(thrown)) {
    links.push({ type: readThrownType(thrown), message: describePrimitive(thrown).slice(0, MAX_TEXT), stack: undefined, code: undefined });
    return;
  }
  seen.push(thrown);
  const name = nameOf(thrown);
  const message = readMessage(thrown);
  links.push({ type: readType(thrown, name), message, stack: readStack(thrown, toHead(name, message)), code: readCode(thrown) });
  const cause = readMember(thrown, (it) => it["cause"]);
  for (const each of cause === undefined ? readAggregated(thrown) : [cause, ...readAggregated(thrown)]) {
    if (seen.length < MAX_LINKS && !seen.includes(each)) describe(each, links, seen);
  }
}

/**
 * The accounts of `thrown`: first itself, then, depth first, its causes and the errors of an AggregateError. At most 8 objects and the plain values
 * among their causes; texts are clipped.
 */
export function describeThrowable(thrown: unknown): readonly ThrownAccount[] {
  const links: ThrownAccount[] = [];
  describe(thrown, links, []);
  return links;
}

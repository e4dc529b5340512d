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
  /** What it was caused by, first the direct cause; the errors of an AggregateError follow it. */
  readonly causes: readonly ThrownAccount[];
};

const MAX_TEXT = 4096;
const MAX_LINKS = 8;
const MAX_AGGREGATED = 8;

/** Reads a member of an unknown thing; undefined when the thing cannot be read. */
export function readMember(thing: unknown, name: PropertyKey): unknown {
  try {
    return (thing as Record<PropertyKey, unknown> | null | undefined)?.[name];
  } catch {
    return undefined;
  }
}

/** Reads a member that is text; undefined when it is anything else. */
export function readTextMember(thing: unknown, name: PropertyKey): string | undefined {
  const value = readMember(thing, name);
  return typeof value === "string" ? value : undefined;
}

function clip(text: string, limit: number): string {
  return text.length > limit ? text.slice(0, limit) : text;
}

function describePrimitive(thrown: unknown): string {
  return typeof thrown === "bigint" ? `${thrown}n` : String(thrown);
}

/** What `error.type` says of a thrown thing. */
export function readThrownType(thrown: unknown): string {
  if (isReference(thrown)) return readType(thrown, readTextMember(thrown, "name"));
  return thrown === null ? "null" : typeof thrown;
}

function readType(thrown: object, name: string | undefined): string {
  const className = readTextMember(readMember(thrown, "constructor"), "name");
  const preferred = name === undefined || name === "" || name === "Error" ? className || name : name;
  return clip(preferred || "object", 128);
}

function readMessage(thrown: object): string {
  const message = readMember(thrown, "message");
  if (typeof message === "string") return clip(message, MAX_TEXT);
  try {
    return clip(JSON.stringify(thrown) ?? typeof thrown, MAX_TEXT);
  } catch {
    return `[unreadable ${typeof thrown}]`;
  }
}

function readCode(thrown: object): string | undefined {
  const code = readMember(thrown, "code");
  if (typeof code === "number") return String(code);
  return typeof code === "string" && code.length <= 64 ? code : undefined;
}

function isReference(value: unknown): value is object {
  return (typeof value === "object" && value !== null) || typeof value === "function";
}

function readAggregated(thrown: object): readonly unknown[] {
  const errors = readMember(thrown, "errors");
  if (errors === undefined) return [];
  try {
    return Array.isArray(errors) ? (errors.slice(0, MAX_AGGREGATED) as unknown[]) : [];
  } catch {
    return [];
  }
}

const NO_CAUSES: readonly ThrownAccount[] = [];

function readCauses(thrown: object, seen: Set<object>): readonly ThrownAccount[] {
  const cause = readMember(thrown, "cause");
  const aggregated = readAggregated(thrown);
  if (cause === undefined && aggregated.length === 0) return NO_CAUSES;
  const linked = [...(cause === undefined ? [] : [cause]), ...aggregated];
  const accounts: ThrownAccount[] = [];
  for (const each of linked) {
    if (seen.size >= MAX_LINKS || (isReference(each) && seen.has(each))) continue;
    accounts.push(describe(each, seen));
  }
  return accounts;
}

/** What V8 writes above the frames (ECMA-262, Error.prototype.toString). */
function toHead(name: string | undefined, message: string): string {
  if (name === undefined || name === "") return message;
  return message === "" ? name : `${name}: ${message}`;
}

function describe(thrown: unknown, seen: Set<object>): ThrownAccount {
  if (!isReference(thrown)) {
    const type = readThrownType(thrown);
    return { type, message: clip(describePrimitive(thrown), MAX_TEXT), stack: undefined, code: undefined, causes: NO_CAUSES };
  }
  seen.add(thrown);
  const name = readTextMember(thrown, "name");
  const message = readMessage(thrown);
  return {
    type: readType(thrown, name),
    message,
    stack: readStack(thrown, toHead(name, message)),
    code: readCode(thrown),
    causes: readCauses(thrown, seen),
  };
}

/** The account of `thrown`, at most 8 links deep and wide, texts clipped. */
export function describeThrowable(thrown: unknown): ThrownAccount {
  return describe(thrown, new Set());
}

/** All links of an account, the thrown thing first, then depth first. */
export function flattenAccount(account: ThrownAccount): readonly ThrownAccount[] {
  return [account, ...account.causes.flatMap(flattenAccount)];
}

import { isNamedVersion } from "../forms/ip-address.ts";
import { LABELS } from "./json.ts";
import { readUnderName } from "../named-text.ts";
import type { Pass } from "../pass.ts";
import { UNSCANNED } from "../replacement.ts";
import { replaceDigits, replaceString } from "../scalar.ts";
import type { KeyKind } from "../names/sensitive-key.ts";
import { redactTextWith } from "./text.ts";

type Walk = { readonly pass: Pass; readonly seen: Set<object>; left: number };

/** Where a value stands: the kind its name or a name above gives it, its own name, and how deep. */
type Place = { readonly kind: KeyKind | undefined; readonly name: string | undefined; readonly depth: number };

/** The members of an object: their names, and how to read one without running the program's code. */
type Members = { readonly names: readonly string[]; readonly read: (name: string) => unknown };

/** Most members looked at in one call over all nesting: bounds the time for wide and shared structures alike. */
const MOST_NODES = 50_000;

function redactNumber(value: number | bigint, kind: KeyKind | undefined, pass: Pass): unknown {
  const text = String(value);
  // A number without a secret name may still be a card's: it is read as text, and stays a number.
  const redacted = kind !== undefined ? replaceDigits(kind, text, pass) : text.length < 9 ? text : redactTextWith(text, pass);
  if (typeof value === "bigint" || !/^-?\d+(?:\.\d+)?$/.test(redacted))
    return redacted === text && typeof value === "number" ? value : redacted;
  return redacted === text ? value : Number(redacted);
}

function redactScalar(value: unknown, { kind, name }: Place, pass: Pass): unknown {
  if (typeof value === "string")
    return kind === undefined ? readUnderName(name, value, (text) => redactTextWith(text, pass)) : replaceString(kind, value, pass);
  if (typeof value === "number" || typeof value === "bigint") return redactNumber(value, kind, pass);
  if (typeof value === "boolean") return value;
  if (typeof value === "symbol") return redactTextWith(String(value), pass);
  return typeof value === "function" ? "[function]" : null;
}

/**
 * The data properties of an object. Accessors are named, not called: a getter is the program's code. An error's stack is an accessor of
 * the engine, and its name is its prototype's.
 */
function readMember(holder: object, name: string): unknown {
  const own = Object.getOwnPropertyDescriptor(holder, name);
  if (own !== undefined && "value" in own) return own.value;
  if (holder instanceof Error && (name === "stack" || name === "name")) return Reflect.get(holder, name);
  return own === undefined && !(holder instanceof Error) ? undefined : "[getter]";
}

function listMembers(value: object, pass: Pass): Members {
  if (value instanceof Map) {
    const byName = new Map<string, unknown>();
    for (const [key, each] of value) {
      if (byName.size > pass.policy.maxMembers) break;
      byName.set(typeof key === "object" && key !== null ? "[object]" : String(key), each);
    }
    return { names: [...byName.keys()], read: (name) => byName.get(name) };
  }
  const names = Object.keys(value);
  if (value instanceof Error)
    for (const each of ["name", "message", "stack", "cause", "errors"]) if (!names.includes(each) && each in value) names.push(each);
  return { names, read: (name) => readMember(value, name) };
}

/** `{name: "authorization", value: "..."}`, as HAR and many clients write headers: the name beside a value is the value's name. */
function readSiblingName({ names, read }: Members): string | undefined {
  const holder = names.find((each) => LABELS.has(each));
  const name = holder !== undefined && (names.includes("value") || names.includes("Value")) ? read(holder) : undefined;
  return typeof name === "string" ? name : undefined;
}

function redactMembers(members: Members, place: Place, walk: Walk): Record<string, unknown> {
  const redacted: Record<string, unknown> = Object.create(null);
  const sibling = readSiblingName(members);
  let taken = 0;
  for (const name of members.names) {
    if (taken >= walk.pass.policy.maxMembers || walk.left <= 0) break;
    taken += 1;
    const said = sibling !== undefined && (name === "value" || name === "Value") ? walk.pass.classify(sibling).kind : undefined;
    const kind = place.kind ?? said ?? walk.pass.classify(name, place.name).kind;
    const key = redactTextWith(name, walk.pass);
    try {
      redacted[key] = redactNode(members.read(name), { kind, name, depth: place.depth + 1 }, walk);
    } catch {
      walk.pass.count("unscanned");
      redacted[key] = UNSCANNED;
    }
  }
  if (taken < members.names.length) redacted["…"] = `[${members.names.length - taken} more]`;
  return redacted;
}

function redactArray(values: readonly unknown[], place: Place, walk: Walk): unknown[] {
  const most = Math.min(values.length, walk.pass.policy.maxMembers);
  const redacted: unknown[] = [];
  for (let at = 0; at < most && walk.left > 0; at++) {
    redacted.push(redactNode(readMember(values, String(at)), { ...place, depth: place.depth + 1 }, walk));
  }
  if (redacted.length < values.length) redacted.push(`[${values.length - redacted.length} more]`);
  return redacted;
}

function redactObject(value: object, place: Place, walk: Walk): unknown {
  if (Array.isArray(value)) return redactArray(value, place, walk);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? "Invalid Date" : value.toISOString();
  if (value instanceof RegExp) return redactTextWith(String(value), walk.pass);
  if (value instanceof URL) return redactTextWith(value.href, walk.pass);
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return `[${value.byteLength} bytes]`;
  if (value instanceof Set) return redactArray([...value], place, walk);
  return redactMembers(listMembers(value, walk.pass), place, walk);
}

function redactNode(value: unknown, place: Place, walk: Walk): unknown {
  walk.left -= 1;
  if (typeof value === "string" && place.kind === undefined && isNamedVersion(place.name, value)) return value;
  if (typeof value !== "object" || value === null) return redactScalar(value, place, walk.pass);
  if (walk.seen.has(value)) return "[circular]";
  if (place.depth >= walk.pass.policy.maxDepth) return "[deeper]";
  walk.seen.add(value);
  try {
    return redactObject(value, place, walk);
  } catch {
    walk.pass.count("unscanned");
    return UNSCANNED;
  } finally {
    walk.seen.delete(value);
  }
}

/** A copy of a value as plain data without secrets. Objects have no prototype, so that `__proto__` is a name like any other. */
export function redactValueWith(value: unknown, pass: Pass): unknown {
  return redactNode(value, { kind: undefined, name: undefined, depth: 0 }, { pass, seen: new Set(), left: MOST_NODES });
}

import { UNSCANNED } from "../replacement.ts";
import type { Pass } from "../pass.ts";
import { redactJsonWith } from "./text.ts";

type Walk = { readonly pass: Pass; readonly seen: Set<object>; left: number };

/** The members of an object: their names, and how to read one without running the program's code. */
type Members = { readonly names: readonly string[]; readonly read: (name: string) => unknown };

/** The most members read in one call over all levels: bounds the time for wide and for shared structures alike. */
const MOST_NODES = 50_000;

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

function copyMembers({ names, read }: Members, depth: number, walk: Walk): unknown {
  const copy: Record<string, unknown> = Object.create(null);
  let taken = 0;
  for (const name of names) {
    if (taken >= walk.pass.policy.maxMembers || walk.left <= 0) break;
    taken += 1;
    try {
      copy[name] = copyNode(read(name), depth + 1, walk);
    } catch {
      walk.pass.count("unscanned");
      copy[name] = UNSCANNED;
    }
  }
  if (taken < names.length) copy["…"] = `[${names.length - taken} more]`;
  return copy;
}

function copyArray(values: readonly unknown[], depth: number, walk: Walk): unknown {
  const most = Math.min(values.length, walk.pass.policy.maxMembers);
  const copy: unknown[] = [];
  for (let at = 0; at < most && walk.left > 0; at++) copy.push(copyNode(readMember(values, String(at)), depth + 1, walk));
  if (copy.length < values.length) copy.push(`[${values.length - copy.length} more]`);
  return copy;
}

function copyObject(value: object, depth: number, walk: Walk): unknown {
  if (Array.isArray(value)) return copyArray(value, depth, walk);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? "Invalid Date" : value.toISOString();
  if (value instanceof RegExp) return String(value);
  if (value instanceof URL) return value.href;
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return `[${value.byteLength} bytes]`;
  if (value instanceof Set) return copyArray([...value], depth, walk);
  return copyMembers(listMembers(value, walk.pass), depth, walk);
}

/** A copy of the value that JSON can express and that holds no reference into the program. */
function copyNode(value: unknown, depth: number, walk: Walk): unknown {
  walk.left -= 1;
  if (typeof value === "bigint" || typeof value === "symbol") return String(value);
  if (typeof value === "function") return "[function]";
  if (typeof value !== "object" || value === null) return value ?? null;
  if (walk.seen.has(value)) return "[circular]";
  if (depth >= walk.pass.policy.maxDepth) return "[deeper]";
  walk.seen.add(value);
  try {
    return copyObject(value, depth, walk);
  } catch {
    walk.pass.count("unscanned");
    return UNSCANNED;
  } finally {
    walk.seen.delete(value);
  }
}

/** Redacts a value: copies it as plain data, writes the copy as JSON and redacts that. */
export function redactValueWith(value: unknown, pass: Pass): unknown {
  return JSON.parse(redactJsonWith(JSON.stringify(copyNode(value, 0, { pass, seen: new Set(), left: MOST_NODES })), pass));
}

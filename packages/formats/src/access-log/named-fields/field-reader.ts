/** Looks up a record's members by name, whatever their case and spelling, and whatever member contains them. */
import { isAbsent, readObject } from "../exchange/draft.ts";
import type { JsonObject } from "../line.ts";

/** Looks up members whatever their case and spelling (`status_code`, `statusCode`, `Status-Code`). `a.b` also finds `b` inside `a`. */
export type FieldReader = (names: readonly string[]) => unknown;

/**
 * Members that only contain others, in Azure's diagnostic logs and many logging libraries. What they contain counts as the object's own.
 */
const CONTAINERS = [
  "properties",
  "fields",
  "attributes",
  "data",
  "context",
  "extra",
  "payload",
  "span",
  "timing",
  "timings",
  "@fields",
  "nginx",
];
/** Names under which Filebeat's modules before 7.0 nested what they read from a server's access log. */
const SERVERS = ["nginx", "apache", "apache2", "iis", "traefik", "haproxy"];

/** A reader for an object, one level deep. */
export function createFieldReader(object: JsonObject): FieldReader {
  const fields = new Map<string, unknown>();
  for (const [key, value] of Object.entries(object)) collect(fields, { key: foldName(key), value, depth: 0 });
  for (const container of CONTAINERS) collectAll(fields, object[container]);
  // winston's format for Logstash nests the metadata of a message one level deeper.
  collectAll(fields, readObject(object["@fields"])?.["meta"]);
  // The fields that an nginx format puts into one member, beside the time.
  const request = readObject(object["request"]);
  if (typeof request?.["request"] === "string") collectAll(fields, request);
  for (const server of SERVERS) collectAll(fields, readObject(object[server])?.["access"]);
  return (names) => {
    for (const name of names) {
      const value = fields.get(foldName(name));
      if (value !== undefined && value !== null && !(typeof value === "string" && isAbsent(value))) return value;
    }
    return undefined;
  };
}

/** Names recur with every line, so their folded forms are kept. An unknown producer's endless new names are not. */
const FOLDED = new Map<string, string>();
const MAX_FOLDED = 4096;

/** A name without case and separators. */
function foldName(name: string): string {
  const known = FOLDED.get(name);
  if (known !== undefined) return known;
  const folded = name.toLowerCase().replaceAll(/[_-]/g, "");
  if (FOLDED.size < MAX_FOLDED) FOLDED.set(name, folded);
  return folded;
}

/** Adds an object's members to those of the object that contains it. */
function collectAll(fields: Map<string, unknown>, container: unknown): void {
  for (const [key, value] of Object.entries(readObject(container) ?? {})) collect(fields, { key: foldName(key), value, depth: 1 });
}

function collect(fields: Map<string, unknown>, entry: { readonly key: string; readonly value: unknown; readonly depth: number }): void {
  const { key, value, depth } = entry;
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    if (depth < 3 && fields.size < 500) {
      for (const [inner, each] of Object.entries(value))
        collect(fields, { key: `${key}.${foldName(inner)}`, value: each, depth: depth + 1 });
    }
    return;
  }
  if (!fields.has(key)) fields.set(key, value);
}

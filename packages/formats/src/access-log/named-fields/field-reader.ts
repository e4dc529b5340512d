/** Looks up what a record says by name, whatever the case and the spelling of its names, and how deep what it says is kept. */
import { isAbsent, readObject } from "../exchange/draft.ts";
import type { JsonObject } from "../line.ts";

/** Looks members up whatever their case and spelling (`status_code`, `statusCode`, `Status-Code`); `a.b` also finds `b` inside `a`. */
export type FieldReader = (names: readonly string[]) => unknown;

/** Members that only hold others, of Azure's diagnostic logs and of many a logging library: what they hold counts as the object's own. */
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
/** Where Filebeat's modules before 7.0 put what they took out of a server's access log, one level deeper. */
const SERVERS = ["nginx", "apache", "apache2", "iis", "traefik", "haproxy"];

/** A reader over an object, one level deep. */
export function createFieldReader(object: JsonObject): FieldReader {
  const fields = new Map<string, unknown>();
  for (const [key, value] of Object.entries(object)) collect(fields, { key: foldName(key), value, depth: 0 });
  for (const container of CONTAINERS) collectAll(fields, object[container]);
  // winston's format for Logstash puts what it was given beside the words one level deeper.
  collectAll(fields, readObject(object["@fields"])?.["meta"]);
  // What nginx was told to write into one member, beside the time.
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

/** Names come again with every line, so their folded forms are kept; an unknown producer's endless new names are not. */
const FOLDED = new Map<string, string>();
const MAX_FOLDED = 4096;

/** A name without its case and its word marks. */
function foldName(name: string): string {
  const known = FOLDED.get(name);
  if (known !== undefined) return known;
  const folded = name.toLowerCase().replaceAll(/[_-]/g, "");
  if (FOLDED.size < MAX_FOLDED) FOLDED.set(name, folded);
  return folded;
}

/** Takes what an object holds in as the outer object's own. */
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

/** What a text may become under a schema: the union of the types that its branches allow, references followed. */
import { asObject, followPointer, type Json } from "./document.ts";
import type { Shape } from "./parameter-value.ts";

const MAX_DEPTH = 16;

function typeOf(value: unknown): string {
  return value === null ? "null" : Array.isArray(value) ? "array" : typeof value;
}

/** A schema and everything that applies to the same value: what it refers to, and its branches. */
function listBranches(document: Json, schema: unknown, depth = 0): Json[] {
  const own = asObject(schema);
  if (own === undefined || depth > MAX_DEPTH) return [];
  const reference = own["$ref"];
  const inside = [
    ...(typeof reference === "string" && reference.startsWith("#") ? [followPointer(document, reference)] : []),
    ...["allOf", "anyOf", "oneOf"].flatMap((name) => (Array.isArray(own[name]) ? (own[name] as unknown[]) : [])),
  ];
  return [own, ...inside.flatMap((each) => listBranches(document, each, depth + 1))];
}

/** The shape of the schema. */
export function readShape(document: Json, schema: unknown): Shape {
  const branches = listBranches(document, schema);
  const types = new Set<string>();
  for (const branch of branches) {
    for (const type of [branch["type"]].flat()) if (typeof type === "string") types.add(type);
    if (Array.isArray(branch["enum"])) for (const value of branch["enum"]) types.add(typeOf(value));
    if ("const" in branch) types.add(typeOf(branch["const"]));
  }
  const properties = branches.map((branch) => asObject(branch["properties"]) ?? {});
  return {
    types,
    members: properties.flatMap((each) => Object.keys(each)),
    items: () => readShape(document, branches.find((branch) => branch["items"] !== undefined)?.["items"]),
    member(name) {
      const own = properties.find((each) => Object.hasOwn(each, name))?.[name];
      return readShape(
        document,
        own ?? branches.find((branch) => asObject(branch["additionalProperties"]) !== undefined)?.["additionalProperties"],
      );
    },
  };
}

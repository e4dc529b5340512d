/**
 * Closes a document: its objects may have only the members that some part of their schema names. `unevaluatedProperties: false` goes where a value is
 * described, and not into the branches that describe it together (the two halves of an `allOf` must not refuse each other's members).
 */
import { asObject, followPointer, type Json } from "./document.ts";

const MAPS = ["properties", "patternProperties", "$defs", "definitions", "dependentSchemas"];
const LISTS = ["allOf", "anyOf", "oneOf", "prefixItems"];
const SINGLES = [
  "items",
  "additionalItems",
  "contains",
  "if",
  "then",
  "else",
  "not",
  "additionalProperties",
  "unevaluatedItems",
  "propertyNames",
];
/** Under these stands the schema of another value; under the others one more of the same. */
const OWN_VALUE = new Set([
  "properties",
  "patternProperties",
  "items",
  "prefixItems",
  "additionalItems",
  "additionalProperties",
  "unevaluatedItems",
]);
const MAX_DEPTH = 24;

/** True when some part of the schema names a member. An object that names none is open on purpose: a map, or anything. */
function namesMembers(document: Json, schema: unknown, depth = 0): boolean {
  const own = asObject(schema);
  if (own === undefined || depth > MAX_DEPTH) return false;
  if (Object.keys(asObject(own["properties"]) ?? {}).length > 0) return true;
  const reference = own["$ref"];
  if (typeof reference === "string" && namesMembers(document, followPointer(document, reference), depth + 1)) return true;
  return ["allOf", "anyOf", "oneOf"].some(
    (name) => Array.isArray(own[name]) && own[name].some((each) => namesMembers(document, each, depth + 1)),
  );
}

/** Copies a schema. `isValue`: it describes a whole value, so it may be closed. */
function close(document: Json, schema: unknown, isValue: boolean): unknown {
  const own = asObject(schema);
  if (own === undefined) return schema;
  const copy: Record<string, unknown> = { ...own };
  for (const name of Object.keys(own)) {
    const isOwnValue = OWN_VALUE.has(name);
    if (MAPS.includes(name)) copy[name] = mapObject(own[name], (each) => close(document, each, isOwnValue));
    else if (LISTS.includes(name) && Array.isArray(own[name])) copy[name] = own[name].map((each) => close(document, each, isOwnValue));
    else if (SINGLES.includes(name)) copy[name] = close(document, own[name], isOwnValue);
  }
  const isDecided = "unevaluatedProperties" in own || "additionalProperties" in own;
  if (isValue && !isDecided && namesMembers(document, own)) copy["unevaluatedProperties"] = false;
  return copy;
}

function mapObject(value: unknown, change: (each: unknown) => unknown): unknown {
  const own = asObject(value);
  return own === undefined ? value : Object.fromEntries(Object.entries(own).map(([name, each]) => [name, change(each)]));
}

/** Copies the document: a schema under `schema` describes a value, one under `components.schemas` is what others refer to. */
export function closeDocument(document: Json): Json {
  const copy = (value: unknown, isComponents: boolean): unknown => {
    if (Array.isArray(value)) return value.map((each) => copy(each, false));
    const own = asObject(value);
    if (own === undefined) return value;
    return Object.fromEntries(
      Object.entries(own).map(([name, each]) => {
        if (isComponents && name === "schemas") return [name, mapObject(each, (schema) => close(document, schema, false))];
        if (name === "schema") return [name, close(document, each, true)];
        return [name, copy(each, name === "components")];
      }),
    );
  };
  return copy(document, false) as Json;
}

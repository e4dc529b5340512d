/** OpenAPI 3.1 documents, as far as validation needs them: references, paths, operations. Mistakes in a document are reported at the start. */
import { ConfigurationError } from "../../configuration.ts";
import { toJsonPointer } from "../json-pointer.ts";

/** Any object of a document. */
export type Json = { readonly [name: string]: unknown };

/** A parameter with its defaults filled in (OpenAPI 3.1 §4.8.12). `pointer` is where it stands in the document. */
export type Parameter = {
  readonly name: string;
  readonly in: "path" | "query" | "header" | "cookie";
  readonly isRequired: boolean;
  readonly style: string;
  readonly explode: boolean;
  /** Pointer to its schema. */
  readonly schema: string | undefined;
  /** True when its value is JSON (`content: application/json`) rather than a style. */
  readonly isJson: boolean;
};

/** Media types, each with the pointer to its schema. */
export type Content = readonly { readonly mediaType: string; readonly schema: string | undefined }[];

/** One operation. */
export type Operation = {
  readonly id: string;
  readonly method: string;
  readonly template: string;
  readonly parameters: readonly Parameter[];
  readonly body: { readonly isRequired: boolean; readonly content: Content } | undefined;
  /** By status: `200`, `2XX`, `default`. */
  readonly responses: ReadonlyMap<string, Content>;
};

const METHODS = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];
const STYLES: Readonly<Record<Parameter["in"], string>> = { path: "simple", query: "form", header: "simple", cookie: "form" };

/** An object, or undefined. */
export function asObject(value: unknown): Json | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : undefined;
}

function pointTo(pointer: string, ...keys: readonly string[]): string {
  return pointer + toJsonPointer(keys);
}

/** The target of a pointer (`#/components/...`); undefined when there is none. */
export function followPointer(document: unknown, pointer: string): unknown {
  let found = document;
  for (const part of pointer
    .replace(/^#?\/?/, "")
    .split("/")
    .filter((each, at) => at > 0 || each !== "")) {
    let key: string;
    try {
      key = decodeURIComponent(part).replaceAll("~1", "/").replaceAll("~0", "~");
    } catch {
      return undefined;
    }
    found = typeof found === "object" && found !== null ? (found as Record<string, unknown>)[key] : undefined;
  }
  return found;
}

/** An object of the document and where it really stands, references followed. */
function resolve(document: Json, pointer: string): { readonly value: Json; readonly pointer: string } {
  let at = pointer;
  for (let hops = 0; hops < 32; hops++) {
    const value = asObject(followPointer(document, at));
    if (value === undefined) throw new ConfigurationError("bad-openapi", `the OpenAPI document has nothing at ${at}`);
    const reference = value["$ref"];
    if (typeof reference !== "string") return { value, pointer: at };
    if (!reference.startsWith("#/"))
      throw new ConfigurationError("bad-openapi", `${at} refers to ${reference}: bundle the document into one first`);
    at = reference;
  }
  throw new ConfigurationError("bad-openapi", `the reference at ${pointer} leads in a circle`);
}

function readContent(document: Json, pointer: string): Content {
  const content = asObject(followPointer(document, pointer)) ?? {};
  return Object.keys(content).map((mediaType) => {
    const schema = pointTo(pointer, mediaType, "schema");
    return { mediaType: mediaType.toLowerCase(), schema: followPointer(document, schema) === undefined ? undefined : schema };
  });
}

function readParameter(document: Json, pointer: string): Parameter | undefined {
  const { value, pointer: at } = resolve(document, pointer);
  const place = value["in"];
  if (place !== "path" && place !== "query" && place !== "header" && place !== "cookie") return undefined;
  const style = typeof value["style"] === "string" ? value["style"] : STYLES[place];
  const [content] = readContent(document, pointTo(at, "content"));
  const own = pointTo(at, "schema");
  return {
    name: String(value["name"]),
    in: place,
    isRequired: value["required"] === true || place === "path",
    style,
    explode: typeof value["explode"] === "boolean" ? value["explode"] : style === "form",
    schema: content?.schema ?? (followPointer(document, own) === undefined ? undefined : own),
    isJson: content !== undefined,
  };
}

/** The parameters of the path and the operation. An operation's parameter overrides the path's of the same name and place. */
function readParameters(document: Json, places: readonly string[]): Parameter[] {
  const found = new Map<string, Parameter>();
  for (const place of places) {
    const list = followPointer(document, place);
    for (let at = 0; Array.isArray(list) && at < list.length; at++) {
      const parameter = readParameter(document, pointTo(place, String(at)));
      // These three are ruled by other parts of the document (OpenAPI 3.1 §4.8.12.2).
      const isRuled = parameter?.in === "header" && /^(accept|content-type|authorization)$/i.test(parameter.name);
      if (parameter !== undefined && !isRuled) found.set(`${parameter.in} ${parameter.name}`, parameter);
    }
  }
  return [...found.values()];
}

function readBody(document: Json, pointer: string): Operation["body"] {
  if (followPointer(document, pointer) === undefined) return undefined;
  const { value, pointer: at } = resolve(document, pointer);
  return { isRequired: value["required"] === true, content: readContent(document, pointTo(at, "content")) };
}

function readOperation(document: Json, template: string, { path, method }: { path: string; method: string }): Operation | undefined {
  const at = pointTo(path, method);
  const operation = asObject(followPointer(document, at));
  if (operation === undefined) return undefined;
  const responses = new Map<string, Content>();
  for (const status of Object.keys(asObject(operation["responses"]) ?? {})) {
    const { pointer } = resolve(document, pointTo(at, "responses", status));
    responses.set(
      status.toUpperCase() === "DEFAULT" ? "default" : status.toUpperCase(),
      readContent(document, pointTo(pointer, "content")),
    );
  }
  return {
    id: typeof operation["operationId"] === "string" ? operation["operationId"] : `${method} ${template}`,
    method: method.toUpperCase(),
    template,
    parameters: readParameters(document, [pointTo(path, "parameters"), pointTo(at, "parameters")]),
    body: readBody(document, pointTo(at, "requestBody")),
    responses,
  };
}

/** All operations of a document. Throws a ConfigurationError when it is no OpenAPI 3.1 document, or refers to what is not in it. */
export function readOperations(document: Json): readonly Operation[] {
  if (!/^3\.[12]\./.test(String(document["openapi"]))) {
    throw new ConfigurationError(
      "bad-openapi",
      `this is OpenAPI ${String(document["openapi"])}, and 3.1 is needed: older documents have other schemas; convert it first`,
    );
  }
  return Object.keys(asObject(document["paths"]) ?? {}).flatMap((template) => {
    const { pointer: path } = resolve(document, pointTo("#", "paths", template));
    return METHODS.flatMap((method) => readOperation(document, template, { path, method }) ?? []);
  });
}

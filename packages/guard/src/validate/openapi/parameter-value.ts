/** Reads a parameter's value out of the texts of a request, by its style and explode (OpenAPI 3.1 §4.8.12.3, RFC 6570). */
import type { Parameter } from "./document.ts";

/** What a schema lets a text be: its types, and those of its items and members. */
export type Shape = {
  readonly types: ReadonlySet<string>;
  items(): Shape;
  member(name: string): Shape;
  readonly members: readonly string[];
};

/** The texts of a request, as they came. */
export type RequestTexts = {
  readonly params: Readonly<Record<string, string>>;
  /** Pairs of the query in order, not decoded. */
  readonly query: readonly (readonly [name: string, value: string])[];
  readonly header: (name: string) => string | undefined;
  readonly cookies: ReadonlyMap<string, string>;
};

/** A text that cannot be what the style asks for. */
export class UnreadableError extends Error {}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new UnreadableError("is not percent-encoded correctly");
  }
}

/** A text as the value its schema asks for; a text that is no such value stays text, for the schema to refuse. */
function toScalar(text: string, shape: Shape): unknown {
  const { types } = shape;
  const isNumber = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/.test(text);
  if ((types.has("integer") || types.has("number")) && isNumber && Number.isFinite(Number(text))) return Number(text);
  if (types.has("boolean") && (text === "true" || text === "false")) return text === "true";
  if (types.has("null") && text === "" && !types.has("string")) return null;
  return text;
}

function toObject(pairs: readonly (readonly [string, string])[], shape: Shape): Record<string, unknown> {
  // Without a prototype: a member called __proto__ is a member like any other.
  const object = Object.create(null) as Record<string, unknown>;
  for (const [name, text] of pairs) object[name] = toScalar(text, shape.member(name));
  return object;
}

/** `a,1,b,2` as pairs. */
function pairUp(parts: readonly string[]): [string, string][] {
  if (parts.length % 2 !== 0) throw new UnreadableError("has a name without a value");
  return parts.flatMap((part, at) => (at % 2 === 0 ? [[part, parts[at + 1] ?? ""] as [string, string]] : []));
}

function splitPair(text: string): [string, string] {
  const at = text.indexOf("=");
  return at < 0 ? [decode(text), ""] : [decode(text.slice(0, at)), decode(text.slice(at + 1))];
}

type Delimited = { readonly delimiter: string; readonly explode: boolean; readonly shape: Shape };

function readDelimited(text: string, { delimiter, explode, shape }: Delimited): unknown {
  const isObject = shape.types.has("object");
  if (!isObject && !shape.types.has("array")) return toScalar(decode(text), shape);
  const parts = text === "" ? [] : text.split(delimiter);
  if (!isObject) return parts.map((part) => toScalar(decode(part), shape.items()));
  return toObject(explode ? parts.map(splitPair) : pairUp(parts.map(decode)), shape);
}

function readMatrix(text: string, parameter: Parameter, shape: Shape): unknown {
  const parts = text.split(";").slice(1);
  const own = parts.flatMap((part) =>
    part === parameter.name ? [""] : part.startsWith(`${parameter.name}=`) ? [part.slice(parameter.name.length + 1)] : [],
  );
  if (shape.types.has("object") && parameter.explode) return toObject(parts.map(splitPair), shape);
  if (shape.types.has("array") && parameter.explode) return own.map((part) => toScalar(decode(part), shape.items()));
  if (own[0] === undefined) throw new UnreadableError(`does not begin with ;${parameter.name}=`);
  return readDelimited(own[0], { delimiter: ",", explode: false, shape });
}

function readPath(text: string, parameter: Parameter, shape: Shape): unknown {
  const { explode } = parameter;
  if (parameter.style === "matrix") return readMatrix(text, parameter, shape);
  if (parameter.style !== "label") return readDelimited(text, { delimiter: ",", explode, shape });
  if (!text.startsWith(".")) throw new UnreadableError("does not begin with a dot");
  return readDelimited(text.slice(1), { delimiter: explode ? "." : ",", explode, shape });
}

function readForm(pairs: RequestTexts["query"], parameter: Parameter, shape: Shape): unknown {
  const own = pairs.filter(([name]) => name === parameter.name).map(([, value]) => value);
  if (parameter.style === "deepObject") {
    const members = pairs.flatMap(([name, value]): [string, string][] => {
      const key = name.startsWith(`${parameter.name}[`) && name.endsWith("]") ? name.slice(parameter.name.length + 1, -1) : undefined;
      return key === undefined ? [] : [[key, decode(value)]];
    });
    return members.length === 0 ? undefined : toObject(members, shape);
  }
  if (shape.types.has("object") && parameter.explode && parameter.style === "form") {
    const members = pairs.filter(([name]) => shape.members.includes(name));
    return members.length === 0
      ? undefined
      : toObject(
          members.map(([name, value]) => [name, decode(value)]),
          shape,
        );
  }
  if (own[0] === undefined) return undefined;
  if (shape.types.has("array") && parameter.explode) return own.map((value) => toScalar(decode(value), shape.items()));
  if (own.length > 1) throw new UnreadableError("is there more than once");
  const delimiter = parameter.style === "spaceDelimited" ? /%20|\+/ : parameter.style === "pipeDelimited" ? /\||%7C/i : /,/;
  return readDelimited(own[0].replaceAll(new RegExp(delimiter, "gi"), "\u0000"), { delimiter: "\u0000", explode: false, shape });
}

function readText(texts: RequestTexts, parameter: Parameter): string | undefined {
  if (parameter.in === "path") return texts.params[parameter.name];
  if (parameter.in === "header") return texts.header(parameter.name.toLowerCase());
  if (parameter.in === "cookie") return texts.cookies.get(parameter.name);
  return texts.query.find(([name]) => name === parameter.name)?.[1];
}

/** The value of a parameter; undefined when it is not there. Throws an UnreadableError. */
export function readParameterValue(texts: RequestTexts, parameter: Parameter, shape: Shape): unknown {
  const text = readText(texts, parameter);
  if (parameter.isJson) {
    if (text === undefined) return undefined;
    try {
      return JSON.parse(parameter.in === "header" ? text : decode(text));
    } catch {
      throw new UnreadableError("is not JSON");
    }
  }
  if (parameter.in === "query") return readForm(texts.query, parameter, shape);
  if (text === undefined) return undefined;
  if (parameter.in === "path") return readPath(text, parameter, shape);
  // A header's value is not percent-encoded; a cookie's is, by custom.
  const escaped = parameter.in === "header" ? text.replaceAll("%", "%25").replaceAll(/\s*,\s*/g, ",") : text;
  return readDelimited(escaped, { delimiter: ",", explode: parameter.explode && parameter.in === "header", shape });
}

/** What a path into the request leads to in this very request. */
import { parse } from "node:querystring";
import type { IncomingHeaders } from "../../exchange.ts";
import type { InputPath } from "./input-path.ts";

/** The request as it came: `parsed` is what the framework made of its body, `text` the body as sent when all of it was seen. */
export type RecordedInput = {
  readonly method: string;
  readonly parsed: unknown;
  readonly text: string | undefined;
  readonly target: string;
  readonly headers: IncomingHeaders;
  /** Are the headers members of an object, as Node has them? Those of a `Request` have to be asked for. */
  readonly hasPlainHeaders: boolean;
};

/** A value, and where it was looked for: `holder` is what has no member `key`. `isText` where all values are texts. */
export type Found = {
  readonly value: unknown;
  readonly holder?: unknown;
  readonly key?: string;
  readonly isText: boolean;
  /** Is it, or was it looked for in, the headers? */
  readonly isHeaders?: boolean;
};

/** Parts of the body are read in one of two ways, as the framework has it and as it was sent. */
type Body = { readonly value: unknown; readonly isText: boolean };

const MAX_FOUND = 1000;

function readJson(text: unknown): Body | undefined {
  if (text === undefined) return undefined;
  try {
    return { value: JSON.parse(text as string) as unknown, isText: false };
  } catch {
    return undefined;
  }
}

/**
 * The body in all the ways that it is known; a proof has to hold for each. None where nothing was made of a body that somebody should have
 * parsed: then it was not the client who forgot something.
 */
function readBodies(input: RecordedInput): readonly Body[] {
  const type = String(input.headers["content-type"]);
  const isJson = /[/+]json\b/i.test(type);
  const isForm = /form-urlencoded|form-data/i.test(type);
  const sent = isJson ? readJson(input.text) : undefined;
  if (input.parsed === undefined) {
    const isIgnored = (isJson || isForm) && input.text !== "";
    return isIgnored ? [] : [{ value: undefined, isText: false }];
  }
  const parsed = { value: input.parsed, isText: isForm };
  if (!isJson) return [parsed];
  return sent === undefined ? [] : [parsed, sent];
}

function readQuery({ target }: RecordedInput): Readonly<Record<string, unknown>> {
  return parse(target.split(/\?(.*)/s)[1] ?? "");
}

const OF_BODY = /^(?:body|sent|text)$/;

function readPart(path: Extract<InputPath, { kind: "part" }>, input: RecordedInput, body: Body): Found | undefined {
  if (OF_BODY.test(path.part)) return body;
  if (path.part === "query") return { value: readQuery(input), isText: true };
  return path.part === "headers" && input.hasPlainHeaders ? { value: input.headers, isText: true, isHeaders: true } : undefined;
}

function toMember({ value: holder, ...found }: Found, key: string): Found {
  return { ...found, value: (holder as Record<string, unknown> | null | undefined)?.[key], holder, key };
}

function readLookup(path: Extract<InputPath, { kind: "lookup" }>, input: RecordedInput): Found {
  const holder = path.part === "query" ? readQuery(input) : input.headers;
  const found = toMember({ value: holder, isText: true, isHeaders: path.part === "headers" }, path.key);
  const first = Array.isArray(found.value) ? (found.value[0] as unknown) : found.value;
  return { ...found, value: first ?? path.absent };
}

function applyMethod({ value, isText }: Found, path: Extract<InputPath, { kind: "method" }>): readonly Found[] {
  if (typeof value !== "string" && !Array.isArray(value)) return [];
  // Nobody knows how many a right request would have.
  if (Array.isArray(value) && path.name === "slice" && path.given[0] !== 0) return [];
  const method = (value as unknown as Record<string, (...given: readonly unknown[]) => unknown>)[path.name];
  return method === undefined ? [] : [{ value: method.apply(value, [...path.given]), isText }];
}

/** A loop goes through the characters of a text as well. */
function listElements(value: unknown): readonly unknown[] {
  return Array.isArray(value) || typeof value === "string" ? Array.from<unknown>(value.slice(0, MAX_FOUND)) : [];
}

function standIn(found: Found, { value, when }: Extract<InputPath, { kind: "fallback" }>): Found {
  const isMissing =
    when === "falsy" ? !found.value : when === "nullish" ? (found.value ?? undefined) === undefined : found.value === undefined;
  return isMissing ? { value, isText: false } : found;
}

/** None where the code would have failed there. Of a number, a date or a list of keys everybody knows which methods it has, as of a text. */
function convert(by: string, found: Found): readonly Found[] {
  const maker = [JSON, Object, globalThis].find((each) => by in each) as unknown as Record<string, (given: unknown) => unknown>;
  try {
    const value = by === "Date" ? new Date(found.value as string) : maker[by]?.(found.value);
    return [{ ...found, value, isText: by in Object ? found.isText : by !== "parse" }];
  } catch {
    return [];
  }
}

type Onward = Exclude<InputPath, { readonly kind: "part" | "promised" | "lookup" }>;

/** One step on from a value. */
function follow(found: Found, path: Onward): readonly Found[] {
  const { value, isText } = found;
  switch (path.kind) {
    case "member":
      return [toMember(found, path.key)];
    case "element":
      return listElements(value).map((each) => ({ value: each, isText }));
    case "last":
      return [{ value: listElements(value).at(-1), isText }];
    case "method":
      return applyMethod(found, path);
    case "converted":
      return convert(path.by, found);
    case "fallback":
      return [standIn(found, path)];
  }
}

/** All values that a path may have led to; none where it cannot be said. */
export function findValues(path: InputPath, input: RecordedInput, body: Body): readonly Found[] {
  if (path.kind === "part") return [readPart(path, input, body) ?? []].flat();
  if (path.kind === "promised") return [];
  if (path.kind === "lookup") return [readLookup(path, input)];
  return findValues(path.of, input, body)
    .flatMap((found) => follow(found, path))
    .slice(0, MAX_FOUND);
}

/** The part of the request that a path begins with. */
function findPart(path: InputPath): string {
  return "of" in path ? findPart(path.of) : path.part;
}

/** The bodies for a path: what `await request.json()` gives is the text that was sent, and nothing else. */
export function bodiesFor(path: InputPath, input: RecordedInput): readonly Body[] {
  const how = findPart(path);
  if (!OF_BODY.test(how)) return [{ value: undefined, isText: false }];
  // Who reads a body there is mistaken at each request.
  if (input.method === "GET" || input.method === "HEAD") return [];
  if (how === "body") return readBodies(input);
  const sent = how === "text" && input.text !== undefined ? { value: input.text, isText: true } : readJson(input.text);
  return sent === undefined ? [] : [sent];
}

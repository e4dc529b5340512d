/** The parts of a request as the code of an app sees them, with what this very request has in them. */
import { parse } from "node:querystring";
import type { IncomingHeaders } from "../../exchange.ts";
import type { Replay } from "./run/replay.ts";
import { fromReal, isKnown, makeThing, NOTHING, type Source, Thing, thingOf, UNKNOWN, type Value } from "./run/values.ts";

/** The request as it came: `parsed` is what the framework made of its body, `text` the body as sent when all of it was seen. */
export type RecordedInput = {
  readonly method: string;
  readonly parsed: unknown;
  readonly text: string | undefined;
  readonly target: string;
  /** The template of the route, where the framework says it: `/orders/:id`. */
  readonly route: string | undefined;
  readonly headers: IncomingHeaders;
  /** Are the headers members of an object, as Node has them? Those of a `Request` have to be asked for. */
  readonly hasPlainHeaders: boolean;
};

/** A body that everybody sees is read in one of two ways, as the framework has it and as it was sent. */
export type Body = { readonly value: unknown; readonly isText: boolean };

function readJson(text: string | undefined): Body | undefined {
  try {
    return text === undefined ? undefined : { value: JSON.parse(text) as unknown, isText: false };
  } catch {
    return undefined;
  }
}

/**
 * The body in all the ways that it is known; a proof has to hold for each. None where nothing was made of a body that somebody should have
 * parsed: then it was not the client who forgot something; nor where who reads a body is mistaken at each request.
 */
export function readBodies(input: RecordedInput): readonly Body[] {
  if (/^(?:GET|HEAD)$/.test(input.method)) return [];
  const type = String(input.headers["content-type"]);
  const isJson = /[/+]json\b/i.test(type);
  const isForm = /\bform-/i.test(type);
  if (input.parsed === undefined) return (isJson || isForm) && input.text !== "" ? [] : [{ value: undefined, isText: false }];
  const parsed = { value: input.parsed, isText: isForm };
  if (!isJson) return [parsed];
  const sent = readJson(input.text);
  if (!sent) return [];
  return JSON.stringify(sent.value) === JSON.stringify(parsed.value) ? [sent] : [parsed, sent];
}

const PARTS: Readonly<Record<string, string>> = {
  body: "body",
  query: "query",
  params: "params",
  headers: "headers",
  header: "headers",
  request: "request",
  req: "request",
  raw: "request",
  url: "address",
  originalUrl: "address",
  nextUrl: "url",
};

/** What there is for what was not sent: Koa has an empty text, a request of Hono's nothing at all. */
const ABSENT: Readonly<Record<string, null | "">> = { search: null, headers: null, context: "" };

/** What others than the client put into a request: where a body has its name, nobody knows which of them the code means. */
export const ATTACHED = /^(?:user|session|auth|tenant|i[dp]|params)$/;

const PARAMETER = /^(?::(\w+)|\{(\w+)\}|\[(\w+)\])$/;

/** What stands in the path where the template of the route has names; undefined where they do not agree. */
export function readParams({ target, route = "" }: RecordedInput): Record<string, string> | undefined {
  const names = route.split("/");
  const parts = (target.split(/[?#]/)[0] ?? "").split("/");
  if (names.length !== parts.length) return undefined;
  const found = names.flatMap((name, at): (readonly [string, string])[] => {
    const key = PARAMETER.exec(name)?.slice(1).find(Boolean);
    return key === undefined ? [] : [[key, parts[at] as string]];
  });
  try {
    return found.length > 0 ? Object.fromEntries(found.map(([key, part]) => [key, decodeURIComponent(part)])) : undefined;
  } catch {
    return undefined;
  }
}

function listTexts(of: unknown, depth = 0): readonly string[] {
  if (typeof of === "string" || typeof of === "number") return [String(of)];
  return typeof of === "object" && of !== null && depth < 8 ? Object.values(of).flatMap((each) => listTexts(each, depth + 1)) : [];
}

/** All texts and numbers that a request has sent, as they were sent. */
export function listSent(input: RecordedInput): readonly string[] {
  const [, query = ""] = input.target.split(/\?(.*)/s);
  return listTexts([readParams(input), parse(query), input.headers, readBodies(input).map(({ value }) => value)]);
}

/** One request, as it is read by the code that is run again. */
export class RequestParts {
  readonly #input: RecordedInput;
  readonly #body: Body | undefined;
  readonly #parts = new Map<string, Value>();
  /** Was the body read that everybody sees? */
  isBodyRead = false;

  constructor(input: RecordedInput, body: Body | undefined) {
    this.#input = input;
    this.#body = body;
  }

  part(name: string): Value {
    let value = this.#parts.get(name);
    if (!value) {
      value = this.#read(name);
      this.#parts.set(name, value);
    }
    if (name === "body") this.isBodyRead = true;
    return value;
  }

  #read(name: string): Value {
    const { headers, hasPlainHeaders } = this.#input;
    if (name === "body") {
      if (!this.#body) return UNKNOWN;
      const { value, isText } = this.#body;
      // A body that is not there is what is wrong, too.
      return fromReal(value, { isText, isShared: true });
    }
    if (name === "query") return fromReal(this.#readQuery(), { isText: true });
    if (name === "params") {
      const params = readParams(this.#input);
      return params ? fromReal(params, { isText: true, isPath: true }) : UNKNOWN;
    }
    if (name === "headers" && hasPlainHeaders) {
      const value = fromReal(headers, { isText: true, isHeaders: true });
      (value.data as Thing).asks = "headers";
      return value;
    }
    return { data: makeThing({ host: name }), source: undefined };
  }

  #readQuery(): object {
    return { ...parse(this.#input.target.split(/\?(.*)/s)[1] ?? "") };
  }

  /** What a reader of a query or of headers gives for a name. */
  #look(part: "query" | "headers", key: string, absent: null | undefined | ""): Value {
    const isHeaders = part === "headers";
    const holder = (isHeaders ? this.#input.headers : this.#readQuery()) as Record<string, unknown>;
    const source: Source = { isText: true, isHeaders };
    const found = [holder[key]].flat()[0];
    // Another parser of a query makes an object of such names.
    if (found === undefined && Object.keys(holder).some((name) => name.startsWith(`${key}[`) || name.startsWith(`${key}.`))) return UNKNOWN;
    return found === undefined ? { data: absent, source: { ...source, holder, key } } : { data: found, source };
  }

  /** What the parameters of an address give for a name: of several values the first, or all. */
  #search(name: string, key: unknown): Value {
    if (name === "has" || typeof key !== "string") return UNKNOWN;
    if (name === "get") return this.#look("query", key, null);
    const all = [(this.#readQuery() as Record<string, unknown>)[key] ?? []].flat();
    return all.length > 0 ? fromReal(all, { isText: true }) : UNKNOWN;
  }

  /** What was sent, as a text. */
  readText(): Value {
    const { text } = this.#input;
    return text === undefined ? UNKNOWN : { data: text, source: { isText: true } };
  }

  /** What was sent, as bytes. */
  readBytes(): Value {
    const { text } = this.#input;
    return text === undefined ? UNKNOWN : { data: makeThing({ real: Buffer.from(text), source: { isText: true } }), source: undefined };
  }

  /** What was sent, as JSON. Who reads that where no body can be is mistaken at each request. */
  readSent(): Value {
    const sent = /^(?:GET|HEAD)$/.test(this.#input.method) ? undefined : readJson(this.#input.text);
    return sent ? fromReal(sent.value, { isText: false }) : UNKNOWN;
  }

  /** A member of a part of the request. */
  member(replay: Replay, thing: Thing, key: string): Value {
    const { host = "" } = thing;
    const asked = this.ask(replay, host, key);
    if (asked) return asked;
    if (host === "url") return key === "searchParams" ? this.part("search") : key === "query" ? this.part("query") : UNKNOWN;
    if (host === "request" || host === "context") {
      if (key === "method") return { data: this.#input.method, source: { isText: true, isSpoilt: true } };
      if (!Object.hasOwn(PARTS, key) || (host === "context" && key === "body")) return UNKNOWN;
      return this.part(PARTS[key] as string);
    }
    return UNKNOWN;
  }

  /** What can be called on a part of the request. */
  ask(replay: Replay, host: string, name: string): Value | undefined {
    const asked = `${host}.${name}`;
    const native = (run: (given: readonly Value[], node: Parameters<NonNullable<Thing["native"]>>[2]) => Value): Value => ({
      data: makeThing({ native: (given, _self, node) => run(given, node) }),
      source: undefined,
    });
    switch (asked) {
      case "request.json":
        return native(() => replay.promise(this.readSent()));
      case "request.text":
        return native(() => replay.promise(this.readText()));
      case "request.arrayBuffer":
      case "request.bytes":
        return native(() => replay.promise(this.readBytes()));
      case "request.on":
      case "request.once":
        return native(([event = NOTHING, run = NOTHING], node) => {
          if (/^(?:data|end)$/.test(String(event.data)))
            replay.apply(run, { self: NOTHING, given: event.data === "data" ? [this.readBytes()] : [], node });
          return this.part("request");
        });
      case "request.*":
        return { data: makeThing({ items: [this.readBytes()] }), source: undefined };
      case "request.param":
        return native(([key = NOTHING]) => {
          const params = this.part("params");
          return thingOf(params) && typeof key.data === "string" ? replay.member(params, key.data) : UNKNOWN;
        });
      case "request.setEncoding":
      case "request.clone":
        return native(() => this.part("request"));
      case "search.get":
      case "search.getAll":
      case "search.has":
        return native(([key = NOTHING]) => this.#search(name, key.data));
      case "request.header":
      case "request.get":
      case "headers.get":
      case "context.get":
        return Object.assign(
          native(([key = NOTHING]) => {
            if (!isKnown(key) || typeof key.data !== "string") return name === "header" ? this.part("headers") : UNKNOWN;
            return this.#look("headers", key.data.toLowerCase(), ABSENT[host]);
          }),
        );
      case "request.query": {
        const query = this.part("query");
        const of = thingOf(query);
        // Of Hono's it is asked, of others it is read.
        if (of && !of.native) {
          of.native = ([key = NOTHING]) => (typeof key.data === "string" ? this.#look("query", key.data, undefined) : query);
        }
        return query;
      }
      default:
        return undefined;
    }
  }
}

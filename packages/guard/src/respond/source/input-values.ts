/** Paths into a request, and what each of them leads to in this very request. */
import { parse } from "node:querystring";
import type { IncomingHeaders } from "../../exchange.ts";

/** The parts of a request. `context` holds one, and Koa's has the body of the answer; `text` is its body as it was sent, `sent` what JSON makes of that; `search` the reader of its query. */
export type Part = "request" | "context" | "body" | "text" | "sent" | "query" | "headers" | "address" | "url" | "search";

/** How a value comes from the request. It is kept for later requests, and keeps nothing of the script. */
export type InputPath = {
  /** The part that it begins with, and the part that it is, with no step behind it. */
  readonly part: Part;
  readonly whole?: Part;
  /** How it is noted that the script asks for exactly that, by the name that it has there. */
  readonly asked?: string;
  /** What a promise gives, which must be awaited first. */
  readonly promises?: InputPath;
  /** Of an object that the code makes: its members by their names. */
  readonly member?: ((key: string) => InputPath | undefined) | undefined;
  /** Has only the code it, unlike the body that everybody sees? What is put into such a thing cannot be seen. */
  readonly isCopy: boolean;
  /** All values that it may have led to; none where that cannot be said. */
  readonly find: (input: RecordedInput, body: Body) => readonly Found[];
};

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

/** Is a value nothing: undefined or null? */
export const isNothing = (value: unknown): value is null | undefined => value === undefined || value === null;

function readJson(text: unknown): Body | undefined {
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
  const isForm = /\bform-/i.test(type);
  const sent = isJson ? readJson(input.text) : undefined;
  if (input.parsed === undefined) {
    const isIgnored = (isJson || isForm) && input.text !== "";
    return isIgnored ? [] : [{ value: undefined, isText: false }];
  }
  const parsed = { value: input.parsed, isText: isForm };
  if (!isJson) return [parsed];
  return sent ? [parsed, sent] : [];
}

function readQuery({ target }: RecordedInput): Readonly<Record<string, unknown>> {
  return parse(target.split(/\?(.*)/s)[1] ?? "");
}

const OF_BODY = /^(?:body|sent|text)$/;

function readPart(part: Part, input: RecordedInput, body: Body): readonly Found[] {
  if (OF_BODY.test(part)) return [body];
  if (part === "query") return [{ value: readQuery(input), isText: true }];
  return part === "headers" && input.hasPlainHeaders ? [{ value: input.headers, isText: true, isHeaders: true }] : [];
}

/** A part of the request. */
export const toPart = (part: Part): InputPath => ({
  part,
  whole: part,
  isCopy: part === "sent",
  find: (input, body) => readPart(part, input, body),
});

/** What has to be awaited. */
export const toPromised = (promises: InputPath): InputPath => ({ part: promises.part, promises, isCopy: false, find: () => [] });

/** An object that the code makes: it has no value of the request itself, and what was put into it later cannot be seen. */
export const toMade = (member: InputPath["member"]): InputPath => ({ part: "request", isCopy: true, find: () => [], member });

/** What a function gives that may as well give what the code says itself, which is not the request's fault. None where that cannot be said. */
export const toOneOf = (of: InputPath, literals: readonly unknown[]): InputPath => ({
  ...of,
  find: (input, body) => {
    const found = of.find(input, body);
    return found.length > 0 ? [...literals.map((value) => ({ value, key: "", isText: false })), ...found] : [];
  },
});

/** One step on from each value of a path. */
const step = (of: InputPath, follow: (found: Found) => readonly Found[], isCopy = of.isCopy): InputPath => ({
  part: of.part,
  isCopy,
  find: (input, body) => of.find(input, body).flatMap(follow).slice(0, MAX_FOUND),
});

/** Of nothing that the code says itself no member is read: that would have failed before. */
const isNoHolder = ({ value, key }: Found): boolean => key === "" && isNothing(value);

function readMember({ value: holder, ...found }: Found, key: string): Found {
  return { ...found, value: (holder as Record<string, unknown> | null | undefined)?.[key], holder, key };
}

/** What a reader of a query or of headers gives for a name. */
export const toLookup = (part: "query" | "headers", key: string, absent: null | undefined | ""): InputPath => ({
  part,
  isCopy: false,
  find: (input) => {
    const isHeaders = part === "headers";
    const found = readMember({ value: isHeaders ? input.headers : readQuery(input), isText: true, isHeaders }, key);
    return [{ ...found, value: [found.value].flat()[0] ?? absent }];
  },
});

/** A member of a value. */
export const toMember = (of: InputPath, key: string): InputPath => step(of, (found) => (isNoHolder(found) ? [] : [readMember(found, key)]));

/** What comes of a value that is not accepted. None where it is, and where it is missing, and another beside it would have been. */
export const toOutcome = (of: InputPath, accepts: (value: unknown) => boolean, outcome: unknown): InputPath =>
  step(of, ({ value, ...found }) => {
    const isMissing = value === undefined;
    if ([value, ...(isMissing ? Object.values(found.holder ?? {}) : [])].some(accepts)) return [];
    return [{ ...(isMissing && found), value: outcome, isText: false }];
  });

/** A loop goes through the characters of a text as well. */
function listElements(value: unknown): readonly unknown[] {
  return Array.isArray(value) || typeof value === "string" ? Array.from<unknown>(value.slice(0, MAX_FOUND)) : [];
}

/** Each element of a list. */
export const toElement = (of: InputPath): InputPath =>
  step(of, ({ value, isText }) => listElements(value).map((each) => ({ value: each, isText })));

/** The last element of a list. */
export const toLast = (of: InputPath): InputPath => step(of, ({ value, isText }) => [{ value: listElements(value).at(-1), isText }]);

/** What a method of a text or a list gives. */
export const toResult = (of: InputPath, name: string, given: readonly unknown[]): InputPath =>
  step(of, ({ value, isText }) => {
    if (typeof value !== "string" && !Array.isArray(value)) return [];
    // Nobody knows how many a right request would have.
    if (Array.isArray(value) && name === "slice" && given[0] !== 0) return [];
    const method = (value as unknown as Record<string, (...given: readonly unknown[]) => unknown>)[name];
    return !method ? [] : [{ value: method.apply(value, [...given]), isText }];
  });

/**
 * What stands in for what is missing. Nothing is known of what is no literal; and where the code itself puts nothing there, what was sent need not
 * be there.
 */
export const toStandIn = (of: InputPath, value: unknown, isMissing: (value: unknown) => boolean): InputPath =>
  step(of, (found) => (!isMissing(found.value) ? [found] : isNothing(value) ? [] : [{ value, key: "", isText: false }]), true);

/** Two values that are put together, as a text or as no number; none where there are several of one. Where one is nothing, it is what is missing. */
export const toJoined = (first: InputPath, second: InputPath, isText: boolean): InputPath => ({
  part: OF_BODY.test(first.part) ? first.part : second.part,
  isCopy: false,
  find: (input, body) => {
    const [one, ...more] = first.find(input, body);
    const [other, ...others] = second.find(input, body);
    if (!one || !other || more.length + others.length > 0) return [];
    const [a, b] = [one.value, other.value] as [never, never];
    // Of what is no number each sign makes none.
    const value: unknown = isText ? a + b : a - b;
    // That a number is the wrong one, the code may have made it so: a price of 19.99 is 1998.9999999999998 cents.
    return Number(value) === value ? [] : [{ ...(isNothing(b) ? other : one), value, isText: true }];
  },
});

/** What something is made of. None where the code would have failed there. Of a number, a date or a list of keys everybody knows which methods it has, as of a text. */
export const toConverted = (of: InputPath, by: string): InputPath => {
  const isCopied = /^parse$|Clone/.test(by);
  return step(
    of,
    (found) => {
      const maker = [JSON, Object, globalThis].find((each) => by in each) as unknown as Record<string, (given: unknown) => unknown>;
      try {
        const value = by === "Date" ? new Date(found.value as string) : maker[by]?.(found.value);
        return [{ ...found, value, isText: by in Object || isCopied ? found.isText && by !== "parse" : true }];
      } catch {
        return [];
      }
    },
    isCopied || of.isCopy,
  );
};

/** The bodies for a path: what `await request.json()` gives is the text that was sent, and nothing else. */
export function bodiesFor(path: InputPath, input: RecordedInput): readonly Body[] {
  if (!OF_BODY.test(path.part)) return [{ value: undefined, isText: false }];
  // Who reads a body there is mistaken at each request.
  if (input.method === "GET" || input.method === "HEAD") return [];
  if (path.part === "body") return readBodies(input);
  const sent = path.part === "text" && input.text !== undefined ? { value: input.text, isText: true } : readJson(input.text);
  return sent ? [sent] : [];
}

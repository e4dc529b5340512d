/** Follows an expression back to the request: through variables, patterns, callbacks and the calls of the stack's own frames. */
import { readDecorator } from "./decorated.ts";
import { type Binding, type CallOf, findBinding, findCallOf, findSurroundings, skipHead, type Surrounding } from "./find-binding.ts";
import type { Scripts, Site } from "./frames.ts";
import { type Expression, findCall, findChainStart, isEnd, readArguments, readExpression } from "./read-expression.ts";
import type { Step } from "./read-pattern.ts";
import type { Token } from "./tokens.ts";

/** The parts of a request. `context` holds one, and Koa's has the body of the answer; `text` is its body as it was sent, `sent` what JSON makes of that; `search` the reader of its query. */
type Part = "request" | "context" | "body" | "text" | "sent" | "query" | "headers" | "address" | "url" | "search";

/** How a value comes from the request. A promise of one must be awaited first. */
export type InputPath =
  | { readonly kind: "part"; readonly part: Part }
  | { readonly kind: "promised"; readonly of: InputPath }
  | {
      readonly kind: "lookup";
      readonly part: "query" | "headers";
      readonly key: string;
      readonly absent: null | undefined;
    }
  | { readonly kind: "member"; readonly of: InputPath; readonly key: string }
  | { readonly kind: "element" | "last"; readonly of: InputPath }
  | { readonly kind: "fallback"; readonly of: InputPath; readonly value: unknown; readonly when: "undefined" | "nullish" | "falsy" }
  | { readonly kind: "method"; readonly of: InputPath; readonly name: string; readonly given: readonly unknown[] }
  | { readonly kind: "converted"; readonly of: InputPath; readonly by: string };

type Parameter = Extract<Binding, { readonly kind: "parameter" }>;

const PARTS: Readonly<Record<string, Part>> = {
  body: "body",
  query: "query",
  headers: "headers",
  header: "headers",
  request: "request",
  req: "request",
  raw: "request",
  url: "address",
  originalUrl: "address",
  nextUrl: "url",
};

const CONVENTIONAL = /^_?(?:req|request|ctx|context|c)$/;
const CONTEXT = /^_?c/;
/** What a client of HTTP gives to whoever asked: `client.get("/orders", (response) => ...)` is no route. */
const ANSWERS = /^(?:res|err|reply|data)/;
/** What is given to any other method, whoever wrote that calls it. */
const ROUTES = /^(?:get|post|put|patch|delete|all|use|route|on|param|register|createServer|addHook|set\w+)$/;
const ELEMENT_METHODS = /^(?:map|forEach|filter|some|every|find\w*|flatMap|sort|toSorted|reduce\w*)$/;
/** Methods of a text or a list that give the same for the same, and take no function. */
const TEXT_METHODS = /^(?:split|match|replace|join|flat|t\w+|slice|substring|at)$/;
const CONVERTS = /^(?:Number|String|parse[IF]\w+|decodeURI\w*)$/;
const BODY_READER = /^(?:read|parse|get|receive|collect)?_?(?:request|req)?_?(?:json|body)$/i;
const MAX_STEPS = 40;

/** A part of the request. */
export const toPart = (part: Part): InputPath => ({ kind: "part", part });

function isPart(path: InputPath | undefined, name: Part): boolean {
  return path?.kind === "part" && path.part === name;
}

function isPromised(path: InputPath): boolean {
  return path.kind === "promised";
}

function toMember(of: InputPath, key: string): InputPath | undefined {
  if (of.kind === "promised") return undefined;
  if (of.kind !== "part") return { kind: "member", of, key };
  if (of.part === "request" || (of.part === "context" && key !== "body"))
    return Object.hasOwn(PARTS, key) ? toPart(PARTS[key] as Part) : undefined;
  if (of.part === "url") return key === "searchParams" ? toPart("search") : key === "query" ? toPart("query") : undefined;
  if (of.part === "address" || of.part === "search") return undefined;
  return { kind: "member", of, key };
}

/** What a method of the request gives: `c.req.query("q")`, `await request.json()`, `req.header("x-tenant")`. */
function toAnswer(name: string, key: unknown): InputPath | undefined {
  const isNamed = typeof key === "string";
  if (name === "json") return { kind: "promised", of: toPart("sent") };
  if (name === "query") return isNamed ? { kind: "lookup", part: "query", key, absent: undefined } : toPart("query");
  if (/^(?:header|get)$/.test(name) && isNamed) return { kind: "lookup", part: "headers", key: key.toLowerCase(), absent: undefined };
  return undefined;
}

function readName(expression: Expression): string {
  return expression.kind === "name" ? expression.name : "";
}

function readLiteralValue(expression: Expression | undefined): unknown {
  return expression?.kind === "literal" ? expression.value : undefined;
}

/** Follows expressions of one stack. */
export class Tracer {
  readonly #scripts: Scripts;
  #steps = 0;
  /** The functions that were passed through: what they read of the request is known to them. */
  readonly passed: { readonly tokens: readonly Token[]; readonly owner: Surrounding }[] = [];
  /** Would pipes of the whole app have seen what was followed? */
  isPipeable = false;

  constructor(scripts: Scripts) {
    this.#scripts = scripts;
  }

  /** How the value of an expression comes from the request; undefined when it does not, or that cannot be said. */
  trace(expression: Expression | undefined, site: Site): InputPath | undefined {
    if (expression === undefined || ++this.#steps > MAX_STEPS) return undefined;
    switch (expression.kind) {
      case "name":
        return this.#traceName(expression.name, { ...site, at: expression.at });
      case "member": {
        const of = this.trace(expression.of, site);
        return of && !this.#isChanged(expression, of, site) ? toMember(of, expression.key) : undefined;
      }
      case "await": {
        const of = this.trace(expression.of, site);
        return of?.kind === "promised" ? of.of : of;
      }
      case "either": {
        const of = this.trace(expression.first, site);
        if (of === undefined || expression.second.kind !== "literal") return undefined;
        return { kind: "fallback", of, value: expression.second.value, when: expression.isNullish ? "nullish" : "falsy" };
      }
      case "call":
        return this.#traceCall(expression, site);
      case "indexed": {
        const of = this.trace(expression.of, site);
        return of && !isPromised(of) ? { kind: expression.isLast ? "last" : "element", of } : undefined;
      }
      case "literal":
        return undefined;
    }
  }

  /** Reads and follows the expression that begins at a token, when it is all that stands there. */
  traceAt(start: number, site: Site, until?: number): InputPath | undefined {
    const { tokens } = site;
    const read = readExpression(tokens, start, until);
    if (read === undefined || (until === undefined ? !isEnd(tokens, read.end) : read.end !== until)) return undefined;
    return this.trace(read.expression, { ...site, at: start });
  }

  #traceCall(call: Extract<Expression, { kind: "call" }>, site: Site): InputPath | undefined {
    const { of: callee, given, isNew } = call;
    const first = given[0];
    // `new URL(request.url, base)`, `url.parse(request.url, true)`.
    const isUrl = isNew ? readName(callee) === "URL" : readLiteralValue(given[1]) === true;
    if (isUrl && isPart(this.trace(first, site), "address")) return toPart("url");
    if (callee.kind === "name") {
      const isConverted = isNew ? callee.name === "Date" && given.length === 1 : CONVERTS.test(callee.name);
      if (isConverted) return this.#traceConverted(first, callee.name, site);
      if (!isNew && BODY_READER.test(callee.name) && given.length === 1 && isPart(this.trace(first, site), "request"))
        return { kind: "promised", of: toPart("sent") };
      return undefined;
    }
    if (isNew || callee.kind !== "member") return undefined;
    const { key } = callee;
    if (/^(?:JSON\.parse|Buffer\.concat|Object\.(?:keys|values|entries))$/.test(`${readName(callee.of)}.${key}`))
      return this.#traceConverted(first, key, site);
    const of = this.trace(callee.of, site);
    return of && this.#traceMethod(of, key, given);
  }

  /** What something is made of: a number, a date, its keys, what its JSON says. */
  #traceConverted(given: Expression | undefined, by: string, site: Site): InputPath | undefined {
    const of = this.trace(given, site);
    if (by === "concat") return isPart(of, "text") ? of : undefined;
    // What a helper reads may be the text or what was made of it: JSON makes the same of both.
    if (by === "parse" && (isPart(of, "text") || isPart(of, "sent"))) return toPart("sent");
    return of && !isPromised(of) ? { kind: "converted", of, by } : undefined;
  }

  #traceMethod(of: InputPath, name: string, given: readonly (Expression | undefined)[]): InputPath | undefined {
    const key = readLiteralValue(given[0]);
    if (isPart(of, "request")) {
      return name === "text" ? { kind: "promised", of: toPart("text") } : toAnswer(name, key);
    }
    const isKeyed = name === "get" && typeof key === "string";
    if (isPart(of, "search")) return isKeyed ? { kind: "lookup", part: "query", key, absent: null } : undefined;
    if (isPart(of, "headers") && isKeyed) return { kind: "lookup", part: "headers", key: key.toLowerCase(), absent: null };
    const isKnown = TEXT_METHODS.test(name) && given.every((each) => each?.kind === "literal") && !isPromised(of);
    return isKnown ? { kind: "method", of, name, given: given.map(readLiteralValue) } : undefined;
  }

  /** Was the member given another value? What was put into the body of a request is seen there. */
  #isChanged({ of, key }: Extract<Expression, { kind: "member" }>, from: InputPath, { tokens }: Site): boolean {
    if (of.kind !== "name" || (isPart(from, "request") && key === "body")) return false;
    return [...(findBinding(tokens, of.name, of.at)?.changes.values() ?? [])].includes(key);
  }

  #traceName(name: string, site: Site): InputPath | undefined {
    const { tokens, at } = site;
    const binding = findBinding(tokens, name, at);
    const path = binding && this.traceBinding(binding, site);
    // What was done up to where the function stands now.
    const now = Math.max(at, this.#scripts.find(site.frame)?.at ?? 0);
    return path !== undefined && isCopy(path) && [...(binding?.changes.keys() ?? [])].some((each) => each < now) ? undefined : path;
  }

  /** Follows what a name was given. */
  traceBinding(binding: Binding, site: Site): InputPath | undefined {
    const of = binding.kind === "parameter" ? this.#traceParameter(binding, site) : this.traceAt(binding.start, site);
    if (binding.kind === "gathered") return isPart(of, "request") ? toPart("text") : undefined;
    if (of === undefined || isPromised(of)) return binding.path.length === 0 && binding.kind !== "element" ? of : undefined;
    return walk(binding.kind === "element" ? { kind: "element", of } : of, binding.path);
  }

  #traceParameter(binding: Parameter, site: Site): InputPath | undefined {
    const { owner } = binding;
    const { tokens } = site;
    this.passed.push({ tokens, owner });
    const call = findCallOf(tokens, owner);
    const method = call === undefined ? undefined : tokens[call.last];
    if (call !== undefined && method !== undefined && /^\??\.$/.test(tokens[call.last - 1]?.text ?? "")) {
      if (ELEMENT_METHODS.test(method.text)) return this.#traceElement({ ...call, method: method.text }, binding.index, site);
      if (method.text === "then") {
        const of = call.index === 0 && binding.index === 0 ? this.traceAt(call.start, site, call.last - 1) : undefined;
        return of?.kind === "promised" ? of.of : undefined;
      }
      const isRouted = ROUTES.test(method.text) && method.text !== "on" && /^["'`][/*]/.test(tokens[call.open + 1]?.text ?? "");
      if (isRouted && binding.index === 0 && !ANSWERS.test(readFirst(tokens, owner))) return toRequest(tokens, owner);
      if (!ROUTES.test(method.text)) return undefined;
    }
    return this.#traceCaller(binding, site);
  }

  #traceElement(call: Omit<CallOf, "open"> & { readonly method: string }, index: number, site: Site): InputPath | undefined {
    const isFold = call.method.startsWith("reduce");
    const isElement = isFold ? index === 1 : index === 0 || (index === 1 && /sort/i.test(call.method));
    if (call.index !== 0 || !isElement) return undefined;
    const of = this.traceAt(call.start, site, call.last - 1);
    return of && { kind: "element", of };
  }

  /** The frame in which a function itself runs: the first from here on whose place is directly in it. */
  #findFrameOf(owner: Surrounding, site: Site): number | undefined {
    for (let frame = site.frame; frame < this.#scripts.frames.length; frame++) {
      const place = this.#scripts.find(frame);
      if (place?.file !== site.file) continue;
      const isInside = place.at > owner.parameters && place.at < owner.from;
      if (isInside || findSurroundings(place.tokens, place.at)[0]?.parameters === owner.parameters) return frame;
    }
    return undefined;
  }

  #traceCaller(binding: Parameter, site: Site): InputPath | undefined {
    const own = this.#findFrameOf(binding.owner, site);
    const caller = own === undefined ? this.#scripts.frames.length : own + 1;
    const frame = this.#scripts.frames[caller];
    if (frame?.kind === "app") return this.#traceArgument(binding, site, caller);
    if (frame?.kind === "native") return this.#traceCallback(binding.index, caller + 1);
    // A framework called it, or a server of Node, as far as can be seen.
    const called = this.#scripts.frames.slice(caller).find(({ kind }) => kind !== "node");
    if (called !== undefined && called.kind !== "framework") return undefined;
    const guessed = this.#traceGiven(binding, site);
    // What made the function that runs was not called for a request: its context may be that of the app.
    return own !== undefined || (binding.path.length === 0 && isPart(guessed, "request")) ? guessed : undefined;
  }

  #guessRequest(binding: Parameter, site: Site): InputPath | undefined {
    return binding.index === 0 && isRequestName(site.tokens, binding) ? toRequest(site.tokens, binding.owner) : undefined;
  }

  /** What a framework gives to a parameter: what its decorator says, or the request. */
  #traceGiven(binding: Parameter, site: Site): InputPath | undefined {
    const decorator = readDecorator(site.tokens, binding);
    if (decorator === undefined) return this.#guessRequest(binding, site);
    const [, name = "", key] = decorator;
    const of = toMember(toPart("request"), name.toLowerCase());
    this.isPipeable ||= isPart(of, "body") || (!key && !isPart(of, "request"));
    return of && key ? toMember(of, isPart(of, "headers") ? key.toLowerCase() : key) : of;
  }

  /** A named function that a list's method was given: `items.map(toLine)`. */
  #traceCallback(index: number, caller: number): InputPath | undefined {
    const place = this.#scripts.find(caller);
    if (place === undefined) return undefined;
    const last = place.tokens[place.at]?.kind === "sign" ? place.at + 1 : place.at;
    const method = place.tokens[last]?.text ?? "";
    if (!ELEMENT_METHODS.test(method) || place.tokens[last + 2]?.kind !== "name" || place.tokens[last + 3]?.text === "=>") return undefined;
    const start = findChainStart(place.tokens, last - 2);
    return this.#traceElement({ start, last, index: 0, method }, index, place);
  }

  #traceArgument(binding: Parameter, site: Site, caller: number): InputPath | undefined {
    const place = this.#scripts.find(caller);
    const open = place === undefined ? undefined : findCall(place.tokens, place.at);
    if (place === undefined || open === undefined) return undefined;
    const name = findNameOf(site.tokens, binding.owner);
    const isIt = name !== undefined && (place.tokens[open - 1]?.text === name || name === "constructor");
    const frame = this.#scripts.frames[caller];
    // Whoever waits need not have called it itself: what only passes a promise on, as frameworks do, is on no stack.
    if (!isIt && frame?.kind === "app" && frame.isAsync) return this.#guessRequest(binding, site);
    const argument = readArguments(place.tokens, open)[binding.index];
    const given = this.trace(argument, { ...place, at: open });
    const isTaken = isRequestName(site.tokens, binding) || Object.hasOwn(PARTS, binding.path[0]?.key ?? "");
    return isIt || (isTaken && (isPart(given, "request") || isPart(given, "context"))) ? given : undefined;
  }
}

/** Has only the code it, unlike the body that everybody sees? What is put into such a thing cannot be seen. */
function isCopy(path: InputPath): boolean {
  if (path.kind === "part") return path.part === "sent";
  return (path.kind === "converted" && path.by === "parse") || path.kind === "fallback" || (path.kind !== "lookup" && isCopy(path.of));
}

/** The first parameter of a function: its name, or the bracket of its pattern. */
function readFirst(tokens: readonly Token[], { parameters }: Surrounding): string {
  return tokens[tokens[parameters]?.kind === "name" ? parameters : parameters + 1]?.text ?? "";
}

/** What a framework gives a function first: the request, or what holds it. */
function toRequest(tokens: readonly Token[], owner: Surrounding): InputPath {
  return toPart(CONTEXT.test(readFirst(tokens, owner)) ? "context" : "request");
}

/** Does a function call its parameter as everybody calls a request, or take it apart as one? */
function isRequestName(tokens: readonly Token[], { owner, path, count }: Parameter): boolean {
  if (path.length === 0) return CONVENTIONAL.test(readFirst(tokens, owner));
  return count >= 2 && Object.hasOwn(PARTS, path[0]?.key ?? "");
}

/** The name under which a function is called: its own, that of its method, or of the variable that it is put into. */
function findNameOf(tokens: readonly Token[], owner: Surrounding): string | undefined {
  const before = tokens[owner.parameters - 1];
  if (before?.kind === "name" && !/^(?:function|async)$/.test(before.text)) return before.text;
  const at = skipHead(tokens, owner);
  return /^[=:]$/.test(tokens[at]?.text ?? "") && tokens[at - 1]?.kind === "name" ? tokens[at - 1]?.text : undefined;
}

/** Goes the steps of a pattern into a value. */
function walk(from: InputPath, path: readonly Step[]): InputPath | undefined {
  let of: InputPath | undefined = from;
  for (const { key, fallback } of path) {
    of = of && toMember(of, key);
    if (of !== undefined && fallback !== undefined) {
      if (!fallback.isKnown) return undefined;
      of = { kind: "fallback", of, value: fallback.value, when: "undefined" };
    }
  }
  return of;
}

/** The first token of the chain that ends with `last`, followed to the request. */
export function traceChain(tracer: Tracer, last: number, site: Site): InputPath | undefined {
  const start = findChainStart(site.tokens, last);
  return start > last ? undefined : tracer.traceAt(start, site, last + 1);
}

/** Follows an expression back to the request: through variables, patterns, callbacks and the calls of the stack's own frames. */
import { readDecorator } from "./decorated.ts";
import { type Binding, type CallOf, findBinding, findCallOf, findSurroundings, skipHead, type Surrounding } from "./find-binding.ts";
import { Functions, readReturns, type Written } from "./find-function.ts";
import type { Scripts, Site } from "./frames.ts";
import {
  type InputPath,
  isNothing,
  type Part,
  toConverted,
  toElement,
  toJoined,
  toLast,
  toLookup,
  toMade,
  toMember,
  toOneOf,
  toPart,
  toPromised,
  toResult,
  toStandIn,
} from "./input-values.ts";
import {
  type Expression,
  findCall,
  findChainStart,
  isEnd,
  type Member,
  readArguments,
  readExpression,
  readLiteralValue,
  writeTokens,
} from "./read-expression.ts";
import type { Token } from "./tokens.ts";

type Call = Extract<Expression, { readonly kind: "call" }>;
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

const CONVENTIONAL = /^_?(?:req|request|ctx|context|c)\??$/;
/** What others than the client put into a request: where a body has its name, nobody knows which of them the code means. */
const ATTACHED = /^(?:user|session|auth|tenant|i[dp]|params)$/;
const CONTEXT = /^_?c/;
/** What a client of HTTP gives to whoever asked: `client.get("/orders", (response) => ...)` is no route. Nor is the request what stands before one. */
const ANSWERS = /^\W*(?:res|err|reply|data)|, _?(?:req|ctx|context)/;
/** What is given to any other method, whoever wrote that calls it. */
const ROUTES = /^(?:get|post|put|patch|delete|all|use|route|on|param|register|createServer|addHook|set\w+)$/;
const ELEMENT_METHODS = /^(?:map|forEach|filter|some|every|find\w*|flatMap|sort|toSorted|reduce\w*)$/;
/** Methods of a text or a list that give the same for the same, and take no function. */
const TEXT_METHODS = /^(?:split|match|replace|join|flat|t\w+|slice|substring|at)$/;
const CONVERTS = /^(?:Number|String|parse[IF]\w+|decodeURI\w*|structuredClone)$/;
const BODY_READER = /^(?:read|parse|get)?_?(?:request|req)?_?(?:json|body)$/i;
/** What there is for what was not sent: Koa has an empty text, a request of Hono's nothing at all. */
const ABSENT: Readonly<Record<string, null | "">> = { search: null, headers: null, context: "" };
const MAX_STEPS = 200;

/** A member of what a path leads to; undefined where nobody knows what that is. */
function readMember(of: InputPath, key: string): InputPath | undefined {
  if (of.promises || (of.whole === "body" && CONVENTIONAL.test(of.asked ?? "") && ATTACHED.test(key))) return undefined;
  if (of.member) return of.member(key);
  if (of.whole === "request" || (of.whole === "context" && key !== "body"))
    return Object.hasOwn(PARTS, key) ? toPart(PARTS[key] as Part) : undefined;
  if (of.whole === "url") return key === "searchParams" ? toPart("search") : key === "query" ? toPart("query") : undefined;
  return of.whole === "address" || of.whole === "search" ? undefined : toMember(of, key);
}

/** Of these one is a date with any text that makes one, if it is put behind it. */
const DATES = ["1", "2000", "2000T10:00"];

/** May a text that the code puts behind what was sent be right: one sign, the path of an address, the end of a date? */
const isSoundEnd = (text: unknown): boolean => /^.?$|^\//.test(text as string) || DATES.some((date) => Date.parse(date + (text as string)));

const isRequest = (path: InputPath | undefined): boolean => /^(?:request|context)$/.test(path?.whole ?? "");
const isFalsy = (value: unknown): boolean => !value;
const isUndefined = (value: unknown): boolean => value === undefined;

function readName(expression: Expression): string {
  return expression.kind === "name" ? expression.name : "";
}

/** Follows expressions of one stack. */
export class Tracer {
  readonly #scripts: Scripts;
  readonly #functions: Functions;
  #steps = 0;
  /** The functions that were passed through: what they read of the request is known to them. */
  readonly passed: { readonly tokens: readonly Token[]; readonly owner: Surrounding }[] = [];
  /** Would pipes of the whole app have seen what was followed? */
  isPipeable = false;

  constructor(scripts: Scripts) {
    this.#scripts = scripts;
    this.#functions = new Functions(scripts);
  }

  /** How the value of an expression comes from the request; undefined when it does not, or that cannot be said. */
  trace(expression: Expression | undefined, site: Site): InputPath | undefined {
    if (!expression || ++this.#steps > MAX_STEPS) return undefined;
    switch (expression.kind) {
      case "name":
        return this.#traceName(expression.name, { ...site, at: expression.at });
      case "member": {
        const of = this.trace(expression.of, site);
        return of && !this.#isChanged(expression, of, site) ? readMember(of, expression.key) : undefined;
      }
      case "await": {
        return this.trace(expression.of, site)?.promises;
      }
      case "either": {
        const of = this.trace(expression.first, site);
        return of && toStandIn(of, readLiteralValue(expression.second), expression.sign === "??" ? isNothing : isFalsy);
      }
      case "joined": {
        // What begins with what the code says, as `"/orders/" + id` does where a URL is wanted, may be wrong by that.
        const { second: behind, sign } = expression;
        if (sign === "+" && behind.kind === "literal" && !isSoundEnd(behind.value)) return undefined;
        const first = this.trace(expression.first, site);
        const second = behind.kind === "literal" ? first && toStandIn(first, behind.value, () => true) : this.trace(behind, site);
        return first && second && toJoined(first, second, sign === "+");
      }
      case "call":
        return this.#traceCall(expression, site);
      case "indexed": {
        const { of: list, key, isLast } = expression;
        const of = this.trace(list, site);
        if (!of || of.member || of.promises || !(isLast || key?.kind === "name")) return undefined;
        return isLast ? toLast(of) : toElement(of);
      }
      case "made":
        return toMade((key) => this.#traceMade(expression.members, key, site));
      case "literal":
        return undefined;
    }
  }

  /** A member of what the code makes. Of what is spread behind a member of that name nobody knows whether it has one. */
  #traceMade(members: readonly Member[], key: string, site: Site): InputPath | undefined {
    const named = members.filter((each) => each.key === key || each.key === undefined);
    const last = named.at(-1);
    const of = last && this.trace(last.value, site);
    if (!of || last.key !== undefined) return of;
    return named.length > 1 ? undefined : readMember(of, key);
  }

  /** What a function of the app gives back, where all else that it may give back is said by the code itself. */
  #traceReturns(written: Written | undefined, trace: (index: number) => InputPath | undefined, site: Site): InputPath | undefined {
    if (!written) return undefined;
    const { parameters, body, isAsync } = written;
    const { tokens } = written.site;
    this.passed.push({ tokens, owner: { parameters, from: body, end: (tokens[body] as Token).pair } });
    const inner: Site = { ...written.site, frame: site.frame, call: { tokens, parameters, trace, outer: site.call } };
    const returns = readReturns(written);
    const literals = returns.filter((each) => each?.kind === "literal");
    const [first, ...others] = returns.filter((each) => each?.kind !== "literal");
    const path = others.length === 0 ? this.trace(first, inner) : undefined;
    const given = path && toOneOf(path.promises ?? path, literals.map(readLiteralValue));
    return given && (isAsync || path.promises) ? toPromised(given) : given;
  }

  /** Reads and follows the expression that begins at a token, when it is all that stands there. */
  traceAt(start: number, site: Site, until?: number): InputPath | undefined {
    const { tokens } = site;
    const read = readExpression(tokens, start, until);
    if (!read || (until === undefined ? !isEnd(tokens, read.end) : read.end !== until)) return undefined;
    return this.trace(read.expression, { ...site, at: start });
  }

  #traceCall(call: Call, site: Site): InputPath | undefined {
    const own = call.isNew ? undefined : this.#functions.find(call.of, site);
    return this.#traceReturns(own, (index) => this.trace(call.given[index], site), site) ?? this.#traceBuiltin(call, site);
  }

  /** What the language, Node and what everybody reads a request with give. */
  #traceBuiltin(call: Call, site: Site): InputPath | undefined {
    const { of: callee, given, isNew } = call;
    const first = given[0];
    // `new URL(request.url, base)`, `url.parse(request.url, true)`.
    const isUrl = isNew ? readName(callee) === "URL" : readLiteralValue(given[1]) === true;
    if (isUrl && this.trace(first, site)?.whole === "address") return toPart("url");
    if (callee.kind === "name") {
      const isConverted = isNew ? callee.name === "Date" && given.length === 1 : CONVERTS.test(callee.name);
      if (isConverted) return this.#traceConverted(first, callee.name, site);
      if (!isNew && BODY_READER.test(callee.name) && given.length === 1 && isRequest(this.trace(first, site)))
        return toPromised(toPart("sent"));
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
    if (by === "concat") return of?.whole === "text" ? of : undefined;
    // What a helper reads may be the text or what was made of it: JSON makes the same of both.
    if (by === "parse" && /^(?:text|sent)$/.test(of?.whole ?? "")) return toPart("sent");
    return of && !of.promises ? toConverted(of, by) : undefined;
  }

  #traceMethod(of: InputPath, name: string, given: readonly (Expression | undefined)[]): InputPath | undefined {
    const key = readLiteralValue(given[0]);
    const asked = `${of.whole}.${name}`;
    if (asked === "request.json") return toPromised(toPart("sent"));
    if (asked === "request.text") return toPromised(toPart("text"));
    if (typeof key === "string") {
      const absent = ABSENT[of.whole ?? ""];
      if (/^(?:request\.query|search\.get)$/.test(asked)) return toLookup("query", key, absent);
      if (/^(?:request\.(?:header|get)|(?:headers|context)\.get)$/.test(asked)) return toLookup("headers", key.toLowerCase(), absent);
    } else if (asked === "request.query") return toPart("query");
    const isKnown = TEXT_METHODS.test(name) && given.every((each) => each?.kind === "literal") && !of.promises;
    return isKnown ? toResult(of, name, given.map(readLiteralValue)) : undefined;
  }

  /** Was the member given another value? What was put into the body of a request is seen there; into a part of a copy it may be put by any name. */
  #isChanged({ of, key }: Extract<Expression, { kind: "member" }>, from: InputPath, { tokens }: Site): boolean {
    const isPut =
      from.isCopy &&
      tokens.some(
        ({ text }, at) => text === key && tokens[at + 1]?.text === "=" && tokens[at - 1]?.text === "." && tokens[at + 4]?.text !== key,
      );
    if (isPut) return true;
    if (of.kind !== "name" || (from.whole === "request" && key === "body")) return false;
    return [...(findBinding(tokens, of.name, of.at)?.changes.values() ?? [])].includes(key);
  }

  #traceName(name: string, site: Site): InputPath | undefined {
    const { tokens, at } = site;
    const binding = findBinding(tokens, name, at);
    if (!binding) return undefined;
    const path = this.traceBinding(binding, site);
    // What was done up to where the function stands now.
    const now = site.call ? tokens.length : Math.max(at, this.#scripts.find(site.frame)?.at ?? 0);
    // What is done by the very call that was followed has been seen there.
    return path?.isCopy && [...binding.changes.keys()].some((each) => each < now && each !== at)
      ? undefined
      : path && { ...path, asked: `${name}?` };
  }

  /** Follows what a name was given. */
  traceBinding(binding: Binding, site: Site): InputPath | undefined {
    const of = binding.kind === "parameter" ? this.#traceParameter(binding, site) : this.traceAt(binding.start, site);
    if (binding.kind === "gathered") return of?.whole === "request" ? toPart("text") : undefined;
    if (!of || of.promises) return binding.path.length === 0 && binding.kind !== "element" ? of : undefined;
    const from = binding.kind === "element" ? toElement(of) : of;
    return binding.path.reduce<InputPath | undefined>((each, { key, fallback }) => {
      const next = each && readMember(each, key);
      return next && fallback ? toStandIn(next, fallback.value, isUndefined) : next;
    }, from);
  }

  #traceParameter(binding: Parameter, site: Site): InputPath | undefined {
    const { owner, index } = binding;
    const { tokens } = site;
    for (let each = site.call; each; each = each.outer) {
      if (each.tokens === tokens && each.parameters === owner.parameters) return each.trace(index);
    }
    this.passed.push({ tokens, owner });
    const call = findCallOf(tokens, owner);
    const method = call && readMethod(tokens, call);
    if (method) {
      if (ELEMENT_METHODS.test(method)) return this.#traceElement({ ...call, method }, index, site);
      if (method === "then") return !call.index && !index ? this.traceAt(call.start, site, call.last - 1)?.promises : undefined;
      if (!isHandler(tokens, call)) return undefined;
    }
    return this.#traceCaller(binding, site);
  }

  #traceElement(call: Omit<CallOf, "open"> & { readonly method: string }, index: number, site: Site): InputPath | undefined {
    const isElement = index === 0 ? !call.method.startsWith("reduce") : index === 1 && /sort|reduce/i.test(call.method);
    if (call.index || !isElement) return undefined;
    const of = this.traceAt(call.start, site, call.last - 1);
    return of && toElement(of);
  }

  /** The frame in which a function itself runs: the first from here on whose place is directly in it. */
  #findFrameOf(owner: Surrounding, site: Site): number | undefined {
    for (let frame = site.frame; frame < this.#scripts.frames.length; frame++) {
      const place = this.#scripts.find(frame);
      if (place?.file !== site.file) continue;
      const isInside = place.at > owner.parameters && place.at < owner.from;
      if (isInside || findSurroundings(place.tokens, place.at).next().value?.parameters === owner.parameters) return frame;
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
    if (called && called.kind !== "framework") return undefined;
    const guess = (): InputPath | undefined => this.#traceGiven(binding, site, called !== undefined);
    const guessed = called && !called.isAsync ? guess() : this.#traceMentioned(binding, site, guess);
    // What made the function that runs was not called for a request: its context may be that of the app.
    return own !== undefined || (binding.path.length === 0 && guessed?.whole === "request") ? guessed : undefined;
  }

  /** What a function is given that nothing on the stack has called: the request, as far as the script itself calls it with that. */
  #traceMentioned(binding: Parameter, site: Site, guess: () => InputPath | undefined): InputPath | undefined {
    const { tokens } = site;
    const { owner, index } = binding;
    const name = findNameOf(tokens, owner);
    const given = tokens.flatMap(({ text }, at) => {
      // A method of anything may have that name, but not be given an event that is made up: `jobs.run({ body: {} })`.
      const isOthers = tokens[at - 1]?.text === "." && tokens[at + 3]?.text !== "body";
      if (text !== name || isOthers || at === owner.parameters - 1) return [];
      if (tokens[at + 1]?.text === "(") return [this.trace(readArguments(tokens, at + 1)[index], { ...site, at })];
      return tokens[at - 2]?.text === "map" ? [undefined] : [];
    });
    return given.length === 0 ? guess() : given.every(isRequest) ? given[0] : undefined;
  }

  /** What a framework gives to a parameter: what its decorator says, or the request. */
  #traceGiven(binding: Parameter, site: Site, isServed: boolean): InputPath | undefined {
    const decorator = readDecorator(site.tokens, binding);
    if (!decorator) return guessRequest(site.tokens, binding, isServed);
    const [, name = "", key] = decorator;
    const of = readMember(toPart("request"), name.toLowerCase());
    this.isPipeable ||= of?.whole === "body" || (!key && of?.whole !== "request");
    return of && key ? readMember(of, of.whole === "headers" ? key.toLowerCase() : key) : of;
  }

  /** A named function that a list's method was given: `items.map(toLine)`. */
  #traceCallback(index: number, caller: number): InputPath | undefined {
    const place = this.#scripts.find(caller);
    if (!place) return undefined;
    const { tokens, at } = place;
    const last = tokens[at]?.kind === "sign" ? at + 1 : at;
    const method = tokens[last]?.text ?? "";
    if (!ELEMENT_METHODS.test(method) || tokens[last + 2]?.kind !== "name" || tokens[last + 3]?.text === "=>") return undefined;
    const start = findChainStart(tokens, last - 2);
    return this.#traceElement({ start, last, index: 0, method }, index, place);
  }

  #traceArgument(binding: Parameter, site: Site, caller: number): InputPath | undefined {
    const place = this.#scripts.find(caller);
    const open = place && findCall(place.tokens, place.at);
    if (!place || !open) return undefined;
    const name = findNameOf(site.tokens, binding.owner);
    const isIt = name && (place.tokens[open - 1]?.text === name || name === "constructor");
    const frame = this.#scripts.frames[caller];
    const given = readArguments(place.tokens, open);
    // Whoever waits need not have called it itself: what only passes a promise on, as frameworks do, is on no stack, and hands on what it was given.
    if (isIt || frame?.kind !== "app" || !frame.isAsync) return this.trace(given[binding.index], { ...place, at: open });
    const isHandingOn = given.length === 0 || this.#isHandedOn(place, open);
    return this.#traceMentioned(binding, site, () => (isHandingOn ? guessRequest(site.tokens, binding, false) : undefined));
  }

  /** Is the request given to a call, or to one in a function that the call is given: `await storage.run(store, () => handle(request))`? */
  #isHandedOn(place: Site, open: number): boolean {
    const { tokens } = place;
    return tokens.slice(open, tokens[open]?.pair).some(({ kind, text }, from) => {
      const at = open + from;
      const isGiven = kind === "name" && /^[(,]$/.test(tokens[at - 1]?.text ?? "") && tokens[at + 1]?.text !== ".";
      return isGiven && isRequest(this.#traceName(text, { ...place, at }));
    });
  }
}

/** The first parameter of a function: its name, or the bracket of its pattern. */
function readFirst(tokens: readonly Token[], { parameters }: Surrounding): string {
  return tokens[tokens[parameters]?.kind === "name" ? parameters : parameters + 1]?.text ?? "";
}

/** The name of the method that is called; nothing where it is a function. */
function readMethod(tokens: readonly Token[], { last }: CallOf): string | undefined {
  return /^\??\.$/.test(tokens[last - 1]?.text ?? "") ? tokens[last]?.text : undefined;
}

/** Is what is given to a call a handler: is it a router's, or does it make one of what it was given: `app.post("/orders", utils.wrap(async (req) => ...))`? */
function isHandler(tokens: readonly Token[], call: CallOf): boolean {
  return /^[=:]$/.test(tokens[call.start - 1]?.text ?? "") || findRoutes(tokens, call).length > 0;
}

/** The calls of a router's methods that are given a function, or what another call makes of it. */
function findRoutes(tokens: readonly Token[], call: CallOf | undefined): readonly CallOf[] {
  return [call, call && findCallOf(tokens, { parameters: call.start })].filter(
    (each) => each && ROUTES.test(readMethod(tokens, each) ?? ""),
  ) as CallOf[];
}

/**
 * The request, where a function seems to be given one first: it calls it as everybody does, or two speak for it. They are that a framework has called it,
 * that it takes more than one, that it stands behind a path, and that it takes a part of a request out of what it is given.
 */
function guessRequest(tokens: readonly Token[], { owner, index, path, count }: Parameter, isServed: boolean): InputPath | undefined {
  const first = readFirst(tokens, owner);
  const isRouted = findRoutes(tokens, findCallOf(tokens, owner)).some(
    ({ last, open }) => tokens[last]?.text !== "on" && /^["'`][/*]/.test(tokens[open + 1]?.text ?? ""),
  );
  const signs = [isServed, count > 1, isRouted, Object.hasOwn(PARTS, path[0]?.key ?? "")].filter(Boolean).length;
  const isRequest =
    (path.length === 0 && CONVENTIONAL.test(first)) || (signs > 1 && !ANSWERS.test(writeTokens(tokens, owner.parameters, owner.from)));
  return isRequest && index === 0 ? toPart(CONTEXT.test(first) ? "context" : "request") : undefined;
}

/** The name under which a function is called: its own, that of its method, or of the variable that it is put into. */
function findNameOf(tokens: readonly Token[], owner: Surrounding): string | undefined {
  const before = tokens[owner.parameters - 1];
  if (before?.kind === "name" && !/^(?:function|async|return)$/.test(before.text)) return before.text;
  const at = skipHead(tokens, owner);
  return /^[=:]$/.test(tokens[at]?.text ?? "") && tokens[at - 1]?.kind === "name" ? tokens[at - 1]?.text : undefined;
}

/** The first token of the chain that ends with `last`, followed to the request. */
export function traceChain(tracer: Tracer, last: number, site: Site): InputPath | undefined {
  return tracer.traceAt(findChainStart(site.tokens, last), site, last + 1);
}

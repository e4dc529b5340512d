/** Where a request comes in: which function of the app a framework gives it to, and as which parameter. */
import { readDecorator } from "./decorated.ts";
import { remember } from "./names/remember.ts";
import type { Replay } from "./run/replay.ts";
import { ATTACHED, type RequestParts } from "./request-parts.ts";
import type { Code, Node, NodeOf } from "./parse/syntax.ts";
import { thingOf, UNKNOWN, type Value } from "./run/values.ts";

const CONVENTIONAL = /^_?(?:req|request|ctx|context|c)\??$/;
const CONTEXT = /^_?c/;
/** What a client of HTTP gives to whoever asked: `client.get("/orders", (response) => ...)` is no route. Nor is the request what stands before one. */
const ANSWERS = /^\W*(?:res|err|reply|data)|, _?(?:req|ctx|context)/;
/** What is given to any other method, whoever wrote that calls it. */
const ROUTES = /^(?:get|post|put|patch|delete|all|use|route|on|param|register|createServer|addHook|set\w+)$/;
const PARTS = /^(?:body|query|headers?|request|req|raw|url|originalUrl|nextUrl)$/;

function readMethod(call: NodeOf<"call"> | undefined): string | undefined {
  return call?.of.type === "member" && typeof call.of.key === "string" ? call.of.key : undefined;
}

/** The calls of a router's methods that are given a function, or what another call makes of it. */
function findRoutes(code: Code): readonly NodeOf<"call">[] {
  return [code.call, code.call?.outer].filter((each) => each !== undefined && ROUTES.test(readMethod(each) ?? "")) as NodeOf<"call">[];
}

function write(code: Code, from: number, end: number): string {
  return code.script.tokens
    .slice(from, end)
    .map(({ text }) => text)
    .join(" ");
}

/** The first parameter: its name, or the first one in its pattern. */
function readFirst(parameter: Node): string {
  const target = parameter.type === "assign" ? parameter.target : parameter;
  return target.type === "name" ? target.name : "";
}

/**
 * Does a function seem to be given the request first? It calls it as everybody does, or two speak for it: that a framework has called it, that it takes
 * more than one, that it stands behind a path, and that it takes a part of a request out of what it is given.
 */
export function guessPart(code: Code, isServed: boolean): "request" | "context" | undefined {
  const { parameters } = code.read();
  const [parameter] = parameters;
  if (!parameter) return undefined;
  const method = readMethod(code.call);
  const routes = findRoutes(code);
  // What is written as an argument of a method that takes no handlers, something else calls.
  if (method !== undefined && routes.length === 0 && !isNamed(code)) return undefined;
  const first = readFirst(parameter);
  const isRouted = routes.some((call) => readMethod(call) !== "on" && /^["'`][/*]/.test(code.script.tokens[call.at + 1]?.text ?? ""));
  const target = parameter.type === "assign" ? parameter.target : parameter;
  const takes = target.type === "object" && target.members.some(({ key }) => typeof key === "string" && PARTS.test(key));
  const signs = [isServed, parameters.length > 1, isRouted, takes].filter(Boolean).length;
  const isRequest = CONVENTIONAL.test(first) || (signs > 1 && !ANSWERS.test(write(code, code.open, code.body)));
  return isRequest ? (CONTEXT.test(first) ? "context" : "request") : undefined;
}

/** Is what a method gives for a function put under a name: `handler = utils.wrap(async (req) => ...)`? */
function isNamed(code: Code): boolean {
  const { tokens } = code.script;
  return /^[=:]$/.test(tokens[(code.call?.from ?? 0) - 1]?.text ?? "");
}

const decorators = remember<readonly ReturnType<typeof readDecorator>[]>();

/** The decorators of a function's parameters, looked for once. */
function decoratorsOf(code: Code, count: number): readonly ReturnType<typeof readDecorator>[] {
  return decorators(code, () => Array.from({ length: count }, (_, index) => readDecorator(code, index)));
}

/** What else it is given, nobody knows. */
export const OTHERS: readonly Value[] = Array.from({ length: 6 }, () => UNKNOWN);

/** What is known of the request: its parts, whether a body that a pipe may have replaced is one of them, and whether a framework made the call. */
export type Given = { readonly parts: RequestParts; readonly isPiped: boolean; readonly isServed?: boolean };

/** What a framework gives to a function: the request, or what decorators say. Nothing where that is not seen. */
export function enter(replay: Replay, code: Code, given: Given): readonly Value[] | undefined {
  const { parameters } = code.read();
  const decorators = decoratorsOf(code, parameters.length);
  const decorated = parameters.map((parameter, index) => {
    const decorator = decorators[index];
    return decorator && readDecorated(replay, { parameter, decorator }, given);
  });
  if (decorated.some((each) => each !== undefined)) return decorated.map((each) => each ?? UNKNOWN);
  const part = guessPart(code, given.isServed === true);
  return part && [given.parts.part(part), ...OTHERS];
}

type Decorated = { readonly parameter: Node; readonly decorator: readonly (string | undefined)[] };

/** The part of the request that a decorator asks for: `@Body("user")`, `@Headers("Accept")`, `@Req()`. */
function readDecorated(replay: Replay, { parameter, decorator }: Decorated, { parts, isPiped }: Given): Value {
  const [, name = "", key] = decorator;
  const part = name.toLowerCase();
  if (!PARTS.test(part)) return UNKNOWN;
  const of = parts.part(part === "req" ? "request" : part === "header" ? "headers" : part);
  const isPipeable = part === "body" || (!key && !part.startsWith("req"));
  if (isPiped && isPipeable) return UNKNOWN;
  const thing = thingOf(of);
  if (!key && part === "body" && thing?.raw && CONVENTIONAL.test(readFirst(parameter))) {
    for (const each of Object.keys(thing.raw)) if (ATTACHED.test(each)) thing.members.set(each, UNKNOWN);
    thing.hides = ATTACHED;
  }
  return key ? replay.member(of, part === "headers" ? key.toLowerCase() : key) : of;
}

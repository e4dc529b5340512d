/** Begins a replay: with the outermost function of the stack, with one around it, or with whoever calls it by its name. */
import { remember } from "./names/remember.ts";
import { codesAround } from "./names/codes-around.ts";
import { enter, type Given, guessPart, OTHERS } from "./enter.ts";
import type { Origin } from "./origin.ts";
import type { Replay, Step } from "./run/replay.ts";
import type { RequestParts } from "./request-parts.ts";
import type { Code } from "./parse/syntax.ts";
import { OWN, UNKNOWN } from "./run/values.ts";

/** Enters the outermost function of the stack, or one around it that was given the request. */
export function enterStack(replay: Replay, { plan, called }: Origin, given: Given): void {
  const { code } = plan[0] as Step;
  const isServed = called?.kind === "framework";
  const isOthers = called !== undefined && !isServed;
  // Who is given the request itself, has not got it from what made it.
  const isHandler = guessPart(code, isServed) !== undefined;
  const handler = isHandler
    ? undefined
    : codesAround(code.script, code.from).findLast((each) => each !== code && guessPart(each, false) === "request");
  if (handler) {
    replay.invoke(replay.foreign(handler), UNKNOWN, [given.parts.part("request"), ...OTHERS]);
    const made = replay.created.get(code);
    if (!made) return;
    replay.isOnTarget = true;
    const values = isOthers ? undefined : enter(replay, code, { ...given, isServed });
    replay.invoke(made, UNKNOWN, values ?? [OWN, OWN, OWN, OWN]);
    return;
  }
  if (isOthers) return;
  const values = enter(replay, code, { ...given, isServed });
  if (values) replay.invoke(replay.foreign(code), replay.selfOf(code), values);
}

/** The functions that call one by its name, where nothing on the stack has called it; the outermost around each. */
export const findCallers = (origin: Origin): readonly Code[] => callersOf(origin, () => lookForCallers(origin));

const callersOf = remember<readonly Code[]>();

function lookForCallers({ plan, called }: Origin): readonly Code[] {
  const { code } = plan[0] as Step;
  if (!code.name || (called?.kind === "framework" && !called.isAsync)) return [];
  const { tokens } = code.script;
  const { name } = code;
  const places = tokens.flatMap(({ text, kind }, at) => {
    if (text !== name || kind !== "name" || (at >= code.from && at < code.open)) return [];
    const before = tokens[at - 1]?.text ?? "";
    const isCalled =
      tokens[at + 1]?.text === "(" || (tokens[at + 1]?.text === "." && /^(?:call|apply|bind)$/.test(tokens[at + 2]?.text ?? ""));
    return isCalled || (before === "(" && /^(?:map|set(?:Timeout|Immediate)|nextTick)$/.test(tokens[at - 2]?.text ?? "")) ? [at] : [];
  });
  const callers = places.slice(0, 8).flatMap((at) => {
    const around = codesAround(code.script, at).filter((each) => each !== code);
    return around.findLast((each) => guessPart(each, false) !== undefined) ?? around.at(-1) ?? [];
  });
  return [...new Set(callers)].filter((each) => each.end <= code.from || each.from >= code.end);
}

/** Enters a function that calls the first of the stack's. */
export function enterCaller(replay: Replay, caller: Code, parts: RequestParts): void {
  const part = guessPart(caller, false);
  replay.invoke(replay.foreign(caller), replay.selfOf(caller), part ? [parts.part(part), ...OTHERS] : OTHERS);
}

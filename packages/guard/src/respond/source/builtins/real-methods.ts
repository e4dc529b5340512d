/** Methods of texts, numbers, dates and all else that is called with copies. */
import type { Replay } from "../run/replay.ts";
import { native } from "./make-value.ts";
import { tryReal } from "./try-real.ts";
import { combine, isKnown, type Source, sourceOf, type Thing, thingOf, UNKNOWN, type Value } from "../run/values.ts";

type Method = (...given: unknown[]) => unknown;
type Methods = Readonly<Record<string, Method>>;
/** A method that changes a date, and what it is given. */
type Setting = { readonly name: string; readonly given: readonly Value[] };

/** Methods that may be given a function, as it has no effect. */
const isPure = (name: string): boolean => /^(?:replace|replaceAll|from)$/.test(name);

/** A method of something of the language's, that is called with copies. */
export function ofReal(replay: Replay, name: string): Value {
  return native(replay, (given, self, node) => {
    const thing = thingOf(self);
    if (given.some((each) => thingOf(each)?.code) && !isPure(name)) return replay.unknownCall(UNKNOWN, { self: UNKNOWN, given, node });
    // A pattern that a request has made may take its time.
    if ([self, ...given].some((each) => thingOf(each)?.real instanceof RegExp && sourceOf(each))) return UNKNOWN;
    if (thing?.real && name.startsWith("set")) return setReal(replay, thing, { name, given });
    const run = (real: unknown, ...rest: unknown[]): unknown => ((Object(real) as Methods)[name] as Method).apply(real, rest);
    const result = tryReal(replay, { name, values: [self, ...given], run });
    return name === "split" ? clearPieces(self, given, result) : result;
  });
}

/** Of a text that was cut off in front only the first piece can be wrong by that, where no sign that parts them was cut off. */
function clearPieces({ source, data }: Value, given: readonly Value[], result: Value): Value {
  const thing = thingOf(result);
  const at = given[0]?.data;
  const count = (text: unknown): number => String(text).split(at as string).length;
  // Without a sign there are only letters.
  if (!thing?.items || !source?.uncut || typeof at !== "string" || !at || count(source.uncut) !== count(data)) return result;
  const piece: Source = { isText: true, ...(source.isHeaders && { isHeaders: true }) };
  thing.items = thing.items.map((each, index) => (index === 0 ? each : { data: each.data, source: piece }));
  thing.source = piece;
  return result;
}

/** What a date is set to, it is made of. */
function setReal(replay: Replay, thing: Thing, { name, given }: Setting): Value {
  const wasRight = thing.real instanceof Date && !Number.isNaN(thing.real.getTime());
  // What is no date stays none, unless it is given a year.
  if (thing.real instanceof Date && !wasRight && !given.every(isKnown) && !/Year|Time/.test(name)) return UNKNOWN;
  const run = (real: unknown, ...rest: unknown[]): unknown => ((real as Methods)[name] as Method).apply(real, rest);
  const result = tryReal(replay, { name, values: [{ data: thing, source: undefined }, ...given], run });
  if (!isKnown(result) || replay.level > thing.level) {
    thing.source = combine([{ data: thing, source: thing.source }, ...given], true) ?? { isText: false, isSpoilt: true };
    if (thing.real instanceof Date) thing.real = undefined;
    thing.isOpen = true;
    return UNKNOWN;
  }
  if (thing.real instanceof Date) blame(thing, wasRight, { name, given });
  return result;
}

/** Finds out what has made a date no date: what was sent, or what the code has put there. */
function blame(thing: Thing, wasRight: boolean, { name, given }: Setting): void {
  const would = (value: unknown): boolean => !Number.isNaN(new Date(0)[name as "setDate"](value as number));
  const bad = given.find((each) => sourceOf(each) && !would(each.data));
  if (bad && combine(given)) {
    if (wasRight) thing.source = { ...(sourceOf(bad) as Source), would };
  } else if (Number.isNaN((thing.real as Date).getTime()) && given.some((each) => !sourceOf(each) && Number.isNaN(Number(each.data)))) {
    thing.source = { isText: false, isSpoilt: true };
  }
}

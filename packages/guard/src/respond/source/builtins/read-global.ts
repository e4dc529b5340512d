/** What the language and Node have under a name. */
import type { Call, Replay } from "../run/replay.ts";
import { list, native } from "./make-value.ts";
import { makeMap } from "./maps.ts";
import { makePromise, promiseStatics } from "./promises.ts";
import { STATICS } from "./statics.ts";
import { tryReal } from "./try-real.ts";
import { combine, makeThing, NOTHING, OWN, own, sourceOf, SOMETHING, type Thing, thingOf, UNKNOWN, type Value } from "../run/values.ts";

/** Of the language's: what gives the same for the same, and has no effect. */
const PURE = new Set(
  "Math JSON Object Array Date Number String Boolean BigInt Intl URL URLSearchParams Buffer RegExp Response TextEncoder TextDecoder Headers parseInt parseFloat isNaN isFinite decodeURI decodeURIComponent encodeURI encodeURIComponent atob btoa structuredClone Uint8Array Uint16Array Uint32Array Int8Array Int16Array Int32Array Float32Array Float64Array BigInt64Array DataView ArrayBuffer".split(
    " ",
  ),
);
const ERRORS = /^(?:\w*Error)$/;

/** What gives another thing each time, or has an effect. */
const IMPURE = /^(?:defineProp|setProto|create|getOwn|getProto|seal|random|now|createObjectURL|revoke|prevent|isExt|groupBy|waitAsync)/;

type Callable = (...given: unknown[]) => unknown;
/** A function of the language's with its name. */
type Global = { readonly name: string; readonly real: Callable };

/** What the language itself has under a name; undefined where that is nothing that can be tried. */
export function readGlobal(replay: Replay, name: string): Value | undefined {
  if (name === "Promise")
    return replay.make({
      native: (given, _self, node) => makePromise(replay, given, node),
      members: new Map(Object.entries(promiseStatics(replay))),
      isOpen: false,
    });
  if (name === "Map" || name === "Set") return native(replay, (given) => makeMap(replay, name, given));
  if (ERRORS.test(name)) return native(replay, () => SOMETHING);
  if (name === "Symbol" || !PURE.has(name)) return undefined;
  const real = (globalThis as unknown as Record<string, object>)[name] as object;
  const made = replay.make({ real, global: name, isOpen: false });
  if (typeof real === "function")
    (made.data as Thing).native = (given, _self, node) => callGlobal(replay, { name, real: real as Callable }, { given, node });
  return made;
}

function callGlobal(replay: Replay, { name, real }: Global, { given, node }: Omit<Call, "self">): Value {
  const isNew = node.type === "call" && node.isNew;
  if (name === "Object" || name === "Boolean") {
    const test = replay.truth(given[0] ?? NOTHING);
    return name === "Object" ? (given[0] ?? replay.make({})) : test === undefined ? OWN : own(test);
  }
  if (name === "URL" && thingOf(given[0] ?? NOTHING)?.host === "address") return { data: makeThing({ host: "url" }), source: undefined };
  if (name === "structuredClone") return given[0] ?? NOTHING;
  if (name === "Date" && given.length === 0) return isNew ? replay.make({ real: new Date(), isOpen: false }) : SOMETHING;
  if (name === "Array" && given.length !== 1) return list(replay, given);
  if (name === "RegExp" && given.some((each) => sourceOf(each))) {
    tryReal(replay, { name, values: given, run: (...reals: unknown[]) => new RegExp(...(reals as [string])) });
    return { data: makeThing({ real: /x/, source: combine(given, true) }), source: undefined };
  }
  const run = (...reals: unknown[]): unknown => (isNew ? Reflect.construct(real, reals) : real(...reals));
  const result = tryReal(replay, { name, values: given, run });
  return isNew && result === OWN ? SOMETHING : result;
}

/** A member of what the language has under a name; undefined where that is nothing that can be tried. */
export function readOfGlobal(replay: Replay, thing: Thing, name: string): Value | undefined {
  const path = `${thing.global}.${name}`;
  const run = Object.hasOwn(STATICS, path) ? STATICS[path] : undefined;
  if (run) return native(replay, (given, _self, node) => run(replay, given, node));
  if (/^(?:url|buffer)\.(?:URL|Buffer)/.test(path)) return readGlobal(replay, name);
  if (path === "url.parse") {
    return native(replay, ([of = NOTHING, isParsed = NOTHING]) =>
      thingOf(of)?.host === "address" && isParsed.data === true ? { data: makeThing({ host: "url" }), source: undefined } : UNKNOWN,
    );
  }
  const real = thing.real as Record<string, unknown>;
  const base: object = Object.getPrototypeOf(real) as object;
  const isIts = Object.hasOwn(real, name) || (base !== Function.prototype && base !== Object.prototype && Object.hasOwn(base, name));
  const member = isIts ? real[name] : undefined;
  if (member === undefined) return undefined;
  if (typeof member !== "function") return typeof member === "object" ? OWN : own(member);
  if (IMPURE.test(name)) {
    return name === "now" ? native(replay, () => own(Date.now())) : name === "random" ? native(replay, () => SOMETHING) : undefined;
  }
  return native(replay, (given, _self, node) => {
    if (given.some((each) => thingOf(each)?.code)) return replay.unknownCall(OWN, { self: OWN, given, node });
    const isNew = node.type === "call" && node.isNew;
    const run = (...reals: unknown[]): unknown =>
      isNew ? Reflect.construct(member as Callable, reals) : (member as Callable).apply(real, reals);
    const result = tryReal(replay, { name, values: given, run });
    // A path and bytes are something in any case.
    return result === OWN && /^(?:path|url|Buffer)$/.test(thing.global as string) ? SOMETHING : result;
  });
}

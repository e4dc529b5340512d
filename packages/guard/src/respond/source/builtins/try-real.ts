/** Does what the language does, with copies: nothing that has an effect, and nothing of the app's. */
import { NOWHERE, type Replay } from "../run/replay.ts";
import {
  combine,
  combineNumber,
  fromReal,
  NotKnown,
  OWN,
  Raised,
  remade,
  type Source,
  sourceOf,
  type Thing,
  thingOf,
  toReal,
  UNKNOWN,
  type Value,
} from "../run/values.ts";

/** What would take too long, and too much room. */
const MAX_TEXT = 1 << 20;
const MAX_LENGTH = 10_000;

/** The things of the language's that values stand for. */
export function toReals(replay: Replay, values: readonly Value[]): unknown[] {
  const source = combine(values);
  const call =
    (code: Thing): unknown =>
    (...given: readonly unknown[]) => {
      const result = replay.apply(
        { data: code, source: undefined },
        {
          self: UNKNOWN,
          given: given.map((each) => fromReal(each, source && { ...source, isSpoilt: true })),
          node: NOWHERE,
        },
      );
      return toReal(result, call);
    };
  return values.map((value) => toReal(value, call));
}

/** Would it take too much to do that? */
function isHeavy(name: string, self: unknown, given: readonly unknown[]): boolean {
  if (typeof self === "string" && self.length > MAX_TEXT) return true;
  return (
    /^(?:repeat|pad(?:Start|End)|alloc\w*|Array|\w+Array|fill)$/.test(name) &&
    given.some((each) => Number(each) > MAX_LENGTH && Number.isFinite(Number(each)) && Number(each) < 2 ** 29)
  );
}

/** Of a number, a date or a text everybody knows which methods it has. */
const MADE = /^(?:toString|join|stringify|String|Number|BigInt|Date|parse(?:Int|Float)|(?:de|en)codeURI\w*)$/;

/** What a number is worth that the code has computed, nobody knows; a text has come from where it was taken. */
function toSource(name: string, values: readonly Value[], result: unknown): Source | undefined {
  // What is cut off in front, the code may have cut wrong.
  const isCut = /^(?:slice|substr(?:ing)?)$/.test(name) && values[1]?.data !== 0;
  if (/^(?:m(?:ax|in)|round|floor|ceil|abs|pow|sqrt)$/.test(name)) return combineNumber(values, result);
  const source = combine(values, isCut || /^(?:splice|random|(?:last)?indexOf|search|charCodeAt|codePointAt)$/i.test(name));
  const [self] = values;
  if (source && isCut && !self?.source?.isSpoilt) return { ...source, uncut: self?.data };
  return source && MADE.test(name) ? { ...source, isText: true } : source;
}

/** What is done with the things that some values stand for. */
export type Deed = { readonly name: string; readonly values: readonly Value[]; readonly run: (...reals: never[]) => unknown };

/** Where it comes from, and what would have been made of another text or number. */
function toRemade({ name, values, run }: Deed, result: unknown): Source | undefined {
  const source = toSource(name, values, result);
  const [one, more] = values.filter((each) => sourceOf(each));
  if (!source || !one || more || values.some((each) => thingOf(each))) return source;
  return remade({ ...source, remake: sourceOf(one)?.remake }, (other) =>
    run(...(values.map((each) => (each === one ? other : each.data)) as never[])),
  );
}

/** Does something of the language's with copies, and gives what comes of it. */
export function tryReal(replay: Replay, { name, values, run }: Deed): Value {
  let reals: unknown[];
  try {
    reals = toReals(replay, values);
  } catch (error) {
    if (!(error instanceof NotKnown)) throw error;
    return values.some((each) => sourceOf(each) || each === UNKNOWN) ? UNKNOWN : OWN;
  }
  if (isHeavy(name, reals[0], reals)) return UNKNOWN;
  try {
    const result: unknown = run(...(reals as never[]));
    return fromReal(result, toRemade({ name, values, run }, result));
  } catch (error) {
    if (error instanceof NotKnown) return UNKNOWN;
    if (!(error instanceof Error)) throw error;
    const { message } = error;
    // With another value in its place, does it fail so again?
    if (replay.isInnermost) {
      const fails = (others: readonly Value[]): boolean => {
        try {
          run(...(toReals(replay, others) as never[]));
          return false;
        } catch (other) {
          return (other as Error).message === message;
        }
      };
      replay.world.judge({ kind: "again", values, fails, message });
    }
    throw new Raised(OWN, message);
  }
}

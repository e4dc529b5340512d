/** What the app throws on purpose, because of what the request says: every condition around it is about the request alone, and about an odd value of it. */
import type { Replay } from "../run/replay.ts";
import type { Guard, Spot } from "../run/spot.ts";
import { isKnown, isNothing, type Lookup, NOTHING, own, type Scope, SOMETHING, sourceOf, thingOf, type Value } from "../run/values.ts";
import type { Node } from "../parse/syntax.ts";
import { isKeyLike, isOdd } from "./odd-keys.ts";

/** Words of an app that speaks of itself. */
const OF_ITSELF =
  /not (?:yet )?(?:impl|supp|conf|avail|ready|set)|todo|unreach|unexp|intern|invari|assert|never|\bbug|config|corrupt|inconsist|fail/i;
/** What asks a value for its kind, and for nothing else. */
const ASKS = /^(?:Number\.is(?:NaN|Integer|Finite)|Array\.isArray)$/;

/** A part of a condition that the request decides. */
type Part = { readonly node: Node; readonly value: Value };

/** The operands of a condition, where it is put together of some. */
function operandsOf(node: Node): readonly Node[] | undefined {
  if (node.type === "unary" && /^(?:!|typeof)$/.test(node.sign)) return [node.of];
  if (node.type === "binary" && /^[!=]==?$/.test(node.sign)) return [node.first, node.second];
  if (node.type === "either" && node.sign !== "??") return [node.first, node.second];
  if (node.type !== "call" || node.of.type !== "member" || node.of.of.type !== "name" || typeof node.of.key !== "string") return undefined;
  return ASKS.test(`${node.of.of.name}.${node.of.key}`) ? node.given : undefined;
}

/** The parts of a condition that are no operators; undefined where one of them is the app's own. */
function listParts(replay: Replay, node: Node, scope: Scope): readonly Part[] | undefined {
  const operands = operandsOf(node);
  if (operands) {
    const parts = operands.map((each) => listParts(replay, each, scope));
    return parts.every((each) => each !== undefined) ? parts.flat() : undefined;
  }
  if (node.type === "literal" || (node.type === "name" && node.name === "undefined")) return [];
  const value = replay.evaluate(node, scope);
  return value.lookup || (sourceOf(value) && isKnown(value)) ? [{ node, value }] : undefined;
}

/** What a condition itself writes out. */
function literalsIn(node: Node): readonly unknown[] {
  return node.type === "literal" ? [node.value] : (operandsOf(node) ?? []).flatMap(literalsIn);
}

/** What `typeof` gives. */
const KINDS = /^(?:string|number|boolean|object)$/;

/** Is what the request has there missing, empty, no number, or nothing like what it is compared with? */
function isOddPart({ value }: Part, literals: readonly unknown[]): boolean {
  const source = sourceOf(value);
  if (!source || source.isSpoilt || source.isStandIn || source.isMixed || typeof value.data === "boolean") return false;
  const compared = literals.filter(isKeyLike);
  if (thingOf(value)) return compared.length > 0;
  if (compared.some((each) => KINDS.test(String(each)))) return !compared.includes(typeof value.data);
  return isNothing(value.data) || value.data === "" || Number.isNaN(value.data) || (compared.length > 0 && isOdd(value.data, compared));
}

/** What else might have been sent. */
const SAMPLES = [1, 5, "1", "a", [], true];

/** Something else in the place of a value; of a query, texts alone. */
function toOther({ data, source, lookup }: Value, sample: unknown): Value {
  if (lookup) return SOMETHING;
  return own(source?.isText && typeof data !== "number" ? String(sample) : sample);
}

/** How a condition comes out with other values in its parts. */
function tryWith(
  replay: Replay,
  test: Node,
  { scope, others }: { readonly scope: Scope; readonly others: ReadonlyMap<Node, Value> },
): boolean | undefined {
  replay.others = others;
  try {
    return replay.truth(replay.evaluate(test, scope));
  } finally {
    replay.others = undefined;
  }
}

/** The parts because of which a condition is met that would not be with something else; none where it may be the app's. */
function findReasons(replay: Replay, { test, isMet }: Guard, scope: Scope): readonly Part[] {
  const literals = literalsIn(test);
  const reasons = (listParts(replay, test, scope) ?? []).filter((part) => part.value.lookup ?? isOddPart(part, literals));
  const attempt = (change: (value: Value) => Value): boolean | undefined =>
    tryWith(replay, test, { scope, others: new Map(reasons.map(({ node, value }) => [node, change(value)])) });
  if (reasons.length === 0 || attempt((value) => (value.lookup ? NOTHING : value)) !== isMet) return [];
  return [...SAMPLES, ...literals].some((sample) => attempt((value) => toOther(value, sample)) === !isMet) ? reasons : [];
}

/** Why something was thrown on purpose: entries that are not there, and odd values. */
export type Reasons = { readonly lookups: readonly Lookup[]; readonly odd: readonly Part[] };

/** The reasons of a throw; undefined where it may be the app's own. */
export function readThrow(
  replay: Replay,
  { guards, scope, node }: Extract<Spot, { readonly kind: "throw" }>,
  message: string,
): Reasons | undefined {
  const own = guards.filter((guard) => !guard?.isOfCaller);
  const isAsked = (guard: Guard | undefined): boolean => guard !== undefined && Boolean(listParts(replay, guard.test, guard.scope)?.length);
  // What is thrown for the request alone may be thrown because of what the app has not.
  if (!guards.every((guard) => own.includes(guard) || isAsked(guard))) return undefined;
  if (own.length === 0 || OF_ITSELF.test(message) || node.of?.type !== "call") return undefined;
  const unique = [...new Map(own.map((guard) => [guard?.test, guard])).values()];
  const reasons = unique.map((guard) => (guard ? findReasons(replay, guard, scope) : []));
  if (reasons.some(({ length }) => length === 0)) return undefined;
  const all = reasons.flat();
  return { lookups: all.flatMap(({ value }) => value.lookup ?? []), odd: all.filter(({ value }) => !value.lookup) };
}

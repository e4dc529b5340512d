/** What the words of an error claim of a value, and which value that is where it was thrown. */
import { createHash } from "node:crypto";
import type { Spot } from "./run/spot.ts";
import type { Node } from "./parse/syntax.ts";
import { isKnown, isNothing, OWN, readOwn, ROW, SOMETHING, sourceOf, type Thing, thingOf, UNKNOWN, type Value } from "./run/values.ts";

/** A value that an error may be about, and the expression that gave it. */
export type Meant = { readonly value: Value; readonly node?: Node | undefined };

/** The values that may be meant at a place; undefined where the words are about no operation of that kind. */
type Pick = (spot: Spot, isThrownAbove: boolean) => readonly Meant[] | undefined;

/** What is said of a value: `holds` of the very one, `would` of another that would have done, `reads` the member that was asked of it. */
export type Claim = {
  readonly holds: (value: unknown, isText: boolean) => boolean;
  readonly would: (value: unknown) => boolean;
  readonly reads?: string | undefined;
  /** Do the words say so of a value of the code's own beside it? */
  readonly fits?: (value: unknown) => boolean;
  readonly pick: Pick;
};

const isTime = (value: number): boolean => !Number.isNaN(value);
const isObject = (value: unknown): boolean => typeof value === "object" && value !== null;
const hasMethod = (value: unknown, name: PropertyKey): boolean => typeof (value as Record<PropertyKey, unknown>)[name] === "function";
/** What a database can hold. */
const isBindable = (value: unknown): boolean =>
  value === null || /^(?:string|number|bigint)$/.test(typeof value) || ArrayBuffer.isView(value);
const isIterable = (value: unknown): boolean => !isNothing(value) && hasMethod(value, Symbol.iterator);

const nodeOf = (spot: Spot): Node | undefined => (spot.node?.type === "member" ? spot.node.of : undefined);

/** What `name` was read of. Where another stands there, the script is not the one that ran. */
function receiverOf(name: string): Pick {
  return (spot) => (spot.kind === "member" && (spot.name ?? name) === name ? [{ value: spot.of, node: nodeOf(spot) }] : undefined);
}

const pattern: Pick = (spot) =>
  spot.kind === "pattern" || (spot.kind === "list" && spot.node.type === "list") ? [{ value: spot.of }] : undefined;

/** What a call was given. Where nobody knows another one of them, and it may be nothing, the words do not say which of them it was. */
const given: Pick = (spot) => {
  if (spot.kind !== "call") return undefined;
  const all = spot.given.map((value, at) => ({ value, node: spot.node.given[at] }));
  return spot.hasSpread ? [{ value: UNKNOWN }] : all;
};

/** What was given for a place of a statement, or by names. */
function pickBound(all: readonly Meant[] | undefined, at: number): readonly Meant[] | undefined {
  const thing = all?.[0] && !sourceOf(all[0].value) ? thingOf(all[0].value) : undefined;
  return thing && !thing.isOpen && !thing.real
    ? [...thing.members.values()].map((value) => ({ value })).filter(({ value }) => sourceOf(value))
    : all?.slice(at, at + 1);
}

const firstGiven: Pick = (spot, isThrownAbove) => {
  const all = given(spot, isThrownAbove);
  const unknown = all?.find(({ value }) => !isKnown(value) && value !== SOMETHING);
  // The others must not be what failed.
  return unknown ? [unknown] : all?.filter(({ value }, at) => at === 0 || !sourceOf(value));
};

/** The values in what the code has made for a call: its options as well. */
function listMentioned({ value, node }: Meant, depth = 0): readonly Meant[] {
  const thing = thingOf(value);
  if (!thing || sourceOf(value) || thing.code || thing.host || depth > 3) return [{ value, node }];
  return [...thing.members.values(), ...(thing.items ?? [])].flatMap((each) => listMentioned({ value: each }, depth + 1));
}

/** What an app throws itself, with nothing above it on the stack, it may say of whatever it likes. */
const mentioned: Pick = (spot, isThrownAbove) =>
  spot.kind === "call" && isThrownAbove
    ? spot.given.flatMap((value, at) => listMentioned({ value, node: spot.node.given[at] })).filter(({ value }) => isKnown(value))
    : undefined;

/** For words that a rule believes: what the call was given. The other arguments are options, which fail in other words. */
export const believed: Pick = (spot) => {
  if (spot.kind !== "call") return undefined;
  const { of } = spot.node;
  const name = of.type === "name" ? of.name : of.type === "member" && typeof of.key === "string" ? of.key : "";
  return spot.given.slice(0, /^URL|Comp/.test(name) ? 2 : 1).map((value) => ({ value }));
};

/** What a schema refuses of a value: the way to it. */
export type Refused = readonly (string | number)[];

/** A member or an element of what is given, with the expression that stands there; none where it is written elsewhere. */
function innerOf({ node }: Meant, key: string | number, value: Value): Meant {
  if (node?.type === "list") return { value, node: node.items[Number(key)] };
  return { value, node: node?.type === "object" ? node.members.findLast((each) => each.key === key)?.value : undefined };
}

/** Is a value written out in the code, or a row of a database? What is empty, or computed, the request may have made so. */
function isAppsOwn(meant: Meant): boolean {
  const { value, node } = meant;
  const thing = thingOf(value);
  if (!thing) return value === ROW || value.lookup !== undefined || node?.type === "literal";
  const inner = [...(thing.items ?? []).entries(), ...thing.members].map(([key, each]) => innerOf(meant, key, each));
  if (thing.isOpen || thing.isTouched || thing.source || thing.host || thing.real || thing.code || inner.length === 0) return false;
  return inner.every(isAppsOwn);
}

/** Is what was refused there, and the app's own? What is not there, the client may not have sent; and a whole row may be one that it names. */
function isAppsAt(meant: Meant, [key, ...rest]: Refused): boolean {
  const { value } = meant;
  const thing = thingOf(value);
  if (!isAppsOwn(meant) || key === undefined) return isKnown(value) && isAppsOwn(meant);
  if (!thing) return !isKnown(value);
  const inner = readOwn(thing, String(key));
  return inner !== undefined && isAppsAt(innerOf(meant, key, inner), rest);
}

/** For a schema that refuses: what it was given, where that is the app's own, and no client can have sent it. */
export function refusedBy(name: string, refused: readonly Refused[]): Pick {
  return (spot, isThrownAbove) => {
    const [meant] = given(spot, isThrownAbove)?.slice(name === "ValiError" ? 1 : 0) ?? [];
    return meant && refused.every((each) => isAppsAt(meant, each)) ? [{ value: OWN }] : undefined;
  };
}

/** A list is taken apart by a pattern, a loop, a spread or a constructor. */
const listed: Pick = (spot) => {
  if (spot.kind === "list") return [{ value: spot.of }];
  if (spot.kind !== "call") return undefined;
  const { of, isNew } = spot.node;
  // Of any other call it is the result that is no list.
  const isTaking = isNew || (of.type === "member" && of.of.type === "name" && /^(?:Object|Promise|Array)$|Array$/.test(of.of.name));
  return isTaking ? firstGiven(spot, false) : undefined;
};

const onSelf: Pick = (spot) => (spot.kind === "call" && spot.self ? [{ value: spot.self }] : undefined);

/** A date is written by its own method, or by one that is given it. */
const dated: Pick = (spot) =>
  spot.kind === "call"
    ? [...(spot.self ? [{ value: spot.self }] : []), ...spot.given.map((value) => ({ value }))].filter(({ value }) => isTimed(value))
    : undefined;

/** May a value be a date, or a moment? */
function isTimed(value: Value): boolean {
  if (!isKnown(value)) return value !== SOMETHING;
  const thing: Thing | undefined = thingOf(value);
  return thing ? thing.real instanceof Date : typeof value.data === "number";
}

/** The kinds of values that JSON has; of texts alone, as in a query, whoever calls another method than a text's is mistaken each time. */
const CARRIED = ["", [], 0, true, {}];

function lacksMethod(name: string): Claim["holds"] {
  return (value, isText) => {
    if (isNothing(value) || hasMethod(value, name)) return false;
    return isText ? isObject(value) && !(value instanceof Date) && hasMethod("", name) : CARRIED.some((each) => hasMethod(each, name));
  };
}

/** Operations whose failure depends on their first argument alone, and is told in words that no other has. */
const AGAIN: readonly ((value: never) => unknown)[] = [
  (value) => JSON.parse(value) as unknown,
  (value) => BigInt(value),
  (value) => new URL(value),
  (value) => new Intl.Locale(value),
  (value) => (1).toFixed(value),
  (value) => (1).toPrecision(value),
  (value) => (1).toString(value),
  (value) => "".normalize(value),
  (value) => createHash(value),
  (value) => new Headers(value),
  // A length that is one would only take room.
  (value) => value >>> 0 !== value && Reflect.construct(Array, [value]),
];
const AGAIN_WORDS = /BigInt|^(?:In(?:valid (?:URL|arr)|corr)|to\w+\(|The n|Headers|Digest)/;

function claimRead(reads: string | undefined, nothing: string, pick: Pick): Claim {
  const missing = nothing === "null" ? null : undefined;
  return {
    holds: (value) => value === missing,
    would: (value) =>
      !isNothing(value) && (reads === undefined || (reads in (Object(value) as object) && (!/^\d/.test(reads) || isObject(value)))),
    reads,
    pick,
  };
}

type Reader = readonly [words: RegExp, claim: (...found: readonly string[]) => Claim];

/** By the words of the language and of Node. */
const READERS: readonly Reader[] = [
  [
    /^Cannot \w+ properties of (undefined|null) \(\w+ '(.*)'\)$/s,
    (_all, nothing = "", name = "") =>
      claimRead(
        name,
        nothing,
        (spot, isAbove) =>
          receiverOf(name)(spot, isAbove) ?? pattern(spot, isAbove) ?? (spot.kind === "assign" ? [{ value: spot.of }] : undefined),
      ),
  ],
  [/^Cannot destructure (?:property '(.*?)' )?.* is (undefined|null)\.$/s, (_all, name, nothing = "") => claimRead(name, nothing, pattern)],
  [
    /\.([\w$]+) is not a function(?: or its return value is not iterable)?$/,
    (_all, name = "") => ({ holds: lacksMethod(name), would: () => false, pick: receiverOf(name) }),
  ],
  [/not iterable|^Spread/, () => ({ holds: (value) => !isIterable(value), would: isIterable, pick: listed })],
  [/^Cannot convert undefined or/, () => ({ holds: isNothing, would: isObject, pick: firstGiven })],
  [
    /^Cannot use 'in'/,
    () => ({
      holds: (value) => !isObject(value),
      would: isObject,
      pick: (spot) => (spot.kind === "in" ? [{ value: spot.of }] : undefined),
    }),
  ],
  [
    /^Cannot create .* on (\w+) '/s,
    (_all, type) => ({
      holds: (value) => typeof value === type,
      would: () => false,
      pick: (spot) => (spot.kind === "assign" ? [{ value: spot.of }] : undefined),
    }),
  ],
  [
    /^Provided value cannot be bound to SQLite parameter (\d+)/,
    (_all, place) => ({
      holds: (value) => !isBindable(value),
      would: isBindable,
      pick: (spot, isThrownAbove) => pickBound(given(spot, isThrownAbove), Number(place) - 1),
    }),
  ],
  [/^Reduce of/, () => ({ holds: (value) => Array.isArray(value) && value.length === 0, would: () => false, pick: onSelf })],
  [
    /^Invalid time value$/,
    () => ({
      holds: (value) =>
        value instanceof Date ? !isTime(value.getTime()) : typeof value === "number" && !isTime(new Date(value).getTime()),
      would: (value) => typeof value === "string" && isTime(Date.parse(value)),
      pick: dated,
    }),
  ],
  [
    /Received (an instance of \w+|type \w+ \(.*\)|\S+)$/s,
    (_all, received = "") => ({
      // As Node writes it: `undefined`, `type number (5)`, `an instance of Array`, and what is out of range `5_000`.
      holds: (value) =>
        received.startsWith(isObject(value) ? "an" : `type ${typeof value} `) ||
        (typeof value !== "string" && received.replaceAll("_", "") === String(value)),
      would: (value) => typeof value === "string",
      fits: (value) => isObject(value) || received.includes(String(value)),
      pick: given,
    }),
  ],
];

/** The language's own words are short; what an app writes may be as long as its request, and expressions must not go through it again and again. */
const MAX_MESSAGE = 1000;
const NAMES = /^(?:Type|Range|Syntax)E|^ErrorDigest/;

/** Where the words of a builtin name what was no option for it: `Invalid status code: 5`. Of a property that cannot be set it is the object that is at fault. */
const NAMED = /^(?:Value |(?!Cannot).*?(?:: |from |['"])+)(.*?)(?: out .*|['"].*|\. St.*)?$/s;

/** The kind of words that a package may write as well: it refuses a value as the language does. */
export const OF_PACKAGES = -4;
/** The words of what the app throws by itself. */
export const OF_THE_APP = -5;

/** The claim that an error makes, and which kind of words it has; undefined for words that claim nothing of one value. */
export function readClaim(message: unknown, name: string): { readonly kind: number; readonly claim: Claim } | undefined {
  if (typeof message !== "string" || message.length > MAX_MESSAGE || !NAMES.test(name + message)) return undefined;
  for (const [kind, [words, claim]] of READERS.entries()) {
    const found = words.exec(message);
    if (found) return { kind, claim: claim(...found) };
  }
  const isAgain = name === "SyntaxError" || AGAIN_WORDS.test(message);
  const fails = (value: unknown): boolean =>
    AGAIN.some((again) => {
      try {
        again(value as never);
        return false;
      } catch (error) {
        return (error as Error).message === message;
      }
    });
  const holds = isAgain ? fails : (value: unknown): boolean => message.replace(NAMED, "$1") === String(value);
  const would = (value: unknown): boolean => typeof value === "string" && !holds(value);
  return {
    kind: isAgain ? -2 : message.startsWith("Invalid") ? OF_PACKAGES : -3,
    claim: { holds, would, pick: isAgain ? firstGiven : mentioned },
  };
}

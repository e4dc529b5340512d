/** What an expression gives when a script is run again in thought: a value that is known, with where it comes from, or one that nobody knows. */
import type { Code, Node, ScriptTree } from "../parse/syntax.ts";

/** How a value comes from the request. What has none is the app's own, or nobody's. */
export type Source = {
  /** Where it was looked for, and by which name; none where it was made of something. */
  readonly holder?: unknown;
  readonly key?: string;
  /** Are all values texts there, as in a query? */
  readonly isText: boolean;
  readonly isHeaders?: boolean;
  /** Has the code a part in it that may itself be what is wrong? It is known then, and proves nothing. */
  readonly isSpoilt?: boolean;
  /** Does everybody see it, as the body that a framework has read? What others put into it is seen there. */
  readonly isShared?: boolean;
  /** Has the code put a text of its own beside it? */
  readonly isMixed?: boolean;
  /** Does it stand in for what was not sent? */
  readonly isStandIn?: boolean;
  /** What another value would have had to be, where the words of the error do not say it. */
  readonly would?: (value: unknown) => boolean;
  /** Of a text that the code has cut off in front: what it was before. */
  readonly uncut?: unknown;
  /** Is it a part of the path, by which something is asked for? It is there in any case. */
  readonly isPath?: boolean;
  /** What the code would have made of another text or number in its place. */
  readonly remake?: ((other: unknown) => unknown) | undefined;
};

/** What the app looked for in a collection of its own, by what the request says. */
export type Lookup = {
  readonly key: Value;
  readonly node: Node | undefined;
  /** Would a key that the request has in its place be there? */
  readonly would: (other: unknown) => boolean;
  /** What it is called, where it is filled as requests come. */
  readonly of: string | undefined;
};

/** What a thing is called: a name of a whole script. */
export type Named = { readonly script: ScriptTree; readonly name: string };

/** A value, and where it comes from. */
export type Value = {
  readonly data: unknown;
  readonly source: Source | undefined;
  /** Where it may be an entry that the app has not: how it was looked for. */
  readonly lookup?: Lookup;
};

/** A value that nobody knows, which may be the request's. */
export const UNKNOWN: Value = { data: Symbol("unknown"), source: undefined };
/** A value of the app's own that nobody knows. */
export const OWN: Value = { data: Symbol("own"), source: undefined };
/** One of the app's own that is something in any case: neither null nor undefined. */
export const SOMETHING: Value = { data: Symbol("something"), source: undefined };

/** What a database has given. */
export const ROW: Value = { data: Symbol("row"), source: undefined };

/** Is it known what a value is? */
export const isKnown = ({ data }: Value): boolean => typeof data !== "symbol";

/** A value that the code itself says. */
export const own = (data: unknown): Value => ({ data, source: undefined });
/** The `undefined` that the code itself says. */
export const NOTHING = own(undefined);

/** What a name stands for; `level` counts the branches around its making of which nobody knows whether they were taken. */
export type Slot = { value: Value; readonly level: number };

/** The names at a place. `find` gives those of a whole script. */
export class Scope {
  /** Made when the first name is declared: most blocks have none. */
  #names: Map<string, Slot> | undefined;
  readonly outer: Scope | undefined;
  readonly find: ((name: string) => Slot | undefined) | undefined;
  /** What `this` is; that of an arrow is around it. */
  self: Value | undefined;
  /** The class whose method runs. */
  home: Thing | undefined;

  constructor(outer: Scope | undefined, find?: (name: string) => Slot | undefined) {
    this.outer = outer;
    this.find = find;
  }

  get names(): Map<string, Slot> {
    this.#names ??= new Map();
    return this.#names;
  }

  /** What a name stands for here. */
  look(name: string): Slot | undefined {
    return this.#names?.get(name) ?? this.find?.(name) ?? this.outer?.look(name);
  }

  /** What `this` is here. */
  findSelf(): Value {
    return this.self ?? this.outer?.findSelf() ?? UNKNOWN;
  }

  /** The class or the object whose method runs here. */
  findHome(): Thing | undefined {
    return this.home ?? this.outer?.findHome();
  }
}

/** A function of the language's or of ours; undefined where nobody knows what it gives. */
export type Native = (given: readonly Value[], self: Value, node: Node) => Value;

/** Anything that has members. */
export class Thing {
  readonly members = new Map<string, Value>();
  /** The elements of a list. */
  items: Value[] | undefined;
  /** The object of the request whose members it has, as far as no other was put over them. */
  raw: object | undefined;
  source: Source | undefined;
  /** May it have members, or other ones, that nobody knows? */
  isOpen = false;
  /** Members that others may have put there. */
  hides: RegExp | undefined;
  base: Thing | undefined;
  level = 0;
  /** Of a function: how it is written, and where. Of a class: how it is written. */
  code: Code | undefined;
  scope: Scope | undefined;
  made: Extract<Node, { readonly type: "class" }> | undefined;
  home: Thing | undefined;
  /** Of what a class's things have in common: the class. */
  classOf: Thing | undefined;
  native: Native | undefined;
  /** What it is for the language: a date, a pattern, bytes, a URL. */
  real: object | undefined;
  /** The name that the language has for it. */
  global: string | undefined;
  /** What a promise gives, or fails with. */
  promised: Value | undefined;
  failure: Raised | undefined;
  /** A part of the request that is asked rather than read. */
  host: string | undefined;
  /** The part whose methods it has beside its members. */
  asks: string | undefined;
  /** Of what a script gives to others. */
  script: ScriptTree | undefined;
  /** Of a map and of a set. */
  entries: Map<unknown, { readonly key: Value; value: Value }> | undefined;
  isSet = false;
  /** Of what a name of a whole script stands for. */
  named: Named | undefined;
  /** The functions behind members that are computed when they are asked for; such a member is nobody's until then. */
  getters: Map<string, Value> | undefined;
  /** Has the code taken something out of it, or put something in, for this very request? */
  isTouched = false;
  /** Of a statement of a database: its text. */
  statement: string | undefined;
}

/** The thing that a value is; undefined where it is none. */
export const thingOf = ({ data }: Value): Thing | undefined => (data instanceof Thing ? data : undefined);

/** Thrown for what the code of the app throws. */
export class Raised {
  readonly value: Value;
  readonly message: string;
  constructor(value: Value, message = "") {
    this.value = value;
    this.message = message;
  }
}

/** The source of what a step makes of a text or a number. */
export function remade(source: Source, step: (value: unknown) => unknown): Source {
  const { remake } = source;
  return { ...source, remake: (other) => step(remake ? remake(other) : other) };
}

/** Where a value comes from: what is taken apart keeps it itself. */
export const sourceOf = (value: Value): Source | undefined => value.source ?? thingOf(value)?.source;

/** Is it null or undefined? */
export const isNothing = (data: unknown): data is null | undefined => data === undefined || data === null;

/** A new thing with these properties. */
export function makeThing(given: Partial<Thing>): Thing {
  return Object.assign(new Thing(), given);
}

const MAX_ITEMS = 1000;

/** The value of something of the language's: plain lists and objects are taken apart as they are looked at. */
export function fromReal(real: unknown, source: Source | undefined): Value {
  if (typeof real === "symbol") return UNKNOWN;
  if ((typeof real !== "object" || real === null) && typeof real !== "function") return { data: real, source };
  if (typeof real === "function") return UNKNOWN;
  const inner: Source | undefined = source && {
    isText: source.isText,
    ...(source.isSpoilt && { isSpoilt: true }),
    ...(source.isHeaders && { isHeaders: true }),
    ...(source.isShared && { isShared: true }),
    ...(source.isPath && { isPath: true }),
  };
  if (Array.isArray(real)) {
    const items = real
      .slice(0, MAX_ITEMS)
      .map((each: unknown, at) => fromReal(each, inner && { ...inner, ...(isNothing(each) && { holder: real, key: String(at) }) }));
    return { data: makeThing({ items, raw: real, source: inner, isOpen: real.length > MAX_ITEMS }), source: undefined };
  }
  const prototype: unknown = Object.getPrototypeOf(real);
  if (prototype === Object.prototype || prototype === null) return { data: makeThing({ raw: real, source: inner }), source: undefined };
  return { data: makeThing({ real, source }), source: undefined };
}

/** Thrown where a value cannot be made real, because nobody knows all of it. */
export class NotKnown extends Error {}
const NOT_KNOWN = new NotKnown("");

/** The thing of the language's that a value stands for, made anew; `call` makes functions of functions. */
export function toReal(value: Value, call: (code: Thing) => unknown, depth = 0): unknown {
  if (!isKnown(value) || depth > 32) throw NOT_KNOWN;
  const thing = thingOf(value);
  if (!thing) return value.data;
  if (thing.real) return thing.real;
  if (thing.items) {
    if (thing.isOpen) throw NOT_KNOWN;
    return thing.items.map((each) => toReal(each, call, depth + 1));
  }
  if (thing.code || thing.native) return call(thing);
  if (
    thing.isOpen ||
    thing.host ||
    thing.promised ||
    thing.failure ||
    thing.entries ||
    thing.made ||
    (thing.base && hasMethod(thing, "toString", "toJSON", "valueOf"))
  )
    throw NOT_KNOWN;
  const real: Record<string, unknown> = {};
  for (const key of keysOf(thing))
    Object.defineProperty(real, key, {
      value: toReal(readOwn(thing, key) as Value, call, depth + 1),
      enumerable: true,
      writable: true,
      configurable: true,
    });
  return real;
}

function hasMethod(thing: Thing, ...names: readonly string[]): boolean {
  for (let each: Thing | undefined = thing; each; each = each.base) if (names.some((name) => each?.members.has(name))) return true;
  return false;
}

/** Marks a member that was taken out. */
export const TAKEN_OUT: Value = { data: undefined, source: undefined };

/** The member that a thing has itself. */
export function readOwn(thing: Thing, key: string): Value | undefined {
  const known = thing.members.get(key);
  if (known) return known === TAKEN_OUT ? undefined : known;
  if (thing.items) {
    if (key === "length") return thing.isOpen ? UNKNOWN : { data: thing.items.length, source: thing.source };
    return /^\d+$/.test(key) ? thing.items[Number(key)] : undefined;
  }
  if (!thing.raw || !Object.hasOwn(thing.raw, key)) return undefined;
  const data = (thing.raw as Record<string, unknown>)[key];
  const { source } = thing;
  const value = fromReal(data, source && (isNothing(data) ? { ...source, holder: thing.raw, key } : source));
  thing.members.set(key, value);
  return value;
}

/** The names of the members that a thing has itself. */
export function keysOf(thing: Thing): readonly string[] {
  if (thing.items) return thing.items.map((_, at) => String(at));
  const keys = new Set(thing.raw ? Object.keys(thing.raw) : []);
  for (const [key, value] of thing.members) {
    if (value === TAKEN_OUT) keys.delete(key);
    else keys.add(key);
  }
  return [...keys];
}

/** What is looked at for something that a thing lacks. */
export function toHolder(thing: Thing): object {
  if (thing.raw && thing.members.size === 0) return thing.raw;
  if (thing.items) return thing.items.map(({ data }) => data);
  const known = keysOf(thing).map((key) => {
    const { data } = readOwn(thing, key) as Value;
    return [key, data instanceof Thing ? (data.raw ?? data.real ?? toHolder(data)) : data] as const;
  });
  return Object.fromEntries(known);
}

/** The sources of a value and of all that the code has put into it; spoilt where the code has put something of its own beside them. */
function sourcesOf(value: Value, depth = 0): readonly Source[] {
  const source = sourceOf(value);
  if (source) return [source];
  const thing = thingOf(value);
  if (!thing || depth > 3 || thing.host || thing.code) return [];
  const inner = [...(thing.items ?? []), ...thing.members.values()].map((each) => sourcesOf(each, depth + 1));
  const isMixed = inner.some((each) => each.length === 0);
  return inner.flat().map((each) => (isMixed ? { ...each, isSpoilt: true } : each));
}

/** Where what is made of several values comes from: from the request where it has any part in it; the code's own parts may have to be held against it. */
export function combine(values: readonly Value[], isSpoilt = false): Source | undefined {
  const sources = values.flatMap((each) => sourcesOf(each));
  const [first] = sources;
  if (!first) return undefined;
  const told = sources.find(({ key }) => key !== undefined) ?? first;
  return {
    ...told,
    remake: undefined,
    uncut: undefined,
    ...(sources.some((each) => each.isPath) && { isPath: true }),
    ...((isSpoilt || sources.some((each) => each.isSpoilt)) && { isSpoilt: true }),
  };
}

/** Does a value that is known make no number? */
export const isNoNumber = (value: Value): boolean => Number.isNaN(Number(thingOf(value)?.real ?? value.data));

/** Where a number comes from that was computed: what it is worth, nobody knows, but where it is none, some of the values have made it so. */
export function combineNumber(values: readonly Value[], result: unknown): Source | undefined {
  if (!Number.isNaN(result)) return combine(values, true);
  const bad = values.filter(isNoNumber);
  // One of the code's own is what is wrong.
  return combine(
    bad.length > 0 ? bad : values,
    // Of numbers that are some, as 0 / 0, the code has made none.
    bad.length === 0 || bad.some((each) => !sourceOf(each)),
  );
}

/** Is a value the request's, or something that the code has put a part of it into? */
export function holdsRequest(value: Value): boolean {
  const thing = thingOf(value);
  if (value === UNKNOWN || sourceOf(value) || thing?.host) return true;
  return [...(thing?.members.values() ?? []), ...(thing?.items ?? [])].some((each) => each === UNKNOWN || sourceOf(each) !== undefined);
}

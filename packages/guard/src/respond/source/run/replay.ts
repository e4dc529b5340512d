/** Runs the app's functions again in thought, from where the request came in to where it failed: with what is known of the request, and nothing else. */
import { Unreadable } from "../parse/token-cursor.ts";
import { collectWords } from "../names/names-read.ts";
import type { Code, Node, ScriptTree } from "../parse/syntax.ts";
import type { Guard, Spot } from "./spot.ts";
import {
  isKnown,
  keysOf,
  makeThing,
  NOTHING,
  OWN,
  Raised,
  readOwn,
  Scope,
  type Slot,
  SOMETHING,
  sourceOf,
  Thing,
  thingOf,
  UNKNOWN,
  type Value,
} from "./values.ts";

/** How many nodes are run at most in one replay. */
export const MAX_STEPS = 30_000;
/** How many calls are followed at most within each other. */
export const MAX_DEPTH = 48;
/** How many turns of one loop are followed at most. */
export const MAX_TURNS = 1200;
/** Into how long a list is put by index, and how deep into things everything is forgotten. */
const MAX_INDEX = 2000;
const MAX_FORGOTTEN_DEPTH = 8;

/** A frame of the stack that is run again: its function and the token where it stands. */
export type Step = { readonly code: Code; readonly at: number; readonly isAsync: boolean };

/** What a call gives to a function, and where it is written. */
export type Call = { readonly self: Value; readonly given: readonly Value[]; readonly node: Node };

/** Where a call stands that is written nowhere. */
export const NOWHERE: Node = { type: "unknown", from: -1, end: -1 };

/** What a replay does not know itself: the stack, the scripts and the request. */
export type World = {
  readonly plan: readonly Step[];
  /** The value of a name of a whole script. */
  readonly find: (replay: Replay, script: ScriptTree, name: string) => Slot | undefined;
  /** A member of a part of the request. */
  readonly readHost: (replay: Replay, thing: Thing, key: string) => Value;
  /** What a method of a part of the request gives. */
  readonly ask: (replay: Replay, host: string, key: string) => Value | undefined;
  /** Does a script put something else in the place of a method? */
  readonly isReplaced: (script: ScriptTree, name: string) => boolean;
  /** Looks at an operation at the place that failed, and ends the replay where that tells enough. */
  readonly judge: (spot: Spot) => void;
  /** The functions around one, the outermost first. */
  readonly around: (code: Code) => readonly Code[];
  /** What the thing has whose method a function is. */
  readonly findProto: (replay: Replay, code: Code) => Thing | undefined;
  /** What a framework may have given a function, as far as that is seen. */
  readonly enter: (replay: Replay, code: Code) => readonly Value[] | undefined;
};

/** The state of a replay, and all that others may ask of it. */
export abstract class Replay {
  readonly world: World;
  /** How many nodes have been run. */
  steps = 0;
  /** How many branches around here nobody knows to have been taken. */
  level = 0;
  /** How many of the stack's frames were entered, and whether the place of the last is being run. */
  depth = -1;
  isOnTarget = true;
  /** The token where the frame stands that is being run; undefined in every other function. */
  target: number | undefined;
  /** The conditions around the place that failed, in its function and around its call; undefined where nobody can say what led there. */
  guards: (Guard | undefined)[] = [];
  /** What stands in for parts of a condition when it is tried again. */
  others: ReadonlyMap<Node, Value> | undefined;
  /** May the code have changed a database for this very request? */
  hasWritten = false;
  /** How often something was done of which nobody knows what it does. */
  unknowns = 0;
  /** The names under which something of the request was looked for that stand in the code as texts. */
  readonly asked = new Set<string>();
  /** The functions that were run, and those that were made. */
  readonly passed = new Set<Code>();
  readonly created = new Map<Code, Thing>();
  /** What the function that is being run may have returned, in a branch, and has yielded. */
  protected returns: Value[] = [];
  protected yields: Value[] = [];
  #isModule = false;
  readonly #scopes = new Map<ScriptTree, Scope>();

  constructor(world: World) {
    this.world = world;
  }

  /** Is the frame that threw being run? */
  get isInnermost(): boolean {
    return this.target !== undefined && this.depth === this.world.plan.length - 1;
  }

  /** The names of a whole script. */
  scopeOf(script: ScriptTree): Scope {
    let scope = this.#scopes.get(script);
    if (!scope) {
      scope = new Scope(undefined, (name) => this.world.find(this, script, name));
      this.#scopes.set(script, scope);
    }
    return scope;
  }

  /** Does a script that was run write out a word as a text? */
  says(word: string): boolean {
    return [...this.passed].some(({ script }) => collectWords(script).has(word));
  }

  /** Runs what calls the next function on the stack. */
  protected onTarget<T>(run: () => T): T {
    const { isOnTarget } = this;
    this.isOnTarget = true;
    try {
      return run();
    } finally {
      this.isOnTarget = isOnTarget;
    }
  }

  /** Runs what stands outside of all that a request does. */
  outside<T>(run: () => T, otherwise: T): T {
    const { depth, isOnTarget, target, level } = this;
    const isModule = this.#isModule;
    this.target = undefined;
    this.isOnTarget = false;
    this.depth = Number.POSITIVE_INFINITY;
    this.level = 0;
    this.#isModule = true;
    try {
      return run();
    } catch (error) {
      if (error instanceof Raised || error instanceof Unreadable) return otherwise;
      throw error;
    } finally {
      Object.assign(this, { depth, isOnTarget, target, level });
      this.#isModule = isModule;
    }
  }

  /** A new thing. */
  make(given: Partial<Thing>): Value {
    return { data: makeThing({ level: this.level, isOpen: this.#isModule && !given.code && !given.made, ...given }), source: undefined };
  }

  /** Runs what may have run, or not. */
  maybe(run: () => void): void {
    this.level += 1;
    try {
      run();
    } catch (error) {
      if (!(error instanceof Raised)) throw error;
    } finally {
      this.level -= 1;
    }
  }

  /** The same, of which the place that failed is no part. */
  blind(run: () => void): void {
    const { target, isOnTarget } = this;
    this.target = undefined;
    this.isOnTarget = false;
    this.maybe(run);
    Object.assign(this, { target, isOnTarget });
  }

  /** What is known where either of two values may be it. */
  join(one: Value, other: Value): Value {
    const sources = [one, other].filter(sourceOf).length;
    // Where only one of them is the request's, nobody knows whether it was.
    if (Object.is(one.data, other.data) && sources !== 1) return one;
    return sources > 0 || one === UNKNOWN || other === UNKNOWN ? UNKNOWN : OWN;
  }

  /** Does a value count as true? Undefined where nobody knows. */
  truth(value: Value): boolean | undefined {
    return value === SOMETHING ? true : isKnown(value) ? Boolean(value.data) : undefined;
  }

  /** Throws what the language would. */
  fail(message: string): never {
    throw new Raised(OWN, message);
  }

  /** Gives a name another value. */
  put(slot: Slot, value: Value): void {
    slot.value = this.level > slot.level ? this.join(slot.value, value) : value;
  }

  /** Gives a thing a member. */
  setMember(thing: Thing, key: string, value: Value): void {
    if (thing.host || thing.real) return;
    thing.isTouched = true;
    const next = this.level > thing.level ? this.join(readOwn(thing, key) ?? NOTHING, value) : value;
    if (thing.items && /^\d+$/.test(key)) {
      if (Number(key) > MAX_INDEX) this.forget(thing);
      else thing.items[Number(key)] = next;
    } else if (thing.items && key === "length") this.forget(thing);
    else thing.members.set(key, next);
  }

  /** Whoever was handed a thing may have put anything into it. */
  forget(value: Thing | Value | undefined, depth = 0): void {
    const thing = value instanceof Thing ? value : value && thingOf(value);
    if (!thing || thing.host || thing.code || thing.native || thing.source?.isShared || depth > MAX_FORGOTTEN_DEPTH) return;
    const inner = [
      ...thing.members.values(),
      ...(thing.items ?? []),
      ...(thing.raw ? keysOf(thing).map((key) => readOwn(thing, key)) : []),
    ];
    for (const each of inner) this.forget(each, depth + 1);
    thing.isOpen = true;
    thing.members.clear();
    thing.raw = undefined;
    thing.entries?.clear();
    if (thing.promised) thing.promised = UNKNOWN;
    if (thing.real) thing.source = thing.source && { ...thing.source, isSpoilt: true };
    if (thing.items) thing.items = [];
  }

  /** The same of what everybody sees, where the code itself has changed it at a place that nobody knows. */
  forgetShared(thing: Thing): void {
    if (thing.source?.isShared) thing.source = { ...thing.source, isShared: false };
    this.forget(thing);
  }

  /** The value of an expression. */
  abstract evaluate(node: Node | undefined, scope: Scope): Value;
  /** Gives a value to a name, a member or a pattern. */
  abstract assign(target: Node, value: Value, scope: Scope): void;
  /** A member of a value, wherever it has it from. */
  abstract member(of: Value, key: string): Value;
  /** The elements that are gone through; undefined where nobody knows them. */
  abstract listOf(of: Value, node: Node): readonly Value[] | undefined;
  /** What a promise gives. */
  abstract settle(value: Value): Value;
  /** A promise of a value. */
  abstract promise(value: Value): Value;
  /** Calls what a value is. */
  abstract apply(callee: Value, call: Call): Value;
  /** Does what nobody knows: it may call what it is given, and put anything into it. */
  abstract unknownCall(callee: Value, call: Call): Value;
  /** Runs a function of the app's. */
  abstract invoke(thing: Thing, self: Value, given: readonly Value[]): Value;
  /** A function of which nobody has seen how it was made. */
  abstract foreign(code: Code): Thing;
  /** What `this` is in a method of which nobody has seen how its thing was made. */
  abstract selfOf(code: Code): Value;
}

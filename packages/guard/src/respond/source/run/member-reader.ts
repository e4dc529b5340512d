/** Reads members and elements of values. */
import type { Node, NodeOf } from "../parse/syntax.ts";
import { readBuiltin } from "../builtins/read-builtin.ts";
import { lookInTable } from "../lookups/look-up.ts";
import { iterate } from "../builtins/iterate.ts";
import { NOWHERE, Replay } from "./replay.ts";
import { contains } from "./tree-search.ts";
import {
  holdsRequest,
  isKnown,
  isNothing,
  NOTHING,
  OWN,
  own,
  readOwn,
  ROW,
  remade,
  type Scope,
  sourceOf,
  SOMETHING,
  TAKEN_OUT,
  type Thing,
  thingOf,
  toHolder,
  UNKNOWN,
  type Value,
} from "./values.ts";

const isPrimitive = ({ data }: Value): boolean => typeof data !== "object" && typeof data !== "symbol";

/** The name that a value is as a key; undefined where nobody knows it. */
const toKey = (value: Value): string | undefined => (isPrimitive(value) ? String(value.data) : undefined);

/** What a thing lacks; of one of the request, that it was not sent. */
function missing(thing: Thing, key: string): Value {
  const { source } = thing;
  if (!source || thing.real || thing.code) return NOTHING;
  // Another parser of a query makes an object of such names.
  if (source.isText && thing.raw && Object.keys(thing.raw).some((name) => name.startsWith(`${key}[`) || name.startsWith(`${key}.`)))
    return UNKNOWN;
  return { data: undefined, source: { ...source, isStandIn: false, holder: toHolder(thing), key } };
}

/** Reads members, the elements that are gone through, and what a promise gives. */
export abstract class MemberReader extends Replay {
  /** A member of a value, wherever it has it from. */
  member(of: Value, key: string): Value {
    if (!isKnown(of)) return of === UNKNOWN || of === ROW ? of : OWN;
    const thing = thingOf(of);
    if (key === "constructor" || key === "__proto__" || key === "prototype") return OWN;
    if (!thing) return this.memberOfPrimitive(of, key);
    if (thing.host) return this.world.readHost(this, thing, key);
    if (thing.hides?.test(key)) return UNKNOWN;
    const known = readOwn(thing, key);
    const getter = known === OWN ? thing.getters?.get(key) : undefined;
    if (getter) return this.apply(getter, { self: of, given: [], node: NOWHERE });
    if (known) return known;
    if (thing.members.get(key) === TAKEN_OUT) return NOTHING;
    for (let base = thing.base; base; base = base.base) {
      const inherited = base.members.get(key);
      if (inherited) {
        const { code, native } = thingOf(inherited) ?? {};
        if (native && !code) return native([], of, NOWHERE);
        return code && this.world.isReplaced(code.script, key) ? OWN : inherited;
      }
      if (base.isOpen) return OWN;
    }
    const builtin = readBuiltin(this, of, key) ?? (thing.asks && this.world.ask(this, thing.asks, key));
    if (builtin) return builtin;
    if (thing.isOpen) return sourceOf(of) ? UNKNOWN : OWN;
    return missing(thing, key);
  }

  /** A member of a text, a number or the like. */
  private memberOfPrimitive(of: Value, key: string): Value {
    const builtin = readBuiltin(this, of, key);
    if (builtin) return builtin;
    const { source } = of;
    const data = Object(of.data) as Record<string, unknown>;
    if (key in data && typeof data[key] !== "function")
      return { data: data[key], source: source && remade(source, (other) => (Object(other) as Record<string, unknown>)[key]) };
    return { data: undefined, source: source && { ...source, holder: of.data, key } };
  }

  /** Runs a node that reads a member. */
  protected read(of: Value, node: NodeOf<"member">, scope: Scope): Value {
    const isPlain = typeof node.key === "string" || node.key.type === "literal";
    const key = typeof node.key === "string" ? own(node.key) : this.evaluate(node.key, scope);
    const name = toKey(key);
    const isAt = this.target !== undefined && (this.target === node.at || this.target === node.at - 1);
    if (isAt && this.isInnermost) this.world.judge({ kind: "member", of, name, node });
    if (!isKnown(of)) return of === UNKNOWN || of === ROW ? of : OWN;
    if (isNothing(of.data)) this.fail(`Cannot read properties of ${of.data}`);
    const looked = isPlain ? undefined : lookInTable(this, of, { key, node: node.key });
    if (looked) return looked;
    if (name === undefined) return holdsRequest(of) || sourceOf(key) ? UNKNOWN : OWN;
    // The function of a getter may be the next on the stack.
    const value = isAt ? this.onTarget(() => this.member(of, name)) : this.member(of, name);
    const isSaid = isPlain || (!sourceOf(key) && !/^-?\d/.test(name) && this.says(name));
    if (isSaid && !isPlain && value.source) this.asked.add(name);
    if (isSaid || !value.source || !isNothing(value.data)) return value;
    const list = thingOf(of)?.items;
    // The last of a list that is empty, or is none.
    if (list ? name === "-1" : name === "NaN") return { data: undefined, source: { isText: value.source.isText } };
    return { ...value, source: { ...value.source, isSpoilt: true } };
  }

  /** The name of a member, which may have to be computed; undefined where nobody knows it. */
  protected keyOf(key: string | Node, scope: Scope): string | undefined {
    return typeof key === "string" ? key : toKey(this.evaluate(key, scope));
  }

  /** The elements that are gone through; undefined where nobody knows them. */
  listOf(of: Value, node: Node): readonly Value[] | undefined {
    if (this.isInnermost && contains(node, this.target)) this.world.judge({ kind: "list", of, node });
    if (!isKnown(of)) return undefined;
    const { host } = thingOf(of) ?? {};
    // The pieces of a body, as they come.
    if (host === "request" || host === "context") return thingOf(this.world.ask(this, "request", "*") ?? UNKNOWN)?.items;
    const list = iterate(of);
    if (list === null) this.fail("is not iterable");
    return list;
  }

  /** What a promise gives. */
  settle(value: Value): Value {
    const thing = thingOf(value);
    if (thing?.failure) throw thing.failure;
    return thing?.promised ?? (value === SOMETHING ? OWN : value);
  }

  /** A promise of a value. */
  promise(value: Value): Value {
    const thing = thingOf(value);
    return thing?.promised || thing?.failure ? value : this.make({ promised: value, isOpen: false });
  }
}

/** Gives values to names, members and patterns. */
import type { Node, NodeOf } from "../parse/syntax.ts";
import { MemberReader } from "./member-reader.ts";
import { Stop } from "./spot.ts";
import { contains } from "./tree-search.ts";
import {
  isKnown,
  isNothing,
  keysOf,
  NOTHING,
  OWN,
  readOwn,
  type Scope,
  sourceOf,
  TAKEN_OUT,
  type Thing,
  thingOf,
  UNKNOWN,
  type Value,
} from "./values.ts";

/** The thing and the name under which something is put; no name where nobody knows it. */
export type Place = { readonly of: Value; readonly key: string | undefined; readonly target: NodeOf<"member"> };

/** What a list has where no element is known; of one of the request whose elements all are, that it was not sent. */
function absentItem(of: Value, list: readonly Value[] | undefined, at: number): Value {
  const source = sourceOf(of);
  if (!list || thingOf(of)?.isOpen) return source || of === UNKNOWN ? UNKNOWN : OWN;
  if (!source) return NOTHING;
  const holder = list.map(({ data }) => data);
  return { data: undefined, source: { isText: source.isText, holder, key: String(at), ...(source.isSpoilt && { isSpoilt: true }) } };
}

/** Gives values to names, members and patterns. */
export abstract class Assigner extends MemberReader {
  /** The expression whose value is taken apart: the error of a list stands at that. */
  protected taken: Node | undefined;

  /** Gives a value to a name, a member or a pattern. */
  assign(target: Node, value: Value, scope: Scope): void {
    if (target.type === "list" || target.type === "object") {
      this.takeApart(target, value, scope);
      return;
    }
    this.taken = undefined;
    if (target.type === "name") {
      const slot = scope.look(target.name);
      if (slot) this.put(slot, value);
    } else if (target.type === "member") this.putAt(this.place(target, scope), value);
    else if (target.type === "assign") this.assign(target.target, this.orDefault(target, value, scope), scope);
  }

  /** A value, or what is written for the case that there is none. */
  private orDefault({ value: written }: NodeOf<"assign">, value: Value, scope: Scope): Value {
    if (isKnown(value)) return value.data === undefined ? this.standIn(value, this.evaluate(written, scope), written) : value;
    let either = UNKNOWN;
    this.maybe(() => (either = this.join(value, this.evaluate(written, scope))));
    return either;
  }

  protected place(target: NodeOf<"member">, scope: Scope): Place {
    if (target.of.type === "name" && target.of.name === "arguments") throw new Stop("unclear");
    const of = this.evaluate(target.of, scope);
    return { of, key: this.keyOf(target.key, scope), target };
  }

  /** What stands there before something is put there. */
  protected readAt({ of, key }: Place): Value {
    if (!isKnown(of) || key === undefined) return UNKNOWN;
    if (isNothing(of.data)) this.fail(`Cannot read properties of ${of.data}`);
    return this.member(of, key);
  }

  /** Puts a value where a member is, as an assignment does. */
  protected putAt({ of, key, target }: Place, value: Value, node?: NodeOf<"assign">): void {
    if (node && this.isInnermost && (this.target === node.at || this.target === target.at)) this.world.judge({ kind: "assign", of, node });
    if (isKnown(of) && isNothing(of.data)) this.fail("Cannot set properties");
    const thing = thingOf(of);
    if (thing && key !== undefined) this.setMember(thing, key, value);
    else if (thing) this.putAnywhere(thing, value);
  }

  /** Under which name, nobody knows. */
  private putAnywhere(thing: Thing, value: Value): void {
    if (thing.host || thing.real) return;
    thing.isTouched = true;
    const keys = keysOf(thing);
    for (const key of keys) {
      const known = readOwn(thing, key) as Value;
      const next = this.join(known, value);
      if (thing.items && /^\d+$/.test(key)) thing.items[Number(key)] = next;
      else thing.members.set(key, next);
    }
    thing.isOpen = true;
  }

  private takeApart(target: NodeOf<"list"> | NodeOf<"object">, value: Value, scope: Scope): void {
    const isAt = contains(target, this.target) || contains(this.taken, this.target);
    this.taken = undefined;
    if (this.isInnermost && isAt) this.world.judge({ kind: target.type === "list" ? "list" : "pattern", of: value, node: target });
    if (isKnown(value) && isNothing(value.data)) this.fail("Cannot destructure");
    if (target.type === "object") this.takeMembers(target, value, scope);
    else this.takeItems(target, value, scope);
  }

  private takeMembers(target: NodeOf<"object">, value: Value, scope: Scope): void {
    const taken: string[] = [];
    for (const { key, value: inner, kind } of target.members) {
      if (kind === "spread") {
        const made = this.make({});
        this.spread(made.data as Thing, value);
        for (const name of taken) (made.data as Thing).members.set(name, TAKEN_OUT);
        this.assign(inner as Node, made, scope);
        continue;
      }
      const name = this.keyOf(key, scope);
      if (name !== undefined) taken.push(name);
      this.assign(inner as Node, name === undefined ? UNKNOWN : this.member(value, name), scope);
    }
  }

  private takeItems(target: NodeOf<"list">, value: Value, scope: Scope): void {
    const list = this.listOf(value, target);
    for (const [at, item] of target.items.entries()) {
      if (item?.type === "spread")
        this.assign(item.of as Node, list ? this.make({ items: list.slice(at) }) : value === UNKNOWN ? UNKNOWN : OWN, scope);
      else if (item) {
        this.assign(item, list?.[at] ?? absentItem(value, list, at), scope);
      }
    }
  }

  /** Puts the members of one thing into another, as `...` does in an object. */
  protected spread(thing: Thing, of: Value): void {
    const from = thingOf(of);
    if (isKnown(of) && !from) {
      if (of.source) thing.source ??= { ...of.source, isSpoilt: true };
      return;
    }
    if (!from || from.host || from.real || from.isOpen) {
      thing.isOpen = true;
      thing.members.clear();
      thing.raw = undefined;
      if (!from || !from.isOpen) return;
    }
    for (const key of keysOf(from)) thing.members.set(key, readOwn(from, key) as Value);
    // What it lacks, what was sent lacks.
    if (from.source && !from.items) thing.source = { isText: from.source.isText, ...(from.source.isSpoilt && { isSpoilt: true }) };
  }

  /** What stands in for what was not sent: what such an empty thing lacks, was not sent either. */
  standIn(missing: Value, value: Value, node: Node): Value {
    const thing = thingOf(value);
    const isEmpty = (node.type === "object" && node.members.length === 0) || (node.type === "list" && node.items.length === 0);
    if (missing.source && !missing.source.isSpoilt && thing && isEmpty) thing.source = { isText: missing.source.isText, isStandIn: true };
    return value;
  }
}

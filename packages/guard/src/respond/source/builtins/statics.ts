/** Functions that `Object`, `Array` and `JSON` have, whose results keep where they come from. */
import type { Node } from "../parse/syntax.ts";
import type { Replay } from "../run/replay.ts";
import { iterate } from "./iterate.ts";
import { LIST_METHODS } from "./list-methods.ts";
import { list, unknownOf } from "./make-value.ts";
import { tryReal } from "./try-real.ts";
import {
  isKnown,
  isNothing,
  keysOf,
  NOTHING,
  OWN,
  own,
  readOwn,
  sourceOf,
  type Thing,
  thingOf,
  UNKNOWN,
  type Value,
} from "../run/values.ts";

const MAX_ITEMS = 1000;

type Static = (replay: Replay, given: readonly Value[], node: Node) => Value;

/** The members of a value that `Object` looks through; undefined where nobody knows them all. */
function membersOf(replay: Replay, of: Value | undefined): readonly (readonly [string, Value])[] | undefined {
  if (!of || !isKnown(of)) return undefined;
  if (isNothing(of.data)) return replay.fail("Cannot convert undefined or null to object");
  const thing = thingOf(of);
  if (!thing) return Object.entries(of.data).map(([key, data]) => [key, { data: data as unknown, source: of.source }]);
  if (thing.host || thing.isOpen || thing.entries || thing.promised || (thing.real && !thing.items)) return undefined;
  return keysOf(thing).map((key) => [key, readOwn(thing, key) as Value]);
}

/** The source of what is made of all members: such a list is never what is wrong. */
function listMembers(replay: Replay, of: Value | undefined, read: (key: Value, value: Value) => Value): Value {
  const members = membersOf(replay, of);
  if (!members) return unknownOf(of);
  const source = of && sourceOf(of);
  const made = list(
    replay,
    members.map(([key, value]) => read({ data: key, source: source && { isText: true, isSpoilt: true } }, value)),
  );
  if (source) (made.data as Thing).source = { isText: true, ...(source.isSpoilt && { isSpoilt: true }) };
  return made;
}

/** Each under its whole name. */
export const STATICS: Readonly<Record<string, Static>> = {
  "Object.keys": (replay, [of]) => listMembers(replay, of, (key) => key),
  "Object.values": (replay, [of]) => listMembers(replay, of, (_key, value) => value),
  "Object.entries": (replay, [of]) => listMembers(replay, of, (key, value) => list(replay, [key, value])),
  "Object.freeze": (_replay, [of = NOTHING]) => of,
  "Object.assign": (replay, [to = NOTHING, ...from]) => {
    const thing = thingOf(to);
    if (!thing || thing.host) return unknownOf(to);
    for (const each of from) {
      const members = isKnown(each) && isNothing(each.data) ? [] : membersOf(replay, each);
      if (!members) {
        replay.forgetShared(thing);
        return to;
      }
      for (const [key, value] of members) replay.setMember(thing, key, value);
      const source = thingOf(each)?.source;
      if (source && !thing.source && members && thing.members.size === members.length)
        thing.source = { isText: source.isText, ...(source.isSpoilt && { isSpoilt: true }) };
    }
    return to;
  },
  "Object.fromEntries": (replay, [of = NOTHING]) => {
    const items = isKnown(of) ? iterate(of) : undefined;
    if (items === null) return replay.fail("is not iterable");
    const made = replay.make({});
    for (const item of items ?? []) {
      const [key, value] = thingOf(item)?.items ?? [];
      if (!key || !isKnown(key)) return unknownOf(of);
      (made.data as Thing).members.set(String(key.data), value ?? NOTHING);
    }
    if (!items) return unknownOf(of);
    const source = sourceOf(of);
    if (source) (made.data as Thing).source = { isText: source.isText, isSpoilt: true };
    return made;
  },
  "Array.isArray": (_replay, [of = NOTHING]) => (isKnown(of) ? own(thingOf(of)?.items !== undefined) : OWN),
  "Array.of": (replay, given) => list(replay, given),
  "Array.from": (replay, [of = NOTHING, callee], node) => {
    const thing = thingOf(of);
    let items = isKnown(of) && !isNothing(of.data) ? iterate(of) : undefined;
    if (isKnown(of) && isNothing(of.data)) return replay.fail(`${of.data} is not iterable`);
    if (items === null) {
      const length = thing && !thing.isOpen ? readOwn(thing, "length") : own(0);
      if (!length || !isKnown(length) || Number(length.data) > MAX_ITEMS) return UNKNOWN;
      items = Array.from({ length: Number(length.data) || 0 }, () => NOTHING);
    }
    if (!items) return unknownOf(of);
    const made = callee ? LIST_METHODS["map"]?.(replay, { items, given: [callee], self: of, node }) : list(replay, items);
    const source = sourceOf(of);
    if (source && made) (made.data as Thing).source = { isText: source.isText, ...(source.isSpoilt && { isSpoilt: true }) };
    return made ?? UNKNOWN;
  },
  "JSON.parse": (replay, [text = NOTHING]) => {
    if (thingOf(text)?.host === "text") return UNKNOWN;
    const parsed = tryReal(replay, { name: "parse", values: [text], run: (real: string) => JSON.parse(real) as unknown });
    const made = thingOf(parsed);
    if (made?.source) made.source = { ...made.source, isText: false };
    return parsed;
  },
};

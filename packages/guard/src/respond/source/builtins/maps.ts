/** Maps and sets. */
import { CHANGES } from "../lookups/changes.ts";
import { lookInMap } from "../lookups/look-up.ts";
import type { Replay } from "../run/replay.ts";
import { iterate } from "./iterate.ts";
import { list, native } from "./make-value.ts";
import { isKnown, isNothing, NOTHING, OWN, own, type Thing, thingOf, type Value } from "../run/values.ts";

type Entry = { readonly key: Value; readonly value: Value };

/** A member of a map or a set. */
export function ofMap(replay: Replay, thing: Thing, name: string): Value | undefined {
  const { entries } = thing;
  if (!entries) return undefined;
  if (name === "size") return thing.isOpen ? OWN : own(entries.size);
  const all = (): readonly Entry[] => [...entries.values()];
  return native(replay, (given, self, node) => {
    const [key = NOTHING, value = NOTHING] = given;
    if (CHANGES.test(name)) thing.isTouched = true;
    const looked =
      /^(?:get|has)$/.test(name) && (thing.isOpen || !entries.has(key.data)) ? lookInMap(replay, thing, { given, node }) : undefined;
    if (looked) return looked;
    if (thing.isOpen || (!isKnown(key) && name !== "forEach")) {
      replay.forget(thing);
      return replay.unknownCall(OWN, { self: OWN, given, node });
    }
    if (/^(?:set|add|delete|clear)$/.test(name) && replay.level > thing.level) {
      replay.forget(thing);
      return OWN;
    }
    switch (name) {
      case "get":
        return entries.get(key.data)?.value ?? NOTHING;
      case "has":
        return own(entries.has(key.data));
      case "set":
      case "add":
        entries.set(key.data, { key, value: name === "set" ? value : key });
        return self;
      case "delete":
        return own(entries.delete(key.data));
      case "values":
        return list(
          replay,
          all().map((each) => each.value),
        );
      case "keys":
        return list(
          replay,
          all().map((each) => each.key),
        );
      case "entries":
        return list(
          replay,
          all().map((each) => list(replay, [each.key, each.value])),
        );
      case "forEach":
        for (const each of all()) replay.apply(key, { self: NOTHING, given: [each.value, each.key, self], node });
        return NOTHING;
      default:
        return OWN;
    }
  });
}

/** A new map or set. */
export function makeMap(replay: Replay, name: string, [of = NOTHING]: readonly Value[]): Value {
  const entries = new Map<unknown, { readonly key: Value; value: Value }>();
  const made = replay.make({ entries, isSet: name === "Set" });
  if (isKnown(of) && isNothing(of.data)) return made;
  const items = isKnown(of) ? iterate(of) : undefined;
  if (items === null) return replay.fail("is not iterable");
  if (!items) (made.data as Thing).isOpen = true;
  // What is written out is there, whatever is put beside it.
  for (const item of items ?? thingOf(of)?.items ?? []) {
    const [key, value = NOTHING] = name === "Set" ? [item, item] : (thingOf(item)?.items ?? []);
    if (!key || !isKnown(key)) {
      (made.data as Thing).isOpen = true;
      break;
    }
    entries.set(key.data, { key, value });
  }
  return made;
}

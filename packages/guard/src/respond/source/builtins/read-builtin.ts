/** What values have from the language: tried on copies, with no effect, and nothing of the app's. */
import type { Replay } from "../run/replay.ts";
import { ofList } from "./list-methods.ts";
import { native } from "./make-value.ts";
import { ofMap } from "./maps.ts";
import { ofPromise } from "./promises.ts";
import { readOfGlobal } from "./read-global.ts";
import { ofReal } from "./real-methods.ts";
import { fromReal, isKnown, isNothing, NOTHING, OWN, own, readOwn, thingOf, type Value } from "../run/values.ts";

function ofFunction(replay: Replay, name: string): Value | undefined {
  switch (name) {
    case "call":
      return native(replay, ([self = NOTHING, ...given], callee, node) => replay.apply(callee, { self, given, node }));
    case "apply":
      return native(replay, ([self = NOTHING, given = NOTHING], callee, node) => {
        const items = thingOf(given)?.items;
        return items && !thingOf(given)?.isOpen ? replay.apply(callee, { self, given: items, node }) : OWN;
      });
    case "bind":
      return native(replay, ([self = NOTHING, ...first], callee) =>
        native(replay, (given, _self, node) => replay.apply(callee, { self, given: [...first, ...given], node })),
      );
    default:
      return undefined;
  }
}

function hasOwn(self: Value, key: Value): Value {
  const thing = thingOf(self);
  return thing && isKnown(key) && !thing.host && !thing.isOpen && !thing.real ? own(readOwn(thing, String(key.data)) !== undefined) : OWN;
}

/** A member that values of that kind have from the language; undefined where they have none of that name. */
export function readBuiltin(replay: Replay, of: Value, name: string): Value | undefined {
  const thing = thingOf(of);
  if (!thing) {
    if (isNothing(of.data) || typeof (Object(of.data) as Record<string, unknown>)[name] !== "function") return undefined;
    return ofReal(replay, name);
  }
  if (thing.global) return readOfGlobal(replay, thing, name);
  if (thing.items) return ofList(replay, name);
  if (thing.promised || thing.failure) return ofPromise(replay, name);
  if (thing.entries) return ofMap(replay, thing, name);
  if (thing.code || thing.native) return ofFunction(replay, name);
  if (thing.real) {
    const member = (thing.real as Record<string, unknown>)[name];
    if (typeof member === "function") return ofReal(replay, name);
    return member === undefined ? undefined : fromReal(member, thing.source);
  }
  if (name === "hasOwnProperty") return native(replay, ([key = NOTHING], self) => hasOwn(self, key));
  return name === "toString" && !thing.isOpen ? ofReal(replay, name) : undefined;
}

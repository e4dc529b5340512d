/** Promises, and what they give. */
import type { Node } from "../parse/syntax.ts";
import type { Replay } from "../run/replay.ts";
import { list, native, unknownOf } from "./make-value.ts";
import { isKnown, NOTHING, OWN, Raised, type Thing, thingOf, UNKNOWN, type Value } from "../run/values.ts";

/** Methods of promises. */
export function ofPromise(replay: Replay, name: string): Value | undefined {
  if (!/^(?:then|catch|finally)$/.test(name)) return undefined;
  return native(replay, (given, self, node) => {
    const thing = self.data as Thing;
    const settle = (run: () => Value): Value => {
      try {
        return replay.promise(run());
      } catch (error) {
        if (!(error instanceof Raised)) throw error;
        return replay.make({ failure: error, isOpen: false });
      }
    };
    const [first, second] = name === "then" ? given : name === "catch" ? [undefined, given[0]] : [given[0], given[0]];
    const callee = thing.failure ? second : first;
    if (!callee || !thingOf(callee)) return self;
    return settle(() => {
      const given = name === "finally" ? [] : [thing.failure ? thing.failure.value : (thing.promised as Value)];
      const result = replay.apply(callee, { self: NOTHING, given, node });
      return name === "finally" ? self : result;
    });
  });
}

/** A promise whose function is run at once. */
export function makePromise(replay: Replay, [callee = NOTHING]: readonly Value[], node: Node): Value {
  let settled: Value | undefined;
  let failure: Raised | undefined;
  const level = replay.level;
  const resolve = native(replay, ([value = NOTHING]) => {
    const given = replay.settle(value);
    if (settled || failure || replay.level > level) settled = settled && !failure ? replay.join(settled, given) : UNKNOWN;
    else settled = given;
    return NOTHING;
  });
  const reject = native(replay, ([value = NOTHING]) => {
    if (replay.level > level || settled) return NOTHING;
    failure ??= new Raised(value);
    return NOTHING;
  });
  replay.apply(callee, { self: NOTHING, given: [resolve, reject], node });
  if (failure && !settled) return replay.make({ failure, isOpen: false });
  return replay.make({ promised: settled ?? OWN, isOpen: false });
}

/** What `Promise` has itself. */
export function promiseStatics(replay: Replay): Record<string, Value> {
  const all = (run: (each: Value) => Value): Value =>
    native(replay, ([of = NOTHING], _self, node) => {
      const items = isKnown(of) ? replay.listOf(of, node) : undefined;
      return items ? replay.promise(list(replay, items.map(run))) : unknownOf(of);
    });
  return {
    all: all((each) => replay.settle(each)),
    allSettled: all(() => OWN),
    race: native(replay, () => OWN),
    any: native(replay, () => OWN),
    resolve: native(replay, ([of = NOTHING]) => replay.promise(of)),
    reject: native(replay, ([of = NOTHING]) => replay.make({ failure: new Raised(of), isOpen: false })),
  };
}

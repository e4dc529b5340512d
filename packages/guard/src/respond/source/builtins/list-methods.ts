/** Methods of lists, whose elements keep where they come from. */
import { lookInList } from "../lookups/look-up.ts";
import type { Call, Replay } from "../run/replay.ts";
import { list, native, unknownOf } from "./make-value.ts";
import { ofReal } from "./real-methods.ts";
import { isKnown, NOTHING, OWN, own, sourceOf, type Thing, thingOf, UNKNOWN, type Value } from "../run/values.ts";

/** A call of a list's method, with the elements of the list. */
type ListCall = Call & { readonly items: readonly Value[] };
type ListMethod = (replay: Replay, call: ListCall) => Value;

/** What is made of all that was sent, is of what was sent; what is chosen, or cut off in front, proves nothing. */
const COPIES = /^(?:filter|slice|toSorted|toReversed|concat|flat|map|flatMap)$/;
const CHOOSES = /^(?:filter|concat|flat|flatMap)$/;

/** Calls a function that a method was given with each element. */
function callEach(replay: Replay, callee: Value | undefined, { items, self, node }: Omit<ListCall, "given">): readonly Value[] {
  return items.map((each, at) => replay.apply(callee ?? NOTHING, { self: NOTHING, given: [each, own(at), self], node }));
}

/** Those of which a function says yes; undefined where that cannot be said of all. */
function choose(replay: Replay, items: readonly Value[], tests: readonly Value[]): readonly Value[] | undefined {
  const truths = tests.map((test) => replay.truth(test));
  return truths.includes(undefined) ? undefined : items.filter((_, at) => truths[at]);
}

function reduce(replay: Replay, { items, given, self, node }: ListCall): Value {
  const [callee = NOTHING, start] = given;
  const [first, ...rest] = start ? [start, ...items] : items;
  // Of one element that is what is given, whatever the function does.
  if (first && rest.length === 0 && !start) return UNKNOWN;
  if (!first) return replay.fail("Reduce of empty array with no initial value");
  return rest.reduce(
    (sum, each, at) => replay.apply(callee, { self: NOTHING, given: [sum, each, own(start ? at : at + 1), self], node }),
    first,
  );
}

function sort(replay: Replay, { items, given: [callee], self, node }: ListCall): Value {
  let isSure = true;
  const sorted = items.toSorted((a, b) => {
    if (!callee) return String(a.data) < String(b.data) ? -1 : 1;
    const order = replay.apply(callee, { self: NOTHING, given: [a, b], node });
    if (!isKnown(order)) isSure = false;
    return isKnown(order) ? Number(order.data) : 0;
  });
  if (!isSure) return UNKNOWN;
  return change(replay, self, sorted) ?? self;
}

/** Gives a list other elements; nobody knows them where that may not have been done. */
function change(replay: Replay, self: Value, items: readonly Value[]): Value | undefined {
  const thing = self.data as Thing;
  if (replay.level > thing.level) {
    replay.forgetShared(thing);
    return UNKNOWN;
  }
  thing.items = [...items];
  thing.raw = undefined;
  if (thing.source) thing.source = { isText: thing.source.isText, isSpoilt: true };
  return undefined;
}

/** Methods of lists; `map` makes one of anything that has elements. */
export const LIST_METHODS: Readonly<Record<string, ListMethod>> = {
  map: (replay, { items, given: [callee], self, node }) => list(replay, callEach(replay, callee, { items, self, node })),
  forEach: (replay, { items, given: [callee], self, node }) => {
    callEach(replay, callee, { items, self, node });
    return NOTHING;
  },
  filter: (replay, { items, given: [callee], self, node }) => {
    const chosen = choose(replay, items, callEach(replay, callee, { items, self, node }));
    return chosen ? list(replay, chosen) : list(replay, [], true);
  },
  flatMap: (replay, { items, given: [callee], self, node }) =>
    list(
      replay,
      callEach(replay, callee, { items, self, node }).flatMap((each) => thingOf(each)?.items ?? [each]),
    ),
  some: (replay, { items, given: [callee], node }) => {
    for (const each of items) {
      const test = replay.truth(replay.apply(callee ?? NOTHING, { self: NOTHING, given: [each], node }));
      if (test !== false) return test ? own(true) : OWN;
    }
    return own(false);
  },
  every: (replay, { items, given: [callee], node }) => {
    for (const each of items) {
      const test = replay.truth(replay.apply(callee ?? NOTHING, { self: NOTHING, given: [each], node }));
      if (test !== true) return test === false ? own(false) : OWN;
    }
    return own(true);
  },
  find: (replay, { items, given: [callee], node }) => {
    for (const each of items) {
      const test = replay.truth(replay.apply(callee ?? NOTHING, { self: NOTHING, given: [each], node }));
      if (test !== false) return test ? each : UNKNOWN;
    }
    return NOTHING;
  },
  reduce,
  reduceRight: (replay, call) => reduce(replay, { ...call, items: call.items.toReversed() }),
  sort,
  toSorted: (replay, call) => sort(replay, { ...call, self: list(replay, call.items) }),
  push: (replay, { items, given, self }) => change(replay, self, [...items, ...given]) ?? own(items.length + given.length),
  unshift: (replay, { items, given, self }) => change(replay, self, [...given, ...items]) ?? own(items.length + given.length),
  pop: (replay, { items, self }) => change(replay, self, items.slice(0, -1)) ?? items.at(-1) ?? NOTHING,
  shift: (replay, { items, self }) => change(replay, self, items.slice(1)) ?? items[0] ?? NOTHING,
  reverse: (replay, { items, self }) => change(replay, self, items.toReversed()) ?? self,
  toReversed: (replay, { items }) => list(replay, items.toReversed()),
  slice: (replay, { items, given }) => {
    const numbers = given.map(({ data }) => data as number);
    if (!given.every(isKnown)) return UNKNOWN;
    return list(replay, items.slice(...(numbers as [number])));
  },
  concat: (replay, { items, given }) =>
    given.every((each) => isKnown(each) && !thingOf(each)?.isOpen)
      ? list(replay, [...items, ...given.flatMap((each) => thingOf(each)?.items ?? [each])])
      : UNKNOWN,
  flat: (replay, { items }) =>
    list(
      replay,
      items.flatMap((each) => thingOf(each)?.items ?? [each]),
    ),
  at: (_replay, { items, given: [at], self }) => {
    if (!at || !isKnown(at)) return UNKNOWN;
    const found = items.at(Number(at.data));
    const source = thingOf(self)?.source;
    return (
      found ?? {
        data: undefined,
        source: source && {
          isText: source.isText,
          holder: items.map(({ data }) => data),
          key: String(at.data).replace("-", ""),
          ...(sourceOf(at) && { isSpoilt: true }),
          ...(source.isSpoilt && { isSpoilt: true }),
        },
      }
    );
  },
  values: (_replay, { self }) => self,
  entries: (replay, { items }) =>
    list(
      replay,
      items.map((each, at) => list(replay, [own(at), each])),
    ),
  keys: (replay, { items }) =>
    list(
      replay,
      items.map((_, at) => own(at)),
    ),
};

/** A method of lists; undefined where they have none of that name. */
export function ofList(replay: Replay, name: string): Value | undefined {
  const run = Object.hasOwn(LIST_METHODS, name) ? LIST_METHODS[name] : undefined;
  if (!run && typeof ([] as unknown as Record<string, unknown>)[name] !== "function") return undefined;
  return native(replay, (given, self, node) => {
    const looked = lookInList(replay, name, { self, given, node });
    if (looked) return looked;
    if (!run) return replay.apply(ofReal(replay, name), { self, given, node });
    const { items = [], isOpen, source } = self.data as Thing;
    if (isOpen) return replay.unknownCall(unknownOf(self), { self: OWN, given, node });
    const result = run(replay, { items, given, self, node });
    const made = thingOf(result);
    if (source && made?.items && made !== self.data && !made.source && COPIES.test(name)) {
      const isCut = source.isSpoilt || CHOOSES.test(name) || (name === "slice" && given[0]?.data !== 0 && given.length > 0);
      made.source = { isText: source.isText, ...(isCut && { isSpoilt: true }) };
    }
    return result;
  });
}

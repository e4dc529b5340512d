/** Judges an operation at the place that failed: did a value of the request alone make it fail, where another would have done? */
import type { Claim, Meant } from "./claim.ts";
import { wouldAnotherDo } from "./misnamed.ts";
import { collectNames, collectOptional } from "./names/names-read.ts";
import type { Origin } from "./origin.ts";
import type { Replay } from "./run/replay.ts";
import { type Spot, Stop } from "./run/spot.ts";
import { fromReal, isKnown, isNothing, makeThing, OWN, SOMETHING, sourceOf, thingOf, toHolder, type Value } from "./run/values.ts";

/** What a claim looks at: of what is taken apart lazily, the thing itself. */
function toData(value: Value): unknown {
  const thing = thingOf(value);
  if (!thing) return value.data;
  if (thing.code || thing.native || thing.made) return (): void => undefined;
  if (thing.entries) return new Map();
  return thing.real ?? toHolder(thing);
}

/** What is asked of each operation that is seen: the words of the error, what they claim, and whether a rule believes them already. */
export type Question = { readonly message: string; readonly claim: Claim; readonly isBelieved: boolean; readonly origin: Origin };

/** The very value comes from the request alone, and nothing else would have done. */
function isFault(replay: Replay, { value, node }: Meant, claim: Claim): boolean {
  const source = sourceOf(value);
  if (!source || source.isSpoilt || source.isStandIn) return false;
  const data = toData(value);
  const names = new Set([...replay.passed].flatMap(collectNames));
  for (const { script } of replay.passed) for (const name of collectOptional(script)) names.add(name);
  if (isNothing(data) && node?.type === "name" && names.has(`${node.name}?`)) return false;
  if (source.would && source.key !== undefined && Object.values(source.holder as object).some(source.would)) return false;
  return !wouldAnotherDo(
    { value: data, holder: source.holder, key: source.key, isText: source.isText, isHeaders: source.isHeaders },
    claim,
    names,
  );
}

/** What stands in for a value that failed: of each kind one that something takes. */
const SAMPLES: readonly unknown[] = [
  1,
  0,
  200,
  "1",
  "en",
  "EUR",
  "UTC",
  "liter",
  "US",
  "NFC",
  "2000-01-01",
  "http://a",
  "hex",
  "sha256",
  "{}",
  [],
];

/** A value in the others, and how to put another in its place. */
type Leaf = { readonly value: Value; readonly put: (other: Value) => readonly Value[] };

/** All that a request has put into some values. */
function listLeaves(values: readonly Value[], depth = 0): readonly Leaf[] {
  return values.flatMap((value, at): readonly Leaf[] => {
    const put = (other: Value): readonly Value[] => values.with(at, other);
    const thing = thingOf(value);
    if (sourceOf(value)) return [{ value, put }];
    if (!thing || depth > 2 || thing.code || thing.host || thing.real) return [];
    if (thing.items)
      return listLeaves(thing.items, depth + 1).map((leaf) => ({
        ...leaf,
        put: (other) => put({ data: makeThing({ items: [...leaf.put(other)] }), source: undefined }),
      }));
    const keys = [...thing.members.keys()];
    return listLeaves([...thing.members.values()], depth + 1).map((leaf) => ({
      ...leaf,
      put: (other) =>
        put({
          data: makeThing({ members: new Map(leaf.put(other).map((each, index) => [keys[index] as string, each])) }),
          source: undefined,
        }),
    }));
  });
}

/** Fails something of the language's in the very words, and would not with another value in the place of what the request has put there? */
function judgeAgain(replay: Replay, { values, fails }: Extract<Spot, { kind: "again" }>, claim: Claim): void {
  for (const leaf of listLeaves(values)) {
    if (sourceOf(leaf.value)?.isMixed) continue;
    const would = (other: unknown): boolean => !fails(leaf.put(fromReal(other, undefined)));
    if (SAMPLES.some(would) && isFault(replay, leaf, { ...claim, would, reads: undefined })) throw new Stop("proven");
  }
  throw new Stop("refuted");
}

/** Ends the replay with a verdict where an operation tells whether the request is at fault. */
export function judge(replay: Replay, spot: Spot, { claim, isBelieved, origin, message }: Question): void {
  if (spot.kind === "again") {
    if (spot.message === message && !isBelieved) judgeAgain(replay, spot, claim);
    return;
  }
  const meant = claim.pick(spot, origin.isThrownAbove);
  if (!meant) return;
  const holds = ({ value }: Meant): boolean => {
    if (!isKnown(value)) return false;
    const source = sourceOf(value);
    const data = toData(value);
    return claim.holds(data, source?.isText ?? false) && (source !== undefined || (claim.fits?.(data) ?? true));
  };
  const holding = meant.filter(holds);
  if (isBelieved) {
    const isApps = meant.some(({ value }) => value === OWN || value === SOMETHING || (isKnown(value) && !sourceOf(value)));
    if (!isApps && holding.some((each) => isFault(replay, each, claim))) throw new Stop("proven");
    const isKnownWrong = meant.some(({ value }) => isKnown(value) && sourceOf(value) && !sourceOf(value)?.isSpoilt);
    throw new Stop(isApps || isKnownWrong ? "refuted" : "unclear");
  }
  const unknown = meant.find(({ value }) => !isKnown(value) && value !== SOMETHING);
  if (unknown) throw new Stop("unclear");
  if (holding.length === 0) return;
  const proven = holding.every((each) => isFault(replay, each, claim));
  throw new Stop(proven ? "proven" : "refuted");
}

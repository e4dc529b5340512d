/** Judges an operation at the place that failed: did a value of the request alone make it fail, where another would have done? */
import { isFault, type Question, toData } from "./fault.ts";
import type { Claim, Meant } from "./claim.ts";
import { judgeLookups, judgeThrow } from "./lookups/judge-lookup.ts";
import type { Replay } from "./run/replay.ts";
import { type Spot, Stop } from "./run/spot.ts";
import { fromReal, isKnown, makeThing, SOMETHING, sourceOf, thingOf, UNKNOWN, type Value } from "./run/values.ts";

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
    if (SAMPLES.some(would) && isFault(replay, leaf, { claim: { ...claim, would, reads: undefined }, as: "failed" }))
      throw new Stop("proven");
  }
  throw new Stop("refuted");
}

/** Ends the replay with a verdict where an operation tells whether the request is at fault. */
export function judge(replay: Replay, spot: Spot, question: Question): void {
  const { claim, isBelieved, origin, message } = question;
  if (spot.kind === "throw") judgeThrow(replay, spot, question);
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
    const isApps = meant.some(({ value }) => value !== UNKNOWN && !sourceOf(value));
    if (!isApps && holding.some((each) => isFault(replay, each, { claim, as: "failed" }))) throw new Stop("proven");
    const isKnownWrong = meant.some(
      ({ value }) => isKnown(value) && sourceOf(value) && !sourceOf(value)?.isSpoilt && !sourceOf(value)?.isPath,
    );
    throw new Stop(isApps || isKnownWrong ? "refuted" : "unclear");
  }
  const [one, more] = meant;
  // Where nothing was found, nothing is what failed.
  if (one?.value.lookup && !more && claim.holds(undefined, false) && !claim.holds(0, false))
    judgeLookups(replay, [one.value.lookup], question);
  const unknown = meant.find(({ value }) => !isKnown(value) && value !== SOMETHING);
  if (unknown) throw new Stop("unclear");
  if (holding.length === 0) return;
  const proven = holding.every((each) => isFault(replay, each, { claim, as: "failed" }));
  throw new Stop(proven ? "proven" : "refuted");
}

/** Whether a value of the request is at fault: it is all that failed, and nothing else of the request would have done. */
import type { Claim, Meant } from "./claim.ts";
import { wouldAnotherDo } from "./misnamed.ts";
import { collectNames, collectOptional } from "./names/names-read.ts";
import type { Origin } from "./origin.ts";
import type { RecordedInput } from "./request-parts.ts";
import type { Replay } from "./run/replay.ts";
import { isNothing, sourceOf, thingOf, toHolder, type Value } from "./run/values.ts";

/** What a claim looks at: of what is taken apart lazily, the thing itself. */
export function toData(value: Value): unknown {
  const thing = thingOf(value);
  if (!thing) return value.data;
  if (thing.code || thing.native || thing.made) return (): void => undefined;
  if (thing.entries) return new Map();
  return thing.real ?? toHolder(thing);
}

/** What is asked of each operation that is seen: the words of the error, what they claim, and whether a rule believes them already. */
export type Question = {
  readonly message: string;
  readonly claim: Claim;
  readonly isBelieved: boolean;
  readonly origin: Origin;
  readonly input: RecordedInput;
};

/** What is said of a value, and whether it failed itself, was a key of what failed, or was refused by a condition. */
type Role = { readonly claim: Claim; readonly as: "failed" | "key" | "refused" };

/** The very value comes from the request alone, and nothing else would have done. */
export function isFault(replay: Replay, { value, node }: Meant, { claim, as }: Role): boolean {
  const source = sourceOf(value);
  if (!source || source.isSpoilt || source.isStandIn) return false;
  // What the route has matched is there; only what is asked for by it may not be.
  if (source.isPath && (as === "failed" || source.key !== undefined)) return false;
  const data = toData(value);
  const names = new Set([...replay.asked, ...[...replay.passed].flatMap(collectNames)]);
  for (const { script } of replay.passed) for (const name of collectOptional(script)) names.add(name);
  // That the code asks for what it refuses, is what it refuses it by.
  if (as === "refused") for (const name of names) if (name.endsWith("?")) names.delete(name);
  if (isNothing(data) && node?.type === "name" && names.has(`${node.name}?`)) return false;
  if (source.would && source.key !== undefined && Object.values(source.holder as object).some(source.would)) return false;
  return !wouldAnotherDo(
    { value: data, holder: source.holder, key: source.key, isText: source.isText, isHeaders: source.isHeaders },
    claim,
    names,
  );
}

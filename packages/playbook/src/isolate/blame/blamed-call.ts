import { isAfterwards, isFailed, isRecovered } from "../call-fate.ts";
import type { Call, Hop } from "../hops/hop-shape.ts";
import type { Surroundings } from "../judgement.ts";
import { isOk } from "./step.ts";

/** The call that made this hop fail, or undefined when none did. */
export function findBlamedCall(hop: Hop, around: Surroundings): Call | undefined {
  // A hop that answered well is only examined for what it hid. Then the failure is a try that was repeated with success.
  const failed = hop.calls.filter((call) => isFailed(call) && (isOk(hop) ? !isAfterwards(call, hop) : !isRecovered(call, hop)));
  const unexpected = failed.filter((call) => !around.isUsuallyHandled(call));
  const candidates = unexpected.length > 0 || hasOwnException(hop) ? unexpected : failed;
  // The call that failed last is the one that the hop could not do without. Of two calls that end together, the longer one held it up.
  return [...candidates].sort((a, b) => b.endMs - a.endMs || a.startMs - b.startMs)[0];
}

function hasOwnException(hop: Hop): boolean {
  return hop.outcome.exceptions.length > 0;
}

import { isAfterwards, isFailed, isRecovered } from "../call-fate.ts";
import type { Call, Hop } from "../hops/hop-shape.ts";
import type { Surroundings } from "../judgement.ts";
import { isOk } from "./step.ts";

/** The call that made this hop fail, or undefined when none did. */
export function findBlamedCall(hop: Hop, around: Surroundings): Call | undefined {
  // A hop that answered well is only looked into for what it hid: then a try that was made good is what failed.
  const failed = hop.calls.filter((call) => isFailed(call) && (isOk(hop) ? !isAfterwards(call, hop) : !isRecovered(call, hop)));
  const unexpected = failed.filter((call) => !around.isUsuallyHandled(call));
  const candidates = unexpected.length > 0 || hasOwnException(hop) ? unexpected : failed;
  // What failed last is what the hop could no longer do without; of two that end together, the longer one held it up.
  return [...candidates].sort((a, b) => b.endMs - a.endMs || a.startMs - b.startMs)[0];
}

function hasOwnException(hop: Hop): boolean {
  return hop.outcome.exceptions.length > 0;
}

import { isFailed, toTarget } from "../../isolate/call-fate.ts";
import type { Hop } from "../../isolate/hops/hop-shape.ts";
import { type Occurrence, isFailedHop } from "../../isolate/occurrence.ts";
import type { CauseRule } from "../findings.ts";
import { hearSilence } from "../signs/silence.ts";

const MANY = 4;

/** Retries multiply the load on something that cannot take it. */
export const retryStorm: CauseRule = {
  sign: "many tries of the same call inside one request",
  weigh: (findings) => {
    const { failing } = findings;
    const tries = failing.map(countAttempts);
    const most = Math.max(0, ...tries);
    const share = tries.filter((count) => count >= MANY).length / Math.max(1, tries.length);
    if (most < MANY || share < 0.5) return { evidence: [] };
    return {
      // If the hop that was called repeatedly sends nothing, it is unknown whether it retried as often itself.
      isAmbiguous: hearSilence(findings).length > 0,
      evidence: [
        {
          statement: "the same call was tried again and again inside one request",
          measured: `up to ${most} failed tries; at least ${MANY} in ${(share * 100).toFixed(0)} % of the failing requests`,
          source: "span",
          weight: 3 + Math.min(2, Math.log2(most / MANY)),
        },
      ],
    };
  },
};

/**
 * The number of tries: by the hop where the failure surfaced and those behind it, by the hops in front, or by a caller that sends no
 * telemetry.
 */
function countAttempts({ entry, above, path }: Occurrence): number {
  const { name, parentSpanId, resource } = entry.entry.span;
  // One client span, or one client without spans, made all these requests.
  const arrivals = path.roots.filter(
    ({ span }) => span.resource.service === resource.service && span.name === name && span.parentSpanId === parentSpanId,
  );
  const arrived = parentSpanId === undefined || !isFailedHop(entry) ? 1 : arrivals.length;
  return Math.max(...[entry, ...above].map(countTries), arrived * Math.max(1, countTries(entry)));
}

/** The failed tries of the most repeated call, multiplied along the path: three hops that try three times each make 27. */
function countTries(hop: Hop): number {
  const counts = new Map<string, number>();
  let most = 0;
  for (const call of hop.calls) {
    if (!isFailed(call)) continue;
    const key = `${call.peer.name} ${toTarget(call.operation)}`;
    const below = call.callee === undefined ? 1 : Math.max(1, countTries(call.callee));
    const count = (counts.get(key) ?? 0) + below;
    counts.set(key, count);
    most = Math.max(most, count);
  }
  return most;
}

import { testFisherExact } from "../../detect/fisher-exact.ts";
import type { Deviation } from "./compare.ts";
import type { Profile } from "./profile.ts";

/** Fewer traces than this may all have met the same congestion. */
const MIN_TRACES = 3;
/** So many times what a whole request usually takes is no ordinary distance between two services. */
const FAR = 3;
/** Nearly every call of such a service takes that long. */
const NEARLY_ALL = 0.9;

/**
 * Services that nearly every call takes far longer to reach than a whole request usually takes, while the others are near. A delay that
 * existed before the window began, or of a service that was hardly called before, shows no change, but it shows here.
 */
export function findConstantDelays({ gaps, usualMs }: Profile): readonly Deviation[] {
  const allFar = gaps.filter(isFar).length;
  return [...Map.groupBy(gaps, ({ service }) => service)].flatMap(([service, own]): readonly Deviation[] => {
    const far = own.filter(isFar);
    const traceIds = new Set(far.map(({ hop }) => hop.entry.span.traceId));
    if (far[0] === undefined || traceIds.size < MIN_TRACES || far.length < own.length * NEARLY_ALL) return [];
    const others = { otherHits: allFar - far.length, otherTotal: gaps.length - own.length };
    return [
      {
        service,
        kind: "always-far",
        what: "is further away from its callers than whole requests usually take",
        measured: `in ${far.length} of ${own.length} calls; ${others.otherHits} of ${others.otherTotal} calls of other services`,
        logP: Math.log(testFisherExact({ hits: far.length, total: own.length, ...others })),
        example: far[0].hop,
        traceIds,
        share: far.length / own.length,
      },
    ];
  });

  function isFar({ ms }: { readonly ms: number }): boolean {
    return ms > usualMs * FAR;
  }
}

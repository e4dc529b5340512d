import type { Evidence } from "@faultline/model";
import type { Occurrence } from "../../isolate/occurrence.ts";
import { listResources } from "../contrast/contrast-releases.ts";
import type { Findings } from "../findings.ts";

/** The largest probability that good requests avoid the failing instances like this by chance, whichever instances these are. */
const COINCIDENCE = 0.01;

/**
 * Instances of the creating service that fail while its other instances serve the same route well. The code that all of them run does not
 * explain this, so their release, their settings or their machine must differ. Undefined if it may be chance.
 */
export function hearLoneInstances({ origin, failing, succeeding, releases }: Findings): Evidence | undefined {
  const service = origin?.step.hop?.service;
  // A version or a late start already identifies the release.
  if (service === undefined || releases.some(({ isOrigin }) => isOrigin)) return undefined;
  const bad = failing.flatMap((each) => instanceOf(each, service));
  const good = succeeding.flatMap((each) => instanceOf(each, service));
  const lone = new Set(bad);
  const all = new Set([...bad, ...good]);
  if (bad.length === 0 || lone.size === all.size || good.some((instance) => lone.has(instance))) return undefined;
  const chance = 2 ** all.size * missAll(bad.length, good.length);
  if (chance >= COINCIDENCE) return undefined;
  return {
    statement: `only ${lone.size} of ${all.size} instances of ${service} fail, and the others serve the same route well`,
    measured: `${bad.length} failing on ${[...lone].slice(0, 3).join(", ")}; ${good.length} good elsewhere; p = ${chance.toPrecision(2)}`,
    source: "span",
    weight: 1.8,
  };
}

function instanceOf(occurrence: Occurrence, service: string): readonly string[] {
  return listResources(occurrence, service).flatMap(({ instance }) => instance ?? []);
}

/** One over the number of ways to choose this many failing requests: Fisher's exact test if nothing overlaps. */
function missAll(bad: number, good: number): number {
  let chance = 1;
  for (let index = 1; index <= bad; index += 1) chance *= index / (good + index);
  return chance;
}

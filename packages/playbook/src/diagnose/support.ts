import type { Evidence, Platform } from "@faultline/model";
import { findOriginPlatforms } from "./checks/origin-platforms.ts";
import type { Findings } from "./findings.ts";

/** What a cause stands on, beyond its share of the weights: as much as anything this decides how often such a cause turned out right. */
export type Support = {
  /** True where all that is known is that something was thrown, or hidden: no word of it, and no measurement, belongs to one cause alone. */
  readonly isGeneral: boolean;
  /** From how many kinds of telemetry the evidence for it comes: these fail apart, pieces of one kind together. */
  readonly sources: number;
  /** True where who told of the failure is software that the recorded incidents run, so that its words were met as they are written. */
  readonly isFamiliar: boolean;
};

/** What the recorded incidents run (tests/incidents). */
const FAMILIAR: ReadonlySet<Platform> = new Set(["node", "nginx", "haproxy", "apache", "caddy", "varnish"]);

/** Whether who told of the failure is familiar: the creating hop, or of one that tells nothing, who called it. */
export function isFamiliar({ origin }: Findings): boolean {
  if (origin === undefined) return false;
  const { creating, calling } = findOriginPlatforms(origin);
  const teller = origin.step.hop === undefined ? calling : creating;
  return teller !== undefined && FAMILIAR.has(teller);
}

/** Counts the kinds of telemetry that speak for a cause. */
export function countSources(evidence: readonly Evidence[]): number {
  return new Set(evidence.map(({ source }) => source)).size;
}

import type { Evidence, Platform } from "@faultline/model";
import { findOriginPlatforms } from "./checks/origin-platforms.ts";
import type { Findings } from "./findings.ts";

/** What supports a cause, apart from its share of the weights. It matters as much as the share for how often such a cause turns out right. */
export type Support = {
  /** True if all that is known is that something was thrown or hidden, and no message or measurement points to one cause alone. */
  readonly isGeneral: boolean;
  /** The number of kinds of telemetry behind the evidence. Different kinds mislead independently; pieces of one kind mislead together. */
  readonly sources: number;
  /** True if the failure was reported by software that the recorded incidents run, so that its real wording is known. */
  readonly isFamiliar: boolean;
};

/** The software that the recorded incidents run (tests/incidents). */
const FAMILIAR: ReadonlySet<Platform> = new Set(["node", "nginx", "haproxy", "apache", "caddy", "varnish"]);

/** True if familiar software reported the failure: the creating hop, or its caller if the creating hop sends nothing. */
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

import type { Evidence } from "@faultline/model";
import { formatMs } from "../../isolate/blame.ts";
import { type CauseRule, type Findings, fromRelease } from "../findings.ts";

/** A release brought the failure: it began with the release, or only the new version or instances fail. */
export const badDeploy: CauseRule = {
  sign: "a deploy shortly before the onset, or failures on one version or on new instances only",
  weigh: (findings) => ({ evidence: [...fromChanges(findings), ...fromRelease(findings)] }),
};

function fromChanges({ changes, origin }: Findings): readonly Evidence[] {
  const step = origin?.step;
  // Of a callee without telemetry only the caller's release is known.
  const services = new Set([step?.service, step?.hop === undefined ? step?.call?.from.span.resource.service : undefined]);
  const near = changes.filter(({ change }) => change.kind === "deploy" && services.has(change.service)).slice(0, 1);
  return near.map(({ change, beforeOnsetMs }) => ({
    statement: `${change.service} was deployed${change.version === undefined ? "" : ` (${change.version})`} before the failures began`,
    measured: `${formatMs(beforeOnsetMs)} before the first failure; ${change.source}`,
    source: "deploy" as const,
    weight: change.source === "declared" ? 3 : 2.5,
  }));
}

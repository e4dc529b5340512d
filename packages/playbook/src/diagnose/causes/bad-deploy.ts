import type { Evidence } from "@faultline/model";
import { formatMs } from "../../isolate/blame.ts";
import { type CauseRule, type Findings, fromDifference } from "../findings.ts";

/** A release brought the failure: it began with the release, or only the new version or instances fail. */
export const badDeploy: CauseRule = {
  sign: "a deploy shortly before the onset, or failures on one version or on new instances only",
  weigh: (findings) => ({ evidence: [...fromChanges(findings), ...fromVersions(findings)] }),
};

function fromChanges({ changes, origin }: Findings): readonly Evidence[] {
  const near = changes.filter(({ change }) => change.kind === "deploy" && change.service === origin?.step.service).slice(0, 1);
  return near.map(({ change, beforeOnsetMs }) => ({
    statement: `${change.service} was deployed${change.version === undefined ? "" : ` (${change.version})`} before the failures began`,
    measured: `${formatMs(beforeOnsetMs)} before the first failure; ${change.source}`,
    source: "deploy" as const,
    weight: change.source === "declared" ? 3 : 2.5,
  }));
}

function fromVersions({ contrast }: Findings): readonly Evidence[] {
  const version = contrast.find(({ attribute, kind }) => attribute === "service.version" && kind === "value");
  return version === undefined ? [] : [fromDifference(version, 3)];
}

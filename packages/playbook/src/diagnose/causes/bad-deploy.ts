import type { Change, Evidence, Resource } from "@faultline/model";
import type { Occurrence } from "../../isolate/occurrence.ts";
import { describeOnset } from "../onset/describe-onset.ts";
import { listResources } from "../contrast/contrast-releases.ts";
import { RELEASE_GAP } from "../../isolate/words/defect-words.ts";
import { hearSilence } from "../signs/silence.ts";
import { formatMs } from "../../trace/format-ms.ts";
import { type CauseRule, type Findings, type SuspiciousChange, fromRelease, hear } from "../findings.ts";

/** From this number on, failures elsewhere are more than stray ones, and acquit a deploy. */
const LEAST_UNTOUCHED = 3;
const UNTOUCHED_SHARE = 0.2;

/** A release brought the failure: the failure began with the release, or only the new version or its instances fail. */
export const badDeploy: CauseRule = {
  sign: "a deploy shortly before the onset, or failures on one version or on new instances only",
  weigh: (findings) => {
    const { near, failing } = findNear(findings);
    const against = near === undefined ? undefined : hearUntouched(near.change, failing);
    const released = fromRelease(findings);
    const gap = hear(findings, RELEASE_GAP, { statement: "the release lacks what it needs", weight: 1.5, isOfCode: true });
    if (near === undefined || against !== undefined)
      return { evidence: released, ...(against === undefined ? {} : { against: [against] }) };
    // That a service was deployed says little if it may only have passed on what failed behind it.
    return { evidence: [fromChange(near), ...released, ...gap], against: hearSilence(findings) };
  },
};

/** The last deploy before the onset, of the service in which the failures are created. */
function findNear({ changes, origin, failing }: Findings): {
  readonly near: SuspiciousChange | undefined;
  readonly failing: readonly Occurrence[];
} {
  const step = origin?.step;
  // If a callee sends no telemetry, only the caller's release is known.
  const services = new Set([step?.service, step?.hop === undefined ? step?.call?.from.span.resource.service : undefined]);
  return { near: changes.find(({ change }) => change.kind === "deploy" && services.has(change.service)), failing };
}

function fromChange({ change, beforeOnsetMs, onset }: SuspiciousChange): Evidence {
  return {
    statement: `${change.service} was deployed${change.version === undefined ? "" : ` (${change.version})`} before the failures began`,
    measured: `${formatMs(beforeOnsetMs)} before ${onset === undefined ? "the first failure" : describeOnset(onset)}; ${change.source}`,
    source: "deploy",
    weight: change.source === "declared" ? 3 : 2.5,
  };
}

/** A deploy cannot have made failures in processes that it did not touch. */
function hearUntouched(change: Change, failing: readonly Occurrence[]): Evidence | undefined {
  const served = failing.flatMap((each) => listResources(each, change.service).slice(0, 1));
  const untouched = served.filter((resource) => !mayTouch(change, resource)).length;
  if (untouched < Math.max(LEAST_UNTOUCHED, served.length * UNTOUCHED_SHARE)) return undefined;
  return {
    statement: `failing requests were served by processes of ${change.service} that its deploy did not touch`,
    measured: `${untouched} of ${served.length} failing`,
    source: "span",
    weight: 2,
  };
}

/** False if version, region or instance show that a process does not belong to this deploy. An unknown value leaves it possible. */
function mayTouch(change: Change, { version, region, instance }: Resource): boolean {
  if (change.version !== undefined && version !== undefined && version !== change.version) return false;
  if (change.region !== undefined && region !== undefined && region !== change.region) return false;
  // An inferred change names the processes seen so far, which are not all.
  return change.source === "inferred" || change.instances === undefined || instance === undefined || change.instances.includes(instance);
}

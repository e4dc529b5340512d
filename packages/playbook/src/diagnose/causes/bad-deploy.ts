import type { Change, Evidence, Resource } from "@faultline/model";
import type { Occurrence } from "../../isolate/occurrence.ts";
import { describeOnset } from "../onset/describe-onset.ts";
import { listResources } from "../contrast/contrast-releases.ts";
import { RELEASE_GAP } from "../../isolate/words/defect-words.ts";
import { hearSilence } from "../signs/silence.ts";
import { formatMs } from "../../trace/format-ms.ts";
import { type CauseRule, type Findings, type SuspiciousChange, fromRelease, hear } from "../findings.ts";

/** Failures elsewhere acquit a deploy when they are more than stray ones. */
const LEAST_UNTOUCHED = 3;
const UNTOUCHED_SHARE = 0.2;

/** A release brought the failure: it began with the release, or only the new version or instances fail. */
export const badDeploy: CauseRule = {
  sign: "a deploy shortly before the onset, or failures on one version or on new instances only",
  weigh: (findings) => {
    const { near, failing } = findNear(findings);
    const against = near === undefined ? undefined : hearUntouched(near.change, failing);
    const released = fromRelease(findings);
    const gap = hear(findings, RELEASE_GAP, { statement: "the release lacks what it needs", weight: 1.5, isOfCode: true });
    if (near === undefined || against !== undefined)
      return { evidence: released, ...(against === undefined ? {} : { against: [against] }) };
    // That it was deployed says little of a service that may only have passed on what failed behind it.
    return { evidence: [fromChange(near), ...released, ...gap], against: hearSilence(findings) };
  },
};

/** The deploy nearest before the onset, of the service where the failures are created. */
function findNear({ changes, origin, failing }: Findings): {
  readonly near: SuspiciousChange | undefined;
  readonly failing: readonly Occurrence[];
} {
  const step = origin?.step;
  // Of a callee without telemetry only the caller's release is known.
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

/** A deploy cannot have made the failures of processes that it did not touch. */
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

/** False when version, region or instance of a process say that it is not of this deploy; what is not known may be. */
function mayTouch(change: Change, { version, region, instance }: Resource): boolean {
  if (change.version !== undefined && version !== undefined && version !== change.version) return false;
  if (change.region !== undefined && region !== undefined && region !== change.region) return false;
  // What is inferred names the processes seen so far, not all of them.
  return change.source === "inferred" || change.instances === undefined || instance === undefined || change.instances.includes(instance);
}

import type { Evidence } from "@faultline/model";
import { formatMs } from "../../trace/format-ms.ts";
import { NOT_CONNECTED_IN_TIME } from "../../isolate/connection-words.ts";
import { TIMEOUT_WORDS } from "../../isolate/error-words.ts";
import { hearPartFailure } from "../failed-parts.ts";
import { findMemoryGrowth } from "../memory-growth.ts";
import { hearSilence } from "../silence.ts";
import { isThirdParty } from "../third-party.ts";
import { findStall, mayHaveStoodStill } from "../stall.ts";
import { type CauseRule, type Findings, hear } from "../findings.ts";

/** A dependency answered too late, and the caller gave up. */
export const dependencyTimeout: CauseRule = {
  sign: "a call that ended because its time ran out",
  weigh: (findings) => {
    const call = findings.origin?.step.call;
    const timedOut = call?.outcome.kind === "timed-out" || isSlow(findings);
    if (!timedOut) return { evidence: hearPartFailure(findings, "late", "the error says that what it asked did not answer in time") };
    return {
      evidence: [
        ...hear(findings, TIMEOUT_WORDS, { statement: "the call ended by a time-out", weight: 3 }),
        ...measureWait(findings),
        ...fromLateness(findings),
      ],
      against: [
        // Who could not be reached had nothing behind it that may have failed, and no answer that lay unread.
        ...(neverConnected(findings) ? [] : [...hearSilence(findings), ...hearAbsence(findings)]),
        ...hearStall(findings),
        ...hearGrowth(findings),
        ...hearStranger(findings),
      ],
      // Where the callee was not free, or did nothing else meanwhile, what kept it is the cause, and not to be seen from here.
      isAmbiguous: findings.origin?.judgement.originKind === "late-callee" || mayHaveStoodStill(findings),
    };
  },
};

function neverConnected({ origin }: Findings): boolean {
  return NOT_CONNECTED_IN_TIME.test(origin?.step.call?.outcome.words ?? "");
}

/** Where the callee stood still, that is the cause, and the time-out is how its caller met it. */
function hearStall(findings: Findings): readonly Evidence[] {
  return findStall(findings)
    .slice(0, 1)
    .map((stall) => ({ ...stall, weight: 2 }));
}

/** Of a service that sends nothing, only the caller's wait is known: the caller may have stood still itself and read the answer too late. */
function hearAbsence({ origin }: Findings): readonly Evidence[] {
  const call = origin?.step.call;
  if (call === undefined || origin?.judgement.originKind !== "absent-callee" || call.peer.kind !== "service") return [];
  const statement = `only ${call.from.span.resource.service} says that ${call.peer.name} was late`;
  return [{ statement, measured: `no telemetry of ${call.peer.name}`, source: "span", weight: 1 }];
}

/** A process that runs out of memory is late before it is gone. */
function hearGrowth({ origin, metrics }: Findings): readonly Evidence[] {
  const growth = origin === undefined ? undefined : findMemoryGrowth(metrics, origin.step.service);
  return growth === undefined ? [] : [{ ...growth, weight: 2.5 }];
}

/** Of somebody else's service, that it is theirs says more than how it failed. */
function hearStranger({ origin }: Findings): readonly Evidence[] {
  if (origin === undefined || !isThirdParty(origin)) return [];
  const measured = origin.step.call?.peer.name ?? origin.step.service;
  return [{ statement: "who gave no answer is somebody else's service", measured, source: "span", weight: 1.5 }];
}

function isSlow({ origin }: Findings): boolean {
  const kind = origin?.judgement.originKind;
  return kind === "slow-callee" || kind === "late-callee";
}

/** Seen from both sides: the callee was still at work, or had not begun, when its caller gave up. */
function fromLateness(findings: Findings): readonly Evidence[] {
  const step = findings.origin?.step;
  const evidence = isSlow(findings) ? step?.evidence[0] : undefined;
  return evidence === undefined ? [] : [{ ...evidence, weight: 2.5 }];
}

function measureWait({ origin }: Findings): readonly Evidence[] {
  const call = origin?.step.call;
  if (call === undefined) return [];
  return [
    {
      statement: `${call.from.span.resource.service} waited ${formatMs(call.endMs - call.startMs)} for ${origin?.step.service ?? call.peer.name}`,
      measured: `${call.operation}: ${formatMs(call.endMs - call.startMs)}, ${call.outcome.status}`,
      source: "span",
      weight: 1.5,
    },
  ];
}

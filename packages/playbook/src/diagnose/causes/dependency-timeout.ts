import { anyOf, type Evidence } from "@faultline/model";
import { formatMs } from "../../trace/format-ms.ts";
import { NOT_CONNECTED_IN_TIME } from "../../isolate/words/connection-words.ts";
import { TIMEOUT_WORDS } from "../../isolate/words/error-words.ts";
import { readActivity } from "../../isolate/processes/process-activity.ts";
import { isLogOnlySpan } from "../../isolate/log-only/log-only-requests.ts";
import { hearPartFailure } from "../signs/failed-parts.ts";
import { findMemoryGrowth } from "../signs/memory-growth.ts";
import { findTimeAlone } from "../signs/time-alone.ts";
import { isUnlisted } from "../signs/missing-places.ts";
import { hearSilence } from "../signs/silence.ts";
import { hearStranger } from "../signs/third-party.ts";
import { findStall, mayHaveStoodStill } from "../signs/stall.ts";
import { type CauseRule, type Findings, hear } from "../findings.ts";

/** A dependency answered too late, and the caller gave up. */
export const dependencyTimeout: CauseRule = {
  sign: "a call that ended because its time ran out",
  weigh: (findings) => {
    const call = findings.origin?.step.call;
    const timedOut = call?.outcome.kind === "timed-out" || isSlow(findings);
    // If no connection came about, nothing behind the callee can have failed, and no answer was left unread.
    const silence = neverConnected(findings) ? [] : [...hearSilence(findings), ...hearAbsence(findings)];
    const isSeen = silence.length > 0 && sentAndWaited(findings);
    if (!timedOut) {
      const late = hearPartFailure(findings, "late", "the error says that what it asked did not answer in time");
      const alone = late.length > 0 ? [] : hearTimeAlone(findings);
      return { evidence: [...late, ...alone], isAmbiguous: alone.length > 0 };
    }
    return {
      evidence: [
        ...hear(findings, TIMEOUT_WORDS, { statement: "the call ended by a time-out", weight: 3 }),
        ...measureWait(findings),
        ...fromLateness(findings),
      ],
      against: [...(isSeen ? [] : silence), ...hearStall(findings), ...hearGrowth(findings), ...hearStranger(findings)],
      // It is then certain that the callee was late, but nobody says what delayed it.
      isGeneral: isSeen,
      // If the callee was busy, or did nothing else meanwhile, the cause is whatever delayed it, and that cannot be seen from here.
      isAmbiguous: findings.origin?.judgement.originKind === "late-callee" || mayHaveStoodStill(findings) || isUnlisted(findings),
    };
  },
};

/** An error that speaks of time, with no call that shows what was waited for. */
function hearTimeAlone(findings: Findings): readonly Evidence[] {
  const said = findTimeAlone(findings);
  if (said === undefined) return [];
  const statement = "the error says that time ran out, and no call shows what was waited for";
  return [{ statement, measured: `${said.service}: ${said.text.slice(0, 240)}`, source: said.source, weight: 1 }];
}

function neverConnected({ origin }: Findings): boolean {
  return NOT_CONNECTED_IN_TIME.test(origin?.step.call?.outcome.words ?? "");
}

/** Messages about a missing answer on an existing connection. Then the wait was neither for the name nor for the machine. */
const UNANSWERED = new RegExp(
  anyOf(
    /\bread(?:ing)?(?: operation| request)?[ _-]?time(?:d )?[ _-]?out\b/,
    /Read(?:Operation)?Timeout/,
    /awaiting (?:response )?headers/,
    /(?:Headers|Body|Response)[ _]?Timeout/,
    /\bwith 0 bytes received/,
    /no response (?:received )?within/,
  ),
  "i",
);

/**
 * True if the caller had sent its request and did other work while it waited. Then the caller did not stand still, and its callee was late.
 */
function sentAndWaited({ originCalls, failing, elsewhere, succeeding }: Findings): boolean {
  if (!originCalls.some(({ outcome }) => UNANSWERED.test(outcome.words))) return false;
  const activity = readActivity([...failing, ...elsewhere, ...succeeding]);
  const busy = originCalls.filter(({ from, startMs, endMs }) => activity.wasActive(from.span.resource, startMs, endMs));
  return busy.length * 2 > originCalls.length;
}

/** If the callee stood still, that is the cause, and the time-out is only how its caller experienced it. */
function hearStall(findings: Findings): readonly Evidence[] {
  return findStall(findings)
    .slice(0, 1)
    .map((stall) => ({ ...stall, weight: 2 }));
}

/** If a service sends nothing, only its caller's wait is known. The caller may have stood still itself and read the answer too late. */
function hearAbsence({ origin }: Findings): readonly Evidence[] {
  const call = origin?.step.call;
  if (call === undefined || origin?.judgement.originKind !== "absent-callee" || call.peer.kind !== "service") return [];
  const statement = `only ${call.from.span.resource.service} says that ${call.peer.name} was late`;
  return [{ statement, measured: `no telemetry of ${call.peer.name}`, source: "span", weight: 1 }];
}

/** A process that runs out of memory becomes slow before it dies. */
function hearGrowth({ origin, metrics }: Findings): readonly Evidence[] {
  const growth = origin === undefined ? undefined : findMemoryGrowth(metrics, origin.step.service);
  return growth === undefined ? [] : [{ ...growth, weight: 2.5 }];
}

function isSlow({ origin }: Findings): boolean {
  const kind = origin?.judgement.originKind;
  return kind === "slow-callee" || kind === "late-callee";
}

/** Evidence from both sides: the callee was still at work, or had not begun, when its caller gave up. */
function fromLateness(findings: Findings): readonly Evidence[] {
  const step = findings.origin?.step;
  const evidence = isSlow(findings) ? step?.evidence[0] : undefined;
  return evidence === undefined ? [] : [{ ...evidence, weight: 2.5 }];
}

function measureWait({ origin }: Findings): readonly Evidence[] {
  const call = origin?.step.call;
  if (call === undefined || isLogOnlySpan(call.from.span)) return [];
  return [
    {
      statement: `${call.from.span.resource.service} waited ${formatMs(call.endMs - call.startMs)} for ${origin?.step.service ?? call.peer.name}`,
      measured: `${call.operation}: ${formatMs(call.endMs - call.startMs)}, ${call.outcome.status}`,
      source: "span",
      weight: 1.5,
    },
  ];
}

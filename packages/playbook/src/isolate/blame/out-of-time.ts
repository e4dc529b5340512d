import type { Evidence } from "@faultline/model";
import { durationOf, startOf } from "../../trace/span-time.ts";
import { formatMs } from "../../trace/format-ms.ts";
import { SAME_INSTANT_MS, isFailed } from "../call-fate.ts";
import { isExchangeSpan } from "../exchange-hops.ts";
import type { Call, Hop } from "../hop-shape.ts";
import type { Step } from "../judgement.ts";
import type { Found } from "./found.ts";
import { isOk, passOn, statusEvidence, toStep } from "./step.ts";

/** The work behind a failing intermediary that took longer than the intermediary did, and ended well: whoever gave up says so by that. */
export function findOutlived(hop: Hop): (Call & { readonly callee: Hop }) | undefined {
  if (!isExchangeSpan(hop.entry.span) || isOk(hop)) return undefined;
  for (const call of hop.calls) {
    const { callee } = call;
    if (callee === undefined || callee.isInferred === true || !isAllWell(callee)) continue;
    if (durationOf(callee.entry) > durationOf(hop.entry) + SAME_INSTANT_MS) return { ...call, callee };
  }
  return undefined;
}

/** Nothing in or behind the hop failed. */
export function isAllWell(hop: Hop): boolean {
  return isOk(hop) && hop.calls.every((call) => !isFailed(call) && (call.callee === undefined || isAllWell(call.callee)));
}

/** An intermediary gave up on work that then ended well: its limit is shorter than the work. */
export function endImpatient(hop: Hop, call: Call & { readonly callee: Hop }): Found {
  const evidence: Evidence = {
    statement: `${hop.service} gave up on ${call.callee.service}, which finished its work well`,
    measured: `gave up after ${formatMs(call.endMs - call.startMs)}, finished after ${formatMs(durationOf(call.callee.entry))} with ${call.callee.outcome.status}`,
    source: "access-log",
    weight: 3,
  };
  const steps: Step[] = [toStep(hop, "created", [evidence, statusEvidence(hop)]), { ...toStep(call.callee, "clean", []), call }];
  return { steps, kind: "impatient", confidence: 0.85, missing: [] };
}

/** The caller gave up on a callee that was still working: go where the callee's time went, so many hops deep at most. */
export function followSlow(hop: Hop, call: Call & { readonly callee: Hop }, depthLeft: number): Found {
  const { callee } = call;
  const calleeMs = durationOf(callee.entry);
  const late: Evidence = {
    statement: `${callee.service} was still working when ${hop.service} gave up`,
    measured: `call ended after ${formatMs(call.endMs - call.startMs)}, callee took ${formatMs(calleeMs)}`,
    source: "span",
    weight: 2.5,
  };
  const slowest = findSlowestCall(callee, calleeMs);
  if (slowest === undefined || depthLeft <= 0) {
    return {
      steps: [passOn(hop, call), { ...toStep(callee, "created", [late]), call }],
      kind: "slow-callee",
      confidence: 0.85,
      missing: [],
    };
  }
  const passing: Step = { ...toStep(callee, "propagated", [late]), call };
  if (slowest.callee !== undefined) {
    const below = followSlow(callee, { ...slowest, callee: slowest.callee }, depthLeft - 1);
    return { ...below, steps: [passOn(hop, call), passing, ...below.steps.slice(1)] };
  }
  const created: Step = {
    service: slowest.peer.name,
    operation: slowest.operation,
    status: slowest.outcome.status,
    fate: "created",
    evidence: [
      {
        statement: `${callee.service} spent its time waiting for ${slowest.peer.name}`,
        measured: `${formatMs(slowest.endMs - slowest.startMs)} of ${formatMs(calleeMs)} in ${slowest.operation}`,
        source: "span",
        weight: 2.5,
      },
    ],
    call: slowest,
  };
  return { steps: [passOn(hop, call), passing, created], kind: "slow-callee", confidence: 0.8, missing: [] };
}

function findSlowestCall(hop: Hop, totalMs: number): Call | undefined {
  const slowest = [...hop.calls].sort((a, b) => b.endMs - b.startMs - (a.endMs - a.startMs))[0];
  return slowest !== undefined && slowest.endMs - slowest.startMs >= totalMs / 2 ? slowest : undefined;
}

/** The callee took the request up when the caller had as good as given up: it was not free before. */
export function endLate(hop: Hop, call: Call & { readonly callee: Hop }): Found {
  const { callee } = call;
  const late: Evidence = {
    statement: `${callee.service} took the request up only when ${hop.service} was giving up: it was not free before`,
    measured: `taken up ${formatMs(startOf(callee.entry) - call.startMs)} after it was sent, call ended after ${formatMs(call.endMs - call.startMs)}`,
    source: "span",
    weight: 2.5,
  };
  const steps: Step[] = [passOn(hop, call), { ...toStep(callee, "created", [late]), call }];
  return { steps, kind: "late-callee", confidence: 0.8, missing: [] };
}

import { anyOf, type Evidence } from "@faultline/model";
import { durationOf, startOf } from "../../trace/span-time.ts";
import { formatMs } from "../../trace/format-ms.ts";
import { SAME_INSTANT_MS, isFailed } from "../call-fate.ts";
import { isExchangeSpan } from "../hops/exchange-hops.ts";
import type { Call, Hop } from "../hops/hop-shape.ts";
import type { Step } from "../judgement.ts";
import type { Found } from "./found.ts";
import { isOk, passOn, statusEvidence, toStep } from "./step.ts";

/** The work behind a failing intermediary that took longer than the intermediary and ended well. This shows who gave up. */
export function findOutlived(hop: Hop): (Call & { readonly callee: Hop }) | undefined {
  if (!isExchangeSpan(hop.entry.span) || isOk(hop)) return undefined;
  for (const call of hop.calls) {
    const { callee } = call;
    if (callee === undefined || callee.isInferred === true || !isAllWell(callee)) continue;
    if (durationOf(callee.entry) > durationOf(hop.entry) + SAME_INSTANT_MS) return { ...call, callee };
  }
  return undefined;
}

/** True if nothing in or behind the hop failed. */
export function isAllWell(hop: Hop): boolean {
  return isOk(hop) && hop.calls.every((call) => !isFailed(call) && (call.callee === undefined || isAllWell(call.callee)));
}

/** An intermediary gave up on work that then ended well, so its limit is shorter than the work. */
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

/** Servers' messages that a request took longer than allowed, or that its process was ended because of this. */
const OVERRUN = new RegExp(
  anyOf(
    /Request ran for longer than/,
    /Rack::Timeout/,
    /Maximum execution time of \d+ seconds? exceeded/,
    /Task timed out after/,
    /WORKER TIMEOUT/,
    /AsyncRequestTimeoutException/,
    /RequestTimeout(?:Exception|Error)\b/,
  ),
);
const LOG_ERROR = 17;
/** A call that takes at least this share of such a request, and at least this long, is what the request waited for. */
const [MOST_OF_IT, LEAST_MS] = [0.8, 1_000];

/** A server ended one of its own requests because it took too long. If one call took nearly all of the time, the walk continues there. */
export function followOverrun(hop: Hop, depthLeft: number): Found | undefined {
  if (isExchangeSpan(hop.entry.span) || isOk(hop) || !saysOverrun(hop)) return undefined;
  const totalMs = durationOf(hop.entry);
  const slowest = findSlowestCall(hop, totalMs);
  if (slowest === undefined || slowest.endMs - slowest.startMs < Math.max(LEAST_MS, totalMs * MOST_OF_IT)) return undefined;
  const waited: Evidence = {
    statement: `${hop.service} ended the request for its length while it waited for ${slowest.peer.name}`,
    measured: `${formatMs(slowest.endMs - slowest.startMs)} of ${formatMs(totalMs)} in ${slowest.operation}`,
    source: "span",
    weight: 2.5,
  };
  const passing = toStep(hop, "propagated", [waited, statusEvidence(hop)]);
  if (slowest.callee === undefined) return { steps: [passing, endAtSlow(hop, slowest)], kind: "slow-callee", confidence: 0.8, missing: [] };
  const below = followSlow(hop, { ...slowest, callee: slowest.callee }, depthLeft);
  return { ...below, steps: [passing, ...below.steps.slice(1)] };
}

/** True for a hop whose own server ended the request because it took too long. */
export function saysOverrun({ outcome, logs }: Hop): boolean {
  return OVERRUN.test(outcome.words) || logs.some(({ severity, body }) => severity >= LOG_ERROR && OVERRUN.test(body));
}

/** The caller gave up on a callee that was still working. The walk continues where the callee's time went, for at most this many hops. */
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
  return { steps: [passOn(hop, call), passing, endAtSlow(callee, slowest)], kind: "slow-callee", confidence: 0.8, missing: [] };
}

/** A step to a callee that sends nothing, for which a hop waited most of its time. */
function endAtSlow(hop: Hop, slowest: Call): Step {
  return {
    service: slowest.peer.name,
    operation: slowest.operation,
    status: slowest.outcome.status,
    fate: "created",
    evidence: [
      {
        statement: `${hop.service} spent its time waiting for ${slowest.peer.name}`,
        measured: `${formatMs(slowest.endMs - slowest.startMs)} of ${formatMs(durationOf(hop.entry))} in ${slowest.operation}`,
        source: "span",
        weight: 2.5,
      },
    ],
    call: slowest,
  };
}

function findSlowestCall(hop: Hop, totalMs: number): Call | undefined {
  const slowest = [...hop.calls].sort((a, b) => b.endMs - b.startMs - (a.endMs - a.startMs))[0];
  return slowest !== undefined && slowest.endMs - slowest.startMs >= totalMs / 2 ? slowest : undefined;
}

/** The callee began the request when its caller had nearly given up, so it was busy before. */
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

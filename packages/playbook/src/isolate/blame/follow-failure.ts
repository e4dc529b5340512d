import type { Evidence } from "@faultline/model";
import { durationOf, startOf } from "../../trace/span-time.ts";
import { formatMs } from "../../trace/format-ms.ts";
import { isUnreachableText } from "../words/error-words.ts";
import { isExchangeSpan } from "../hops/exchange-hops.ts";
import type { Call, Hop } from "../hops/hop-shape.ts";
import type { Judgement, Step, Surroundings } from "../judgement.ts";
import { toIntermediary } from "./between.ts";
import { findBlamedCall } from "./blamed-call.ts";
import type { Found } from "./found.ts";
import { endAbsent, endCut, missingServerSpan } from "./no-answer.ts";
import { endImpatient, endLate, findOutlived, followOverrun, followSlow, isAllWell } from "./out-of-time.ts";
import { endAt, endHidden, endLocal, endRefused, explainOwn } from "./own-doing.ts";
import { endStalled, isStalled, isUnread } from "./stalled.ts";
import { cut, isOk, passOn, statusEvidence, toStep } from "./step.ts";

/** Follows a failure from the hop where the client met it to the hop that created it. */
export function followFailure(entry: Hop, around: Surroundings): Judgement {
  const found = follow(entry, around, 0);
  const steps = found.steps;
  const origin =
    steps.findLast(({ fate }) => fate === "created" || fate === "remapped") ??
    steps.findLast(({ fate }) => fate === "masked") ??
    steps.at(-1);
  if (origin === undefined) throw new Error("a walk has at least the hop it started from");
  const { kind, confidence, missing, blamed } = found;
  return { steps, origin, originKind: kind, confidence, missing, ...(blamed === undefined ? {} : { blamed }) };
}

/** A deeper trace is a loop of redirects or retries, and the rest of it is not walked. */
const MAX_DEPTH = 64;

function follow(hop: Hop, around: Surroundings, depth: number): Found {
  const call = depth < MAX_DEPTH ? findBlamedCall(hop, around) : undefined;
  const outlived = call === undefined ? findOutlived(hop) : undefined;
  if (outlived !== undefined) return endImpatient(hop, outlived);
  const overrun = call === undefined ? followOverrun(hop, MAX_DEPTH - depth) : undefined;
  if (overrun !== undefined) return overrun;
  if (call === undefined) return hop.outcome.hidden === undefined ? endAt(hop, "own", explainOwn(hop)) : endHidden(hop, hop.outcome.hidden);
  if (call.outcome.kind === "local") return endLocal(hop, call, around);
  if (call.outcome.kind === "refused" && !isServerFailure(call.callee)) return endRefused(hop, call);
  if (call.callee === undefined) return endAbsent(hop, call, around);
  if (call.callee.isInferred === true && findBlamedCall(call.callee, around) === undefined) return endAbsent(hop, call, around);
  return followCallee(hop, call, { around, depth });
}

function isServerFailure(callee: Hop | undefined): boolean {
  return callee?.outcome.code !== undefined && callee.outcome.code >= 500;
}

function followCallee(hop: Hop, call: Call, { around, depth }: { around: Surroundings; depth: number }): Found {
  const callee = call.callee;
  if (callee === undefined) return endAbsent(hop, call, around);
  if (isOk(callee) && call.outcome.kind !== "ok") return judgeHealthyCallee(hop, { ...call, callee }, { around, depth });
  const below = follow(callee, around, depth + 1);
  const first = below.steps[0];
  if (first !== undefined) below.steps[0] = { ...first, call };
  if (callee.isInferred === true) return throughInferred(hop, call, below);
  const between = toIntermediary(call, callee);
  const steps = between === undefined ? [passOn(hop, call), ...below.steps] : [passOn(hop, call), between, ...below.steps];
  return { ...below, steps };
}

/** A hop without telemetry that the failure passed through. What it did shows on both of its sides; what it saw does not. */
function throughInferred(hop: Hop, call: Call, below: Found): Found {
  const missing = [...below.missing, missingServerSpan(call.peer.name, false)];
  return { ...below, steps: [passOn(hop, call), ...below.steps], confidence: below.confidence * 0.9, missing };
}

/**
 * Judges a callee that reports success. Either it was too late, or the answer was lost or changed on the way, or the caller is at fault.
 */
function judgeHealthyCallee(
  hop: Hop,
  call: Call & { readonly callee: Hop },
  { around, depth }: { around: Surroundings; depth: number },
): Found {
  const { callee } = call;
  const calleeMs = durationOf(callee.entry);
  const callMs = call.endMs - call.startMs;
  const stallMs = around.stallOf(call);
  if (isStalled(call, stallMs)) return endStalled(hop, call, { stallMs });
  const stopMs = around.stopOf(call);
  if (isUnread(call, stopMs)) return endStalled(hop, call, { stallMs: stopMs, source: "span" });
  if (call.outcome.kind === "timed-out" && calleeMs >= callMs * 0.8)
    return isExchangeSpan(hop.entry.span) && isAllWell(callee) ? endImpatient(hop, call) : followSlow(hop, call, MAX_DEPTH - depth);
  if (call.outcome.kind === "timed-out" && startOf(callee.entry) - call.startMs >= callMs / 2) return endLate(hop, call);
  const between = toIntermediary(call, callee);
  if (between !== undefined) {
    return {
      steps: [passOn(hop, call), between, { ...toStep(callee, "clean", []), call }],
      kind: "between",
      confidence: 0.85,
      missing: [],
    };
  }
  if (isUnreachableText(call.outcome.words)) return endCut(hop, call);
  const evidence: Evidence = {
    statement: `${callee.service} answered ${callee.outcome.status} in ${formatMs(calleeMs)}, and yet the call failed in ${hop.service}`,
    measured: `call ${formatMs(callMs)}, callee ${formatMs(calleeMs)}; ${cut(call.outcome.words, 160)}`,
    source: "span",
    weight: 2,
  };
  const steps: Step[] = [toStep(hop, "created", [evidence, statusEvidence(hop)]), { ...toStep(callee, "clean", []), call }];
  return { steps, kind: "healthy-callee", confidence: 0.6, missing: [] };
}

import type { Evidence, MissingEvidence } from "@faultline/model";
import { durationOf } from "../../trace/span-time.ts";
import { formatMs } from "../../trace/format-ms.ts";
import { formatTook } from "../log-only/log-only-requests.ts";
import { isUnreachableText } from "../words/error-words.ts";
import type { Call, Hop } from "../hops/hop-shape.ts";
import type { OriginKind, Step, Surroundings } from "../judgement.ts";
import type { Found } from "./found.ts";
import { endStalled, isStalled } from "./stalled.ts";
import { cut, passOn, toStep } from "./step.ts";

/** Ends the walk at a callee known only from its caller: it answered with an error, or not at all. */
export function endAbsent(hop: Hop, call: Call, around: Surroundings): Found {
  const { peer, outcome } = call;
  const stallMs = around.stallOf(call);
  if (isStalled(call, stallMs)) return endStalled(hop, call, { stallMs });
  const heldMs = around.heldOf(call);
  if (isStalled(call, heldMs)) return endStalled(hop, call, { stallMs: heldMs, source: "span" });
  const answered = isAnswered(call);
  const kind: OriginKind = answered ? "silent-callee" : "absent-callee";
  const measured =
    `${call.operation}: ${outcome.status}${formatTook(call.from.span, call.endMs - call.startMs)} ${cut(outcome.words, 160)}`.trim();
  const evidence: Evidence = answered
    ? { statement: `${peer.name} answered ${outcome.status} to ${hop.service}`, measured, source: "span", weight: 2.5 }
    : { statement: `${peer.name} gave ${hop.service} no answer`, measured, source: "span", weight: 2 };
  const isKnown = around.services.has(peer.name);
  const missing = isKnown || peer.kind === "service" ? [missingServerSpan(peer.name, isKnown)] : [];
  const created: Step = {
    service: peer.name,
    operation: call.operation,
    status: outcome.status,
    fate: "created",
    evidence: [evidence],
    call,
  };
  const isNamed = peer.name !== "unknown dependency";
  const confidence = (answered ? 0.85 : 0.75) * (isNamed ? 1 : 0.5);
  return { steps: [passOn(hop, call), created], kind, confidence, missing };
}

/**
 * True if there was an answer: a status, or an error that a database or a broker raised, unless the error is that it could not be reached.
 */
function isAnswered({ outcome, peer }: Call): boolean {
  if (outcome.kind === "timed-out") return false;
  if (outcome.code !== undefined) return true;
  return peer.kind !== "service" && outcome.words !== "" && !isUnreachableText(outcome.words);
}

/** The evidence that a callee without telemetry would have given. */
export function missingServerSpan(name: string, isKnown: boolean): MissingEvidence {
  return {
    what: isKnown ? `the server span of ${name} in these traces` : `any telemetry of ${name}`,
    wouldTell: `whether ${name} got the request, and what failed inside it or behind it`,
  };
}

/** Ends the walk at a callee during whose work the connection broke. Its caller never received the answer that it noted. */
export function endCut(hop: Hop, call: Call & { readonly callee: Hop }): Found {
  const { callee } = call;
  const cutOff: Evidence = {
    statement: `${callee.service} took the request up, and the connection was closed before ${hop.service} had the answer`,
    measured: `call ${formatMs(call.endMs - call.startMs)}, callee ${formatMs(durationOf(callee.entry))} with ${callee.outcome.status}; ${cut(call.outcome.words, 160)}`,
    source: "span",
    weight: 2.5,
  };
  const steps: Step[] = [passOn(hop, call), { ...toStep(callee, "created", [cutOff]), call }];
  return { steps, kind: "cut-callee", confidence: 0.8, missing: [] };
}

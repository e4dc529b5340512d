import type { Evidence, MissingEvidence } from "@faultline/model";
import { formatMs } from "../../trace/format-ms.ts";
import { hasOwnAccount, isExchangeSpan } from "../hops/exchange-hops.ts";
import type { Call, Hop } from "../hops/hop-shape.ts";
import type { OriginKind, Surroundings } from "../judgement.ts";
import { isLogOnlySpan } from "../log-only/log-only-requests.ts";
import { endAbsent } from "./no-answer.ts";
import type { Found } from "./found.ts";
import { cut, describeStatus, isOk, statusEvidence, toStep } from "./step.ts";

/** Ends the walk at this hop: nothing below it failed, or what failed below was its own doing. */
export function endAt(hop: Hop, kind: OriginKind, reason: { evidence: readonly Evidence[]; confidence: number }): Found {
  return { steps: [toStep(hop, "created", reason.evidence)], kind, confidence: reason.confidence, missing: [] };
}

/** A good status over an error of the hop's own. It was created and masked in one place, so the hidden error is all there is to see. */
export function endHidden(hop: Hop, hidden: string): Found {
  const evidence: Evidence = {
    statement: `${hop.service} answered ${hop.outcome.status} over a failure`,
    measured: cut(hidden, 240),
    source: "span",
    weight: 3,
  };
  return { steps: [toStep(hop, "masked", [evidence, ...explainOwn(hop).evidence])], kind: "own", confidence: 0.85, missing: [] };
}

/** The evidence that a hop failed by itself, and how certain that is. */
export function explainOwn(hop: Hop): { evidence: readonly Evidence[]; confidence: number } {
  const exception = hop.outcome.exceptions[0] ?? findOwnException(hop);
  const evidence: Evidence[] = [];
  if (exception !== undefined) {
    evidence.push({
      statement: `${hop.service} raised ${exception.type} itself`,
      measured: cut(exception.message),
      source: "span",
      weight: 3,
    });
  }
  if (hop.calls.length > 0 && hop.calls.every(({ outcome }) => outcome.kind === "ok")) {
    evidence.push({ statement: "every call it made succeeded", measured: `${hop.calls.length} calls`, source: "span", weight: 1.5 });
  } else if (hop.calls.length === 0 && !isLogOnlySpan(hop.entry.span)) {
    evidence.push({ statement: "it called nothing that could have failed", measured: "0 calls in the trace", source: "span", weight: 1 });
  }
  evidence.push(statusEvidence(hop));
  return { evidence, confidence: exception === undefined ? 0.75 : 0.95 };
}

function findOwnException(hop: Hop) {
  for (const log of hop.logs) {
    const type = log.attributes["exception.type"];
    if (typeof type === "string") return { type, message: String(log.attributes["exception.message"] ?? log.body) };
  }
  return undefined;
}

/** No connection was free. If the used ones were all waiting for a callee that gave no answer, that callee is at fault. */
export function endLocal(hop: Hop, call: Call, around: Surroundings): Found {
  const holder = around.findHolder(call);
  if (holder === undefined) return { ...endAt(hop, "local", explainLocal(hop, call)), blamed: call };
  const found = endAbsent(hop, holder, around);
  const waiting: Evidence = {
    statement: `${hop.service} had no free connection to ${call.peer.name}: those in use were waiting for it`,
    measured: `${holder.operation}: ${holder.outcome.status}, ${formatMs(holder.endMs - holder.startMs)}`,
    source: "span",
    weight: 2,
  };
  const [first, ...rest] = found.steps;
  const steps = first === undefined ? rest : [{ ...first, evidence: [waiting, ...first.evidence] }, ...rest];
  return { ...found, steps, confidence: found.confidence * 0.9 };
}

function explainLocal(hop: Hop, call: Call): { evidence: readonly Evidence[]; confidence: number } {
  return {
    evidence: [
      {
        statement: `the call to ${call.peer.name} never left ${hop.service}`,
        measured: cut(call.outcome.words),
        source: "span",
        weight: 3,
      },
      statusEvidence(hop),
    ],
    confidence: 0.9,
  };
}

function missingBetween(hop: Hop, { peer }: Call): MissingEvidence {
  return {
    what: `any telemetry of what stands between ${hop.service} and ${peer.name}`,
    wouldTell: "who made a server error of the refusal",
  };
}

const LOG_ERROR = 17;

/** True for an intermediary known only from its access log, which does not say that the answer was its own, or why. */
export function isBareExchange({ entry, logs }: Hop): boolean {
  return isExchangeSpan(entry.span) && !hasOwnAccount(entry.span) && !logs.some(({ severity }) => severity >= LOG_ERROR);
}

/** A 4xx below and a 5xx here: the callee did its duty. The request was wrong, and this hop turned the refusal into a server error. */
export function endRefused(hop: Hop, call: Call): Found {
  const evidence: Evidence = {
    statement: `${call.peer.name} refused what ${hop.service} sent, and ${hop.service} answered with ${describeStatus(hop.outcome.status)}`,
    measured: `${call.operation}: ${call.outcome.status} ${cut(call.outcome.words, 160)}`.trim(),
    source: "span",
    weight: 3,
  };
  const steps = [toStep(hop, isOk(hop) ? "masked" : "remapped", [evidence, statusEvidence(hop)])];
  if (call.callee !== undefined) steps.push({ ...toStep(call.callee, "clean", []), call });
  // A proxy passes a refusal on unchanged. If its log has another status and no reason, somebody unseen is between the two.
  if (isBareExchange(hop) && call.callee !== undefined && !isOk(hop))
    return { steps, kind: "refused-request", blamed: call, confidence: 0.4, missing: [missingBetween(hop, call)] };
  return { steps, kind: "refused-request", blamed: call, confidence: 0.85, missing: [] };
}

import type { Evidence, Fate } from "@faultline/model";
import { durationOf } from "../../trace/span-time.ts";
import { isRecovered } from "../call-fate.ts";
import { isExchangeSpan, readOwnAccount } from "../hops/exchange-hops.ts";
import { nameOperation } from "../hops/hop.ts";
import type { Call, Hop } from "../hops/hop-shape.ts";
import type { Step } from "../judgement.ts";
import { formatTook } from "../log-only/log-only-requests.ts";

/** A hop with its part in the failure. */
export function toStep(hop: Hop, fate: Fate, evidence: readonly Evidence[]): Step {
  return { service: hop.service, operation: nameOperation(hop.entry), status: hop.outcome.status, fate, evidence, hop };
}

/** The hop above a failed call: it passed the failure on, changed it, or hid it. */
export function passOn(hop: Hop, call: Call): Step {
  if (isOk(hop) && isRecovered(call, hop)) return { ...toStep(hop, "masked", [savingEvidence(hop)]), isSaved: true };
  if (isOk(hop)) {
    const evidence: Evidence = {
      statement: `${hop.service} answered ${hop.outcome.status} although its call to ${call.peer.name} failed`,
      measured: `${call.operation}: ${call.outcome.status}`,
      source: "span",
      weight: 3,
    };
    return toStep(hop, "masked", [evidence]);
  }
  // A status below 500 is not the failure: headers came, and the rest did not.
  const received = call.outcome.code === undefined || call.outcome.code < 500 ? undefined : call.outcome.code;
  const isSame = hop.outcome.code === undefined || received === undefined || hop.outcome.code === received;
  const own = readOwnAccount(hop.entry.span);
  const evidence: Evidence = {
    statement:
      own !== undefined && received === undefined
        ? `${hop.service} wrote the ${hop.outcome.status} itself: ${own}`
        : isSame
          ? `${hop.service} passed on what its call to ${call.peer.name} ended with`
          : `${hop.service} answered ${hop.outcome.status} where it had received ${call.outcome.status}`,
    measured: `${call.operation}: ${call.outcome.status}`,
    source: "span",
    weight: 2,
  };
  return toStep(hop, isSame ? "propagated" : "remapped", [evidence]);
}

/** The evidence that a later try succeeded. */
export function savingEvidence({ service, outcome, calls, entry }: Hop): Evidence {
  return {
    statement: `${service} tried again and answered ${outcome.status}: the client never saw this failure`,
    measured: `tries: ${calls.map((call) => call.outcome.status).join(", ")}`,
    source: isExchangeSpan(entry.span) ? "access-log" : "span",
    weight: 3,
  };
}

/** What the hop itself answered. */
export function statusEvidence(hop: Hop): Evidence {
  return {
    statement: `${hop.service} answered ${describeStatus(hop.outcome.status)}`,
    measured: `${nameOperation(hop.entry)}: ${hop.outcome.status}${formatTook(hop.entry.span, durationOf(hop.entry))}`,
    source: "span",
    weight: 1,
  };
}

/** True for a hop that answered well, or refused the request because of the client. */
export function isOk(hop: Hop): boolean {
  return hop.outcome.kind === "ok" || hop.outcome.kind === "refused";
}

/** A status in words, for a sentence. */
export function describeStatus(status: string): string {
  return status === "error" ? "an error" : status;
}

/** A text cut to a length, for a sentence. */
export function cut(text: string, limit = 300): string {
  return text.length <= limit ? text : `${text.slice(0, limit)}...`;
}

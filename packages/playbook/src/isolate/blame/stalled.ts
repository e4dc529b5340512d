import type { Evidence } from "@faultline/model";
import { formatMs } from "../../trace/format-ms.ts";
import type { Call, Hop } from "../hop-shape.ts";
import type { Found } from "./found.ts";
import { statusEvidence, toStep } from "./step.ts";

/** Shorter stalls happen to everybody. */
const LEAST_STALL_MS = 500;

/** True of a time-out during which the caller's own process stood still nearly as long. */
export function isStalled(call: Call, stallMs: number | undefined): stallMs is number {
  const waitMs = call.endMs - call.startMs;
  return call.outcome.kind === "timed-out" && stallMs !== undefined && stallMs >= Math.max(LEAST_STALL_MS, waitMs * 0.9);
}

/** A process that stands still cannot read the answers it got: the time-outs it then sees are its own doing. */
export function endStalled(hop: Hop, call: Call, stallMs: number): Found {
  const evidence: Evidence = {
    statement: `${hop.service} itself stood still while its call to ${call.peer.name} ran out of time`,
    measured: `event loop blocked for ${formatMs(stallMs)}, call ended after ${formatMs(call.endMs - call.startMs)}`,
    source: "metric",
    weight: 3,
  };
  return { steps: [toStep(hop, "created", [evidence, statusEvidence(hop)])], kind: "stalled", confidence: 0.8, missing: [] };
}

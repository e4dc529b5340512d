import type { Evidence } from "@faultline/model";
import { formatMs } from "../../trace/format-ms.ts";
import { durationOf } from "../../trace/span-time.ts";
import type { Call, Hop } from "../hops/hop-shape.ts";
import type { Found } from "./found.ts";
import { statusEvidence, toStep } from "./step.ts";

/** How long a process stood still, and what shows it. */
type Stall = { readonly stallMs: number; readonly source?: "metric" | "span" };

/** Shorter stalls are common. */
const LEAST_STALL_MS = 500;

/** True for a time-out during which the caller's own process stood still nearly as long. */
export function isStalled(call: Call, stallMs: number | undefined): stallMs is number {
  const waitMs = call.endMs - call.startMs;
  return call.outcome.kind === "timed-out" && stallMs !== undefined && stallMs >= Math.max(LEAST_STALL_MS, waitMs * 0.9);
}

/** The same for a callee that had answered long before. If the answer was lying there unread, the process's own spans are proof enough. */
export function isUnread(call: Call & { readonly callee: Hop }, stopMs: number): boolean {
  const waitMs = call.endMs - call.startMs;
  const isEarly = durationOf(call.callee.entry) <= waitMs / 2;
  return call.outcome.kind === "timed-out" && isEarly && stopMs >= Math.max(LEAST_STALL_MS, waitMs * 0.7);
}

/** A process that stands still cannot read the answers that arrived, so its time-outs are its own doing. */
export function endStalled(hop: Hop, call: Call, { stallMs, source = "metric" }: Stall): Found {
  const evidence: Evidence = {
    statement: `${hop.service} itself stood still while its call to ${call.peer.name} ran out of time`,
    measured: `${source === "metric" ? "event loop blocked" : "nothing begun and nothing ended"} for ${formatMs(stallMs)}, call ended after ${formatMs(call.endMs - call.startMs)}`,
    source,
    weight: 3,
  };
  return { steps: [toStep(hop, "created", [evidence, statusEvidence(hop)])], kind: "stalled", confidence: 0.8, missing: [] };
}

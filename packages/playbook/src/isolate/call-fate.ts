import { endOf } from "../trace/span-time.ts";
import { isExchangeSpan } from "./hops/exchange-hops.ts";
import type { Call, Hop } from "./hops/hop-shape.ts";

/** Both ends are noted by one process, though not in one instant. */
export const SAME_INSTANT_MS = 10;

/** True when the call ended only after its hop had answered: whatever became of it, the answer did not depend on it. */
export function isAfterwards(call: Call, hop: Hop): boolean {
  return call.endMs > endOf(hop.entry) + SAME_INSTANT_MS;
}

/** True when the call ended badly, whichever side says so. */
export function isFailed(call: Call): boolean {
  if (call.outcome.kind !== "ok" && call.outcome.kind !== "unknown") return true;
  return call.outcome.kind === "unknown" && call.callee?.outcome.kind === "failed";
}

/**
 * A later call to the same place that succeeded: a retry that helped. The tries of one exchange all are the same call. Of a hop that answered
 * well, the same asked of another host with success helped as well: it has two of them, for when one fails.
 */
export function isRecovered(call: Call, hop: Hop): boolean {
  if (isExchangeSpan(call.from.span)) return hop.calls.some((other) => other !== call && other.outcome.kind === "ok");
  const isFine = hop.outcome.kind === "ok";
  return hop.calls.some(
    (later) =>
      later !== call &&
      later.outcome.kind === "ok" &&
      later.startMs >= call.endMs - 0.5 &&
      toTarget(call.operation) === toTarget(later.operation) &&
      (call.peer.name === later.peer.name || (isFine && asksByPath(call) && asksByPath(later))),
  );
}

/** A call whose operation says what is asked for: a method by itself is the same for everything. */
function asksByPath({ peer, operation }: Call): boolean {
  return peer.kind === "service" && /^[A-Z]+ \/[^\s]/.test(operation);
}

/** An operation without what changes from one request to the next: ids, numbers. */
export function toTarget(operation: string): string {
  return operation.replace(/[0-9a-f]{8}-[0-9a-f-]{27}|\b[0-9a-f]{16,}\b|\d+/gi, "#");
}

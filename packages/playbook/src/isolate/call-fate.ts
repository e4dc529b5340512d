import { endOf } from "../trace/span-time.ts";
import { isExchangeSpan } from "./hops/exchange-hops.ts";
import type { Call, Hop } from "./hops/hop-shape.ts";

/** One process notes both ends, though not at the same instant. */
export const SAME_INSTANT_MS = 10;
/** Exporters round to half a millisecond and less. */
const ROUNDING_MS = 0.5;

/** True if the call ended only after its hop had answered, so the answer did not depend on it. */
export function isAfterwards(call: Call, hop: Hop): boolean {
  return call.endMs > endOf(hop.entry) + SAME_INSTANT_MS;
}

/** True if the call ended badly, whichever side says so. */
export function isFailed(call: Call): boolean {
  if (call.outcome.kind !== "ok" && call.outcome.kind !== "unknown") return true;
  return call.outcome.kind === "unknown" && call.callee?.outcome.kind === "failed";
}

/**
 * True if a later call to the same place succeeded, so that a retry helped. All tries of one exchange count as the same call. If the hop
 * answered well, the same request to another host with success helped as well: the hop has two hosts in case one fails.
 */
export function isRecovered(call: Call, hop: Hop): boolean {
  if (isExchangeSpan(call.from.span)) return hop.calls.some((other) => other !== call && other.outcome.kind === "ok");
  const isFine = hop.outcome.kind === "ok";
  for (const later of listSucceeding(hop).get(toTarget(call.operation)) ?? []) {
    if (later.startMs < call.endMs - ROUNDING_MS) return false;
    if (later !== call && (call.peer.name === later.peer.name || (isFine && asksByPath(call) && asksByPath(later)))) return true;
  }
  return false;
}

const succeeding = new WeakMap<Hop, ReadonlyMap<string, readonly Call[]>>();

/** A hop's calls that succeeded, by what they asked for, the last first. A hop may have thousands of calls, so they are sorted once. */
function listSucceeding(hop: Hop): ReadonlyMap<string, readonly Call[]> {
  const known = succeeding.get(hop);
  if (known !== undefined) return known;
  const good = hop.calls.filter(({ outcome }) => outcome.kind === "ok").sort((a, b) => b.startMs - a.startMs);
  const found = Map.groupBy(good, ({ operation }) => toTarget(operation));
  succeeding.set(hop, found);
  return found;
}

/** True for a call whose operation says what is asked for. A method alone is the same for everything. */
function asksByPath({ peer, operation }: Call): boolean {
  return peer.kind === "service" && /^[A-Z]+ \/[^\s]/.test(operation);
}

/** An operation without the parts that change from request to request: ids, numbers. */
export function toTarget(operation: string): string {
  return operation.replace(/[0-9a-f]{8}-[0-9a-f-]{27}|\b[0-9a-f]{16,}\b|\d+/gi, "#");
}

import type { Hop } from "../../isolate/hops/hop-shape.ts";
import type { Findings } from "../findings.ts";

/** Messages that somebody closed a program on purpose. */
const CLOSED =
  /\b(?:(?:in|under|for|planned|scheduled) maintenance|maintenance (?:mode|window|page))\b|\bplanned (?:downtime|outage|work)\b/i;

/**
 * True if a service answers 503 and says when to come back, or that it is in maintenance. It then does what it was told: the switch that
 * closed it is not a fault, although the failure began there. Only the person who switched it knows whether it was intended.
 */
export function isClosedOnPurpose({ origin, originHops }: Findings): boolean {
  if (origin?.judgement.originKind !== "own" || originHops.length === 0) return false;
  return originHops.filter(saysClosed).length * 2 > originHops.length;
}

function saysClosed({ outcome, entry, logs }: Hop): boolean {
  if (outcome.code !== 503) return false;
  return entry.span.attributes["http.response.header.retry-after"] !== undefined || logs.some(({ body }) => CLOSED.test(body));
}

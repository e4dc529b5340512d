import type { Hop } from "../../isolate/hops/hop-shape.ts";
import type { Findings } from "../findings.ts";

/** How a program says that somebody closed it. */
const CLOSED =
  /\b(?:(?:in|under|for|planned|scheduled) maintenance|maintenance (?:mode|window|page))\b|\bplanned (?:downtime|outage|work)\b/i;

/**
 * A service that answers 503 and says when to come again, or that it is in maintenance, does what it was told: the switch that closed it is
 * no fault, though it began there. Whether it was meant, nobody but who switched it knows.
 */
export function isClosedOnPurpose({ origin, originHops }: Findings): boolean {
  if (origin?.judgement.originKind !== "own" || originHops.length === 0) return false;
  return originHops.filter(saysClosed).length * 2 > originHops.length;
}

function saysClosed({ outcome, entry, logs }: Hop): boolean {
  if (outcome.code !== 503) return false;
  return entry.span.attributes["http.response.header.retry-after"] !== undefined || logs.some(({ body }) => CLOSED.test(body));
}

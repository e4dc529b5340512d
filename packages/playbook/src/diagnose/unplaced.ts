import { isBareExchange } from "../isolate/blame/own-doing.ts";
import { isOwnWork } from "../isolate/hops/exchange-hops.ts";
import type { Findings } from "./findings.ts";

/**
 * True if there is nothing but an intermediary's access log, which does not tell what is behind it: the intermediary may have made the
 * answer or passed it on. `faultline logs` calls this unknown, and so does a verdict.
 */
export function isUnplaced({ origin }: Findings): boolean {
  if (origin === undefined || origin.judgement.steps.length > 1) return false;
  const { hop } = origin.step;
  const { exchanges } = origin.occurrence.path;
  return hop !== undefined && hop.calls.length === 0 && isBareExchange(hop) && !exchanges.some(isOwnWork);
}

import { isFailed } from "../../isolate/call-fate.ts";
import { isExchangeSpan } from "../../isolate/hops/exchange-hops.ts";
import { TIMEOUT_WORDS } from "../../isolate/words/error-words.ts";
import type { Findings, Saying } from "../findings.ts";

/** What a service threw when its time ran out, where none of its calls failed: something was waited for, and nothing shows what. */
export function findTimeAlone({ origin, sayings }: Findings): Saying | undefined {
  const hop = origin?.step.hop;
  if (hop === undefined || origin?.judgement.originKind !== "own" || isExchangeSpan(hop.entry.span)) return undefined;
  if (hop.calls.some(isFailed)) return undefined;
  const isThrown = (text: string): boolean => hop.outcome.exceptions.length > 0 || /\w(?:Error|Exception)\b/.test(text);
  return sayings.find(
    ({ place, service, text, isDirect, own }) =>
      place === "origin" && isDirect && own === undefined && service === hop.service && TIMEOUT_WORDS.test(text) && isThrown(text),
  );
}

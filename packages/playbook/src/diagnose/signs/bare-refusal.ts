import type { Evidence } from "@faultline/model";
import { formatMs } from "../../trace/format-ms.ts";
import { isExchangeSpan } from "../../isolate/hops/exchange-hops.ts";
import { durationOf } from "../../trace/span-time.ts";
import type { Findings } from "../findings.ts";

/** A longer answer shows that something was waited for. */
const AT_ONCE_MS = 50;

/**
 * Evidence that an intermediary reached no server: it answered 502 or 503 by itself and at once, without a message and without a server in
 * its log. Such an answer does not tell which cause kept it from a server.
 */
export function hearBareRefusal({ origin, named }: Findings, weight: number): readonly Evidence[] {
  const hop = origin?.step.hop;
  if (named.some(({ noted }) => noted?.isGuess === false)) return [];
  if (hop === undefined || origin?.judgement.originKind !== "own" || !isExchangeSpan(hop.entry.span)) return [];
  const lasted = durationOf(hop.entry);
  if ((hop.outcome.code !== 502 && hop.outcome.code !== 503) || lasted > AT_ONCE_MS || hop.calls.length > 0) return [];
  const statement = `${hop.service} answered ${hop.outcome.code} at once and names no server that it reached`;
  return [{ statement, measured: formatMs(lasted), source: "access-log", weight }];
}

import type { Evidence } from "@faultline/model";
import { isFailed } from "../../isolate/call-fate.ts";
import { isExchangeSpan } from "../../isolate/hops/exchange-hops.ts";
import type { Findings } from "../findings.ts";
import { type PartFailure, readPartFailure } from "../words/part-failure.ts";

/** The length to which an error is cut for a reader. */
const SHOWN = 240;

/**
 * Evidence that a part of the system failed in this way, from an error of the creating hop's own code, if none of its calls shows it. A
 * proxy's words are read by what the proxy is, and a caller's words about an answer do not tell who made the answer.
 */
export function hearPartFailure({ origin, sayings }: Findings, kind: PartFailure, statement: string): readonly Evidence[] {
  const hop = origin?.step.hop;
  if (hop === undefined || origin?.judgement.originKind !== "own" || isExchangeSpan(hop.entry.span) || hop.calls.some(isFailed)) return [];
  const said = sayings.find(
    ({ service, place, isDirect, own, text }) =>
      service === hop.service && place === "origin" && isDirect && own === undefined && readPartFailure(text) === kind,
  );
  return said === undefined
    ? []
    : [{ statement, measured: `${said.service}: ${said.text.slice(0, SHOWN)}`, source: said.source, weight: 3.5 }];
}

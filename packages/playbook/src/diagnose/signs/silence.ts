import type { Evidence } from "@faultline/model";
import type { Findings } from "../findings.ts";
import { isThirdParty } from "./third-party.ts";

/**
 * What speaks against naming a cause when the trail ends at a service of one's own that sends no telemetry: it may have failed by
 * itself, or have passed on what failed behind it. Databases and third parties end a trail; a service need not.
 */
export function hearSilence({ origin, sayings }: Findings): readonly Evidence[] {
  const call = origin?.step.call;
  if (origin === undefined || call === undefined || call.peer.kind !== "service" || isThirdParty(origin)) return [];
  if (call.callee !== undefined && call.callee.isInferred !== true) return [];
  if (sayings.some(({ text }) => quotesReason(text))) return [];
  return [
    {
      statement: `${call.peer.name} sent no telemetry of this: whether it failed by itself or something behind it did cannot be told`,
      measured: `${call.operation}: ${call.outcome.status}, no span below it`,
      source: "span",
      weight: 1.8,
    },
  ];
}

/** An answer that was quoted with a reason of its own: a body's error, detail or reason in more than a general word. */
const QUOTED = /"(?:error|errors|detail|details|reason|message|title|type|cause)"\s*:\s*"([^"]{1,300})"/gi;
const GENERAL =
  /^(?:internal(?: server)? error|internal|error|failed|failure|unknown(?: error)?|bad gateway|service unavailable|unavailable|gateway time-?out|something went wrong|an? .{0,20}error occurred\.?|about:blank)$/i;

/** True when the callee itself said in its answer what went wrong in it. */
function quotesReason(text: string): boolean {
  return [...text.matchAll(QUOTED)].some(([, reason = ""]) => /[\s_]/.test(reason.trim()) && !GENERAL.test(reason.trim()));
}

import { anyOf, type Evidence } from "@faultline/model";
import type { Findings } from "../findings.ts";
import { isThirdParty } from "./third-party.ts";

/**
 * The evidence against naming a cause if the trail ends at a service of the team's own that sends no telemetry. It may have failed by
 * itself, or passed on what failed behind it. A database or a third party ends a trail; a service need not.
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

/** A quoted answer with a specific reason: a body's error, detail or reason that is more than a general word. */
const QUOTED = /"(?:error|errors|detail|details|reason|message|title|type|cause)"\s*:\s*"([^"]{1,300})"/gi;
const GENERAL = new RegExp(
  `^${anyOf(
    "internal(?: server)? error",
    "internal",
    "error",
    "failed",
    "failure",
    "unknown(?: error)?",
    "bad gateway",
    "service unavailable",
    "unavailable",
    "gateway time-?out",
    "something went wrong",
    /an? .{0,20}error occurred\.?/,
    "about:blank",
  )}$`,
  "i",
);

/** True if the callee's answer said what went wrong inside of it. */
function quotesReason(text: string): boolean {
  return [...text.matchAll(QUOTED)].some(([, reason = ""]) => /[\s_]/.test(reason.trim()) && !GENERAL.test(reason.trim()));
}

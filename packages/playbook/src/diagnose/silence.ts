import type { Evidence } from "@faultline/model";
import type { Findings } from "./findings.ts";
import { isThirdParty } from "./third-party.ts";

/**
 * What speaks against naming a cause when the trail ends at a service of one's own that sends no telemetry: it may have failed by
 * itself, or have passed on what failed behind it. Databases and third parties end a trail; a service need not.
 */
export function hearSilence({ origin }: Findings): readonly Evidence[] {
  const call = origin?.step.call;
  if (origin === undefined || call === undefined || call.peer.kind !== "service" || isThirdParty(origin)) return [];
  if (call.callee !== undefined && call.callee.isInferred !== true) return [];
  return [
    {
      statement: `${call.peer.name} sent no telemetry of this: whether it failed by itself or something behind it did cannot be told`,
      measured: `${call.operation}: ${call.outcome.status}, no span below it`,
      source: "span",
      weight: 1.8,
    },
  ];
}

import { findCalledPlatform, findPlatform, type Platform } from "@faultline/model";
import type { Origin } from "../findings.ts";

/** What the creating hop and the one that called it run on, as far as their telemetry says. */
export type OriginPlatforms = {
  readonly creating: Platform | undefined;
  readonly calling: Platform | undefined;
  /** The name of the hop that called; where nobody did, of the creating one. */
  readonly callingService: string | undefined;
};

/** Reads them for a fault whose origin is known: by the hop's own telemetry, else by the call to it. */
export function findOriginPlatforms({ judgement, step }: Origin): OriginPlatforms {
  const caller = judgement.steps[judgement.steps.indexOf(step) - 1]?.hop ?? step.hop;
  return {
    creating: step.hop === undefined ? findCalled(step.call?.from.span) : findPlatform(step.hop.entry.span),
    callingService: caller?.service,
    calling: caller === undefined ? undefined : findPlatform(caller.entry.span),
  };
}

function findCalled(span: Parameters<typeof findCalledPlatform>[0] | undefined): Platform | undefined {
  return span === undefined ? undefined : findCalledPlatform(span);
}

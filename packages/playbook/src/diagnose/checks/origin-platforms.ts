import { findCalledPlatform, findPlatform, type Platform } from "@faultline/model";
import type { Origin } from "../findings.ts";

/** The platforms of the creating hop and of its caller, as far as telemetry shows them. */
export type OriginPlatforms = {
  readonly creating: Platform | undefined;
  readonly calling: Platform | undefined;
  /** The name of the calling hop, or of the creating one if nobody called. */
  readonly callingService: string | undefined;
};

/** Reads the platforms for a fault with a known origin: from the hop's own telemetry, otherwise from the call to it. */
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

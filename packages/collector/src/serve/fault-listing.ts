import { describeDiagnosis, type FaultListing } from "@faultline/model";
import type { StoredFault } from "../store/contract.ts";

/** A stored fault as the lists show it: its diagnosis becomes one sentence. */
export function toFaultListing({ diagnosis, ...fault }: StoredFault): FaultListing {
  if (diagnosis === undefined) return fault;
  const [cause] = diagnosis.causes;
  const listing = { ...fault, verdict: diagnosis.verdict, sentence: describeDiagnosis(diagnosis) };
  return cause === undefined || diagnosis.verdict === "inconclusive"
    ? listing
    : { ...listing, cause: cause.cause, confidence: cause.confidence };
}

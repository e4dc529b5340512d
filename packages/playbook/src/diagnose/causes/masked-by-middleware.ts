import type { CauseRule } from "../findings.ts";

/** A handler hid the first error: a 200 over a failure. */
export const maskedByMiddleware: CauseRule = {
  sign: "a hop that answered well over a call that failed for good",
  weigh: ({ origin }) => {
    const masking = origin?.judgement.steps.find(({ fate, hop }) => fate === "masked" && hop !== undefined);
    // A proxy that tried again with success (no hop of its own) hid nothing: it helped.
    if (masking === undefined) return { evidence: [] };
    return { evidence: masking.evidence.map((each) => ({ ...each, weight: 5 })) };
  },
};

import type { CauseRule } from "../findings.ts";

/** A handler hid the first error: a 200 over a failure. */
export const maskedByMiddleware: CauseRule = {
  sign: "a hop that answered well over a call that failed for good",
  weigh: ({ origin }) => {
    // A hop that retried with success hid nothing: it helped.
    const masking = origin?.judgement.steps.find(({ fate, hop, isSaved }) => fate === "masked" && hop !== undefined && isSaved !== true);
    if (masking === undefined) return { evidence: [] };
    return { evidence: masking.evidence.map((each) => ({ ...each, weight: 6 })) };
  },
};

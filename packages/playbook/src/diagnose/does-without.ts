import type { Findings } from "./findings.ts";

const [LOG_WARN, LOG_ERROR] = [13, 17];

/**
 * True if a hop answered well although a call failed, and logged that as a warning and not as an error: it may be able to do without the
 * call. A page without its recommendations is still a page. Only its authors know whether that is intended.
 */
export function doesWithout({ origin }: Findings): boolean {
  const masking = origin?.judgement.steps.find(({ fate, isSaved }) => fate === "masked" && isSaved !== true);
  const logs = masking?.hop?.logs ?? [];
  return logs.some(({ severity }) => severity >= LOG_WARN) && !logs.some(({ severity }) => severity >= LOG_ERROR);
}

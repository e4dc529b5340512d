import type { Findings } from "./findings.ts";

const [LOG_WARN, LOG_ERROR] = [13, 17];

/**
 * A hop that answered well over a call that failed, warned of it and called it no error may do without what it asked for: a page without its
 * recommendations is a page. Whether it may, nobody but who wrote it knows.
 */
export function doesWithout({ origin }: Findings): boolean {
  const masking = origin?.judgement.steps.find(({ fate, isSaved }) => fate === "masked" && isSaved !== true);
  const logs = masking?.hop?.logs ?? [];
  return logs.some(({ severity }) => severity >= LOG_WARN) && !logs.some(({ severity }) => severity >= LOG_ERROR);
}

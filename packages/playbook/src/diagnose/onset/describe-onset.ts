import { formatMs } from "../../trace/format-ms.ts";
import type { Onset } from "./find-onset.ts";

/** An onset in a sentence: how precisely it is known, and what changed at it. */
export function describeOnset({ fromMs, toMs, before, after }: Onset): string {
  const rates = `${before.failing} of ${before.total} failed before, ${after.failing} of ${after.total} since`;
  return `the onset (${rates}; known to ${formatMs(toMs - fromMs)})`;
}

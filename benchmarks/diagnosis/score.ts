import type { Suspect } from "@faultline/model";

/** Probability that a labelled service is among the first `k`, when equal scores stand in random order. */
export function scoreAt(k: number, suspects: readonly Suspect[], services: readonly string[]): number {
  const right = suspects.filter(({ service }) => services.includes(service)).sort((a, b) => b.score - a.score)[0];
  if (right === undefined) return 0;
  const better = suspects.filter(({ score }) => score > right.score).length;
  const tied = suspects.filter(({ score }) => score === right.score).length;
  return Math.min(1, Math.max(0, (k - better) / tied));
}

/** Expected calibration error over ten bins: how far stated confidence lies from the share that was right. */
export function calibrationError(verdicts: readonly { readonly confidence: number; readonly isRight: boolean }[]): number {
  const bins = Map.groupBy(verdicts, ({ confidence }) => Math.min(9, Math.floor(confidence * 10)));
  let error = 0;
  for (const members of bins.values()) {
    const stated = mean(members.map(({ confidence }) => confidence));
    const right = mean(members.map(({ isRight }) => (isRight ? 1 : 0)));
    error += (Math.abs(stated - right) * members.length) / verdicts.length;
  }
  return error;
}

/** How many verdicts fall into each tenth of confidence, what they stated and how many were right. */
export function calibrationBins(
  verdicts: readonly { readonly confidence: number; readonly isRight: boolean }[],
): readonly CalibrationBin[] {
  const bins = Map.groupBy(verdicts, ({ confidence }) => Math.min(9, Math.floor(confidence * 10)));
  return [...bins]
    .toSorted(([a], [b]) => a - b)
    .map(([tenth, members]) => ({
      from: tenth / 10,
      verdicts: members.length,
      stated: mean(members.map(({ confidence }) => confidence)),
      right: mean(members.map(({ isRight }) => (isRight ? 1 : 0))),
    }));
}

/** One tenth of the scale of confidence. */
export type CalibrationBin = { readonly from: number; readonly verdicts: number; readonly stated: number; readonly right: number };

/** Arithmetic mean; 0 for none. */
export function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}

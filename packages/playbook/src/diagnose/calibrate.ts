import type { Support } from "./support.ts";

/** A share of all weights, and the probability that a cause with that share is the right one. */
type Knot = readonly [share: number, probability: number];

/**
 * Measured on the read half of tests/incidents, whole and with each source of telemetry taken away, 1,500 answers: of neighbouring shares
 * the part that was right, by Laplace's rule of succession, where all answers of one incident count as one. Isotonic: of more weight, never
 * less. Up to 0.43 hardly any answer was right that was not a guess; from 0.44 to 0.5 all of 5 incidents, to 0.54 of 18, beyond of 170.
 */
const KNOTS: readonly Knot[] = [
  [0, 0],
  [0.43, 0.43],
  [0.47, 0.857],
  [0.52, 0.95],
  [0.57, 0.979],
  [0.6, 0.98],
  [1, 0.98],
];

/**
 * No cause is surer than causes that stood on as much were at first sight: docs/decisions/0220, 0256. Strange software: of the 192 causes that
 * were named on the written incidents of other stacks by an engine that had learned from none of their batch. Familiar software: the mean
 * of what was right on recorded incidents of new ways of failing at first sight, and on those of ways that it had learned from.
 */
const SUREST = {
  strange: { general: 0.5, oneSource: 0.89, agreeing: 0.95 },
  familiar: { general: 0.78, oneSource: 0.95, agreeing: 0.97 },
} as const;

/** Turns the share that a cause has of all weights into a probability of being right: straight from knot to knot, up to what its support allows. */
export function calibrate(
  share: number,
  { isGeneral, sources, isFamiliar }: Pick<Support, "isGeneral" | "sources" | "isFamiliar">,
): number {
  const surest = isFamiliar ? SUREST.familiar : SUREST.strange;
  const limit = isGeneral ? surest.general : sources > 1 ? surest.agreeing : surest.oneSource;
  return Math.min(limit, readKnots(share));
}

function readKnots(share: number): number {
  const next = Math.max(
    1,
    KNOTS.findIndex(([at]) => at >= share),
  );
  const [[fromShare, from], [toShare, to]] = [KNOTS[next - 1] ?? [0, 0], KNOTS[next] ?? [1, 1]];
  return from + ((to - from) * (share - fromShare)) / (toShare - fromShare);
}

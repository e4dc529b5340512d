import type { Support } from "./support.ts";

/** A share of all weights, and the probability that a cause with this share is the right one. */
type Knot = readonly [share: number, probability: number];

/**
 * Measured on the read half of tests/incidents, whole and with each source of telemetry taken away, 1,500 answers: the fraction that was
 * right for neighbouring shares, by Laplace's rule of succession, with all answers of one incident counted as one. Isotonic: a larger share
 * never means less confidence. Up to 0.43 hardly any answer other than a guess was right; from 0.44 to 0.5 all of 5 incidents were, up to
 * 0.54 all of 18, beyond that all of 170.
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
 * The most confidence that a cause may have: how often causes with the same support were right at first sight (docs/decisions/0220, 0256).
 * For unfamiliar software, counted on the 192 causes that the engine named on written incidents of other stacks before it had learned from
 * their batch. For familiar software, the mean of two results: at first sight, on recorded incidents with new ways of failing, and on those
 * with ways that it had learned from.
 */
const SUREST = {
  strange: { general: 0.5, oneSource: 0.89, agreeing: 0.95 },
  familiar: { general: 0.78, oneSource: 0.95, agreeing: 0.97 },
} as const;

/**
 * Turns a cause's share of all weights into its probability of being right, by interpolating between the knots and limiting it by the
 * cause's support.
 */
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

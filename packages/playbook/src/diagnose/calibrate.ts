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
  // Nothing is surer than what was measured, on incidents that nobody had tuned on.
  [1, 0.98],
];

/** Turns the share that a cause has of all weights into a probability of being right, straight from knot to knot. */
export function calibrate(share: number): number {
  const next = Math.max(
    1,
    KNOTS.findIndex(([at]) => at >= share),
  );
  const [[fromShare, from], [toShare, to]] = [KNOTS[next - 1] ?? [0, 0], KNOTS[next] ?? [1, 1]];
  return from + ((to - from) * (share - fromShare)) / (toShare - fromShare);
}

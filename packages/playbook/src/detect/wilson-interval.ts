import type { Interval } from "@faultline/model";

/** The two-sided 95 % quantile of the normal distribution. */
const Z_95 = 1.959963984540054;

/**
 * Wilson's score interval of a ratio, 95 % two-sided. It stays within 0 and 1 and is meaningful even for 0 of n. With `total` 0 nothing is
 * known: the ratio is 0, the bounds 0 and 1. Source: Wilson, JASA 22 (1927).
 */
export function toWilsonInterval(failing: number, total: number, z: number = Z_95): Interval {
  if (total <= 0) return { ratio: 0, lower: 0, upper: 1 };
  const ratio = failing / total;
  const z2 = z * z;
  const centre = ratio + z2 / (2 * total);
  const spread = z * Math.sqrt((ratio * (1 - ratio)) / total + z2 / (4 * total * total));
  const scale = 1 + z2 / total;
  return {
    ratio,
    lower: failing === 0 ? 0 : Math.max(0, (centre - spread) / scale),
    upper: failing === total ? 1 : Math.min(1, (centre + spread) / scale),
  };
}

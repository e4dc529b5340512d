import type { Interval } from "@faultline/model";

const Z = 1.959964;

/**
 * A share with its Wilson score interval (95 %), which is right for rare events and for few events. Source: E. B. Wilson, JASA 22 (1927).
 */
export function toInterval(count: number, total: number): Interval {
  if (total <= 0) return { ratio: 0, lower: 0, upper: 1 };
  const ratio = count / total;
  const square = (Z * Z) / total;
  const middle = (ratio + square / 2) / (1 + square);
  const half = (Z / (1 + square)) * Math.sqrt((ratio * (1 - ratio)) / total + square / (4 * total));
  return { ratio, lower: Math.max(0, middle - half), upper: Math.min(1, middle + half) };
}

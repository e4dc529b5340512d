import { logFactorial } from "./log-factorial.ts";

/** A two-by-two table: how many members of two groups have a property. All numbers are whole and not negative. */
export type TwoByTwo = { readonly hits: number; readonly total: number; readonly otherHits: number; readonly otherTotal: number };

/**
 * Fisher's exact test, one-sided: the probability of at least `hits` among `total` if both groups have the same ratio and the margins are
 * given. Exact for any counts; the time grows with the smaller margin. Source: Fisher (1922).
 */
export function testFisherExact({ hits, total, otherHits, otherTotal }: TwoByTwo): number {
  const allHits = hits + otherHits;
  const all = total + otherTotal;
  const most = Math.min(total, allHits);
  if (hits <= Math.max(0, allHits - otherTotal)) return 1;
  const fixed = logFactorial(allHits) + logFactorial(all - allHits) + logFactorial(total) + logFactorial(otherTotal) - logFactorial(all);
  let sum = 0;
  for (let k = hits; k <= most; k++) {
    const term = Math.exp(
      fixed - logFactorial(k) - logFactorial(allHits - k) - logFactorial(total - k) - logFactorial(otherTotal - allHits + k),
    );
    sum += term;
    if (term < sum * 1e-17) break;
  }
  return Math.min(1, sum);
}

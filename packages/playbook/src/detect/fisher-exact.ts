/** Natural logarithm of n!, by Stirling's series above 256 (error below 1e-13 there) and by summing below. */
function logFactorial(n: number): number {
  if (n < SMALL.length) return SMALL[n] ?? 0;
  const x = n + 1;
  return (x - 0.5) * Math.log(x) - x + 0.5 * Math.log(2 * Math.PI) + 1 / (12 * x) - 1 / (360 * x ** 3) + 1 / (1260 * x ** 5);
}

const SMALL = sumLogs(257);

function sumLogs(length: number): Float64Array {
  const sums = new Float64Array(length);
  for (let n = 2; n < length; n++) sums[n] = (sums[n - 1] ?? 0) + Math.log(n);
  return sums;
}

/** A two-by-two table: how many of two groups have a property. All members are whole numbers, not negative. */
export type TwoByTwo = { readonly hits: number; readonly total: number; readonly otherHits: number; readonly otherTotal: number };

/**
 * Fisher's exact test, one-sided: the probability of at least `hits` among `total` when both groups had the same ratio and
 * the margins are what they are. Exact for any counts; time grows with the smaller margin. Source: Fisher (1922).
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

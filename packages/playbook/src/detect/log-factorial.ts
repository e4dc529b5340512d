/** The natural logarithm of n!, by Stirling's series above 256 (error below 1e-13) and by summing below that. */
export function logFactorial(n: number): number {
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

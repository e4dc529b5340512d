/** Exact and robust statistics, in double precision, without randomness. */

const logFactorials: number[] = [0];

function logFactorial(n: number): number {
  for (let next = logFactorials.length; next <= n; next += 1) {
    logFactorials.push((logFactorials[next - 1] ?? 0) + Math.log(next));
  }
  return logFactorials[n] ?? 0;
}

function logChoose(n: number, k: number): number {
  return logFactorial(n) - logFactorial(k) - logFactorial(n - k);
}

/** A two by two table: failing and succeeding, with a property and in all. */
export type Table = {
  readonly failingWith: number;
  readonly failing: number;
  readonly succeedingWith: number;
  readonly succeeding: number;
};

/**
 * Fisher's exact test, two-sided: the probability of a table at least as uneven as this one if the property had nothing to do
 * with failing.
 */
export function fisherExact({ failingWith, failing, succeedingWith, succeeding }: Table): number {
  const withIt = failingWith + succeedingWith;
  const total = failing + succeeding;
  const logAll = logChoose(total, withIt);
  const logOf = (k: number) => logChoose(failing, k) + logChoose(succeeding, withIt - k) - logAll;
  const observed = logOf(failingWith);
  let sum = 0;
  for (let k = Math.max(0, withIt - succeeding); k <= Math.min(failing, withIt); k += 1) {
    const log = logOf(k);
    if (log <= observed + 1e-7) sum += Math.exp(log);
  }
  return Math.min(1, sum);
}

/** The middle of the values; of an even number the lower middle, so that it is a value that occurred. NaN for none. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** The value below which a share of the values lies (nearest rank); NaN for none. */
export function quantile(values: readonly number[], share: number): number {
  if (values.length === 0) return Number.NaN;
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1))] ?? Number.NaN;
}

/** The bounds of a share at 95 %, after Wilson: sound for small counts, where the plain percentage is not. */
export function wilson(hits: number, total: number): { readonly lower: number; readonly upper: number } {
  if (total === 0) return { lower: 0, upper: 1 };
  const z = 1.96;
  const ratio = hits / total;
  const centre = ratio + (z * z) / (2 * total);
  const spread = z * Math.sqrt((ratio * (1 - ratio)) / total + (z * z) / (4 * total * total));
  const scale = 1 + (z * z) / total;
  return { lower: Math.max(0, (centre - spread) / scale), upper: Math.min(1, (centre + spread) / scale) };
}

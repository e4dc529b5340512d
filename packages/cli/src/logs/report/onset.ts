/** The step from which failures are more frequent, with the ratios before and after it. */
export type Onset = { readonly step: number; readonly before: number; readonly after: number; readonly logLikelihood: number };

function logBinomial(count: number, total: number): number {
  if (total === 0 || count === 0 || count >= total) return 0;
  const ratio = count / total;
  return count * Math.log(ratio) + (total - count) * Math.log(1 - ratio);
}

/**
 * Finds the best split of a series of failures among requests by likelihood ratio. A clear one gains 12 nats and triples the ratio;
 * undefined if there is none.
 */
export function findOnset(errors: readonly number[], traffic: readonly number[]): Onset | undefined {
  const all = { errors: sum(errors), traffic: sum(traffic) };
  if (all.errors < 8) return undefined;
  let best: Onset | undefined;
  let before = { errors: 0, traffic: 0 };
  for (let step = 1; step < errors.length; step += 1) {
    before = {
      errors: before.errors + (errors[step - 1] ?? 0),
      traffic: before.traffic + Math.max(traffic[step - 1] ?? 0, errors[step - 1] ?? 0),
    };
    const after = { errors: all.errors - before.errors, traffic: Math.max(all.traffic - before.traffic, all.errors - before.errors) };
    if (before.traffic < 20 || after.traffic < 5) continue;
    const gain =
      logBinomial(before.errors, before.traffic) + logBinomial(after.errors, after.traffic) - logBinomial(all.errors, all.traffic);
    const candidate = { step, before: before.errors / before.traffic, after: after.errors / after.traffic, logLikelihood: gain };
    if (candidate.after > candidate.before * 3 && gain > 12 && gain > (best?.logLikelihood ?? 0)) best = candidate;
  }
  return best;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** The slope of noisy samples that depend on their neighbours, with bounds. */

/** A sample of memory. */
export type Sample = { readonly atMs: number; readonly bytes: number };
/** MiB an hour: the middle of the slopes between any two samples (Theil and Sen), and where 95 % of resampled runs lie. */
export type Trend = { readonly slope: number; readonly low: number; readonly high: number };

const MIB_PER_HOUR = 3_600_000 / 2 ** 20;
/** Memory of one minute says much about the next: residuals are drawn in runs of this many samples. */
const RUN = 12;
const ROUNDS = 200;

function takeMiddle(values: Float64Array): number {
  values.sort();
  return values[values.length >> 1] ?? Number.NaN;
}

function toSlope(samples: readonly Sample[]): number {
  const slopes = new Float64Array((samples.length * (samples.length - 1)) / 2);
  let count = 0;
  for (const [index, from] of samples.entries()) {
    for (const to of samples.slice(index + 1)) slopes[count++] = (to.bytes - from.bytes) / (to.atMs - from.atMs);
  }
  return takeMiddle(slopes);
}

/** The trend of at least three samples. `random` is 0 to 1. */
export function findTrend(samples: readonly Sample[], random: () => number): Trend {
  const slope = toSlope(samples);
  const residuals = samples.map(({ atMs, bytes }) => bytes - slope * atMs);
  const resample = (): readonly Sample[] => {
    let from = 0;
    return samples.map(({ atMs }, index) => {
      if (index % RUN === 0) from = Math.floor(random() * Math.max(1, samples.length - RUN));
      return { atMs, bytes: slope * atMs + (residuals[from + (index % RUN)] ?? 0) };
    });
  };
  const slopes = Float64Array.from({ length: ROUNDS }, () => toSlope(resample())).sort();
  const at = (share: number): number => (slopes[Math.floor(share * (ROUNDS - 1))] ?? Number.NaN) * MIB_PER_HOUR;
  return { slope: slope * MIB_PER_HOUR, low: at(0.025), high: at(0.975) };
}

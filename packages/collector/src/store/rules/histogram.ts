/**
 * Exponential histograms of durations, as OpenTelemetry defines them, at scale 3: eight buckets for each doubling, so that a quantile
 * read from one is at most 4.4 % off. Two of them merge by adding counts.
 */

const BUCKETS_PER_DOUBLING = 8;
/** 1 µs and about 12 days: what lies outside is counted in the first or last bucket. */
const MIN_INDEX = -80;
const MAX_INDEX = 240;

/** Counts of the buckets from `offset` on. */
export type Histogram = { offset: number; readonly counts: number[] };

/** A histogram of nothing. */
export function createHistogram(): Histogram {
  return { offset: 0, counts: [] };
}

/** The bucket of a duration in ms. */
export function toBucket(durationMs: number): number {
  if (!(durationMs > 0)) return MIN_INDEX;
  return Math.min(MAX_INDEX, Math.max(MIN_INDEX, Math.floor(Math.log2(durationMs) * BUCKETS_PER_DOUBLING)));
}

/** Adds `count` durations to one bucket. */
export function addToBucket(histogram: Histogram, bucket: number, count: number): void {
  const { counts } = histogram;
  if (counts.length === 0) {
    histogram.offset = bucket;
    counts.push(count);
    return;
  }
  while (bucket < histogram.offset) {
    counts.unshift(0);
    histogram.offset -= 1;
  }
  const at = bucket - histogram.offset;
  while (at >= counts.length) counts.push(0);
  counts[at] = (counts[at] ?? 0) + count;
}

/** A histogram of every bucket there is, for adding many up: fast, but large. */
export type DenseHistogram = Uint32Array;

/** A dense histogram of nothing. */
export function createDenseHistogram(): DenseHistogram {
  return new Uint32Array(MAX_INDEX - MIN_INDEX + 1);
}

/** Where in a dense histogram a bucket stands. */
export function toDenseIndex(bucket: number): number {
  return bucket - MIN_INDEX;
}

/** The duration in ms below which the share `quantile` (0 to 1) lies; undefined for a histogram of nothing. */
export function estimateQuantile(histogram: DenseHistogram, quantile: number): number | undefined {
  let total = 0;
  for (let at = 0; at < histogram.length; at++) total += histogram[at] ?? 0;
  if (total === 0) return undefined;
  let left = Math.max(1, Math.ceil(total * quantile));
  let at = 0;
  for (; at < histogram.length - 1; at++) {
    left -= histogram[at] ?? 0;
    if (left <= 0) break;
  }
  return 2 ** ((at + MIN_INDEX + 0.5) / BUCKETS_PER_DOUBLING);
}

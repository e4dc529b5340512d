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

/** The durations in ms below which half and 99 of 100 lie; undefined for a histogram of nothing. */
export function estimateQuantiles(histogram: DenseHistogram): { readonly p50Ms: number; readonly p99Ms: number } | undefined {
  let total = 0;
  let last = 0;
  for (let at = 0; at < histogram.length; at++) {
    const count = histogram[at]!;
    if (count === 0) continue;
    total += count;
    last = at;
  }
  if (total === 0) return undefined;
  // Half lies below the middle, the last hundredth at the end: each is found from its own side.
  let [below, at] = [histogram[0]!, 0];
  while (below < Math.ceil(total / 2)) below += histogram[++at]!;
  let [above, high] = [histogram[last]!, last];
  while (total - above >= Math.ceil(total * 0.99)) above += histogram[--high]!;
  return { p50Ms: toMiddle(at), p99Ms: toMiddle(high) };
}

function toMiddle(denseIndex: number): number {
  return 2 ** ((denseIndex + MIN_INDEX + 0.5) / BUCKETS_PER_DOUBLING);
}

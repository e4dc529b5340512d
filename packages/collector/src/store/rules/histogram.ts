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

/** Room for every bucket there is, as pairs of its place in a dense histogram and its count. */
export function createBucketPairs(): Uint32Array {
  return new Uint32Array((MAX_INDEX - MIN_INDEX + 1) * 2);
}

const SLAB = 128;
/** Five megabytes, which a question about an hour of fifty routes takes. */
const MAX_IDLE_SLABS = 32;
const idleSlabs: Uint32Array<ArrayBuffer>[] = [];

/**
 * Makes dense histograms, many in one piece of memory: a question may need thousands, and each of its own would cost more than its answer.
 * The memory is used again, since megabytes of garbage for each question make the slowest of them slow.
 */
export class DenseHistogramSlab {
  readonly #slabs: Uint32Array<ArrayBuffer>[] = [];
  #slab = new Uint32Array();
  #used = 0;

  create(): DenseHistogram {
    const length = MAX_INDEX - MIN_INDEX + 1;
    if (this.#used + length > this.#slab.length) {
      this.#slab = idleSlabs.pop()?.fill(0) ?? new Uint32Array(length * SLAB);
      this.#slabs.push(this.#slab);
      this.#used = 0;
    }
    const histogram = this.#slab.subarray(this.#used, this.#used + length);
    this.#used += length;
    return histogram;
  }

  /** Gives the memory of all its histograms back; they must not be looked at any more. */
  release(): void {
    for (const slab of this.#slabs.splice(0)) if (idleSlabs.length < MAX_IDLE_SLABS) idleSlabs.push(slab);
    this.#slab = new Uint32Array();
    this.#used = 0;
  }
}

/** Where in a dense histogram a bucket stands. */
export function toDenseIndex(bucket: number): number {
  return bucket - MIN_INDEX;
}

/** The middle of each bucket, in ms. */
const MIDDLES = Float64Array.from({ length: MAX_INDEX - MIN_INDEX + 1 }, (_, at) => 2 ** ((at + MIN_INDEX + 0.5) / BUCKETS_PER_DOUBLING));

/**
 * The durations in ms below which half and 99 of 100 of `total` lie. The counts are of the buckets from the `offset`-th of a dense histogram on;
 * none before the `first` of them is filled.
 */
export function estimateQuantiles(
  counts: ArrayLike<number>,
  total: number,
  { first, offset }: { readonly first: number; readonly offset: number },
): { readonly p50Ms: number; readonly p99Ms: number } {
  const last = counts.length - 1;
  let left = Math.ceil(total * 0.5);
  let at = Math.min(first, last);
  while ((left -= counts[at]!) > 0 && at < last) at += 1;
  const half = at;
  left += Math.ceil(total * 0.99) - Math.ceil(total * 0.5);
  while (left > 0 && at < last) left -= counts[++at]!;
  return { p50Ms: MIDDLES[offset + half]!, p99Ms: MIDDLES[offset + at]! };
}

/**
 * Exponential histograms of durations, as OpenTelemetry defines them, at scale 3: eight buckets for each doubling, so that a quantile
 * read from one is at most 4.4 % off. Two of them merge by adding counts.
 */

const BUCKETS_PER_DOUBLING = 8;
/** The range: 1 µs to about 12 days. Durations outside are counted in the first or last bucket. */
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

/** A histogram with every possible bucket, for summing many: fast, but large. */
export type DenseHistogram = Uint32Array;

/** A dense histogram of nothing. */
export function createDenseHistogram(): DenseHistogram {
  return new Uint32Array(MAX_INDEX - MIN_INDEX + 1);
}

/** Room for every possible bucket, as pairs of its place in a dense histogram and its count. */
export function createBucketPairs(): Uint32Array {
  return new Uint32Array((MAX_INDEX - MIN_INDEX + 1) * 2);
}

const SLAB = 128;
/** Five megabytes, as much as a query about an hour of fifty routes needs. */
const MAX_IDLE_SLABS = 32;
const idleSlabs: Uint32Array<ArrayBuffer>[] = [];

/**
 * Allocates dense histograms, many in one piece of memory: a query may need thousands, and allocating each would cost more than the answer.
 * The memory is reused, because megabytes of garbage for each query make the slowest queries slow.
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

  /** Releases the memory of all its histograms; they must not be used afterwards. */
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

/**
 * Decides which good traces join the sample: several at once when a route is new or was quiet, then one per interval, so that busy and rare
 * routes alike have good traces from about the time of any failure.
 */
import type { Series } from "../rules/series.ts";

const BURST = 20;
const REFILL_MS = 20_000;
const MAX_ROUTES = 20_000;
const MAX_SERIES = 2 * MAX_ROUTES;

/** Good traces that may still join. */
type Bucket = { tokens: number; sinceMs: number };

/** A bucket of tokens for each route. */
export class SampleGate {
  readonly #buckets = new Map<string, Bucket>();
  /** By number of the series, so that one look-up turns away millions of traces. */
  readonly #bucketOf = new Map<number, Bucket>();
  #forgetNotBeforeMs = -Infinity;

  /** True when a good exchange of this series is to be kept. */
  admit(number: number, names: { readonly get: (number: number) => Series }, nowMs: number): boolean {
    const bucket = this.#bucketOf.get(number) ?? this.#findBucket(number, names.get(number), nowMs);
    if (bucket === undefined) return false;
    if (nowMs - bucket.sinceMs >= REFILL_MS) {
      const refill = Math.floor((nowMs - bucket.sinceMs) / REFILL_MS);
      bucket.tokens = Math.min(BURST, bucket.tokens + refill);
      bucket.sinceMs += refill * REFILL_MS;
    }
    if (bucket.tokens <= 0) return false;
    bucket.tokens -= 1;
    return true;
  }

  #findBucket(number: number, { service, route }: Series, nowMs: number): Bucket | undefined {
    if (this.#buckets.size >= MAX_ROUTES || this.#bucketOf.size >= MAX_SERIES) this.#forgetFull(nowMs);
    const key = `${service}\u0000${route}`;
    let bucket = this.#buckets.get(key);
    if (bucket === undefined && this.#buckets.size < MAX_ROUTES) this.#buckets.set(key, (bucket = { tokens: BURST, sinceMs: nowMs }));
    if (bucket !== undefined && this.#bucketOf.size < MAX_SERIES) this.#bucketOf.set(number, bucket);
    return bucket;
  }

  /** Removes buckets that are full again because nobody took from them: a new one would be the same. */
  #forgetFull(nowMs: number): void {
    if (nowMs < this.#forgetNotBeforeMs) return;
    this.#forgetNotBeforeMs = nowMs + REFILL_MS;
    this.#bucketOf.clear();
    for (const [key, { sinceMs }] of this.#buckets) if (nowMs - sinceMs >= BURST * REFILL_MS) this.#buckets.delete(key);
  }
}

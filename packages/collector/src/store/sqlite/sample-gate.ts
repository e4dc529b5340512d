/**
 * Which good traces join the sample: some at once when a route is new or was quiet, then one in a stretch of time, so that a busy
 * route and a rare one both have good traces from about the time of any failure.
 */
import type { Series } from "../rules/series.ts";

const BURST = 20;
const REFILL_MS = 20_000;
const MAX_ROUTES = 20_000;

/** Good traces that may still join. */
type Bucket = { tokens: number; sinceMs: number };

/** A bucket of tokens for each route. */
export class SampleGate {
  readonly #buckets = new Map<string, Bucket>();
  /** By number of the series: millions of traces are turned away by this one look. */
  readonly #bucketOf: (Bucket | undefined)[] = [];

  /** True when a good exchange of this series is to be kept. */
  admit(number: number, { service, route }: Series, nowMs: number): boolean {
    const bucket = (this.#bucketOf[number] ??= this.#findBucket(`${service}\u0000${route}`, nowMs));
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

  #findBucket(key: string, nowMs: number): Bucket | undefined {
    const known = this.#buckets.get(key);
    if (known !== undefined || this.#buckets.size >= MAX_ROUTES) return known;
    const bucket = { tokens: BURST, sinceMs: nowMs };
    this.#buckets.set(key, bucket);
    return bucket;
  }
}

/**
 * Which good traces join the sample: some at once when a route is new or was quiet, then one in a stretch of time, so that a busy
 * route and a rare one both have good traces from about the time of any failure.
 */

const BURST = 20;
const REFILL_MS = 20_000;
const MAX_ROUTES = 20_000;

/** A bucket of tokens for each route. */
export class SampleGate {
  readonly #buckets = new Map<string, { tokens: number; sinceMs: number }>();

  /** True when a good exchange of this route is to be kept. */
  admit(service: string, route: string, nowMs: number): boolean {
    const key = `${service}\u0000${route}`;
    let bucket = this.#buckets.get(key);
    if (bucket === undefined) {
      if (this.#buckets.size >= MAX_ROUTES) return false;
      this.#buckets.set(key, (bucket = { tokens: BURST, sinceMs: nowMs }));
    }
    const refill = Math.floor((nowMs - bucket.sinceMs) / REFILL_MS);
    if (refill > 0) {
      bucket.tokens = Math.min(BURST, bucket.tokens + refill);
      bucket.sinceMs += refill * REFILL_MS;
    }
    if (bucket.tokens <= 0) return false;
    bucket.tokens -= 1;
    return true;
  }
}

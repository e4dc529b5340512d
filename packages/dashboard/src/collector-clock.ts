/** How far the collector's clock is ahead of this machine's, according to its last answer. */
let aheadMs = 0;
/** A smaller difference is ignored: the `Date` header has whole seconds, and an answer takes time to arrive. */
const LEAST_MS = 2000;

/** Reads the collector's clock from an answer's `Date` header (RFC 9110 section 6.6.1); without one nothing changes. */
export function readCollectorClock(date: string | null, nowMs: number): void {
  const toldMs = Date.parse(date ?? "");
  if (Number.isNaN(toldMs)) return;
  const difference = toldMs + 500 - nowMs;
  aheadMs = Math.abs(difference) < LEAST_MS ? 0 : difference;
}

/** The collector's time in Unix ms. "Two minutes ago" is relative to it, not to the viewer's own clock. */
export function toCollectorTime(nowMs: number): number {
  return nowMs + aheadMs;
}

/** How far the collector's clock is ahead of this machine's, as its last answer showed. */
let aheadMs = 0;
/** The header that tells it has whole seconds, and an answer takes a moment: less than this is no difference. */
const LEAST_MS = 2000;

/** Reads the collector's clock from an answer's `Date` header (RFC 9110 section 6.6.1); without one nothing changes. */
export function readCollectorClock(date: string | null, nowMs: number): void {
  const toldMs = Date.parse(date ?? "");
  if (Number.isNaN(toldMs)) return;
  const difference = toldMs + 500 - nowMs;
  aheadMs = Math.abs(difference) < LEAST_MS ? 0 : difference;
}

/** The time at the collector, Unix ms: what "two minutes ago" is counted from, whatever the viewer's own clock says. */
export function toCollectorTime(nowMs: number): number {
  return nowMs + aheadMs;
}

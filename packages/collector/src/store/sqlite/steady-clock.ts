/**
 * A clock for measuring waits. When the system's clock is set back (by hand, by NTP, by a migrated virtual machine), this one continues from where it
 * was, so that nothing waits for an hour because it seems to have arrived an hour in the future. Its values are not dates.
 */
export function createSteadyClock(now: () => number): () => number {
  let lastMs = -Infinity;
  let aheadMs = 0;
  return () => {
    const nowMs = now();
    if (nowMs < lastMs) aheadMs += lastMs - nowMs;
    lastMs = nowMs;
    return nowMs + aheadMs;
  };
}

/**
 * A clock for waiting. When the system's is set back (by hand, by NTP, by a virtual machine that was moved), this one goes on from where it
 * was: nothing waits for an hour because it is told that it came an hour from now. What it says is no date.
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

/** Time as an argument: everything that waits or measures takes a clock, so that a test can control it. */

/** A clock that never goes back. `schedule` returns a function that cancels; what is scheduled keeps the process alive only on request. */
export type Clock = { nowMs(): number; schedule(delayMs: number, run: () => void, keepsAlive?: boolean): () => void };

/** The machine's monotonic clock. */
export const systemClock: Clock = {
  nowMs: () => performance.now(),
  schedule(delayMs, run, keepsAlive = false) {
    const timer = setTimeout(run, delayMs);
    if (!keepsAlive) timer.unref();
    return () => clearTimeout(timer);
  },
};

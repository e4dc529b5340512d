/** Time as an argument: what waits and what measures takes a clock, so that a test can be the clock. */

/** A clock that never goes back. `schedule` returns the way to cancel; what is scheduled keeps a process alive only when it is asked to. */
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

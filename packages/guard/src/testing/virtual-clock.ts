/** For tests: a clock that stands still until it is moved, and then runs what fell due in order. */
import type { Clock } from "../resilience/clock.ts";

/** The clock and the hand that moves it. `advance` lets promises settle after each thing that was due. */
export type VirtualClock = Clock & { advance(ms: number): Promise<void>; readonly scheduled: number };

/** Makes one that starts at `startMs`. */
export function createVirtualClock(startMs = 1_000): VirtualClock {
  let nowMs = startMs;
  let serial = 0;
  const due = new Map<number, { atMs: number; run: () => void }>();
  const settle = async (): Promise<void> => {
    for (let turn = 0; turn < 20; turn++) await Promise.resolve();
  };
  return {
    nowMs: () => nowMs,
    schedule(delayMs, run) {
      const id = (serial += 1);
      due.set(id, { atMs: nowMs + delayMs, run });
      return () => void due.delete(id);
    },
    get scheduled() {
      return due.size;
    },
    async advance(ms) {
      const endMs = nowMs + ms;
      await settle();
      for (;;) {
        const next = [...due].filter(([, each]) => each.atMs <= endMs).toSorted(([a, x], [b, y]) => x.atMs - y.atMs || a - b)[0];
        if (next === undefined) break;
        due.delete(next[0]);
        nowMs = Math.max(nowMs, next[1].atMs);
        next[1].run();
        await settle();
      }
      nowMs = endMs;
    },
  };
}

/** For tests: a clock that stands still until it is moved, and then runs what fell due in order. */
import type { Clock } from "../resilience/clock.ts";

/** The clock and the hand that moves it. `advance` lets promises settle after each thing that was due. */
export type VirtualClock = Clock & { advance(ms: number): Promise<void>; readonly scheduled: number };

type Due = { readonly atMs: number; readonly run: () => void };

/** Where in the list something due at `atMs` belongs: behind everything due then or earlier. */
function findPlace(due: readonly Due[], atMs: number): number {
  let low = 0;
  let high = due.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((due[middle]?.atMs ?? Infinity) <= atMs) low = middle + 1;
    else high = middle;
  }
  return low;
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
}

/** Makes one that starts at `startMs`. */
export function createVirtualClock(startMs = 1_000): VirtualClock {
  let nowMs = startMs;
  const due: Due[] = [];
  return {
    nowMs: () => nowMs,
    schedule(delayMs, run) {
      const entry: Due = { atMs: nowMs + delayMs, run };
      due.splice(findPlace(due, entry.atMs), 0, entry);
      return () => {
        const at = due.indexOf(entry);
        if (at >= 0) due.splice(at, 1);
      };
    },
    get scheduled() {
      return due.length;
    },
    async advance(ms) {
      const endMs = nowMs + ms;
      await settle();
      for (let [next] = due; next !== undefined && next.atMs <= endMs; [next] = due) {
        due.shift();
        nowMs = Math.max(nowMs, next.atMs);
        next.run();
        await settle();
      }
      nowMs = endMs;
    },
  };
}

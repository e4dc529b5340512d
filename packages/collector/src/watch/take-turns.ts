import { setImmediate } from "node:timers/promises";

/** So long may the watch work at a stretch, ms: pages and senders wait for no more than this and one step. */
const STRETCH_MS = 8;

/** When others last had their turn; the watch of a process has one thread, however many there are. */
let begunMs = 0;

/**
 * Lets everybody else go first once the watch has worked for a stretch. To be called between its steps: promises of a store that
 * answers at once let nobody in, and a burst of failures would hold up every page for the hundreds of traces that it reads.
 */
export async function takeTurns(): Promise<void> {
  if (performance.now() - begunMs < STRETCH_MS) return;
  await setImmediate();
  begunMs = performance.now();
}

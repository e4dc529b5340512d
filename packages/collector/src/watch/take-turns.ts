import { setImmediate } from "node:timers/promises";

/** How long the watch may work without a pause, ms. Pages and senders wait no longer than this plus one step. */
const STRETCH_MS = 8;

/** When others last had their turn. Shared by all watches of the process, which run on one thread. */
let begunMs = 0;

/**
 * Yields to the event loop once the watch has worked for a while. Call it between steps: awaiting a store that answers at once does not yield, so a burst
 * of failures would hold up every page while hundreds of traces are read.
 */
export async function takeTurns(): Promise<void> {
  if (performance.now() - begunMs < STRETCH_MS) return;
  await setImmediate();
  begunMs = performance.now();
}

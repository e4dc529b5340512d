/** Splits long work into stretches, so that senders and pages wait for no more than one of them. */
import { setImmediate } from "node:timers/promises";

/**
 * The length of a stretch. The others may take as long in their turn: under the heaviest load that senders can produce, an answer that is computed in many
 * short stretches arrives later than one computed in a few long ones, and nobody should wait more than a fifth of a second for either.
 */
const STRETCH_MS = 80;

/** Consulted between the steps of long work. */
export class Turns {
  #begunMs = performance.now();

  /** True when the work has gone on for a stretch. */
  get areDue(): boolean {
    return performance.now() - this.#begunMs >= STRETCH_MS;
  }

  /** Lets everybody else go first. */
  async take(): Promise<void> {
    await setImmediate();
    this.#begunMs = performance.now();
  }
}

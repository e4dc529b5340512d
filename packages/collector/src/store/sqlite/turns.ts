/** Long work in stretches, so that senders and pages wait for no more than one of them. */
import { setImmediate } from "node:timers/promises";

/**
 * A turn of the others may take as long: under the heaviest load that senders can make, an answer that is worked out in many short stretches comes
 * later than in a few long ones, and nobody should wait for either more than a fifth of a second.
 */
const STRETCH_MS = 80;

/** To be asked between the steps of long work. */
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

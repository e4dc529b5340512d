/** Long work in stretches, so that senders and pages wait for no more than one of them. */
import { setImmediate } from "node:timers/promises";

const STRETCH_MS = 8;

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

/** A bulkhead limits how many calls run and wait at once, so that one slow dependency does not take the whole process with it. */

/** The places of one dependency. */
export class Bulkhead {
  readonly #limit: number;
  readonly #queueLimit: number;
  readonly #waiting: (() => void)[] = [];
  #inFlight = 0;

  constructor(limit: number, queueLimit: number) {
    this.#limit = limit;
    this.#queueLimit = queueLimit;
  }

  /** Calls under way. */
  get inFlight(): number {
    return this.#inFlight;
  }

  /** Calls that wait for a place. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** Takes a place at once, if there is one. */
  tryEnter(): boolean {
    if (this.#inFlight >= this.#limit) return false;
    this.#inFlight += 1;
    return true;
  }

  /** Waits for a place; undefined when too many wait already. `leaveQueue` gives up waiting, and is false when the place was just given. */
  enterLater(): { readonly entered: Promise<void>; leaveQueue(): boolean } | undefined {
    if (this.#waiting.length >= this.#queueLimit) return undefined;
    let enter: () => void = () => undefined;
    const entered = new Promise<void>((resolve) => {
      enter = resolve;
    });
    this.#waiting.push(enter);
    const leaveQueue = (): boolean => {
      const at = this.#waiting.indexOf(enter);
      if (at >= 0) this.#waiting.splice(at, 1);
      return at >= 0;
    };
    return { entered, leaveQueue };
  }

  /** Gives a place back; it goes to whoever has waited longest. */
  leave(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#inFlight -= 1;
    else next();
  }
}

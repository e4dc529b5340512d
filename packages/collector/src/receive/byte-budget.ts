/**
 * Limits how many bytes of bodies are held at once by all requests together, so that memory stays bounded when requests arrive faster than they
 * reach the disk. One request is always let in, whatever its size, so that a large one is not refused for ever.
 */
export class ByteBudget {
  readonly maxBytes: number;
  #held = 0;

  constructor(maxBytes: number) {
    this.maxBytes = maxBytes;
  }

  get heldBytes(): number {
    return this.#held;
  }

  /** A share of the budget for one request. */
  open(): ByteShare {
    return new ByteShare(this);
  }

  /** Takes `bytes` for a share that already holds `own`; false when that would be too much. */
  take(bytes: number, own: number): boolean {
    if (this.#held - own > 0 && this.#held + bytes > this.maxBytes) return false;
    this.#held += bytes;
    return true;
  }

  give(bytes: number): void {
    this.#held -= bytes;
  }
}

/** What one request holds of the budget. */
export class ByteShare {
  readonly #budget: ByteBudget;
  #held = 0;

  constructor(budget: ByteBudget) {
    this.#budget = budget;
  }

  /** Takes more; false when there is no room, and then nothing was taken. */
  take(bytes: number): boolean {
    if (!this.#budget.take(bytes, this.#held)) return false;
    this.#held += bytes;
    return true;
  }

  /** Gives everything back. */
  close(): void {
    this.#budget.give(this.#held);
    this.#held = 0;
  }
}

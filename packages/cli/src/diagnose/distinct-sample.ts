const ALL = 0x1_0000_0000;

/**
 * A bounded sample of trace ids, each id with equal probability and always the same ones: those whose last eight hex digits, which are
 * random by W3C Trace Context, lie below a threshold. When too many are kept, the threshold halves.
 */
export class DistinctSample {
  readonly #limit: number;
  readonly #kept = new Set<string>();
  #threshold = ALL;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Takes an id into account; the same id may be added many times. */
  add(id: string): void {
    if (toNumber(id) >= this.#threshold || this.#kept.has(id)) return;
    // A copy, because a slice of a line would keep the whole line in memory.
    this.#kept.add(Buffer.from(id, "latin1").toString("latin1"));
    while (this.#kept.size > this.#limit) this.#halve();
  }

  has(id: string): boolean {
    return this.#kept.has(id);
  }

  /** The estimated number of distinct ids; exact while all are kept. */
  get estimate(): number {
    return Math.round(this.#kept.size * (ALL / this.#threshold));
  }

  get size(): number {
    return this.#kept.size;
  }

  #halve(): void {
    this.#threshold /= 2;
    for (const id of this.#kept) if (toNumber(id) >= this.#threshold) this.#kept.delete(id);
  }
}

function toNumber(id: string): number {
  return Number.parseInt(id.slice(-8), 16);
}

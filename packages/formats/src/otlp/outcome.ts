import type { DecodeLimits } from "./limits.ts";

/** The result of reading one payload. `rejected` items were malformed (or too many) in a payload that could be read as a whole. */
export type Decoded<T> = {
  readonly items: readonly T[];
  readonly rejected: number;
  /** The first reason for a rejection, in one sentence. */
  readonly rejectedBecause?: string;
};

/** Why a payload as a whole cannot be read. Thrown inside the decoders only: their entry points turn it into a `Result`. */
export class MalformedPayload extends Error {
  override readonly name = "MalformedPayload";
}

/** The reason for which items past the limit are rejected. */
export function tooMany(maxItems: number): string {
  return `more than ${maxItems} items in one payload`;
}

/** The reason for refusing a payload with too many resources. */
export function tooManyResources(maxResources: number): MalformedPayload {
  return new MalformedPayload(`more than ${maxResources} resources in one payload: send smaller batches`);
}

/** Collects items and counts those that had to be rejected. */
export class Tally<T> {
  readonly items: T[] = [];
  rejected = 0;
  private because: string | undefined;
  private readonly limits: DecodeLimits;

  constructor(limits: DecodeLimits) {
    this.limits = limits;
  }

  /** True if no further item is kept. */
  get isFull(): boolean {
    return this.items.length >= this.limits.maxItems;
  }

  /** Keeps an item, or rejects it if the payload already has as many as allowed. */
  add(item: T): void {
    if (this.isFull) this.rejectSurplus();
    else this.items.push(item);
  }

  /** Rejects an item of a payload that already has as many as allowed. */
  rejectSurplus(): void {
    this.reject(tooMany(this.limits.maxItems));
  }

  reject(because: string): void {
    this.rejected += 1;
    this.because ??= because;
  }

  finish(): Decoded<T> {
    const { items, rejected, because } = this;
    return because === undefined ? { items, rejected } : { items, rejected, rejectedBecause: because };
  }
}

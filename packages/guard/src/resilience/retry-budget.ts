/** A retry budget: first tries deposit what retries spend, so that retries do not multiply the traffic during an outage. */

/** How much is deposited, and how much can be saved. */
export type RetryBudgetOptions = {
  /** Retries per first try, 0 to 1. Default 0.1. */
  readonly ratio?: number;
  /** Retries that may be saved up; also what is there at the start. Default 10. */
  readonly reserve?: number;
};

/** The budget of one dependency. */
export class RetryBudget {
  readonly #ratio: number;
  readonly #reserve: number;
  #tokens: number;

  constructor(options: RetryBudgetOptions = {}) {
    this.#ratio = options.ratio ?? 0.1;
    this.#reserve = options.reserve ?? 10;
    this.#tokens = this.#reserve;
  }

  /** A first try pays in. */
  deposit(): void {
    if (this.#tokens < this.#reserve) this.#tokens = Math.min(this.#reserve, this.#tokens + this.#ratio);
  }

  /** Pays for a retry; false when the budget is too low. The tolerance allows for ten tenths that do not add up to exactly one. */
  withdraw(): boolean {
    if (this.#tokens < 1 - 1e-9) return false;
    this.#tokens -= 1;
    return true;
  }
}

/** Delay before retry number `retry` (1 is the first): full jitter under an exponential ceiling, never below what Retry-After asked for. */
export function decideDelayMs(
  retry: number,
  backoff: { readonly baseMs: number; readonly maxMs: number; readonly floorMs: number; readonly random: number },
): number {
  const ceiling = Math.min(backoff.maxMs, backoff.baseMs * 2 ** Math.min(retry - 1, 30));
  return backoff.floorMs + backoff.random * ceiling;
}

/** Stale answers: the last good answer for each key, for when a dependency fails. An old price is better than an error page; an old balance may not be. */
import { ResilienceError } from "./failures.ts";
import { judgeThrown } from "./verdict.ts";

/** How old an answer may be, and how many are kept. */
export type StaleOptions = {
  /** The greatest age of an answer that is still given, ms. */
  readonly maxAgeMs: number;
  /** Keys that are kept; the least recently renewed goes first. Default 1,000. */
  readonly maxKeys?: number;
  readonly nowMs?: () => number;
};

/** An answer with its age. `isStale` when it comes from an earlier call. */
export type AgedAnswer<T> = { readonly value: T; readonly isStale: boolean; readonly ageMs: number };

/** True when the dependency failed. A stale answer would only hide a bug of our own. */
function isDependencyFailure(thrown: unknown): boolean {
  return thrown instanceof ResilienceError || judgeThrown(thrown).kind === "fault";
}

/** Keeps good answers and gives the last one when a call fails because of its dependency. */
export class StaleAnswers<T> {
  readonly #kept = new Map<string, { readonly value: T; readonly atMs: number }>();
  readonly #maxAgeMs: number;
  readonly #maxKeys: number;
  readonly #nowMs: () => number;

  constructor(options: StaleOptions) {
    this.#maxAgeMs = options.maxAgeMs;
    this.#maxKeys = options.maxKeys ?? 1_000;
    this.#nowMs = options.nowMs ?? (() => performance.now());
  }

  /** Calls, and keeps the answer under `key`. Rejects as the call does when there is no answer young enough, or the failure is our own. */
  async through(key: string, call: () => Promise<T>): Promise<AgedAnswer<T>> {
    try {
      const value = await call();
      this.#keep(key, value);
      return { value, isStale: false, ageMs: 0 };
    } catch (thrown) {
      const kept = this.#kept.get(key);
      const ageMs = kept === undefined ? Number.POSITIVE_INFINITY : this.#nowMs() - kept.atMs;
      if (kept === undefined || ageMs > this.#maxAgeMs || !isDependencyFailure(thrown)) throw thrown;
      return { value: kept.value, isStale: true, ageMs };
    }
  }

  #keep(key: string, value: T): void {
    this.#kept.delete(key);
    this.#kept.set(key, { value, atMs: this.#nowMs() });
    if (this.#kept.size <= this.#maxKeys) return;
    const [oldest] = this.#kept.keys();
    if (oldest !== undefined) this.#kept.delete(oldest);
  }
}

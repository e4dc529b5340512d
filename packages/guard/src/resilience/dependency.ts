/**
 * Calls to one dependency, made safe: a deadline, a circuit breaker, a bulkhead, retries of idempotent calls within a budget, a fallback.
 * Own code rather than cockatiel's, whose time-out alone costs 10 to 20 µs a call; docs/decisions/0041.
 */
import { endCall, failCall, type OutgoingCall } from "../capture/call.ts";
import { findCurrentExchange } from "../capture/context.ts";
import { recordCall } from "../capture/outgoing.ts";
import type { Attempt } from "./attempt.ts";
import { Breaker, type BreakerOptions, type BreakerState } from "./breaker.ts";
import { Bulkhead } from "./bulkhead.ts";
import { type Clock, systemClock } from "./clock.ts";
import { ResilienceError } from "./failures.ts";
import { raceHedged, startTry } from "./hedge.ts";
import { decideDelayMs, RetryBudget, type RetryBudgetOptions } from "./retry-budget.ts";
import { TimerWheel, type WheelEntry } from "./timer-wheel.ts";
import { judgeResult, judgeThrown, type Verdict } from "./verdict.ts";

/** How a dependency is guarded. */
export type DependencyOptions = {
  /** Longest time for one call including all its tries, ms. Default 10,000. */
  readonly deadlineMs?: number;
  /** Tries of an idempotent call, the first included. Default 3. */
  readonly maxTries?: number;
  /** Ceiling of the delay before the first retry, ms; doubled for each further one. Default 50. */
  readonly backoffMs?: number;
  readonly maxBackoffMs?: number;
  readonly budget?: RetryBudgetOptions;
  readonly breaker?: BreakerOptions;
  /** How many calls may run at once. Default 100. */
  readonly maxConcurrent?: number;
  /** How many calls may wait for a place. Default 0. */
  readonly maxQueued?: number;
  /** Judges a result. Default: an HTTP status of 429, or of 500 and more, is the dependency's fault. */
  readonly judgeResult?: (result: unknown) => Verdict;
  /** Judges what was thrown. Default: by the error table. */
  readonly judgeThrown?: (thrown: unknown) => Verdict;
  /** Semantic-convention attributes. With them, each call is reported as a client span of its request; leave them out for calls that are reported anyway (fetch). */
  readonly attributes?: Readonly<Record<string, string | number>>;
  readonly clock?: Clock;
  readonly random?: () => number;
};

/** What one call asks for. */
export type CallOptions<T> = {
  /** Whether the call may be repeated. Default false. */
  readonly isIdempotent?: boolean;
  /** Start a second try beside one that takes longer than this, ms, and take the better one. Only for idempotent calls, paid from the retry budget. Default never. */
  readonly hedgeAfterMs?: number;
  /** A deadline passed down by the caller, on the dependency's clock; the earlier deadline counts. */
  readonly deadlineAtMs?: number;
  /** What to do instead of failing: a stale answer, an empty list. It gets the error. */
  readonly fallback?: (thrown: unknown) => T | Promise<T>;
  readonly name?: string;
};

/** Counters and state of one dependency, for metrics. */
export type DependencyState = {
  readonly name: string;
  readonly circuit: BreakerState;
  readonly opened: number;
  readonly inFlight: number;
  readonly waiting: number;
  readonly calls: number;
  readonly tries: number;
  readonly retries: number;
  readonly hedges: number;
  readonly faults: number;
  readonly refused: number;
  readonly deadlinesExceeded: number;
};

type Work<T> = (attempt: Attempt) => T | Promise<T>;

/** `stopped` aborts when another try has answered. */
type RunOptions<T> = CallOptions<T> & { readonly stopped?: AbortSignal };

class Try implements Attempt, WheelEntry {
  readonly number: number;
  readonly deadlineAtMs: number;
  atMs = 0;
  slot = -1;
  previous: WheelEntry | undefined = undefined;
  next: WheelEntry | undefined = undefined;
  reject: ((reason: ResilienceError) => void) | undefined = undefined;
  /** The breaker's generation it was admitted in. */
  generation = 0;
  told: OutgoingCall | undefined = undefined;
  isThrown = false;
  /** The result, or what was thrown. */
  value: unknown = undefined;
  #controller: AbortController | undefined = undefined;
  #expired: ResilienceError | undefined = undefined;

  /** When it began, on the dependency's clock. */
  startMs: number;

  constructor(number: number, deadlineAtMs: number, startMs: number) {
    this.number = number;
    this.deadlineAtMs = deadlineAtMs;
    this.startMs = startMs;
  }

  /** Created when first asked for; already aborted if the deadline has passed by then. */
  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#expired !== undefined) this.#controller.abort(this.#expired);
    }
    return this.#controller.signal;
  }

  expire(): void {
    this.#expired = new ResilienceError("deadline-exceeded", "the call took longer than its deadline");
    this.reject?.(this.#expired);
    this.#controller?.abort(this.#expired);
  }
}

const defaultWheel = new TimerWheel(systemClock);

/** A guarded dependency. */
export class Dependency {
  readonly name: string;
  readonly #options: DependencyOptions;
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #breaker: Breaker;
  readonly #budget: RetryBudget;
  readonly #bulkhead: Bulkhead;
  readonly #wheel: TimerWheel;
  readonly #deadlineMs: number;
  readonly #judgeResult: (result: unknown) => Verdict;
  readonly #judgeThrown: (thrown: unknown) => Verdict;
  readonly #counts = { calls: 0, tries: 0, retries: 0, hedges: 0, faults: 0, refused: 0, deadlinesExceeded: 0 };

  constructor(name: string, options: DependencyOptions = {}) {
    this.name = name;
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#random = options.random ?? Math.random;
    this.#breaker = new Breaker(options.breaker);
    this.#budget = new RetryBudget(options.budget);
    this.#bulkhead = new Bulkhead(options.maxConcurrent ?? 100, options.maxQueued ?? 0);
    this.#wheel = options.clock === undefined ? defaultWheel : new TimerWheel(options.clock);
    this.#deadlineMs = options.deadlineMs ?? 10_000;
    this.#judgeResult = options.judgeResult ?? judgeResult;
    this.#judgeThrown = options.judgeThrown ?? judgeThrown;
  }

  /** State and counters now. */
  state(): DependencyState {
    const { inFlight, waiting } = this.#bulkhead;
    return { name: this.name, circuit: this.#breaker.state, opened: this.#breaker.opened, inFlight, waiting, ...this.#counts };
  }

  /** Makes a call. Rejects with what the work threw, or with a ResilienceError; with a fallback it gives that instead. */
  call<T>(work: Work<T>, options: CallOptions<T> = {}): Promise<T> {
    this.#counts.calls += 1;
    this.#budget.deposit();
    return options.hedgeAfterMs === undefined || options.isIdempotent !== true ? this.#run(work, options) : this.#hedge(work, options);
  }

  /** Makes a call with a second try beside it, once the first takes long, if the circuit is closed and the budget allows it. */
  async #hedge<T>(work: Work<T>, options: CallOptions<T>): Promise<T> {
    const { fallback, hedgeAfterMs = 0, ...once } = options;
    const deadlineAtMs = Math.min(this.#clock.nowMs() + this.#deadlineMs, options.deadlineAtMs ?? Number.POSITIVE_INFINITY);
    const first = startTry(work, (each, stopped) => this.#run(each, { ...once, deadlineAtMs, stopped }));
    try {
      return await raceHedged(first, {
        later: (run) => this.#clock.schedule(hedgeAfterMs, run),
        second: () => {
          if (this.#breaker.state !== "closed" || !this.#budget.withdraw()) return undefined;
          this.#counts.hedges += 1;
          return startTry(work, (each, stopped) => this.#run(each, { ...once, deadlineAtMs, stopped, isIdempotent: false }));
        },
        isGood: (value) => this.#judge({ isThrown: false, value }).kind !== "fault",
      });
    } catch (thrown) {
      if (fallback === undefined) throw thrown;
      return fallback(thrown);
    }
  }

  async #run<T>(work: Work<T>, options: RunOptions<T>): Promise<T> {
    const startMs = this.#clock.nowMs();
    const ownMs = startMs + this.#deadlineMs;
    const deadlineAtMs = options.deadlineAtMs === undefined ? ownMs : Math.min(ownMs, options.deadlineAtMs);
    try {
      for (let number = 1; ; number++) {
        const attempt = new Try(number, deadlineAtMs, number === 1 ? startMs : this.#clock.nowMs());
        if (attempt.startMs >= deadlineAtMs) this.#refuseLate();
        if (!this.#bulkhead.tryEnter()) {
          await this.#waitForPlace(attempt);
          attempt.startMs = this.#clock.nowMs();
        }
        this.#admit(attempt);
        if (this.#options.attributes !== undefined) attempt.told = this.#tell(options.name);
        try {
          attempt.value = await this.#withDeadline(work, attempt);
        } catch (thrown) {
          attempt.isThrown = true;
          attempt.value = thrown;
        }
        const verdict = this.#settle(attempt);
        if (verdict.kind === "fault" && (await this.#mayRetry(verdict, options, attempt))) continue;
        if (attempt.isThrown) throw attempt.value;
        return attempt.value as T;
      }
    } catch (thrown) {
      if (options.fallback === undefined) throw thrown;
      return options.fallback(thrown);
    }
  }

  /** Refuses a call whose deadline has passed: nobody waits for the outcome, so the dependency neither gets the work nor the blame. */
  #refuseLate(): never {
    this.#counts.deadlinesExceeded += 1;
    throw new ResilienceError("deadline-exceeded", `the deadline had passed before ${this.name} was called`);
  }

  /** Asks the breaker; when it refuses, the place in the bulkhead is given back. */
  #admit(attempt: Try): void {
    const permit = this.#breaker.admit(attempt.startMs);
    if (permit.kind === "refused") {
      this.#bulkhead.leave();
      this.#counts.refused += 1;
      const retryAfterSeconds = Math.ceil(permit.retryAfterMs / 1000);
      throw new ResilienceError("circuit-open", `the circuit to ${this.name} is open`, { retryAfterSeconds });
    }
    // The permit of a closed circuit is shared and changes later: what counts is the generation at the start.
    attempt.generation = permit.generation;
    this.#counts.tries += 1;
  }

  /** Gives back what a try held, and judges its outcome. */
  #settle(attempt: Try): Verdict {
    this.#wheel.remove(attempt);
    this.#bulkhead.leave();
    const { told, value, isThrown } = attempt;
    if (told !== undefined) {
      if (isThrown) failCall(told, value);
      else endCall(told);
    }
    if (value instanceof ResilienceError && value.code === "deadline-exceeded") this.#counts.deadlinesExceeded += 1;
    const verdict = this.#judge(attempt);
    if (verdict.kind === "fault") this.#counts.faults += 1;
    if (verdict.kind === "not-its-fault") this.#breaker.release(attempt);
    else this.#breaker.record(attempt, verdict.kind === "fault", this.#clock.nowMs());
    return verdict;
  }

  /** Judges an outcome. When the user's own judge throws, the outcome counts neither way. */
  #judge({ isThrown, value }: { readonly isThrown: boolean; readonly value: unknown }): Verdict {
    try {
      return isThrown ? this.#judgeThrown(value) : this.#judgeResult(value);
    } catch {
      return { kind: "not-its-fault" };
    }
  }

  #tell(name: string | undefined): OutgoingCall | undefined {
    const exchange = findCurrentExchange();
    return exchange === undefined
      ? undefined
      : recordCall(exchange, name ?? this.name, { "service.peer.name": this.name, ...this.#options.attributes });
  }

  /** The work's outcome, or the deadline, whichever is first. Work that ignores its signal goes on; its outcome is thrown away. */
  #withDeadline(work: (attempt: Attempt) => unknown, attempt: Try): Promise<unknown> {
    return new Promise((resolve, reject) => {
      attempt.reject = reject;
      this.#wheel.add(attempt, attempt.deadlineAtMs, attempt.startMs);
      try {
        Promise.resolve(work(attempt)).then(resolve, reject);
      } catch (thrown) {
        reject(thrown);
      }
    });
  }

  async #waitForPlace(attempt: Try): Promise<void> {
    const place = this.#bulkhead.enterLater();
    if (place === undefined) {
      this.#counts.refused += 1;
      throw new ResilienceError("bulkhead-full", `too many calls to ${this.name} at once`);
    }
    const waiting = new Try(attempt.number, attempt.deadlineAtMs, attempt.startMs);
    try {
      await this.#withDeadline(() => place.entered, waiting);
    } catch (thrown) {
      // If the place was granted at the very moment of giving up, it must be given back.
      if (!place.leaveQueue()) this.#bulkhead.leave();
      this.#counts.refused += 1;
      throw thrown;
    } finally {
      this.#wheel.remove(waiting);
    }
  }

  /** Waits before a retry, if there is to be one. */
  async #mayRetry(
    verdict: Verdict & { kind: "fault" },
    options: Pick<RunOptions<unknown>, "isIdempotent" | "stopped">,
    attempt: Attempt,
  ): Promise<boolean> {
    if (!verdict.isRetryable || options.isIdempotent !== true || options.stopped?.aborted === true) return false;
    if (attempt.number >= (this.#options.maxTries ?? 3)) return false;
    const delayMs = decideDelayMs(attempt.number, {
      baseMs: this.#options.backoffMs ?? 50,
      maxMs: this.#options.maxBackoffMs ?? 2_000,
      floorMs: verdict.retryAfterMs,
      random: this.#random(),
    });
    if (this.#clock.nowMs() + delayMs >= attempt.deadlineAtMs || this.#breaker.state === "open" || !this.#budget.withdraw()) return false;
    this.#counts.retries += 1;
    await new Promise<void>((resolve) => this.#clock.schedule(delayMs, resolve, true));
    return true;
  }
}

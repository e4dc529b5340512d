/**
 * Calls to one dependency, made safe: a deadline, a circuit breaker, a bulkhead, retries of idempotent calls within a budget, a fallback.
 * Own code rather than cockatiel's, whose time-out alone costs 10 to 20 µs a call; docs/decisions/0041.
 */
import { endCall, failCall, type OutgoingCall } from "../capture/call.ts";
import { findCurrentExchange } from "../capture/context.ts";
import { recordCall } from "../capture/outgoing.ts";
import { Breaker, type BreakerOptions, type BreakerState } from "./breaker.ts";
import { Bulkhead } from "./bulkhead.ts";
import { type Clock, systemClock } from "./clock.ts";
import { ResilienceError } from "./failures.ts";
import { decideDelayMs, RetryBudget, type RetryBudgetOptions } from "./retry-budget.ts";
import { TimerWheel, type WheelEntry } from "./timer-wheel.ts";
import { judgeResult, judgeThrown, type Verdict } from "./verdict.ts";

/** How a dependency is guarded. */
export type DependencyOptions = {
  /** Longest time for one call with all its tries, ms. Default 10,000. */
  readonly deadlineMs?: number;
  /** Tries of an idempotent call, the first included. Default 3. */
  readonly maxTries?: number;
  /** Ceiling of the delay before the first retry, ms; doubled for each further one. Default 50. */
  readonly backoffMs?: number;
  readonly maxBackoffMs?: number;
  readonly budget?: RetryBudgetOptions;
  readonly breaker?: BreakerOptions;
  /** Calls at once; default 100. */
  readonly maxConcurrent?: number;
  /** Calls that may wait for a place; default 0. */
  readonly maxQueued?: number;
  /** Judges a result; default: an HTTP status of 429 or 500 and more is the dependency's fault. */
  readonly judgeResult?: (result: unknown) => Verdict;
  /** Judges what was thrown; default: by the error table. */
  readonly judgeThrown?: (thrown: unknown) => Verdict;
  /** Semantic-convention attributes: with them each call is told as a client span of its request; leave out what already tells itself (fetch). */
  readonly attributes?: Readonly<Record<string, string | number>>;
  readonly clock?: Clock;
  readonly random?: () => number;
};

/** What one call asks for. */
export type CallOptions<T> = {
  /** May it be repeated? Only then it is. Default false. */
  readonly isIdempotent?: boolean;
  /** A deadline handed down, on the dependency's clock; the earlier one counts. */
  readonly deadlineAtMs?: number;
  /** What to do instead of failing: a stale answer, an empty list. It gets the error. */
  readonly fallback?: (thrown: unknown) => T | Promise<T>;
  readonly name?: string;
};

/** What the work is told: how long there is, and a signal for those that can use one; it is only made when asked for. */
export type Attempt = { readonly number: number; readonly deadlineAtMs: number; readonly signal: AbortSignal };

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
  readonly faults: number;
  readonly refused: number;
  readonly deadlinesExceeded: number;
};

class Try implements Attempt, WheelEntry {
  readonly number: number;
  readonly deadlineAtMs: number;
  atMs = 0;
  slot = -1;
  previous: WheelEntry | undefined = undefined;
  next: WheelEntry | undefined = undefined;
  reject: ((reason: ResilienceError) => void) | undefined = undefined;
  #controller: AbortController | undefined = undefined;

  constructor(number: number, deadlineAtMs: number) {
    this.number = number;
    this.deadlineAtMs = deadlineAtMs;
  }

  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    return this.#controller.signal;
  }

  expire(): void {
    const error = new ResilienceError("deadline-exceeded", "the call took longer than its deadline");
    this.reject?.(error);
    this.#controller?.abort(error);
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
  readonly #counts = { calls: 0, tries: 0, retries: 0, faults: 0, refused: 0, deadlinesExceeded: 0 };

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
  }

  /** State and counters now. */
  state(): DependencyState {
    const { inFlight, waiting } = this.#bulkhead;
    return { name: this.name, circuit: this.#breaker.state, opened: this.#breaker.opened, inFlight, waiting, ...this.#counts };
  }

  /** Makes a call. Rejects with what the work threw, or with a ResilienceError; with a fallback it gives that instead. */
  async call<T>(work: (attempt: Attempt) => T | Promise<T>, options: CallOptions<T> = {}): Promise<T> {
    this.#counts.calls += 1;
    this.#budget.deposit();
    const ownMs = this.#clock.nowMs() + this.#deadlineMs;
    const deadlineAtMs = options.deadlineAtMs === undefined ? ownMs : Math.min(ownMs, options.deadlineAtMs);
    try {
      for (let number = 1; ; number++) {
        const outcome = await this.#try(work, new Try(number, deadlineAtMs), options.name);
        if (outcome.verdict.kind !== "fault" || !(await this.#mayRetry(outcome.verdict, options, { number, deadlineAtMs }))) {
          if (outcome.isThrown) throw outcome.value;
          return outcome.value as T;
        }
      }
    } catch (thrown) {
      if (options.fallback === undefined) throw thrown;
      return options.fallback(thrown);
    }
  }

  async #try(work: (attempt: Attempt) => unknown, attempt: Try, name: string | undefined): Promise<Outcome> {
    if (!this.#bulkhead.tryEnter()) await this.#waitForPlace(attempt);
    const permit = this.#breaker.admit(this.#clock.nowMs());
    if (permit.kind === "refused") {
      this.#bulkhead.leave();
      this.#counts.refused += 1;
      const retryAfterSeconds = Math.ceil(permit.retryAfterMs / 1000);
      throw new ResilienceError("circuit-open", `the circuit to ${this.name} is open`, { retryAfterSeconds });
    }
    this.#counts.tries += 1;
    // The permit of a closed circuit is shared and changes with it: what counts is the generation at the start.
    const { generation } = permit;
    const outcome = await this.#run(work, attempt, name);
    this.#bulkhead.leave();
    const isFault = outcome.verdict.kind === "fault";
    if (isFault) this.#counts.faults += 1;
    if (outcome.verdict.kind === "not-its-fault") this.#breaker.release({ generation });
    else this.#breaker.record({ generation }, isFault, this.#clock.nowMs());
    return outcome;
  }

  async #run(work: (attempt: Attempt) => unknown, attempt: Try, name: string | undefined): Promise<Outcome> {
    const told = this.#options.attributes === undefined ? undefined : this.#tell(name);
    try {
      const value = await this.#withDeadline(work, attempt);
      if (told !== undefined) endCall(told);
      return { isThrown: false, value, verdict: this.#judgeResult(value) };
    } catch (thrown) {
      if (told !== undefined) failCall(told, thrown);
      if (thrown instanceof ResilienceError && thrown.code === "deadline-exceeded") this.#counts.deadlinesExceeded += 1;
      return { isThrown: true, value: thrown, verdict: (this.#options.judgeThrown ?? judgeThrown)(thrown) };
    } finally {
      this.#wheel.remove(attempt);
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
      this.#wheel.add(attempt, attempt.deadlineAtMs);
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
    const waiting = new Try(attempt.number, attempt.deadlineAtMs);
    try {
      await this.#withDeadline(() => place.entered, waiting);
    } catch (thrown) {
      // Given in the very moment it was given up: then it must be given back.
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
    options: { readonly isIdempotent?: boolean },
    so: { number: number; deadlineAtMs: number },
  ): Promise<boolean> {
    if (!verdict.isRetryable || options.isIdempotent !== true || so.number >= (this.#options.maxTries ?? 3)) return false;
    const delayMs = decideDelayMs(so.number, {
      baseMs: this.#options.backoffMs ?? 50,
      maxMs: this.#options.maxBackoffMs ?? 2_000,
      floorMs: verdict.retryAfterMs,
      random: this.#random(),
    });
    if (this.#clock.nowMs() + delayMs >= so.deadlineAtMs || this.#breaker.state === "open" || !this.#budget.withdraw()) return false;
    this.#counts.retries += 1;
    await new Promise<void>((resolve) => this.#clock.schedule(delayMs, resolve, true));
    return true;
  }
}

type Outcome = { readonly isThrown: boolean; readonly value: unknown; readonly verdict: Verdict };

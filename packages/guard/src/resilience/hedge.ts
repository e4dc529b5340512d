/** Hedging: starts a second try beside a slow first one and takes the better of the two (Dean and Barroso, The Tail at Scale, 2013). */
import type { Attempt } from "./attempt.ts";

/** A try that can be told to stop, because the other one has answered. */
export type Runner<T> = { readonly outcome: Promise<T>; stop(): void };

/** A signal that aborts when the try's own does, or when the other try has answered. Made only when the work asks for it. */
function stoppable(attempt: Attempt, stopped: AbortSignal): Attempt {
  return {
    number: attempt.number,
    deadlineAtMs: attempt.deadlineAtMs,
    get signal() {
      return AbortSignal.any([attempt.signal, stopped]);
    },
  };
}

/** Starts a try of `work` that can be stopped. */
export function startTry<T>(
  work: (attempt: Attempt) => T | Promise<T>,
  run: (work: (attempt: Attempt) => T | Promise<T>, stopped: AbortSignal) => Promise<T>,
): Runner<T> {
  const controller = new AbortController();
  const outcome = run((attempt) => {
    // Stopped while it waited to be repeated, or for a place.
    controller.signal.throwIfAborted();
    return work(stoppable(attempt, controller.signal));
  }, controller.signal);
  return { outcome, stop: () => controller.abort(new DOMException("another try has answered", "AbortError")) };
}

/** How to make a second try: when, whether it may be, and what makes a result a bad one. */
export type Hedge<T> = {
  /** Calls `run` after the time that a second try waits; returns a function that cancels. */
  readonly later: (run: () => void) => () => void;
  /** Starts the second try; undefined when there is no budget for it. */
  readonly second: () => Runner<T> | undefined;
  readonly isGood: (result: T) => boolean;
};

/**
 * The first good outcome of one or two tries. A first try that ends before the second began is the outcome, whatever it is: retries are decided
 * elsewhere. When both end badly, the outcome of the first counts.
 */
export function raceHedged<T>(first: Runner<T>, hedge: Hedge<T>): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    let second: Runner<T> | undefined;
    let running = 1;
    let isOver = false;
    const settle = (by: Runner<T>, isGood: boolean): void => {
      running -= 1;
      if (isOver || (!isGood && running > 0)) return;
      isOver = true;
      cancel();
      const other = by === first ? second : first;
      if (isGood || other === undefined) resolve(by.outcome);
      else first.outcome.then(resolve, reject);
      if (isGood) other?.stop();
    };
    const follow = (runner: Runner<T>): void => {
      runner.outcome.then(
        (result) => settle(runner, hedge.isGood(result)),
        () => settle(runner, false),
      );
    };
    const cancel = hedge.later(() => {
      second = isOver ? undefined : hedge.second();
      if (second === undefined) return;
      running += 1;
      follow(second);
    });
    follow(first);
  });
}

/** Refuses load before it overwhelms the process, judged by event-loop delay, heap and requests in flight; the least important requests first. */
import { monitorEventLoopDelay } from "node:perf_hooks";
import { getHeapStatistics } from "node:v8";
import { ResilienceError } from "./failures.ts";

/** How important a request is: health checks and payments are let through longer than a report. */
export type Priority = "critical" | "normal" | "low";

/** What the process measures about itself. */
export type Load = { readonly eventLoopDelayMs: number; readonly heapRatio: number; readonly inFlight: number };

/** Where normal requests begin to be refused. */
export type ShedderOptions = {
  /** 99th percentile of the event loop's delay in the last period. Default 200 ms. */
  readonly eventLoopDelayMs?: number;
  /** Used share of the heap limit. Default 0.9. */
  readonly heapRatio?: number;
  /** Requests at once. Default 1,000. */
  readonly inFlight?: number;
  /** Measures the load; for tests. */
  readonly readLoad?: () => Load;
};

/** Low priority is refused at 70 % of a limit, critical at 150 %. */
const HEADROOM: Readonly<Record<Priority, number>> = { low: 0.7, normal: 1, critical: 1.5 };

/** The limit that a request exceeds, or undefined when it may go on. */
export function decideShedding(load: Load, limits: Load, priority: Priority): keyof Load | undefined {
  const headroom = HEADROOM[priority];
  if (load.inFlight >= limits.inFlight * headroom) return "inFlight";
  if (load.eventLoopDelayMs >= limits.eventLoopDelayMs * headroom) return "eventLoopDelayMs";
  return load.heapRatio >= Math.min(limits.heapRatio * headroom, 0.99) ? "heapRatio" : undefined;
}

const PERIOD_MS = 500;

/** Counts what is in flight and refuses what is too much. */
export class LoadShedder {
  readonly #limits: Load;
  readonly #readLoad: (() => Load) | undefined;
  readonly #delay = monitorEventLoopDelay({ resolution: 10 });
  readonly #timer: NodeJS.Timeout;
  #measured = { eventLoopDelayMs: 0, heapRatio: 0 };
  #inFlight = 0;
  shed = 0;

  constructor(options: ShedderOptions = {}) {
    this.#limits = {
      eventLoopDelayMs: options.eventLoopDelayMs ?? 200,
      heapRatio: options.heapRatio ?? 0.9,
      inFlight: options.inFlight ?? 1_000,
    };
    this.#readLoad = options.readLoad;
    this.#delay.enable();
    this.#timer = setInterval(() => this.#measure(), PERIOD_MS);
    this.#timer.unref();
  }

  #measure(): void {
    const heap = getHeapStatistics();
    this.#measured = { eventLoopDelayMs: this.#delay.percentile(99) / 1e6, heapRatio: heap.used_heap_size / heap.heap_size_limit };
    this.#delay.reset();
  }

  /** Lets a request in, or throws a ResilienceError (503 with Retry-After). Every request that was let in must call `leave`. */
  enter(priority: Priority = "normal"): void {
    const load = this.#readLoad?.() ?? { ...this.#measured, inFlight: this.#inFlight };
    const limit = decideShedding(load, this.#limits, priority);
    if (limit !== undefined) {
      this.shed += 1;
      throw new ResilienceError("overloaded", `load is shed: ${limit}`);
    }
    this.#inFlight += 1;
  }

  /** Lets a request out. */
  leave(): void {
    this.#inFlight -= 1;
  }

  /** Stops measuring. */
  close(): void {
    clearInterval(this.#timer);
    this.#delay.disable();
  }
}

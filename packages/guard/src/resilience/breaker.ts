/**
 * A circuit breaker as a pure state machine: time is an argument. Closed while the dependency's own faults stay below a share of the calls
 * in a rolling window; then open for a while; then half-open, for one probe at a time. Calls admitted before the last change of state no longer count: a late
 * success must not close a circuit, and a late fault must not open it again.
 */

/** When to open, for how long, and what it takes to close. */
export type BreakerOptions = {
  /** Share of faults, 0 to 1, at which it opens. Default 0.5. */
  readonly faultRatio?: number;
  /** Calls in the window before the share means anything. Default 10. */
  readonly minimumCalls?: number;
  /** Length of the rolling window, ms. Default 10,000. */
  readonly windowMs?: number;
  /** How long it stays open the first time, ms; doubled after each failed probe. Default 1,000. */
  readonly openMs?: number;
  /** Longest time open, ms: after it a recovered dependency is found again. Default 8,000. */
  readonly maxOpenMs?: number;
  /** Successful probes in a row that close it. Default 2. */
  readonly probes?: number;
};

/** The breaker's answer to a call: a permit to hand back with the outcome, or how long the circuit stays open. */
export type Admission =
  | { readonly kind: "admitted"; readonly generation: number }
  | { readonly kind: "refused"; readonly retryAfterMs: number };

type State =
  | { readonly kind: "closed" }
  | { readonly kind: "open"; readonly untilMs: number; readonly forMs: number }
  | { readonly kind: "half-open"; readonly forMs: number; successes: number; probeUntilMs: number };

/** Name of a breaker's state. */
export type BreakerState = State["kind"];

const SLICES = 10;

/** The breaker. */
export class Breaker {
  readonly #options: Required<BreakerOptions>;
  readonly #calls = new Float64Array(SLICES);
  readonly #faults = new Float64Array(SLICES);
  readonly #closedPermit: { kind: "admitted"; generation: number } = { kind: "admitted", generation: 0 };
  #slice = 0;
  #state: State = { kind: "closed" };
  #generation = 0;
  opened = 0;

  constructor(options: BreakerOptions = {}) {
    this.#options = { faultRatio: 0.5, minimumCalls: 10, windowMs: 10_000, openMs: 1_000, maxOpenMs: 8_000, probes: 2, ...options };
  }

  /** The current state. An open circuit becomes half-open with the next call after its time, not by itself. */
  get state(): BreakerState {
    return this.#state.kind;
  }

  /** May a call go out? */
  admit(nowMs: number): Admission {
    const state = this.#state;
    if (state.kind === "closed") return this.#closedPermit;
    if (state.kind === "open") {
      if (nowMs < state.untilMs) return { kind: "refused", retryAfterMs: state.untilMs - nowMs };
      this.#change({ kind: "half-open", forMs: state.forMs, successes: 0, probeUntilMs: nowMs + state.forMs });
      return { kind: "admitted", generation: this.#generation };
    }
    // A probe whose outcome never arrives must not keep the circuit half-open for ever, so its lease ends.
    if (nowMs < state.probeUntilMs) return { kind: "refused", retryAfterMs: state.probeUntilMs - nowMs };
    state.probeUntilMs = nowMs + state.forMs;
    return { kind: "admitted", generation: this.#generation };
  }

  /** Records the outcome of an admitted call. `isFault`: it was the dependency's own fault. An outcome that is nobody's fault counts as an answer. */
  record(permit: { readonly generation: number }, isFault: boolean, nowMs: number): void {
    if (permit.generation !== this.#generation) return;
    if (this.#state.kind === "closed") this.#count(isFault, nowMs);
    else if (this.#state.kind === "half-open") this.#recordProbe(this.#state, isFault, nowMs);
  }

  /** Gives back the permit of a call that was admitted and then not made. */
  release(permit: { readonly generation: number }): void {
    if (permit.generation === this.#generation && this.#state.kind === "half-open") this.#state.probeUntilMs = Number.NEGATIVE_INFINITY;
  }

  #recordProbe(state: State & { kind: "half-open" }, isFault: boolean, nowMs: number): void {
    if (isFault) return this.#open(Math.min(state.forMs * 2, this.#options.maxOpenMs), nowMs);
    state.successes += 1;
    state.probeUntilMs = Number.NEGATIVE_INFINITY;
    if (state.successes >= this.#options.probes) this.#change({ kind: "closed" });
  }

  #count(isFault: boolean, nowMs: number): void {
    const slice = Math.floor((nowMs / this.#options.windowMs) * SLICES);
    if (slice !== this.#slice) this.#turn(slice);
    const at = ((slice % SLICES) + SLICES) % SLICES;
    this.#calls[at] = (this.#calls[at] ?? 0) + 1;
    if (!isFault) return;
    this.#faults[at] = (this.#faults[at] ?? 0) + 1;
    const calls = this.#calls.reduce((sum, each) => sum + each, 0);
    const faults = this.#faults.reduce((sum, each) => sum + each, 0);
    if (calls >= this.#options.minimumCalls && faults / calls >= this.#options.faultRatio) this.#open(this.#options.openMs, nowMs);
  }

  /** Empties the slices between the last call and now. */
  #turn(slice: number): void {
    const passed = Math.min(SLICES, Math.max(1, slice - this.#slice));
    for (let step = 0; step < passed; step++) {
      const at = (((slice - step) % SLICES) + SLICES) % SLICES;
      this.#calls[at] = 0;
      this.#faults[at] = 0;
    }
    this.#slice = slice;
  }

  #open(forMs: number, nowMs: number): void {
    this.opened += 1;
    this.#change({ kind: "open", untilMs: nowMs + forMs, forMs });
  }

  #change(state: State): void {
    this.#state = state;
    this.#generation += 1;
    this.#closedPermit.generation = this.#generation;
    this.#calls.fill(0);
    this.#faults.fill(0);
  }
}

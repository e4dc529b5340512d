/** Exporters round to a millisecond. */
const ROUNDING_MS = 1;
/** Of so many spans that were open at one time, the last to start are looked at. */
const MAX_OPEN = 200;

/** When a span was open, ms. */
export type Times = { readonly startMs: number; readonly endMs: number };

/**
 * Finds who was at work during a span. `sorted` is in the order of its starts, and so is what is asked for: what ended before is forgotten on
 * the way, so that a trace of tens of thousands of spans is walked once.
 */
export class OpenSpans<T> {
  readonly #sorted: readonly T[];
  readonly #timesOf: (each: T) => Times;
  readonly #open: T[] = [];
  #next = 0;

  constructor(sorted: readonly T[], timesOf: (each: T) => Times) {
    this.#sorted = sorted;
    this.#timesOf = timesOf;
  }

  /** Those that were open all the time of a span, the last to start first; after them those that were so but for rounding. */
  listAround(span: Times): readonly T[] {
    for (let each = this.#sorted[this.#next]; each !== undefined; each = this.#sorted[this.#next]) {
      const { startMs } = this.#timesOf(each);
      if (startMs > span.startMs + ROUNDING_MS) break;
      this.#close(startMs);
      this.#open.push(each);
      this.#next += 1;
    }
    this.#close(span.startMs);
    const last = this.#open.slice(-MAX_OPEN).reverse();
    const whole = last.filter((each) => isAround(this.#timesOf(each), span));
    return [...whole, ...last.filter((each) => !whole.includes(each) && isNearlyAround(this.#timesOf(each), span))];
  }

  #close(startMs: number): void {
    for (let top = this.#open.at(-1); top !== undefined && this.#timesOf(top).endMs < startMs - ROUNDING_MS; top = this.#open.at(-1)) {
      this.#open.pop();
    }
  }
}

function isAround(outer: Times, inner: Times): boolean {
  return outer.startMs <= inner.startMs && outer.endMs >= inner.endMs;
}

/** What ended as the other began came before it, and what began as the other ended came after. */
function isNearlyAround(outer: Times, inner: Times): boolean {
  const isBeside = outer.endMs <= inner.startMs || outer.startMs >= inner.endMs;
  return !isBeside && outer.startMs <= inner.startMs + ROUNDING_MS && outer.endMs >= inner.endMs - ROUNDING_MS;
}

/** Exporters round to a millisecond. */
const ROUNDING_MS = 1;
/** Of the spans that were open at one time, this many are examined, the last to start first. */
const MAX_OPEN = 200;

/** When a span was open, ms. */
export type Times = { readonly startMs: number; readonly endMs: number };

/**
 * Finds what was at work during a span. `sorted` is in order of start, and so are the queries. What ended before is forgotten on the way,
 * so that a trace of tens of thousands of spans is walked once.
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

  /** The spans that were open during all of a span, the last to start first; after them those that were so except for rounding. */
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

/**
 * True unless one span only touches the other: what ended as the other began came before it, and what began as the other ended came after
 * it.
 */
function isNearlyAround(outer: Times, inner: Times): boolean {
  const isBeside = outer.endMs <= inner.startMs || outer.startMs >= inner.endMs;
  return !isBeside && outer.startMs <= inner.startMs + ROUNDING_MS && outer.endMs >= inner.endMs - ROUNDING_MS;
}

/**
 * Where the items of open traces stand in the journal. A place is eight words in one array, not an object: half a million places are
 * 16 MiB that the garbage collector never visits, where objects would take ten times that and be visited again and again.
 */

/** One span or log record of an open trace. Ingest reuses one such object. */
export type Place = {
  /** Number of the journal record that holds it. */
  record: number;
  /** Its whole field in the payload of the record. */
  start: number;
  end: number;
  /** Index into the resources of the record. */
  resource: number;
  /** Span id; both 0 for log records, which have none. */
  high: number;
  low: number;
  /** Number of its series when it is an exchange, else `NO_SERIES`. */
  series: number;
};

/** The series of what is no exchange. */
export const NO_SERIES = -1;
/** No place, no trace. */
export const NONE = -1;

/** Numbers of places, records and traces wrap around here; far fewer of each are ever open at once. */
const NUMBER_MASK = 2 ** 30 - 1;

const WORDS = 8;
const NEXT = 7;
const FIRST_CAPACITY = 4_096;

/** The number after a number. */
export function toNextNumber(number: number): number {
  return (number + 1) & NUMBER_MASK;
}

/** How many numbers lie between two. */
export function countBetween(from: number, to: number): number {
  return (to - from) & NUMBER_MASK;
}

/** Places by number. Those of one trace are chained; the oldest leave first. */
export class PlaceRing {
  #words = new Int32Array(FIRST_CAPACITY * WORDS);
  #mask = FIRST_CAPACITY - 1;
  #head = 0;
  #tail = 0;

  /** The number that the next place will have. */
  get end(): number {
    return this.#tail;
  }

  /** Adds a place after the last one of its trace (or `NONE`); returns its number. */
  add(place: Place, before: number): number {
    if (countBetween(this.#head, this.#tail) > this.#mask) this.#grow();
    const number = this.#tail;
    const words = this.#words;
    const at = (number & this.#mask) * WORDS;
    words[at] = place.record;
    words[at + 1] = place.start;
    words[at + 2] = place.end;
    words[at + 3] = place.resource;
    words[at + 4] = place.high;
    words[at + 5] = place.low;
    words[at + 6] = place.series;
    words[at + NEXT] = NONE;
    if (before !== NONE) words[(before & this.#mask) * WORDS + NEXT] = number;
    this.#tail = toNextNumber(number);
    return number;
  }

  next(number: number): number {
    return this.#words[(number & this.#mask) * WORDS + NEXT]!;
  }

  series(number: number): number {
    return this.#words[(number & this.#mask) * WORDS + 6]!;
  }

  /** True when a place of the chain that begins at `first` has this span id. */
  hasSpan(first: number, high: number, low: number): boolean {
    const words = this.#words;
    const mask = this.#mask;
    for (let number = first; number !== NONE;) {
      const at = (number & mask) * WORDS;
      if (words[at + 5] === low && words[at + 4] === high) return true;
      number = words[at + NEXT]!;
    }
    return false;
  }

  read(number: number): Readonly<Place> {
    const words = this.#words;
    const at = (number & this.#mask) * WORDS;
    return {
      record: words[at]!,
      start: words[at + 1]!,
      end: words[at + 2]!,
      resource: words[at + 3]!,
      high: words[at + 4]!,
      low: words[at + 5]!,
      series: words[at + 6]!,
    };
  }

  /** Forgets the places before a number. */
  dropBefore(number: number): void {
    this.#head = number;
  }

  #grow(): void {
    const old = this.#words;
    const capacity = (this.#mask + 1) * 2;
    this.#words = new Int32Array(capacity * WORDS);
    this.#mask = capacity - 1;
    copyRing({ from: old, to: this.#words, words: WORDS }, this.#head, this.#tail);
  }
}

/** Copies the entries of a full ring, each of `words` words, into a ring of twice the size. */
export function copyRing(
  { from, to, words }: { readonly from: Int32Array | Float64Array; readonly to: Int32Array | Float64Array; readonly words: number },
  head: number,
  tail: number,
): void {
  const [fromSize, toSize] = [from.length / words, to.length / words];
  for (let number = head; number !== tail;) {
    const [fromAt, toAt] = [number & (fromSize - 1), number & (toSize - 1)];
    const count = Math.min(countBetween(number, tail), fromSize - fromAt, toSize - toAt);
    to.set(from.subarray(fromAt * words, (fromAt + count) * words), toAt * words);
    number = (number + count) & NUMBER_MASK;
  }
}

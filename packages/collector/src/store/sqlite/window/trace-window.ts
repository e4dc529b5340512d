/**
 * The traces of the last seconds, each as places in the journal instead of bytes: a good trace costs a few words of memory until it is
 * old, and a failing one is read back whole from the journal whenever its first failing span arrives. A trace is an index into
 * columns; only what few traces have (log records, a past in the database) is an object.
 */
import type { Exchange } from "@faultline/model";
import type { Origins } from "../trace-parts.ts";
import { type MutableTraceWords, toTraceId, type TraceWords } from "../trace-words.ts";
import { copyRing, countBetween, NO_SERIES, NONE, type Place, PlaceRing, toNextNumber } from "./place-ring.ts";
import { type RecordRef, RecordRing } from "./record-ring.ts";
import { TraceIndex } from "./trace-index.ts";

/** What only few traces have. */
export type TraceDetails = {
  /** Ids of its spans, once there are too many to look at one by one. */
  spans?: Set<string>;
  /** Check sums of its log records. */
  readonly logSums: Set<number>;
  /** What the database already held of the trace when it entered the window. */
  origins?: Origins;
  readonly intermediaries: Exchange[];
  /** Position of the record with the last of them. */
  lastIntermediary: number;
  writtenIntermediaries: number;
};

/** How long traces stay. */
export type WindowOptions = {
  /** A good trace that received nothing for this long is considered for the sample. */
  readonly settleAfterMs: number;
  /** A trace that received nothing for this long leaves the window. */
  readonly keepMs: number;
  /** Memory beyond which the oldest leave sooner. Default 96 MiB. */
  readonly maxBytes?: number;
};

/** How much of a trace is in the database. */
export type Written = { readonly row: number; readonly places: number; readonly intermediaries: number };

/** A trace that keeps receiving spans leaves after this many times `keepMs` all the same: the journal cannot be kept for ever. */
const MAX_AGE_FACTOR = 5;
/** Beyond this many spans, ids are looked up in a set instead of one by one. */
const MANY_SPANS = 48;
const FIRST_CAPACITY = 1_024;

/** Columns of whole numbers: four words of the id, then these. */
const WORDS = 16;
const FIRST_PLACE = 4;
const LAST_PLACE = 5;
const PLACES = 6;
const WRITTEN_PLACES = 7;
/** Spans and log records, those that the database held before included. */
const ITEMS = 8;
const LOGS = 9;
const FLAGS = 10;
/** The number of the record with which the trace was opened, and of the first place that can belong to it. */
const RECORD = 11;
const PLACE = 12;
/** Bytes of its spans and log records, those that the database held before included. */
const BYTES = 13;
const FAILING = 1;
const SETTLED = 2;

/**
 * Roughly how much memory each thing in the window takes, including the spare room of tables. A load of tiny spans must not take more memory than one of
 * ordinary spans, which the size of the journal limits.
 */
const BYTES_OF_RECORD = 200;
const BYTES_OF_RESOURCE = 1_500;
const BYTES_OF_TRACE = 200;
const BYTES_OF_PLACE = 48;
const BYTES_OF_DETAILS = 400;
/** Log records and the spans of large traces are remembered in sets. */
const BYTES_OF_MEMBER = 120;
const DEFAULT_MAX_BYTES = 96 << 20;

/** Columns of times and of the row in the database (0 for none). */
const TIMES = 3;
const FIRST_MS = 0;
const LAST_MS = 1;
const ROW = 2;

/** The window, in order of first arrival. */
export class TraceWindow {
  readonly #options: WindowOptions;
  readonly #index = new TraceIndex();
  readonly #places = new PlaceRing();
  readonly #records = new RecordRing();
  readonly #details = new Map<number, TraceDetails>();
  #words = new Int32Array(FIRST_CAPACITY * WORDS);
  #times = new Float64Array(FIRST_CAPACITY * TIMES);
  #mask = FIRST_CAPACITY - 1;
  #head = 0;
  #tail = 0;
  /** The first trace that was not considered for the sample yet. */
  #unsettled = 0;
  /** Earlier traces that were not quiet when their turn came. */
  #later: number[] = [];
  /** Roughly how much memory everything took that was ever in the window. */
  #takenBytes = 0;

  constructor(options: WindowOptions) {
    this.#options = options;
  }

  get size(): number {
    return countBetween(this.#head, this.#tail);
  }

  /** The number of a trace, or `NONE`. */
  find(id: TraceWords): number {
    return this.#index.find(id);
  }

  /** Takes note of a record that traces will point into. */
  addRecord(record: RecordRef): number {
    const number = this.#records.add(record, this.#takenBytes);
    this.#takenBytes += BYTES_OF_RECORD + record.resources.length * BYTES_OF_RESOURCE;
    return number;
  }

  /** The position up to which the journal must be released so that the rest stays within the memory limit; undefined when it does. */
  findExcess(): number | undefined {
    const excess = this.#takenBytes - (this.#records.takenBefore ?? this.#takenBytes) - (this.#options.maxBytes ?? DEFAULT_MAX_BYTES);
    return excess > 0 ? this.#records.findTaken((this.#records.takenBefore ?? 0) + excess) : undefined;
  }

  /** Adds a new trace, found in the record that was added last. */
  open(id: TraceWords, nowMs: number): number {
    if (this.size > this.#mask) this.#grow();
    const trace = this.#tail;
    const at = (trace & this.#mask) * WORDS;
    const words = this.#words;
    // One by one: TypedArray.set with a list of four takes ten times as long.
    words[at] = id[0];
    words[at + 1] = id[1];
    words[at + 2] = id[2];
    words[at + 3] = id[3];
    words[at + FIRST_PLACE] = NONE;
    words[at + LAST_PLACE] = NONE;
    words[at + PLACES] = 0;
    words[at + WRITTEN_PLACES] = 0;
    words[at + ITEMS] = 0;
    words[at + LOGS] = 0;
    words[at + FLAGS] = 0;
    words[at + RECORD] = countBetween(1, this.#records.end);
    words[at + PLACE] = this.#places.end;
    words[at + BYTES] = 0;
    this.#takenBytes += BYTES_OF_TRACE;
    const from = (trace & this.#mask) * TIMES;
    this.#times[from + FIRST_MS] = nowMs;
    this.#times[from + LAST_MS] = nowMs;
    this.#times[from + ROW] = 0;
    this.#index.add(id, trace);
    this.#tail = toNextNumber(trace);
    return trace;
  }

  /** Something of the trace arrived. */
  touch(trace: number, nowMs: number): void {
    this.#times[(trace & this.#mask) * TIMES + LAST_MS] = nowMs;
  }

  words(trace: number): TraceWords {
    const at = (trace & this.#mask) * WORDS;
    return [this.#words[at]!, this.#words[at + 1]!, this.#words[at + 2]!, this.#words[at + 3]!];
  }

  /** Lower-case hex. */
  traceId(trace: number): string {
    return toTraceId(this.words(trace));
  }

  findDetails(trace: number): TraceDetails | undefined {
    return this.#details.size === 0 ? undefined : this.#details.get(trace);
  }

  getDetails(trace: number): TraceDetails {
    let details = this.#details.get(trace);
    if (details === undefined) {
      details = { logSums: new Set(), intermediaries: [], lastIntermediary: 0, writtenIntermediaries: 0 };
      this.#details.set(trace, details);
      this.#takenBytes += BYTES_OF_DETAILS;
    }
    return details;
  }

  /** True when the trace has this span; words signed. */
  hasSpan(trace: number, high: number, low: number): boolean {
    const at = (trace & this.#mask) * WORDS;
    if (this.#words[at + PLACES]! <= MANY_SPANS) return this.#places.hasSpan(this.#words[at + FIRST_PLACE]!, high, low);
    const details = this.getDetails(trace);
    details.spans ??= new Set(this.#listPlaces(trace, 0).map((place) => `${place.high} ${place.low}`));
    return details.spans.has(`${high} ${low}`);
  }

  /** Adds an item's place. */
  addPlace(trace: number, place: Place): void {
    const at = (trace & this.#mask) * WORDS;
    const words = this.#words;
    const number = this.#places.add(place, words[at + LAST_PLACE]!);
    if (words[at + FIRST_PLACE] === NONE) words[at + FIRST_PLACE] = number;
    words[at + LAST_PLACE] = number;
    words[at + PLACES]! += 1;
    words[at + ITEMS]! += 1;
    words[at + BYTES]! += place.end - place.start;
    this.#takenBytes += BYTES_OF_PLACE;
    if (words[at + PLACES]! <= MANY_SPANS) return;
    this.#takenBytes += BYTES_OF_MEMBER;
    this.#details.get(trace)?.spans?.add(`${place.high} ${place.low}`);
  }

  countLog(trace: number): void {
    this.#takenBytes += BYTES_OF_MEMBER;
    this.#words[(trace & this.#mask) * WORDS + LOGS]! += 1;
  }

  items(trace: number): number {
    return this.#words[(trace & this.#mask) * WORDS + ITEMS]!;
  }

  /** Size of its spans and log records, as they arrived. */
  bytes(trace: number): number {
    return this.#words[(trace & this.#mask) * WORDS + BYTES]!;
  }

  logs(trace: number): number {
    return this.#words[(trace & this.#mask) * WORDS + LOGS]!;
  }

  /** Its row in the database; 0 when it has none. */
  row(trace: number): number {
    return this.#times[(trace & this.#mask) * TIMES + ROW]!;
  }

  isFailing(trace: number): boolean {
    return this.#hasFlag(trace, FAILING);
  }

  markFailing(trace: number): void {
    this.#words[(trace & this.#mask) * WORDS + FLAGS]! |= FAILING;
  }

  /** Marks a trace as one of which the database already holds `items`. */
  recall(trace: number, known: { readonly row: number; readonly failing: boolean; readonly items: number; readonly bytes: number }): void {
    const at = (trace & this.#mask) * WORDS;
    this.#words[at + ITEMS] = known.items;
    this.#words[at + BYTES] = known.bytes;
    this.#takenBytes += known.items * BYTES_OF_MEMBER;
    this.#words[at + FLAGS]! |= SETTLED | (known.failing ? FAILING : 0);
    this.#times[(trace & this.#mask) * TIMES + ROW] = known.row;
  }

  /** True when something of it is not in its row yet. */
  isUnwritten(trace: number): boolean {
    const at = (trace & this.#mask) * WORDS;
    if (this.#words[at + WRITTEN_PLACES]! < this.#words[at + PLACES]!) return true;
    const details = this.findDetails(trace);
    return details !== undefined && details.writtenIntermediaries < details.intermediaries.length;
  }

  /** How much of it there is to write now; pass it to `markWritten` once that is on disk. */
  measure(trace: number): Omit<Written, "row"> {
    const places = this.#words[(trace & this.#mask) * WORDS + PLACES]!;
    return { places, intermediaries: this.findDetails(trace)?.intermediaries.length ?? 0 };
  }

  markWritten(trace: number, { row, places, intermediaries }: Written): void {
    const at = (trace & this.#mask) * WORDS;
    this.#words[at + WRITTEN_PLACES] = places;
    this.#words[at + FLAGS]! |= SETTLED;
    this.#times[(trace & this.#mask) * TIMES + ROW] = row;
    const details = this.findDetails(trace);
    if (details !== undefined) details.writtenIntermediaries = intermediaries;
  }

  /** Places that its row does not hold yet, in order of arrival, each with its record. */
  listUnwritten(trace: number): { readonly place: Readonly<Place>; readonly record: RecordRef }[] {
    const written = this.#words[(trace & this.#mask) * WORDS + WRITTEN_PLACES]!;
    return this.#listPlaces(trace, written).flatMap((place) => {
      const record = this.#records.find(place.record);
      return record === undefined ? [] : [{ place, record }];
    });
  }

  /** Calls `visit` with the series of its exchanges until that returns true; tells whether it did. */
  someSeries(trace: number, visit: (series: number) => boolean): boolean {
    const places = this.#places;
    for (let place = this.#words[(trace & this.#mask) * WORDS + FIRST_PLACE]!; place !== NONE; place = places.next(place)) {
      const series = places.series(place);
      if (series !== NO_SERIES && visit(series)) return true;
    }
    return false;
  }

  /**
   * Up to `limit` good traces that are due to be considered for the sample; each is returned only once. Due are those that were quiet for long enough,
   * or that would keep the journal before `oldestPosition`; with `all`, every one.
   */
  takeUnsettled(
    nowMs: number,
    { limit, all, oldestPosition }: { readonly limit: number; readonly all: boolean; readonly oldestPosition: number },
  ): number[] {
    const due: number[] = [];
    const { settleAfterMs } = this.#options;
    const later = this.#later;
    this.#later = [];
    const take = (trace: number): void => {
      if (this.#hasFlag(trace, FAILING | SETTLED)) return;
      const isQuiet = nowMs - this.#times[(trace & this.#mask) * TIMES + LAST_MS]! >= settleAfterMs;
      if (!all && !isQuiet && this.#position(trace) >= oldestPosition) return void this.#later.push(trace);
      this.#words[(trace & this.#mask) * WORDS + FLAGS]! |= SETTLED;
      due.push(trace);
    };
    for (const trace of later) if (this.isOpen(trace)) take(trace);
    for (; this.#unsettled !== this.#tail && due.length < limit; this.#unsettled = toNextNumber(this.#unsettled)) {
      const trace = this.#unsettled;
      const isYoung = nowMs - this.#times[(trace & this.#mask) * TIMES + FIRST_MS]! < settleAfterMs;
      if (isYoung && !all && this.#position(trace) >= oldestPosition) break;
      take(trace);
    }
    return due;
  }

  /** True while the trace has not left the window. */
  isOpen(trace: number): boolean {
    return countBetween(this.#head, trace) < this.size;
  }

  /**
   * How many traces, from the oldest on, may leave: their time is over, or they would keep the journal before `oldestPosition`. A good
   * trace that was not considered for the sample yet stays, and with it all that follow.
   */
  countExpired(nowMs: number, oldestPosition: number): number {
    const { keepMs } = this.#options;
    let count = 0;
    for (let trace = this.#head; trace !== this.#tail; trace = toNextNumber(trace)) {
      const from = (trace & this.#mask) * TIMES;
      const isOver = nowMs - this.#times[from + LAST_MS]! >= keepMs || nowMs - this.#times[from + FIRST_MS]! >= keepMs * MAX_AGE_FACTOR;
      if ((!isOver && this.#position(trace) >= oldestPosition) || !this.#hasFlag(trace, FAILING | SETTLED)) break;
      count += 1;
    }
    return count;
  }

  /** The `index`-th trace, from the oldest on. */
  at(index: number): number {
    return countBetween(0, this.#head + index);
  }

  /** The position from which the journal must be kept once `count` traces have left; undefined when none remain. */
  findPositionBehind(count: number): number | undefined {
    return count < this.size ? this.#position(this.at(count)) : undefined;
  }

  /** Log records, in journal records before `position`, of good traces without a row, but for `excepted` and the oldest `skipped` traces. */
  countGoodLogs(skipped: number, position: number, excepted: readonly number[]): number {
    let logs = 0;
    // Only traces that have details have log records.
    for (const trace of this.#details.keys()) {
      if (countBetween(this.#head, trace) < skipped || this.#position(trace) >= position) continue;
      if (this.logs(trace) === 0 || this.isFailing(trace) || this.row(trace) !== 0 || excepted.includes(trace)) continue;
      const before = this.listUnwritten(trace).filter(({ record }) => record.kind === "logs" && record.position < position);
      logs += before.length;
    }
    return logs;
  }

  /** Lets the oldest traces leave. */
  evict(count: number): void {
    const id: MutableTraceWords = [0, 0, 0, 0];
    for (let left = count; left > 0; left--) {
      const trace = this.#head;
      const first = (trace & this.#mask) * WORDS;
      for (let word = 0; word < 4; word++) id[word] = this.#words[first + word]!;
      this.#index.delete(id);
      if (this.#details.size > 0) this.#details.delete(trace);
      if (this.#unsettled === trace) this.#unsettled = toNextNumber(trace);
      this.#head = toNextNumber(trace);
    }
    const isEmpty = this.#head === this.#tail;
    const at = (this.#head & this.#mask) * WORDS;
    this.#places.dropBefore(isEmpty ? this.#places.end : this.#words[at + PLACE]!);
    this.#records.dropBefore(isEmpty ? this.#records.end : this.#words[at + RECORD]!);
  }

  #hasFlag(trace: number, flag: number): boolean {
    return (this.#words[(trace & this.#mask) * WORDS + FLAGS]! & flag) !== 0;
  }

  /** The first position in the journal that the trace needs. */
  #position(trace: number): number {
    return this.#records.find(this.#words[(trace & this.#mask) * WORDS + RECORD]!)?.position ?? 0;
  }

  #listPlaces(trace: number, from: number): Readonly<Place>[] {
    const found: Readonly<Place>[] = [];
    let index = 0;
    for (let place = this.#words[(trace & this.#mask) * WORDS + FIRST_PLACE]!; place !== NONE; place = this.#places.next(place)) {
      if (index++ >= from) found.push(this.#places.read(place));
    }
    return found;
  }

  #grow(): void {
    const [words, times] = [this.#words, this.#times];
    const capacity = (this.#mask + 1) * 2;
    this.#words = new Int32Array(capacity * WORDS);
    this.#times = new Float64Array(capacity * TIMES);
    this.#mask = capacity - 1;
    copyRing({ from: words, to: this.#words, words: WORDS }, this.#head, this.#tail);
    copyRing({ from: times, to: this.#times, words: TIMES }, this.#head, this.#tail);
  }
}

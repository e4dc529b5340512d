/**
 * The traces of the last seconds, each as places in the journal and not as bytes: a good trace costs a few words of memory until it is
 * old, and a failing one is read back from the journal, whole, whenever its first failing span arrives.
 */
import type { Exchange } from "@faultline/model";
import type { RecordKind } from "../journal/frame.ts";
import type { Origins } from "./trace-parts.ts";
import { toTraceId, toTraceKey, type TraceWords } from "./trace-words.ts";

/** A journal record that traces of the window point into. */
export type RecordRef = {
  readonly kind: RecordKind;
  /** Position of the payload in the journal. */
  readonly position: number;
  readonly length: number;
  readonly resources: readonly { readonly bytes: Uint8Array }[];
};

/** Numbers for each place: index into `records`, start and end of the item's field in the payload, index into its resources. */
export const PLACE_WORDS = 4;
/** Beyond so many spans their ids are looked up by hash instead of one by one. */
const MANY_SPANS = 48;

/** One trace of the window. */
export class OpenTrace {
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly d: number;
  /** Another trace with the same key. */
  next: OpenTrace | undefined = undefined;
  records: RecordRef[] = [];
  places: number[] = [];
  /** Two words a span. */
  spanWords: number[] = [];
  #spanSet: Set<string> | undefined = undefined;
  /** Check sums of its log records. */
  logSums: Set<number> | undefined = undefined;
  /** What of it the database held when the window met it. */
  origins: Origins | undefined = undefined;
  intermediaries: Exchange[] | undefined = undefined;
  /** Position of the record with the last of them. */
  lastIntermediary = 0;
  /** Two numbers an exchange: its series and its start. */
  exchanges: number[] = [];
  failing = false;
  /** Its row in the database, once it has one. */
  row = 0;
  /** How much of `places` and `intermediaries` the row already holds. */
  writtenPlaces = 0;
  writtenIntermediaries = 0;
  /** Spans and log records in it, those that the database held before included. */
  items = 0;
  logs = 0;
  /** Queued to be written. */
  dirty = false;
  /** Good, and looked at for the sample. */
  settled = false;
  gone = false;
  readonly firstMs: number;
  lastMs: number;
  /** The journal must keep what lies behind this. */
  readonly firstPosition: number;

  constructor(words: TraceWords, at: { readonly nowMs: number; readonly position: number }) {
    [this.a, this.b, this.c, this.d] = words;
    this.firstMs = at.nowMs;
    this.lastMs = at.nowMs;
    this.firstPosition = at.position;
  }

  get words(): TraceWords {
    return [this.a, this.b, this.c, this.d];
  }

  /** Lower-case hex. */
  get traceId(): string {
    return toTraceId(this.words);
  }

  /** Notes a span id; false when it was noted before. */
  noteSpan(high: number, low: number): boolean {
    const { spanWords } = this;
    if (spanWords.length > MANY_SPANS * 2) return this.#noteInSet(high | 0, low | 0);
    for (let at = 0; at < spanWords.length; at += 2) {
      if (spanWords[at + 1] === (low | 0) && spanWords[at] === (high | 0)) return false;
    }
    spanWords.push(high | 0, low | 0);
    return true;
  }

  #noteInSet(high: number, low: number): boolean {
    const { spanWords } = this;
    if (this.#spanSet === undefined) {
      this.#spanSet = new Set();
      for (let at = 0; at < spanWords.length; at += 2) this.#spanSet.add(`${spanWords[at]} ${spanWords[at + 1]}`);
    }
    const key = `${high} ${low}`;
    if (this.#spanSet.has(key)) return false;
    this.#spanSet.add(key);
    return true;
  }

  /** Adds an item's place. */
  addPlace(record: RecordRef, place: { readonly start: number; readonly end: number; readonly resource: number }): void {
    if (this.records.at(-1) !== record) this.records.push(record);
    this.places.push(this.records.length - 1, place.start, place.end, place.resource);
  }

  /**
   * Gives back what its lists have in reserve: a list that grew holds room for as much again, and most traces get nothing more. Over
   * the hundred thousand traces of a busy window that is a third of its memory.
   */
  compact(): void {
    this.records = this.records.slice();
    this.places = this.places.slice();
    this.spanWords = this.spanWords.slice();
    this.exchanges = this.exchanges.slice();
  }

  /** True when it has something that its row does not hold yet. */
  get isUnwritten(): boolean {
    return this.writtenPlaces < this.places.length || this.writtenIntermediaries < (this.intermediaries?.length ?? 0);
  }
}

/** How long traces stay. */
export type WindowOptions = {
  /** A good trace that got nothing for so long is looked at for the sample. */
  readonly settleAfterMs: number;
  /** A trace that got nothing for so long leaves the window. */
  readonly keepMs: number;
};

/** Traces that still get spans for this many times `keepMs` leave nevertheless: the journal cannot be held for ever. */
const MAX_AGE_FACTOR = 5;

/** The window, in order of first arrival. */
export class TraceWindow {
  readonly #options: WindowOptions;
  readonly #byKey = new Map<number, OpenTrace>();
  /** In order of first arrival; the ones before `#head` are gone. */
  #order: OpenTrace[] = [];
  #head = 0;
  /** Good traces in order of when they may be settled. */
  #unsettled: OpenTrace[] = [];

  constructor(options: WindowOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#order.length - this.#head;
  }

  find(words: TraceWords): OpenTrace | undefined {
    const [a, b, c, d] = words;
    let trace = this.#byKey.get(toTraceKey(words));
    while (trace !== undefined && (trace.a !== a || trace.b !== b || trace.c !== c || trace.d !== d)) trace = trace.next;
    return trace;
  }

  /** Takes in a trace that is not there. */
  open(words: TraceWords, at: { readonly nowMs: number; readonly position: number }): OpenTrace {
    const trace = new OpenTrace(words, at);
    const key = toTraceKey(words);
    trace.next = this.#byKey.get(key);
    this.#byKey.set(key, trace);
    this.#order.push(trace);
    this.#unsettled.push(trace);
    return trace;
  }

  /** Up to `limit` good traces that are due to be settled; with `all`, however young. */
  takeUnsettled(nowMs: number, { limit, all }: { readonly limit: number; readonly all: boolean }): OpenTrace[] {
    const due: OpenTrace[] = [];
    const later: OpenTrace[] = [];
    let at = 0;
    for (; at < this.#unsettled.length && due.length < limit; at++) {
      const trace = this.#unsettled[at];
      if (trace === undefined || trace.failing || trace.settled) continue;
      if (all || nowMs - trace.lastMs >= this.#options.settleAfterMs) due.push(trace);
      else if (nowMs - trace.firstMs < this.#options.settleAfterMs) break;
      else later.push(trace);
    }
    if (at > 0) this.#unsettled = [...later, ...this.#unsettled.slice(at)];
    return due;
  }

  /** Takes out the traces whose time is over, or that would hold the journal before `oldestPosition`. */
  evict(nowMs: number, oldestPosition: number): OpenTrace[] {
    const gone: OpenTrace[] = [];
    const { keepMs } = this.#options;
    for (; this.#head < this.#order.length; this.#head++) {
      const trace = this.#order[this.#head];
      if (trace === undefined) break;
      const isOver = nowMs - trace.lastMs >= keepMs || nowMs - trace.firstMs >= keepMs * MAX_AGE_FACTOR;
      if (!isOver && trace.firstPosition >= oldestPosition) break;
      this.#remove(trace);
      gone.push(trace);
    }
    if (this.#head > 1_024 && this.#head * 2 > this.#order.length) {
      this.#order = this.#order.slice(this.#head);
      this.#head = 0;
    }
    return gone;
  }

  /** The first position in the journal that the window still needs. */
  get oldestPosition(): number | undefined {
    return this.#order[this.#head]?.firstPosition;
  }

  #remove(trace: OpenTrace): void {
    trace.gone = true;
    const key = toTraceKey(trace.words);
    const first = this.#byKey.get(key);
    if (first !== trace) {
      let before = first;
      while (before !== undefined && before.next !== trace) before = before.next;
      if (before !== undefined) before.next = trace.next;
    } else if (trace.next === undefined) this.#byKey.delete(key);
    else this.#byKey.set(key, trace.next);
  }
}

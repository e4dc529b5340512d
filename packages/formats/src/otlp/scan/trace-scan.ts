import type { Span } from "@faultline/model";
import { DEFAULT_LIMITS } from "../limits.ts";
import { ProtobufReader } from "../protobuf/reader.ts";
import { SpanReader } from "../protobuf/traces.ts";
import { ResourceCache, type ScannedResource } from "./resource-cache.ts";

/** Bit of `flags`: the span makes its trace failing: status error, HTTP 5xx, gRPC server error, or an exception. */
export const SPAN_FAILS = 1;
/** Bit of `flags`: the span is one exchange as a server saw it: kind server or consumer, or a root without a kind. */
export const SPAN_IS_EXCHANGE = 2;
/** Bit of `flags`: an exchange that ended in a server error. A 4xx is the client's error even where the span's status is error. */
export const SPAN_IS_SERVER_ERROR = 4;

const FIRST_CAPACITY = 1_024;
/** One cache for all scans, so that a process has the same object in whichever scan its payload was. */
const cache = new ResourceCache();

/**
 * What `scanTraces` found in one payload: one row a span, in columns, so that a payload of 500 spans makes no object but its few
 * texts. Make one and use it for payload after payload: each scan overwrites the last, and `resources` keep their identity.
 *
 * Rows are 0 to `spanCount` - 1; columns are longer than that. Columns are replaced when they grow: read them from the scan after
 * each call. `bytes` is the payload itself (for JSON, the protobuf form of it): copy what should outlive it.
 *
 * Each span's field stands whole in `bytes`: `subarray(start[row], end[row])` is tag, length and body, and a concatenation of such
 * fields is the body of a ScopeSpans message; `subarray(body[row], end[row])` is the body alone.
 */
export class TraceScan {
  bytes: Uint8Array = new Uint8Array();
  spanCount = 0;
  /** Traces that occur in the payload, in order of first sight. */
  traceCount = 0;
  /** Spans that were malformed or too many, and the first reason. They have no row. */
  rejected = 0;
  rejectedBecause: string | undefined;
  /** Resources of this payload; a process keeps the same `ScannedResource` object from payload to payload, over all scans, while the cache holds it. */
  resources: ScannedResource[] = [];

  /** Column: index in `bytes` of the span's field. */
  start = new Uint32Array(FIRST_CAPACITY);
  /** Column: index of the span's body. */
  body = new Uint32Array(FIRST_CAPACITY);
  /** Column: index behind the span. */
  end = new Uint32Array(FIRST_CAPACITY);
  /** Column: index into `resources`. */
  resource = new Uint32Array(FIRST_CAPACITY);
  /** Column: number of the span's trace inside this payload, 0 to `traceCount` - 1. */
  trace = new Uint32Array(FIRST_CAPACITY);
  /** Two words a row: the span id, big-endian. */
  spanWords = new Uint32Array(FIRST_CAPACITY * 2);
  /** Column: start, Unix ms. */
  startMs = new Float64Array(FIRST_CAPACITY);
  /** Column: end, Unix ms. */
  endMs = new Float64Array(FIRST_CAPACITY);
  /** Column: `SPAN_…` bits. */
  flags = new Uint8Array(FIRST_CAPACITY);
  /** Column: HTTP status code, 0 for none. */
  status = new Uint16Array(FIRST_CAPACITY);
  /** Column: `http.route` of an exchange, empty when it has none (then `readSpan` and derive one) and for other spans. */
  route: string[] = [];
  /** Column: HTTP method of an exchange, empty when it has none and for other spans. */
  method: string[] = [];

  /** Four words for each trace: the trace id, big-endian. */
  traceWords = new Uint32Array(FIRST_CAPACITY * 4);
  /** Column by trace: the `SPAN_…` bits of its spans, or-ed. */
  traceFlags = new Uint8Array(FIRST_CAPACITY);

  /** Open addressing from trace id to trace number + 1, with at least twice as many slots as rows. */
  private slots = new Uint32Array(FIRST_CAPACITY * 2);

  /** Trace id as lower-case hex. */
  traceId(trace: number): string {
    const { traceWords } = this;
    const at = trace * 4;
    return toHex(traceWords[at]!) + toHex(traceWords[at + 1]!) + toHex(traceWords[at + 2]!) + toHex(traceWords[at + 3]!);
  }

  /** Span id as lower-case hex. */
  spanId(row: number): string {
    return toHex(this.spanWords[row * 2]!) + toHex(this.spanWords[row * 2 + 1]!);
  }

  /** Decodes one span in full. */
  readSpan(row: number): Span {
    const reader = new ProtobufReader(this.bytes);
    reader.at = this.body[row]!;
    const span = new SpanReader(reader, DEFAULT_LIMITS).read(this.end[row]!, this.resources[this.resource[row]!]!.resource);
    if (typeof span === "string") throw new Error(`a scanned span does not decode: ${span}`);
    return span;
  }

  /** Forgets the previous payload. */
  begin(bytes: Uint8Array): void {
    this.bytes = bytes;
    this.spanCount = 0;
    this.traceCount = 0;
    this.rejected = 0;
    this.rejectedBecause = undefined;
    this.resources = [];
    this.slots.fill(0);
  }

  /** Adds the resource whose body is `bytes[start]` to `bytes[end - 1]` and returns its index. */
  addResource(bytes: Uint8Array, start: number, end: number): number {
    return this.resources.push(cache.find(bytes, start, end)) - 1;
  }

  reject(because: string): void {
    this.rejected += 1;
    this.rejectedBecause ??= because;
  }

  /** The next row, with room for it in every column. */
  addRow(): number {
    if (this.spanCount === this.start.length) this.grow();
    return this.spanCount++;
  }

  /** Number of the trace with the id at `at` in `view`; new traces get the next number. */
  internTrace(view: DataView, at: number): number {
    const { slots, traceWords } = this;
    const mask = slots.length - 1;
    const a = view.getUint32(at);
    const b = view.getUint32(at + 4);
    const c = view.getUint32(at + 8);
    const d = view.getUint32(at + 12);
    let hash = Math.imul(a ^ c, 0x9e3779b1) ^ Math.imul(b ^ d, 0x85ebca6b);
    hash ^= hash >>> 15;
    for (;;) {
      const slot = hash & mask;
      const trace = slots[slot]! - 1;
      if (trace < 0) {
        slots[slot] = this.traceCount + 1;
        const word = this.traceCount * 4;
        traceWords[word] = a;
        traceWords[word + 1] = b;
        traceWords[word + 2] = c;
        traceWords[word + 3] = d;
        this.traceFlags[this.traceCount] = 0;
        return this.traceCount++;
      }
      const word = trace * 4;
      if (traceWords[word] === a && traceWords[word + 1] === b && traceWords[word + 2] === c && traceWords[word + 3] === d) return trace;
      hash = slot + 1;
    }
  }

  private grow(): void {
    const capacity = this.start.length * 2;
    this.start = copyInto(new Uint32Array(capacity), this.start);
    this.body = copyInto(new Uint32Array(capacity), this.body);
    this.end = copyInto(new Uint32Array(capacity), this.end);
    this.resource = copyInto(new Uint32Array(capacity), this.resource);
    this.trace = copyInto(new Uint32Array(capacity), this.trace);
    this.spanWords = copyInto(new Uint32Array(capacity * 2), this.spanWords);
    this.startMs = copyInto(new Float64Array(capacity), this.startMs);
    this.endMs = copyInto(new Float64Array(capacity), this.endMs);
    this.flags = copyInto(new Uint8Array(capacity), this.flags);
    this.status = copyInto(new Uint16Array(capacity), this.status);
    this.traceWords = copyInto(new Uint32Array(capacity * 4), this.traceWords);
    this.traceFlags = copyInto(new Uint8Array(capacity), this.traceFlags);
    this.rehash(capacity * 2);
  }

  private rehash(slotCount: number): void {
    this.slots = new Uint32Array(slotCount);
    const view = new DataView(this.traceWords.slice(0, this.traceCount * 4).buffer);
    // The words are in the platform's order here, but internTrace reads big-endian, so they are converted first.
    for (let word = 0; word < this.traceCount * 4; word += 1) view.setUint32(word * 4, this.traceWords[word]!);
    const count = this.traceCount;
    const flags = this.traceFlags.slice(0, count);
    this.traceCount = 0;
    for (let trace = 0; trace < count; trace += 1) this.internTrace(view, trace * 16);
    this.traceFlags.set(flags);
  }
}

function copyInto<T extends Uint8Array | Uint16Array | Uint32Array | Float64Array>(larger: T, smaller: T): T {
  larger.set(smaller);
  return larger;
}

function toHex(word: number): string {
  return word.toString(16).padStart(8, "0");
}

/**
 * What waits to be sent, as the bytes that will be sent. Text would stay on V8's heap until then, be moved from generation to generation
 * with every collection, and leave the process that much larger.
 */
import { beginRequest, REQUEST_END, SIGNAL_PATHS, type Signal } from "./otlp-json.ts";

const SIGNALS = Object.keys(SIGNAL_PATHS) as readonly Signal[];
const FIRST_BYTES = 64 << 10;
/** A buffer larger than this is given back to the system: it was needed once. */
const MAX_SPARE_BYTES = 1 << 20;
const MAX_SPARES = 4;
/** A character of UTF-16 takes at most three bytes of UTF-8. */
const MOST_BYTES_PER_CHARACTER = 3;

/** Buffers to use again. */
const spares: Buffer[] = [];

/** One export request in the making. */
class RequestBytes {
  #bytes = spares.pop() ?? Buffer.allocUnsafeSlow(FIRST_BYTES);
  #length = 0;

  append(text: string): void {
    const most = this.#length + text.length * MOST_BYTES_PER_CHARACTER;
    if (most > this.#bytes.byteLength) this.#grow(most);
    this.#length += this.#bytes.write(text, this.#length);
  }

  #grow(least: number): void {
    const larger = Buffer.allocUnsafeSlow(Math.max(least, this.#bytes.byteLength * 2));
    this.#bytes.copy(larger, 0, 0, this.#length);
    this.#bytes = larger;
  }

  read(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  release(): void {
    if (spares.length < MAX_SPARES && this.#bytes.byteLength <= MAX_SPARE_BYTES) spares.push(this.#bytes);
  }
}

/** A request as it goes to a collector, not compressed. */
export type PlainPart = { readonly path: string; readonly body: Uint8Array };

/** A batch in the making: the items of each signal, the number of failures they tell of, and their size. */
export class Pending {
  count = 0;
  sizeBytes = 0;
  readonly #resource: string;
  readonly #requests = new Map<Signal, RequestBytes>();

  /** `resource` is attributes as the text of `writeAttributes`. */
  constructor(resource: string) {
    this.#resource = resource;
  }

  /** Takes items of one signal, each JSON. */
  add(signal: Signal, items: readonly string[]): void {
    for (const item of items) {
      let request = this.#requests.get(signal);
      if (request === undefined) {
        this.#requests.set(signal, (request = new RequestBytes()));
        request.append(beginRequest(signal, this.#resource) + item);
      } else request.append(`,${item}`);
      this.sizeBytes += item.length;
    }
  }

  /** Ends the requests and gives them, traces first. Nothing can be added any more. */
  finish(): readonly PlainPart[] {
    return SIGNALS.flatMap((signal) => {
      const request = this.#requests.get(signal);
      if (request === undefined) return [];
      request.append(REQUEST_END);
      return [{ path: SIGNAL_PATHS[signal], body: request.read() }];
    });
  }

  /** Gives the memory back; what `finish` gave must not be read any more. */
  release(): void {
    for (const request of this.#requests.values()) request.release();
    this.#requests.clear();
  }
}

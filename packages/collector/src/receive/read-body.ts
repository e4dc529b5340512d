import type { IncomingMessage } from "node:http";
import type { ByteShare } from "./byte-budget.ts";
import type { BodyPool } from "./body-pool.ts";
import { type Refusal, refuseForNow, refuseTooLarge } from "./refusal.ts";

/** The bytes as they came over the wire, a refusal, or `aborted` when the client went away and nobody waits for an answer. */
export type BodyOutcome = { readonly kind: "body"; readonly bytes: Uint8Array } | Refusal | { readonly kind: "aborted" };

/** Limits on one body. */
export type BodyLimits = {
  readonly maxBytes: number;
  readonly timeoutMs: number;
  readonly share: ByteShare;
  /** Where the memory for the body comes from, and goes back to once nobody uses it. */
  readonly pool: BodyPool;
};

const EMPTY = new Uint8Array();
/** The first allocation for a body whose length was not announced, and for one whose announced length may never arrive. */
const FIRST_UNTOLD_BYTES = 64 << 10;
const FIRST_TOLD_BYTES = 1 << 20;

/** Reads a request's body. Stops early, and leaves the rest unread, once the body is too large, too slow, or memory runs short. */
export function readBody(request: IncomingMessage, { maxBytes, timeoutMs, share, pool }: BodyLimits): Promise<BodyOutcome> {
  return new Promise((resolve) => {
    const gathered = new GatheredBody(pool, Math.min(readLength(request), maxBytes));
    // A body that was slow once may be fast the next time, but a 408 would make an OTLP client throw it away: see Refusal.
    const timer = setTimeout(() => settle(refuseForNow(`The body did not arrive within ${timeoutMs} ms.`, 1_000)), timeoutMs);
    const onData = (chunk: Buffer): void => {
      if (gathered.sizeBytes + chunk.length > maxBytes) settle(refuseTooLarge(maxBytes));
      else if (share.take(chunk.length)) gathered.add(chunk);
      else settle(refuseForNow("The server holds as much unwritten data as it may.", 1_000));
    };
    const onEnd = (): void => settle({ kind: "body", bytes: gathered.finish() });
    const onGone = (): void => settle({ kind: "aborted" });
    const settle = (outcome: BodyOutcome): void => {
      clearTimeout(timer);
      request.off("data", onData).off("end", onEnd).off("close", onGone).off("error", onGone);
      // A socket that breaks later must find a listener: an `error` without one ends the process.
      request.on("error", () => {});
      if (outcome.kind !== "body") gathered.discard();
      if (outcome.kind === "refused") request.pause();
      resolve(outcome);
    };
    request.on("data", onData).on("end", onEnd).on("close", onGone).on("error", onGone);
  });
}

/** The announced length, or NaN. HTTP's parser has checked that it is a number, and enforces it. */
function readLength({ headers }: IncomingMessage): number {
  return Number(headers["content-length"] ?? Number.NaN);
}

/**
 * A body as it arrives. Each piece is copied into place at once. Keeping the pieces until the last one has arrived would double the memory, and they
 * would live just long enough to be moved to the heap's old generation.
 */
class GatheredBody {
  sizeBytes = 0;
  readonly #pool: BodyPool;
  /** The announced length; NaN without one. */
  readonly #told: number;
  #bytes: Uint8Array = EMPTY;

  constructor(pool: BodyPool, told: number) {
    this.#pool = pool;
    this.#told = told;
  }

  add(chunk: Buffer): void {
    if (this.sizeBytes === 0 && chunk.length === this.#told) this.#bytes = chunk;
    else {
      this.#makeRoom(this.sizeBytes + chunk.length);
      this.#bytes.set(chunk, this.sizeBytes);
    }
    this.sizeBytes += chunk.length;
  }

  finish(): Uint8Array {
    return this.#bytes.subarray(0, this.sizeBytes);
  }

  /** Nobody wants it any more. */
  discard(): void {
    this.#pool.give(this.#bytes);
    this.#bytes = EMPTY;
  }

  /** Allocates by what has arrived, not by what was announced. */
  #makeRoom(needed: number): void {
    if (needed <= this.#bytes.length) return;
    const first = Number.isNaN(this.#told) ? FIRST_UNTOLD_BYTES : Math.min(this.#told, FIRST_TOLD_BYTES);
    const wanted = Math.max(needed, first, Math.min(this.#bytes.length * 2, this.#told || Infinity));
    const larger = this.#pool.take(wanted);
    larger.set(this.#bytes.subarray(0, this.sizeBytes));
    this.#pool.give(this.#bytes);
    this.#bytes = larger;
  }
}

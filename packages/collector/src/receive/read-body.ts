import type { IncomingMessage } from "node:http";
import type { ByteShare } from "./byte-budget.ts";
import type { BodyPool } from "./body-pool.ts";
import { type Refusal, refuseForNow, refuseTooLarge } from "./refusal.ts";

/** Bytes as they came over the wire, a refusal, or the news that the client went away and nobody waits for an answer. */
export type BodyOutcome = { readonly kind: "body"; readonly bytes: Uint8Array } | Refusal | { readonly kind: "aborted" };

/** Limits on one body. */
export type BodyLimits = {
  readonly maxBytes: number;
  readonly timeoutMs: number;
  readonly share: ByteShare;
  /** Where the memory for the body comes from; to be given back there once nobody looks at it. */
  readonly pool: BodyPool;
};

const EMPTY = new Uint8Array();

/** Reads a request's body. Stops early, and leaves the rest unread, once the body is too large, too slow, or memory runs short. */
export function readBody(request: IncomingMessage, { maxBytes, timeoutMs, share, pool }: BodyLimits): Promise<BodyOutcome> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let sizeBytes = 0;
    // A body that was slow once may be well the next time, and 408 would make an OTLP client throw it away: see Refusal.
    const timer = setTimeout(() => settle(refuseForNow(`The body did not arrive within ${timeoutMs} ms.`, 1_000)), timeoutMs);
    const onData = (chunk: Buffer): void => {
      sizeBytes += chunk.length;
      if (sizeBytes > maxBytes) settle(refuseTooLarge(maxBytes));
      else if (share.take(chunk.length)) chunks.push(chunk);
      else settle(refuseForNow("The server holds as much unwritten data as it may.", 1_000));
    };
    const onEnd = (): void => settle({ kind: "body", bytes: join(chunks, sizeBytes, pool) });
    const onGone = (): void => settle({ kind: "aborted" });
    const settle = (outcome: BodyOutcome): void => {
      clearTimeout(timer);
      request.off("data", onData).off("end", onEnd).off("close", onGone).off("error", onGone);
      // A socket that breaks later must find a listener: an `error` without one ends the process.
      request.on("error", () => {});
      if (outcome.kind === "refused") request.pause();
      resolve(outcome);
    };
    request.on("data", onData).on("end", onEnd).on("close", onGone).on("error", onGone);
  });
}

function join(chunks: readonly Buffer[], sizeBytes: number, pool: BodyPool): Uint8Array {
  if (chunks.length === 0) return EMPTY;
  if (chunks.length === 1) return chunks[0]!;
  const bytes = pool.take(sizeBytes);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

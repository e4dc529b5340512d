/** Trace ids as four words, as the scan has them: no text is made for a trace that nobody asks for. */

/** A trace id, big-endian; each word signed. */
export type TraceWords = readonly [a: number, b: number, c: number, d: number];

/** Reads a trace id of 32 hex digits. */
export function toTraceWords(traceId: string): TraceWords {
  const word = (at: number) => Number.parseInt(traceId.slice(at, at + 8), 16) | 0;
  return [word(0), word(8), word(16), word(24)];
}

/** Lower-case hex. */
export function toTraceId(words: TraceWords): string {
  return words.map((word) => (word >>> 0).toString(16).padStart(8, "0")).join("");
}

/** 53 bits of the id; senders of 64-bit ids leave the first half 0, so that all words must have a part in both halves. */
export function toTraceKey([a, b, c, d]: TraceWords): number {
  const high = Math.imul(a ^ c, 0x9e3779b1) ^ d;
  const low = Math.imul(b ^ d, 0x85ebca6b) ^ a;
  return (high >>> 0) * 0x200000 + (low >>> 11);
}

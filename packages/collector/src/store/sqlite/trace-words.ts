/** Trace ids as four words, as the scan yields them, so that no string is created for a trace that nobody asks for. */

/** A trace id, big-endian; each word signed. */
export type TraceWords = readonly [a: number, b: number, c: number, d: number];

/** Trace words that are reused, where an object for each of a hundred thousand ids would be noticeable. */
export type MutableTraceWords = [a: number, b: number, c: number, d: number];

/** Reads a trace id of 32 hex digits. */
export function toTraceWords(traceId: string): TraceWords {
  const word = (at: number) => Number.parseInt(traceId.slice(at, at + 8), 16) | 0;
  return [word(0), word(8), word(16), word(24)];
}

/** Lower-case hex. */
export function toTraceId(words: TraceWords): string {
  return words.map((word) => (word >>> 0).toString(16).padStart(8, "0")).join("");
}

/** Reads a trace id of sixteen bytes, as the database stores it; undefined for anything else. */
export function readTraceWords(bytes: unknown): TraceWords | undefined {
  if (!(bytes instanceof Uint8Array) || bytes.length !== 16) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, 16);
  return [view.getInt32(0), view.getInt32(4), view.getInt32(8), view.getInt32(12)];
}

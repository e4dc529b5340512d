/**
 * Reusable memory for bodies. A buffer allocated for each request is freed only by a full garbage collection, and at a
 * hundred megabytes a second that takes a quarter of the collector's time.
 */

const SMALLEST_BYTES = 16 << 10;
const LARGEST_BYTES = 4 << 20;
const MAX_IDLE_BYTES = 16 << 20;

/** Buffers by size. One that is taken and never given back simply becomes garbage. */
export class BodyPool {
  readonly #idle = new Map<number, ArrayBuffer[]>();
  readonly #lent = new WeakSet<ArrayBufferLike>();
  #idleBytes = 0;

  /** Memory of this size with arbitrary content. */
  take(sizeBytes: number): Uint8Array {
    // A buffer that is too large to be kept is not rounded up.
    if (sizeBytes > LARGEST_BYTES) return new Uint8Array(sizeBytes);
    const room = toRoom(sizeBytes);
    const idle = this.#idle.get(room)?.pop();
    if (idle !== undefined) this.#idleBytes -= room;
    const buffer = idle ?? new ArrayBuffer(room);
    this.#lent.add(buffer);
    return new Uint8Array(buffer, 0, sizeBytes);
  }

  /** Takes back memory that nobody uses any more. Memory that did not come from `take` is left to the garbage collector. */
  give(bytes: Uint8Array): void {
    const { buffer } = bytes;
    const room = buffer.byteLength;
    if (!this.#lent.delete(buffer) || !(buffer instanceof ArrayBuffer)) return;
    if (room > LARGEST_BYTES || this.#idleBytes + room > MAX_IDLE_BYTES) return;
    const list = this.#idle.get(room);
    if (list === undefined) this.#idle.set(room, [buffer]);
    else list.push(buffer);
    this.#idleBytes += room;
  }
}

/** The next power of two. */
function toRoom(sizeBytes: number): number {
  return Math.max(SMALLEST_BYTES, 2 ** Math.ceil(Math.log2(sizeBytes)));
}

/**
 * Memory for bodies, used again and again. A body of its own for each request is freed only by a collection of all garbage, and a
 * hundred megabytes of them a second make the collector spend a quarter of its time on that.
 */

const SMALLEST_BYTES = 16 << 10;
const LARGEST_BYTES = 4 << 20;
const MAX_IDLE_BYTES = 16 << 20;

/** Buffers by size. Whoever takes one and does not give it back only makes the garbage that there was before. */
export class BodyPool {
  readonly #idle = new Map<number, ArrayBuffer[]>();
  readonly #lent = new WeakSet<ArrayBufferLike>();
  #idleBytes = 0;

  /** Memory of this size with anything in it. */
  take(sizeBytes: number): Uint8Array {
    // What is too large to be kept is no larger than it must be.
    if (sizeBytes > LARGEST_BYTES) return new Uint8Array(sizeBytes);
    const room = toRoom(sizeBytes);
    const idle = this.#idle.get(room)?.pop();
    if (idle !== undefined) this.#idleBytes -= room;
    const buffer = idle ?? new ArrayBuffer(room);
    this.#lent.add(buffer);
    return new Uint8Array(buffer, 0, sizeBytes);
  }

  /** Takes memory back that nobody looks at any more; what did not come from `take` is left to the garbage collector. */
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

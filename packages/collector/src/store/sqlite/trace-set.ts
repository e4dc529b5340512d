/** Which traces the database holds, by 64 bits of their ids: open addressing over one array, eight bytes a slot. */
import type { TraceWords } from "./trace-words.ts";

const FIRST_SLOTS = 4_096;
const WORDS = 2;

/** May hold a trace that was never added (one in 2^64 for each that was), but never misses one that was. */
export class TraceSet {
  #slots = new Int32Array(FIRST_SLOTS * WORDS);
  #mask = FIRST_SLOTS - 1;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  has(id: TraceWords): boolean {
    return this.#isFilled(this.#findSlot(toHigh(id), toLow(id)));
  }

  add(id: TraceWords): void {
    if (this.#size * 2 > this.#mask) this.#grow();
    const [high, low] = [toHigh(id), toLow(id)];
    const slot = this.#findSlot(high, low);
    if (this.#isFilled(slot)) return;
    this.#slots[slot * WORDS] = high;
    this.#slots[slot * WORDS + 1] = low;
    this.#size += 1;
  }

  delete(id: TraceWords): void {
    let hole = this.#findSlot(toHigh(id), toLow(id));
    if (!this.#isFilled(hole)) return;
    const slots = this.#slots;
    this.#size -= 1;
    // Entries behind the hole that a collision had pushed there move up, so that no search stops too early (Knuth 6.4, algorithm R).
    for (let slot = (hole + 1) & this.#mask; this.#isFilled(slot); slot = (slot + 1) & this.#mask) {
      const home = slots[slot * WORDS]! & this.#mask;
      if (((slot - home) & this.#mask) < ((slot - hole) & this.#mask)) continue;
      slots.copyWithin(hole * WORDS, slot * WORDS, (slot + 1) * WORDS);
      hole = slot;
    }
    slots.fill(0, hole * WORDS, (hole + 1) * WORDS);
  }

  #isFilled(slot: number): boolean {
    return this.#slots[slot * WORDS + 1] !== 0;
  }

  /** The slot that has the key, or the empty one where it would stand. */
  #findSlot(high: number, low: number): number {
    const slots = this.#slots;
    for (let slot = high & this.#mask; ; slot = (slot + 1) & this.#mask) {
      const at = slot * WORDS;
      if (slots[at + 1] === 0 || (slots[at + 1] === low && slots[at] === high)) return slot;
    }
  }

  #grow(): void {
    const old = this.#slots;
    const count = (this.#mask + 1) * 2;
    this.#slots = new Int32Array(count * WORDS);
    this.#mask = count - 1;
    for (let at = 0; at < old.length; at += WORDS) {
      if (old[at + 1] === 0) continue;
      const slot = this.#findSlot(old[at]!, old[at + 1]!);
      this.#slots[slot * WORDS] = old[at]!;
      this.#slots[slot * WORDS + 1] = old[at + 1]!;
    }
  }
}

// Senders of 64-bit ids leave the first half 0, so that all words have a part in both halves of the key.

function toHigh([a, b, c, d]: TraceWords): number {
  const mixed = Math.imul(a ^ c, 0x9e3779b1) ^ Math.imul(d, 0x2c1b3c6d) ^ b;
  return mixed ^ (mixed >>> 15);
}

/** Never 0, which is an empty slot. */
function toLow([a, b, c, d]: TraceWords): number {
  return (Math.imul(b ^ d, 0x85ebca6b) ^ a ^ Math.imul(c, 0x27d4eb2f)) | 1;
}

/** From trace ids to the numbers of open traces: open addressing over one array. */
import type { TraceWords } from "../trace-words.ts";
import { NONE } from "./place-ring.ts";

const FIRST_SLOTS = 4_096;
/** Words of one slot: the trace id, and the trace's number + 1 (0 is an empty slot). */
const WORDS = 5;

/** See above. */
export class TraceIndex {
  #slots = new Int32Array(FIRST_SLOTS * WORDS);
  #mask = FIRST_SLOTS - 1;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** The number of a trace, or `NONE`. */
  find(id: TraceWords): number {
    return this.#slots[this.#findSlot(id) * WORDS + 4]! - 1;
  }

  /** Adds a trace that is not there. */
  add(id: TraceWords, number: number): void {
    if (this.#size * 2 > this.#mask) this.#grow();
    this.#put(id, number);
    this.#size += 1;
  }

  /** Removes a trace, if it is there. */
  delete(id: TraceWords): void {
    const slots = this.#slots;
    let hole = this.#findSlot(id);
    if (slots[hole * WORDS + 4] === 0) return;
    this.#size -= 1;
    // Entries behind the hole that a collision had pushed there move up, so that no search stops too early (Knuth 6.4, algorithm R).
    for (let slot = (hole + 1) & this.#mask; slots[slot * WORDS + 4] !== 0; slot = (slot + 1) & this.#mask) {
      const home = this.#toHome(slots[slot * WORDS]!, slots[slot * WORDS + 1]!, slots[slot * WORDS + 2]!, slots[slot * WORDS + 3]!);
      if (((slot - home) & this.#mask) < ((slot - hole) & this.#mask)) continue;
      slots.copyWithin(hole * WORDS, slot * WORDS, (slot + 1) * WORDS);
      hole = slot;
    }
    slots[hole * WORDS + 4] = NONE + 1;
  }

  /** The slot that has the id, or the empty one where it would stand. */
  #findSlot([a, b, c, d]: TraceWords): number {
    const slots = this.#slots;
    for (let slot = this.#toHome(a, b, c, d); ; slot = (slot + 1) & this.#mask) {
      const at = slot * WORDS;
      if (slots[at + 4] === 0) return slot;
      if (slots[at + 3] === d && slots[at + 2] === c && slots[at + 1] === b && slots[at] === a) return slot;
    }
  }

  // Four separate words, because they come from two sources: an object for each look-up would cost more than the look-up.
  // oxlint-disable-next-line max-params
  #toHome(a: number, b: number, c: number, d: number): number {
    let hash = Math.imul(a ^ c, 0x9e3779b1) ^ Math.imul(b ^ d, 0x85ebca6b);
    hash ^= hash >>> 15;
    hash = Math.imul(hash, 0x2c1b3c6d);
    return (hash ^ (hash >>> 13)) & this.#mask;
  }

  #put(id: TraceWords, number: number): void {
    const slots = this.#slots;
    const at = this.#findSlot(id) * WORDS;
    // One by one: TypedArray.set with a list of four takes ten times as long.
    slots[at] = id[0];
    slots[at + 1] = id[1];
    slots[at + 2] = id[2];
    slots[at + 3] = id[3];
    slots[at + 4] = number + 1;
  }

  #grow(): void {
    const old = this.#slots;
    const slots = (this.#mask + 1) * 2;
    this.#slots = new Int32Array(slots * WORDS);
    this.#mask = slots - 1;
    for (let at = 0; at < old.length; at += WORDS) {
      const number = old[at + 4]! - 1;
      if (number !== NONE) this.#put([old[at]!, old[at + 1]!, old[at + 2]!, old[at + 3]!], number);
    }
  }
}

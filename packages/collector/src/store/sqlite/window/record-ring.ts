/** The journal records that open traces point into, by number, the oldest first. */
import type { RecordKind } from "../../journal/frame.ts";
import { countBetween, toNextNumber } from "./place-ring.ts";

/** A journal record. */
export type RecordRef = {
  readonly kind: RecordKind;
  /** Position of the payload in the journal. */
  readonly position: number;
  /** Resources of its items, as bodies of the OTLP message. */
  readonly resources: readonly { readonly bytes: Uint8Array }[];
};

/** A record, and how much memory the window had ever taken when the record arrived. */
type Entry = { readonly ref: RecordRef; readonly takenBytes: number };

/** See above. */
export class RecordRing {
  #refs: (Entry | undefined)[] = Array.from({ length: 256 });
  #head = 0;
  #tail = 0;

  /** Adds a record, before which the window had taken `takenBytes` of memory; returns its number. */
  add(ref: RecordRef, takenBytes: number): number {
    if (countBetween(this.#head, this.#tail) >= this.#refs.length) this.#grow();
    const number = this.#tail;
    this.#refs[number & (this.#refs.length - 1)] = { ref, takenBytes };
    this.#tail = toNextNumber(number);
    return number;
  }

  find(number: number): RecordRef | undefined {
    return this.#refs[number & (this.#refs.length - 1)]?.ref;
  }

  /** What the window had taken before the oldest remaining record; undefined when there is none. */
  get takenBefore(): number | undefined {
    return this.#refs[this.#head & (this.#refs.length - 1)]?.takenBytes;
  }

  /** Position of the oldest record before which the window had taken at least this much. */
  findTaken(takenBytes: number): number | undefined {
    for (let number = this.#head; number !== this.#tail; number = toNextNumber(number)) {
      const entry = this.#refs[number & (this.#refs.length - 1)];
      if (entry !== undefined && entry.takenBytes >= takenBytes) return entry.ref.position;
    }
    return undefined;
  }

  /** The number that the next record will have. */
  get end(): number {
    return this.#tail;
  }

  /** Forgets the records before a number. */
  dropBefore(number: number): void {
    const mask = this.#refs.length - 1;
    for (; this.#head !== number; this.#head = toNextNumber(this.#head)) this.#refs[this.#head & mask] = undefined;
  }

  #grow(): void {
    const old = this.#refs;
    this.#refs = Array.from({ length: old.length * 2 });
    for (let number = this.#head; number !== this.#tail; number = toNextNumber(number)) {
      this.#refs[number & (this.#refs.length - 1)] = old[number & (old.length - 1)];
    }
  }
}

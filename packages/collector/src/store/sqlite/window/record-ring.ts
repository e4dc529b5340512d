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

/** See above. */
export class RecordRing {
  #refs: (RecordRef | undefined)[] = Array.from({ length: 256 });
  #head = 0;
  #tail = 0;

  /** Adds a record; returns its number. */
  add(ref: RecordRef): number {
    if (countBetween(this.#head, this.#tail) >= this.#refs.length) this.#grow();
    const number = this.#tail;
    this.#refs[number & (this.#refs.length - 1)] = ref;
    this.#tail = toNextNumber(number);
    return number;
  }

  find(number: number): RecordRef | undefined {
    return this.#refs[number & (this.#refs.length - 1)];
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

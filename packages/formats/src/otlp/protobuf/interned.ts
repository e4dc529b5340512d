import { cutText } from "../attributes.ts";
import { utf8Decoder } from "../text-coding.ts";

/** Longer text is rarely seen twice. */
export const MAX_INTERNED_BYTES = 64;

const SLOTS = 4_096;

/**
 * The short texts seen last, with their bytes, each in the slot of its hash, so that a text seen before is not built again. A newer text
 * replaces an older one in its slot. A sender of endless new texts therefore costs time, but not memory.
 */
class InternTable {
  private readonly texts: string[] = Array.from({ length: SLOTS }, () => "");
  private readonly lengths = new Uint8Array(SLOTS);
  private readonly bytes = new Uint8Array(SLOTS * MAX_INTERNED_BYTES);
  /** 1 for a text that was seen only once so far. */
  private readonly isNew = new Uint8Array(SLOTS);
  private readonly finish: (text: string) => string;

  /** `finish` is called with a text when it is seen for the second time, and makes what is kept. */
  constructor(finish: (text: string) => string) {
    this.finish = finish;
  }

  find(bytes: Uint8Array, start: number, end: number): string {
    const length = end - start;
    let hash = length;
    for (let at = start; at < end; at += 1) hash = (Math.imul(hash, 31) + bytes[at]!) | 0;
    const slot = (hash ^ (hash >>> 15)) & (SLOTS - 1);
    const base = slot * MAX_INTERNED_BYTES;
    const own = this.bytes;
    if (this.lengths[slot] === length) {
      let index = 0;
      while (index < length && own[base + index] === bytes[start + index]) index += 1;
      if (index === length) return this.isNew[slot] === 0 ? this.texts[slot]! : this.settle(slot);
    }
    const text = utf8Decoder.decode(bytes.subarray(start, end));
    this.isNew[slot] = 1;
    this.lengths[slot] = length;
    for (let index = 0; index < length; index += 1) own[base + index] = bytes[start + index]!;
    this.texts[slot] = text;
    return text;
  }

  private settle(slot: number): string {
    this.isNew[slot] = 0;
    return (this.texts[slot] = this.finish(this.texts[slot]!));
  }
}

const values = new InternTable((text) => text);
// The engine keeps property names unique, so a text kept as a property name needs no look-up when it names a property again. This is not
// worth it for a text seen once: the engine remembers the shape of every object that ever existed, and ten thousand shapes with one
// property take it half a second.
const keys = new InternTable((text) => Object.keys({ [text]: 0 })[0]!);

/** Reads text: a value of any length. */
export function readValueText(bytes: Uint8Array, start: number, end: number): string {
  return end - start <= MAX_INTERNED_BYTES ? values.find(bytes, start, end) : utf8Decoder.decode(bytes.subarray(start, end));
}

/**
 * Reads text of which no more than `maxLength` UTF-16 units are kept, with a mark if it was cut. No more of it is decoded either: a unit
 * takes at most three bytes, so the rest of the bytes does not matter.
 */
export function readCutText(bytes: Uint8Array, range: { readonly start: number; readonly end: number }, maxLength: number): string {
  const { start, end } = range;
  if (end - start <= maxLength) return readValueText(bytes, start, end);
  return cutText(readValueText(bytes, start, Math.min(end, start + 3 * maxLength + 3)), maxLength);
}

/** Reads text that will name a property. */
export function readKeyText(bytes: Uint8Array, start: number, end: number): string {
  return end - start <= MAX_INTERNED_BYTES ? keys.find(bytes, start, end) : utf8Decoder.decode(bytes.subarray(start, end));
}

import { findValueEnd, isTopName } from "../routes/segment.ts";
import type { PlainLine } from "../shapes/line-shape.ts";

const SLASH = 47;
const AT = 64;
const SEMICOLON = 59;
/** Replaces a value in the hashes. */
const VALUE = 0;
const START_A = 0x811c9dc5;
const START_B = 0x9e3779b9;
const PRIME_A = 0x01000193;
const PRIME_B = 0x85ebca6b;

/**
 * A table of items by method and kind of path. Two hashes of the path's bytes identify the kind, so that no text is made to find an item.
 */
export class PathKinds<T extends { readonly method: string }> {
  private readonly mask: number;
  private readonly hashes: Int32Array;
  private readonly things: (T | undefined)[];
  private hashA = 0;
  private hashB = 0;
  private slot = 0;
  /** True if the last path has parameters. These do not belong to its kind, so nothing may be put for it. */
  hasParameters = false;

  /** A table for at most `limit` kinds, a power of two. */
  constructor(limit: number) {
    this.mask = limit * 4 - 1;
    this.hashes = new Int32Array(limit * 8);
    this.things = Array.from({ length: limit * 4 }, () => undefined);
  }

  /** The item for the kind of the line's path. */
  find(line: PlainLine): T | undefined {
    this.hash(line);
    const { hashA, hashB, things, hashes, mask } = this;
    let slot = (hashA ^ (hashB >>> 13)) & mask;
    let thing = things[slot];
    while (thing !== undefined && !(hashes[slot * 2] === hashA && hashes[slot * 2 + 1] === hashB && thing.method === line.method)) {
      slot = (slot + 1) & mask;
      thing = things[slot];
    }
    this.slot = slot;
    return thing;
  }

  /** Puts an item for the kind that `find` did not find. */
  put(thing: T): void {
    this.things[this.slot] = thing;
    this.hashes[this.slot * 2] = this.hashA;
    this.hashes[this.slot * 2 + 1] = this.hashB;
  }

  /** Hashes a path that starts with a slash, with all values hashed alike. */
  private hash({ bytes, pathStart, pathEnd }: PlainLine): void {
    let a = START_A;
    let b = START_B;
    this.hasParameters = false;
    for (let start = pathStart + 1; start <= pathEnd;) {
      let end = start;
      let mayBeValue = false;
      for (; end < pathEnd && bytes[end] !== SLASH; end += 1) {
        const code = bytes[end] as number;
        if ((code >= 48 && code <= 57) || code === AT) mayBeValue = true;
        else if (code === SEMICOLON) this.hasParameters = true;
      }
      const isFixed = !mayBeValue || (start === pathStart + 1 && isTopName(bytes, start, end));
      const valueEnd = isFixed ? -1 : findValueEnd(bytes, start, end);
      const lead = valueEnd === -1 ? SLASH : VALUE;
      a = Math.imul(a ^ lead, PRIME_A);
      b = Math.imul(((b << 5) ^ (b >>> 3)) + lead, PRIME_B);
      for (let at = valueEnd === -1 ? start : valueEnd; at < end; at += 1) {
        const code = bytes[at] as number;
        a = Math.imul(a ^ code, PRIME_A);
        b = Math.imul(((b << 5) ^ (b >>> 3)) + code, PRIME_B);
      }
      start = end + 1;
    }
    this.hashA = a;
    this.hashB = b;
  }
}

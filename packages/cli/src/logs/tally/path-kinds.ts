import { findValueEnd, isTopName } from "../routes/segment.ts";
import type { PlainLine } from "../shapes/line-shape.ts";

const SLASH = 47;
const AT = 64;
const SEMICOLON = 59;
/** Stands in the hashes for a value. */
const VALUE = 0;
const START_A = 0x811c9dc5;
const START_B = 0x9e3779b9;
const PRIME_A = 0x01000193;
const PRIME_B = 0x85ebca6b;

/** Things by the method and the kind of a path, which is told by two hashes of its bytes: no text is made to find one. */
export class PathKinds<T extends { readonly method: string }> {
  private readonly mask: number;
  private readonly hashes: Int32Array;
  private readonly things: (T | undefined)[];
  private hashA = 0;
  private hashB = 0;
  private slot = 0;
  /** True when the path that was looked for last has parameters, which are none of its kind: nothing may be put for it. */
  hasParameters = false;

  /** For at most `limit` kinds, a power of two. */
  constructor(limit: number) {
    this.mask = limit * 4 - 1;
    this.hashes = new Int32Array(limit * 8);
    this.things = Array.from({ length: limit * 4 }, () => undefined);
  }

  /** What was put for the kind of the line's path. */
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

  /** Puts something for the kind that was not found last. */
  put(thing: T): void {
    this.things[this.slot] = thing;
    this.hashes[this.slot * 2] = this.hashA;
    this.hashes[this.slot * 2 + 1] = this.hashB;
  }

  /** Hashes a path that starts with a slash, every value in it as one and the same. */
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

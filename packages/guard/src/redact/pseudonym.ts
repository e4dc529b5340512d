import { randomInt } from "node:crypto";

/** A keyed hash of a text, 32 bits; `salt` gives further independent ones. Equal texts have equal pseudonyms under one key. */
export type Pseudonymizer = (text: string, salt?: number) => number;

/**
 * HalfSipHash-2-4 (Aumasson, Bernstein: SipHash, a fast short-input PRF; the 32-bit variant) over `salt`, the text's code units in pairs,
 * and its length. The four words of the state stay in registers.
 */
function hash(text: string, key: ArrayLike<number>, salt: number): number {
  // Converted to 32-bit integers here, so that the loop never works with doubles.
  let a = (key[0] ?? 0) | 0;
  let b = (key[1] ?? 0) | 0;
  let c = 0x6c796765 ^ a;
  let d = 0x74656462 ^ b;
  const pairs = (text.length + 1) >> 1;
  // Two further iterations without input are the four final rounds.
  for (let turn = -1; turn <= pairs + 2; turn++) {
    let word = 0;
    if (turn < 0) word = salt;
    else if (turn < pairs) word = text.charCodeAt(2 * turn) | (2 * turn + 1 < text.length ? text.charCodeAt(2 * turn + 1) << 16 : 0);
    else if (turn === pairs) word = text.length;
    else if (turn === pairs + 1) c ^= 0xff;
    d ^= word;
    for (let round = 0; round < 2; round++) {
      a = (a + b) | 0;
      b = ((b << 5) | (b >>> 27)) ^ a;
      a = (a << 16) | (a >>> 16);
      c = (c + d) | 0;
      d = ((d << 8) | (d >>> 24)) ^ c;
      a = (a + d) | 0;
      d = ((d << 7) | (d >>> 25)) ^ a;
      c = (c + b) | 0;
      b = ((b << 13) | (b >>> 19)) ^ c;
      c = (c << 16) | (c >>> 16);
    }
    a ^= word;
  }
  return (b ^ d) >>> 0;
}

/** The number of 32-bit words. */
const WORDS = 2 ** 32;

/**
 * Creates the keyed hash behind all pseudonyms. Without the key a pseudonym cannot be looked up in a table of likely values, which a
 * plain hash of an email address would allow. Without `seed` the key is random, so pseudonyms agree inside one process only.
 */
export function createPseudonymizer(seed?: string): Pseudonymizer {
  const key =
    seed === undefined
      ? [randomInt(WORDS), randomInt(WORDS)]
      : [hash(seed, [0x0706_0504, 0x0302_0100], 1), hash(seed, [0x0f0e_0d0c, 0x0b0a_0908], 2)];
  return (text, salt = 0) => hash(text, key, salt);
}

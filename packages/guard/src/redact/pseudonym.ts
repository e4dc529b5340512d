/** A keyed hash of a text, 32 bits; `salt` gives further independent ones. Equal texts have equal pseudonyms under one key. */
export type Pseudonymizer = (text: string, salt?: number) => number;

/** The four words of the hash's state. */
type State = { a: number; b: number; c: number; d: number };

function rotate(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}

/** One round of HalfSipHash (Aumasson, Bernstein: SipHash, a fast short-input PRF; the 32-bit variant). */
function mix(s: State): void {
  s.a = (s.a + s.b) | 0;
  s.b = rotate(s.b, 5) ^ s.a;
  s.a = rotate(s.a, 16);
  s.c = (s.c + s.d) | 0;
  s.d = rotate(s.d, 8) ^ s.c;
  s.a = (s.a + s.d) | 0;
  s.d = rotate(s.d, 7) ^ s.a;
  s.c = (s.c + s.b) | 0;
  s.b = rotate(s.b, 13) ^ s.c;
  s.c = rotate(s.c, 16);
}

function absorb(state: State, word: number): void {
  state.d ^= word;
  mix(state);
  mix(state);
  state.a ^= word;
}

function hash(text: string, key: readonly [number, number], salt: number): number {
  const state: State = { a: key[0], b: key[1], c: 0x6c796765 ^ key[0], d: 0x74656462 ^ key[1] };
  absorb(state, salt);
  for (let at = 0; at < text.length; at += 2) {
    absorb(state, text.charCodeAt(at) | ((at + 1 < text.length ? text.charCodeAt(at + 1) : 0) << 16));
  }
  absorb(state, text.length);
  state.c ^= 0xff;
  for (let round = 0; round < 4; round++) mix(state);
  return (state.b ^ state.d) >>> 0;
}

/**
 * Creates the keyed hash behind all pseudonyms. Without the key a pseudonym cannot be looked up in a table of likely values, which a
 * plain hash of an email address would allow. Without `seed` the key is random, so pseudonyms agree inside one process only.
 */
export function createPseudonymizer(seed?: string): Pseudonymizer {
  const random = seed === undefined ? crypto.getRandomValues(new Uint32Array(2)) : undefined;
  const key: readonly [number, number] =
    seed === undefined
      ? [random?.[0] ?? 0, random?.[1] ?? 0]
      : [hash(seed, [0x0706_0504, 0x0302_0100], 1), hash(seed, [0x0f0e_0d0c, 0x0b0a_0908], 2)];
  return (text, salt = 0) => hash(text, key, salt);
}

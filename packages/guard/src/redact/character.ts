/** Classes of ASCII characters, as bits; everything above counts as a letter of a word and as nothing else. */
export const DIGIT = 1;
/** A to Z. */
export const UPPER = 2;
/** a to z. */
export const LOWER = 4;
/** Space, tab, line ends. */
export const SPACE = 8;
/** Double quote, single quote, backtick. */
export const QUOTE = 16;
/** `_`, which like a letter or a digit belongs to an identifier. */
export const UNDERSCORE = 32;
/** a to f and A to F. */
export const HEX_LETTER = 64;
/** Any character above ASCII. */
export const FOREIGN = 128;
/** The signs of both alphabets of base64: `+`, `/`, `-`, `=`. */
const BASE64_SIGN = 256;
/** The code unit that escapes a quote. */
export const BACKSLASH = 0x5c;
/** Letters, digits of ASCII. */
export const ALNUM = DIGIT | UPPER | LOWER;
/** Letters, digits and the signs of both alphabets of base64. */
export const BASE64 = ALNUM | UNDERSCORE | BASE64_SIGN;

/** The class bits by UTF-16 code unit, for the loops over whole texts; elsewhere `classOf` is safer past the end. */
export const CLASSES = new Uint16Array(65_536).fill(FOREIGN);
// Arrows, the wide colon and the wide sign of equality join a name and a value.
for (const joint of "→⇒：＝") CLASSES[joint.charCodeAt(0)] = 0;
/** In the order of their bits. */
const SETS = [/\d/, /[A-Z]/, /[a-z]/, /\s/, /["'`]/, /_/, /[a-f]/i, /[^]{2}/, /[+/=-]/];
// Zero stands for what lies before and after a text.
CLASSES[0] = SPACE;
for (let code = 1; code < 128; code++)
  CLASSES[code] = SETS.reduce((bits, set, index) => (set.test(String.fromCharCode(code)) ? bits | (1 << index) : bits), 0);

/** The class bits of a UTF-16 code unit, or those of a space without one. */
export function classOf(code = 0): number {
  return CLASSES[code] ?? 0;
}

/** The shortest word that is a secret by itself, and the shortest without a digit. Shorter secrets contain signs or follow a name. */
const SHORTEST_SECRET = 10;
const SHORTEST_OF_LETTERS = 20;

/** True for a word of letters, digits, `_`, `.` and `-` whose length and classes rule out that it is a secret by itself. */
export function isPlainWord(length: number, bits: number): boolean {
  return length < SHORTEST_SECRET || ((bits & DIGIT) === 0 && length < 128 && (length < SHORTEST_OF_LETTERS || (bits & UPPER) === 0));
}

/** The class bits of the code unit at an index; outside of the text they are those of a space. */
export function classAt(codes: Uint16Array, at: number): number {
  return CLASSES[codes[at] ?? 0] ?? 0;
}

/** True when the text contains `piece` at `start`. For a comparison this short, `startsWith` is slower. */
export function standsAt(piece: string, codes: Uint16Array, start: number): boolean {
  for (let at = 0; at < piece.length; at++) if (piece.charCodeAt(at) !== codes[start + at]) return false;
  return true;
}

/** How often each character occurred; all zeros between two calls. */
const SEEN = new Uint16Array(128);
/**
 * A character's contribution by its number of occurrences, precomputed because logarithms are slow. No judged text has more than 512
 * characters.
 */
const TERMS = Float64Array.from({ length: 513 }, (_, count) => count * Math.log2(count));

/** The Shannon entropy of a short ASCII text, in bits per character. */
export function entropyOf(text: string): number {
  const { length } = text;
  for (let at = 0; at < length; at++) {
    const code = text.charCodeAt(at) & 127;
    SEEN[code] = (SEEN[code] ?? 0) + 1;
  }
  let sum = 0;
  // A loop with `of` takes four times as long.
  for (let code = 0; code < 128; code++) {
    const count = SEEN[code] ?? 0;
    SEEN[code] = 0;
    if (count > 1) sum += TERMS[count] ?? 0;
  }
  return Math.log2(length) - sum / length;
}

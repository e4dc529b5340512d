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
/** Letters, digits of ASCII. */
export const ALNUM = DIGIT | UPPER | LOWER;

const CLASSES = new Uint8Array(128);
for (let code = 0; code < 128; code++) {
  const character = String.fromCharCode(code);
  let bits = 0;
  if (/\d/.test(character)) bits |= DIGIT;
  if (/[A-Z]/.test(character)) bits |= UPPER;
  if (/[a-z]/.test(character)) bits |= LOWER;
  if (/\s/.test(character)) bits |= SPACE;
  if (/["'`]/.test(character)) bits |= QUOTE;
  if (character === "_") bits |= UNDERSCORE;
  if (/[a-f]/i.test(character)) bits |= HEX_LETTER;
  CLASSES[code] = bits;
}

/** The class bits of a UTF-16 code unit; 0 for NaN, so that reading past the end is harmless. */
export function classOf(code: number): number {
  return code < 128 ? (CLASSES[code] ?? 0) : code >= 128 ? FOREIGN : 0;
}

/** Shannon entropy of a text, bits per character. */
export function entropyOf(text: string): number {
  const counts = new Map<number, number>();
  for (let at = 0; at < text.length; at++) counts.set(text.charCodeAt(at), (counts.get(text.charCodeAt(at)) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length);
  return bits;
}

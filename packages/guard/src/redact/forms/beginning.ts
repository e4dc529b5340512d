/** The bit for a token with a known prefix. */
export const TOKEN = 1;
/** The bit for a secret that is recognised by its surroundings. */
export const SHAPED = 2;

/** The bits by the first three characters, folded to five bits each: most words are ruled out by one lookup. */
const BEGINNINGS = new Uint8Array(1 << 15);

/** The three characters at `at`, folded. */
export function foldBeginning(codes: ArrayLike<number>, at = 0): number {
  return (((codes[at] ?? 0) & 31) << 10) | (((codes[at + 1] ?? 0) & 31) << 5) | ((codes[at + 2] ?? 0) & 31);
}

/** Records that something of the sort `bit` may begin with `text`; returns the folded characters. */
export function noteBeginning(text: string, bit: number): number {
  const key = foldBeginning(Buffer.from(text));
  BEGINNINGS[key] = (BEGINNINGS[key] ?? 0) | bit;
  return key;
}

/** True when something of the sort `bit` may begin at `start`. */
export function mayBegin(codes: Uint16Array, start: number, bit: number): boolean {
  return ((BEGINNINGS[foldBeginning(codes, start)] ?? 0) & bit) !== 0;
}

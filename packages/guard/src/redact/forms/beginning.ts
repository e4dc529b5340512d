/** What may begin with three characters, as bits. */
export const TOKEN = 1;
/** What is known by what stands around it. */
export const SHAPED = 2;

/** By three characters, folded to five bits each: most words are passed over after one look. */
const BEGINNINGS = new Uint8Array(1 << 15);

/** Three characters from `at` on, folded. */
export function foldBeginning(codes: ArrayLike<number>, at = 0): number {
  return (((codes[at] ?? 0) & 31) << 10) | (((codes[at + 1] ?? 0) & 31) << 5) | ((codes[at + 2] ?? 0) & 31);
}

/** Notes that what is meant by `bit` begins so; returns what the characters fold to. */
export function noteBeginning(text: string, bit: number): number {
  const key = foldBeginning(Buffer.from(text));
  BEGINNINGS[key] = (BEGINNINGS[key] ?? 0) | bit;
  return key;
}

/** True when what is meant by `bit` may begin at `start`. */
export function mayBegin(codes: Uint16Array, start: number, bit: number): boolean {
  return ((BEGINNINGS[foldBeginning(codes, start)] ?? 0) & bit) !== 0;
}

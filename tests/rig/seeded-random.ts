/** Choices that are the same for a seed each time, for tests that invent lines. */
export type SeededRandom = {
  /** A whole number from 0 up to, and without, the limit. */
  readonly below: (limit: number) => number;
  readonly pick: <T>(...items: readonly T[]) => T;
  readonly hex: (length: number) => string;
};

/** Creates the choices of a seed: a linear congruential generator (C11, 7.22.2), of which the upper bits are taken. */
export function createSeededRandom(seed: number): SeededRandom {
  let state = seed;
  const below = (limit: number): number => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return (state >>> 8) % limit;
  };
  return {
    below,
    pick: <T>(...items: readonly T[]): T => items[below(items.length)] as T,
    hex: (length) => Array.from({ length }, () => below(16).toString(16)).join(""),
  };
}

/** Repeatable randomness: what a test or a benchmark invents is the same for the same seed. */

/** Numbers from 0 up to, and without, 1. */
export type Random = () => number;

/** Creates the numbers of a seed (mulberry32). */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Choices for tests that invent lines of text. */
export type SeededChoices = {
  /** A whole number from 0 up to, and without, the limit. */
  readonly below: (limit: number) => number;
  readonly pick: <T>(...items: readonly T[]) => T;
  readonly hex: (length: number) => string;
};

/** Creates the choices of a seed: a linear congruential generator (C11, 7.22.2) whose upper bits are taken. */
export function createChoices(seed: number): SeededChoices {
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

import type { LineTokens } from "./line-tokens.ts";

/** The number of integers that describe a spot's place. */
export const PLACE_WORDS = 8;

/**
 * The place of an exchange's member among a line's tokens. `read` returns the member, or undefined if something else is in that place.
 * `place` describes it as numbers for the core on WebAssembly: a `spot` of taught.h.
 */
export type Spot<T> = { readonly read: (line: LineTokens) => T | undefined; readonly place: readonly number[] };

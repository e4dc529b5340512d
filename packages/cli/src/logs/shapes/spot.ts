import type { LineTokens } from "./line-tokens.ts";

/** How many numbers say where a spot is. */
export const PLACE_WORDS = 8;

/**
 * Where in a line's tokens a member of its exchange stands: what reads it there, or undefined when something else does; and the same as
 * numbers, for the core on WebAssembly: a `spot` of taught.h.
 */
export type Spot<T> = { readonly read: (line: LineTokens) => T | undefined; readonly place: readonly number[] };

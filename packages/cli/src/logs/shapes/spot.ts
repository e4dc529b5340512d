import type { LineTokens } from "./line-tokens.ts";

/** Where in a line's tokens a member of its exchange stands: what reads it there, or undefined when something else does. */
export type Spot<T> = { readonly read: (line: LineTokens) => T | undefined };

/** One word of a command line and its start, counted in characters from 0. */
export type ShellWord = { readonly text: string; readonly at: number };

/** More words than any real command has. */
export const MOST_WORDS = 10_000;

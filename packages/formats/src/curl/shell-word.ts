/** One word of a command line and where it began, counted in characters from 0. */
export type ShellWord = { readonly text: string; readonly at: number };

/** More words than any command has. */
export const MOST_WORDS = 10_000;

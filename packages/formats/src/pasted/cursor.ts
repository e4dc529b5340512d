/** Why something pasted could not be read, and at which character (from 0). Never with a value in it: a password may stand anywhere. */
export type PastedError = { readonly message: string; readonly at: number };

/** A place in a pasted text, moved along by what is read. */
export type Cursor = { readonly text: string; at: number };

/** A mistake met on the way down, told as a `PastedError` by whoever began to read. */
export class Mistake extends Error {
  readonly at: number;
  constructor(message: string, at: number) {
    super(message);
    this.at = at;
  }
}

/** Takes what a sticky pattern matches at the cursor; empty where it matches nothing. */
export function take(cursor: Cursor, pattern: RegExp): string {
  pattern.lastIndex = cursor.at;
  const found = pattern.exec(cursor.text)?.[0] ?? "";
  cursor.at += found.length;
  return found;
}

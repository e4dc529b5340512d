import type { PastedError } from "./cursor.ts";

/** A file or socket of this machine that a pasted command would use; whoever carries the command out asks before touching it. */
export type LocalFile = { readonly path: string; readonly option: string; readonly at: number };

const MOST_CHARACTERS = 1 << 20;
const MOST_SHOWN = 40;

/** What is wrong with the length of something pasted, if anything is. */
export function checkLength(text: string): PastedError | undefined {
  if (text.length <= MOST_CHARACTERS) return undefined;
  return { message: `it is longer than ${MOST_CHARACTERS} characters`, at: MOST_CHARACTERS };
}

/** True for the name of a header: a token of RFC 9110 section 5.6.2. */
export function isHeaderName(name: string): boolean {
  return /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name);
}

/** True for what a header may carry: a line end would begin another one (RFC 9110 section 5.5). */
export function isHeaderValue(value: string): boolean {
  return !/[\r\n\0]/.test(value);
}

/** True for an address that a request can be sent to. */
export function isHttpUrl(address: string): boolean {
  return /^https?:\/\/[^/?#]/i.test(address);
}

/** An address as its tools take it: http where no scheme is given. */
export function addScheme(address: string): string {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(address) ? address : `http://${address}`;
}

/** The name of an option as a message may show it: what is no plain name may be a value that slipped out of its quotes. */
export function showName(name: string): string {
  return name.length <= MOST_SHOWN && /^(?:-.|-{0,2}[A-Za-z][A-Za-z.$_-]*(?:\d\.\d)?)$/.test(name) ? name : "…";
}

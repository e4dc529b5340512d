/** Finds the fields of a line of the combined format, byte by byte. A line that deviates in any way is left to the full parsers. */
const SPACE = 32;
const QUOTE = 34;
const SLASH = 47;
const BACKSLASH = 92;
const OPEN = 91;
const CLOSE = 93;
const DASH = 45;
const DOT = 46;
const NEWLINE = 10;
const RETURN = 13;
const MAX_NAMES = 256;

/** The bytes that a client's name or address may contain. */
const CLIENT = new Uint8Array(256);
for (const character of "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.:*%-") CLIENT[character.charCodeAt(0)] = 1;

/** The start of `[25/Oct/2016:14:49:33 +0200] "` in the line, after plain names; -1 if it is not there. */
export function findTime(bytes: Buffer, start: number): number {
  const limit = start + MAX_NAMES;
  let spaces = 0;
  for (let at = start; at < limit; at += 1) {
    const code = bytes[at] as number;
    if (code === OPEN) {
      const fits =
        spaces === 3 && bytes[at - 1] === SPACE && bytes[at + 3] === SLASH && bytes[at + 7] === SLASH && bytes[at + 21] === SPACE;
      return fits && bytes[at + 27] === CLOSE && bytes[at + 28] === SPACE && bytes[at + 29] === QUOTE ? at : -1;
    }
    if (code === SPACE) spaces += 1;
    else if (code < SPACE || code === QUOTE || code > 126 || (spaces === 0 && CLIENT[code] === 0)) return -1;
  }
  return -1;
}

/** The closing quote of a request, in ` HTTP/1.1" ` after path and query; -1 if something else is there. */
export function findRequestEnd(bytes: Buffer, from: number): number {
  let at = from;
  for (let code = bytes[at] as number; code !== SPACE; code = bytes[at] as number) {
    if (code === QUOTE || code === BACKSLASH || code < SPACE) return -1;
    at += 1;
  }
  // The bytes 32 72 84 84 80 47 are " HTTP/".
  const fits = bytes[at + 1] === 72 && bytes[at + 2] === 84 && bytes[at + 3] === 84 && bytes[at + 4] === 80 && bytes[at + 5] === SLASH;
  if (!fits) return -1;
  let quote = at + 6;
  for (let code = bytes[quote] as number; code !== QUOTE; code = bytes[quote] as number) {
    if ((code !== DOT && !isDigit(code)) || quote - at > 11) return -1;
    quote += 1;
  }
  return bytes[quote + 1] === SPACE && quote > at + 6 ? quote : -1;
}

/** Three digits, the first of them not 0, as a number; -1 for anything else. */
export function readStatus(bytes: Buffer, at: number): number {
  const a = (bytes[at] as number) - 48;
  const b = (bytes[at + 1] as number) - 48;
  const c = (bytes[at + 2] as number) - 48;
  return a >= 1 && a <= 9 && b >= 0 && b <= 9 && c >= 0 && c <= 9 ? a * 100 + b * 10 + c : -1;
}

/** The end of a size, or of the - in its place; -1 if there is none. */
export function skipSize(bytes: Buffer, from: number): number {
  if (bytes[from] === DASH) return from + 1;
  let at = from;
  while (isDigit(bytes[at] as number)) at += 1;
  return at === from ? -1 : at;
}

/** The end of ` "..."`; -1 if the text has escapes or stray quotes, which are left to the full parser. */
export function skipQuoted(bytes: Buffer, from: number): number {
  if (bytes[from] !== SPACE || bytes[from + 1] !== QUOTE) return -1;
  let at = from + 2;
  for (let code = bytes[at] as number; code !== QUOTE; code = bytes[at] as number) {
    if (code === NEWLINE || code === BACKSLASH) return -1;
    at += 1;
  }
  return at + 1;
}

/** True at the end of a line. */
export function isLineEnd(bytes: Buffer, at: number): boolean {
  return bytes[at] === NEWLINE || (bytes[at] === RETURN && bytes[at + 1] === NEWLINE);
}

/** True for the code of a digit. */
export function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

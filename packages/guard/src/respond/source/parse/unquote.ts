/** Texts as the language reads them between their quotes. */

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r", b: "\b", f: "\f", v: "\v", 0: "\0", "\n": "" };
const ESCAPED = /\\(?:(?:u\{([\da-f]+)\}|u([\da-f]{4})|x([\da-f]{2}))|([^]))/gi;

/** A text with what its backslashes stand for. */
export function unescape(text: string): string {
  return text.replaceAll(ESCAPED, (...found: readonly (string | undefined)[]) => {
    const [, long, short, byte, sign = ""] = found;
    const code = long ?? short ?? byte;
    return code === undefined ? (ESCAPES[sign] ?? sign) : String.fromCodePoint(Number.parseInt(code, 16));
  });
}

/** What a text in quotes stands for in the script. */
export function unquote(text: string): string {
  return unescape(text.slice(1, -1));
}

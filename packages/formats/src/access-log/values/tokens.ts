/** One token of a line: bare text, text in double quotes, or text in square brackets. `text` excludes the delimiters. */
export type Token = { readonly kind: "bare" | "quoted" | "bracketed"; readonly text: string; readonly end: number };

const QUOTE = 34;
const BACKSLASH = 92;
const SPACE = 32;
const OPEN = 91;

/**
 * The end of a quoted text that starts after `from`, or -1. It ends at an unescaped quote. Apache, Envoy and AWS escape quotes as `\"`,
 * nginx as `\x22`. Some do not escape them, so a quote only ends the text before a space or at the end of the line.
 */
export function findClosingQuote(line: string, from: number): number {
  let index = from;
  while (index < line.length) {
    const code = line.charCodeAt(index);
    if (code === BACKSLASH) {
      index += 2;
      continue;
    }
    if (code === QUOTE) {
      const next = index + 1 >= line.length ? SPACE : line.charCodeAt(index + 1);
      if (next === SPACE || next === 9 || next === 44 || next === 93) return index;
    }
    index += 1;
  }
  return -1;
}

/** The token that starts at `from`; undefined at the end of the line. Text after an unclosed quote or bracket is bare. */
export function readToken(line: string, from: number): Token | undefined {
  let start = from;
  while (start < line.length && line.charCodeAt(start) === SPACE) start += 1;
  if (start >= line.length) return undefined;
  const first = line.charCodeAt(start);
  if (first === QUOTE) {
    const close = findClosingQuote(line, start + 1);
    if (close !== -1) return { kind: "quoted", text: line.slice(start + 1, close), end: close + 1 };
  }
  if (first === OPEN) {
    const close = line.indexOf("]", start);
    // Before a port, brackets belong to an IPv6 address.
    if (close !== -1 && line[close + 1] !== ":") return { kind: "bracketed", text: line.slice(start + 1, close), end: close + 1 };
  }
  const space = line.indexOf(" ", start);
  const end = space === -1 ? line.length : space;
  return { kind: "bare", text: line.slice(start, end), end };
}

/** All tokens from `from` on, at most `limit`. */
export function readTokens(line: string, from = 0, limit = 80): Token[] {
  const tokens: Token[] = [];
  let token = readToken(line, from);
  while (token !== undefined && tokens.length < limit) {
    tokens.push(token);
    token = readToken(line, token.end);
  }
  return tokens;
}

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", b: "\b", f: "\f", v: "\v", '"': '"', "\\": "\\" };

/**
 * Undoes the escapes of quoted fields: `\xHH` of nginx and Apache (runs of which are UTF-8), and those of C. Unknown escapes stay as they
 * are.
 */
export function unescapeQuoted(text: string): string {
  if (!text.includes("\\")) return text;
  return text.replace(/(?:\\x[0-9A-Fa-f]{2})+|\\([nrtbfv"\\])/g, (run, escape: string | undefined) =>
    escape === undefined ? decodeHexRun(run) : (ESCAPES[escape] ?? run),
  );
}

/** Decodes `\xC3\xA9` to `é`. Bytes that are not UTF-8 stay escaped. */
function decodeHexRun(run: string): string {
  try {
    return decodeURIComponent(run.replaceAll("\\x", "%"));
  } catch {
    return run;
  }
}

/** Where a text stops being JSON: the offset of the first character that is not allowed there, and what would be. */
export type JsonMistake = { readonly at: number; readonly expected: string };

type Expected = "a value" | "a value or ]" | "a name or }" | "a name" | "a colon" | "a comma or the end" | "nothing more";

const ATOM = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;
const SPACE = /[ \t\r\n]*/y;

/**
 * Finds the first mistake in a text that `JSON.parse` refused, because its errors do not always name a position. Undefined for valid JSON.
 */
export function findJsonMistake(text: string): JsonMistake | undefined {
  const open: string[] = [];
  let expected: Expected = "a value";
  let at = 0;
  for (;;) {
    SPACE.lastIndex = at;
    at += SPACE.exec(text)?.[0].length ?? 0;
    if (at >= text.length) return expected === "nothing more" ? undefined : { at, expected };
    const found = takeToken(text, at);
    const next = findNext(expected, found.token, open);
    if (next === undefined || found.length === 0) return { at: found.length === 0 ? at + (found.offset ?? 0) : at, expected };
    at += found.length;
    expected = next;
  }
}

/**
 * A token: one of `{}[],:`, `"` for a whole string, `0` for a number or word. Length 0 means that there is none, and `offset` is where a
 * string breaks.
 */
type Token = { readonly token: string; readonly length: number; readonly offset?: number };

function takeToken(text: string, at: number): Token {
  const character = text[at] ?? "";
  if ("{}[],:".includes(character)) return { token: character, length: 1 };
  if (character === '"') return takeString(text, at);
  ATOM.lastIndex = at;
  return { token: "0", length: ATOM.exec(text)?.[0].length ?? 0 };
}

function takeString(text: string, from: number): Token {
  for (let at = from + 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x22) return { token: '"', length: at + 1 - from };
    if (code < 0x20) return { token: '"', length: 0, offset: at - from };
    if (code === 0x5c) {
      if (!/["\\/bfnrt]|u[0-9a-fA-F]{4}/y.test(text.slice(at + 1, at + 6))) return { token: '"', length: 0, offset: at - from };
      at += 1;
    }
  }
  return { token: '"', length: 0, offset: text.length - from };
}

/** What may follow a token in the place of `expected`; undefined if the token is not allowed there. */
function findNext(expected: Expected, token: string, open: string[]): Expected | undefined {
  const isClosing = token === "}" || token === "]";
  if (isClosing) {
    const mayClose = expected === "a comma or the end" || expected === (token === "}" ? "a name or }" : "a value or ]");
    return mayClose && open.pop() === (token === "}" ? "{" : "[") ? afterValue(open) : undefined;
  }
  switch (expected) {
    case "a value":
    case "a value or ]":
      if (token === "{" || token === "[") {
        open.push(token);
        return token === "{" ? "a name or }" : "a value or ]";
      }
      return token === '"' || token === "0" ? afterValue(open) : undefined;
    case "a name":
    case "a name or }":
      return token === '"' ? "a colon" : undefined;
    case "a colon":
      return token === ":" ? "a value" : undefined;
    case "a comma or the end":
      return token === "," ? (open.at(-1) === "{" ? "a name" : "a value") : undefined;
    case "nothing more":
      return undefined;
  }
}

function afterValue(open: readonly string[]): Expected {
  return open.length === 0 ? "nothing more" : "a comma or the end";
}

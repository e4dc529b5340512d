import { fail, type Result, succeed } from "@faultline/model";
import { type Cursor, Mistake, type PastedError, take } from "../pasted/cursor.ts";
import { showName } from "../pasted/request-parts.ts";

/** The arguments of a call as values. `at` is the position of the first one. */
export type FetchArguments = { readonly url: unknown; readonly options: unknown; readonly at: number };

const MOST_DEEP = 32;
const ESCAPES: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r", b: "\b", f: "\f", v: "\v", 0: "\0", "\n": "" };

/** Reads `fetch(URL, OPTIONS)` with JavaScript literals as arguments. `await` may precede it, and anything may follow. */
export function readCall(text: string): Result<FetchArguments, PastedError> {
  const cursor: Cursor = { text, at: 0 };
  take(cursor, /\s*(?:(?:const|let|var)\s+[\w{}\s,$]+=\s*)?(?:await\s+)?(?:(?:window|globalThis|self)\s*\.\s*)?fetch\s*\(/y);
  if (cursor.at === 0) return fail({ message: "it is no call of fetch", at: 0 });
  try {
    skip(cursor);
    const at = cursor.at;
    const url = readValue(cursor, 0);
    const options = takePunctuation(cursor, ",") && !isNext(cursor, ")") ? readValue(cursor, 0) : undefined;
    takePunctuation(cursor, ",");
    expectPunctuation(cursor, ")");
    return succeed({ url, options, at });
  } catch (error) {
    if (error instanceof Mistake) return fail({ message: error.message, at: error.at });
    throw error;
  }
}

function readValue(cursor: Cursor, depth: number): unknown {
  if (depth > MOST_DEEP) throw new Mistake(`more than ${MOST_DEEP} levels deep`, cursor.at);
  skip(cursor);
  const first = cursor.text[cursor.at] ?? "";
  if (first === '"' || first === "'" || first === "`") return joinTexts(cursor, readText(cursor));
  if (first === "{") return readObject(cursor, depth);
  if (first === "[") return readList(cursor, depth);
  const number = take(cursor, /-?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/y);
  if (number !== "") return Number(number);
  return readWord(cursor, depth);
}

const WORDS: Readonly<Record<string, unknown>> = { true: true, false: false, null: null, undefined };

/**
 * Reads `true`, `null`, `JSON.stringify(...)`, `new URLSearchParams({...})`, `new Headers({...})`. The value of any other word is not in
 * the text.
 */
function readWord(cursor: Cursor, depth: number): unknown {
  const at = cursor.at;
  const word = take(cursor, /(?:new\s+)?[A-Za-z_$][\w$.]*/y).replace(/^new\s+/, "");
  if (Object.hasOwn(WORDS, word)) return WORDS[word];
  const wrap = {
    "JSON.stringify": (value: unknown) => JSON.stringify(value),
    URLSearchParams: toQuery,
    Headers: (value: unknown) => value,
  };
  if (!Object.hasOwn(wrap, word)) {
    throw new Mistake(
      `${word === "" ? "this" : showName(word)} is not a value that stands in the text; put the value itself in its place`,
      at,
    );
  }
  expectPunctuation(cursor, "(");
  const value = readValue(cursor, depth + 1);
  expectPunctuation(cursor, ")");
  return wrap[word as keyof typeof wrap](value);
}

function toQuery(value: unknown): string {
  const pairs =
    typeof value === "object" && value !== null ? Object.entries(value).map(([name, each]) => [name, String(each)] as const) : [];
  return pairs.map(([name, each]) => `${encodeURIComponent(name)}=${encodeURIComponent(each)}`).join("&");
}

function readObject(cursor: Cursor, depth: number): Readonly<Record<string, unknown>> {
  const entries: (readonly [string, unknown])[] = [];
  expectPunctuation(cursor, "{");
  while (!takePunctuation(cursor, "}")) {
    skip(cursor);
    const at = cursor.at;
    const first = cursor.text[at] ?? "";
    const name = first === '"' || first === "'" ? readText(cursor) : take(cursor, /[\w$-]+/y);
    if (name === "") throw new Mistake("a name is missing here", at);
    expectPunctuation(cursor, ":");
    entries.push([name, readValue(cursor, depth + 1)]);
    if (!takePunctuation(cursor, ",") && !isNext(cursor, "}")) throw new Mistake("a comma or } is missing here", cursor.at);
  }
  return Object.fromEntries(entries);
}

function readList(cursor: Cursor, depth: number): readonly unknown[] {
  const values: unknown[] = [];
  expectPunctuation(cursor, "[");
  while (!takePunctuation(cursor, "]")) {
    values.push(readValue(cursor, depth + 1));
    if (!takePunctuation(cursor, ",") && !isNext(cursor, "]")) throw new Mistake("a comma or ] is missing here", cursor.at);
  }
  return values;
}

/** Joins `"a" + "b"`, as long texts are written over several lines. */
function joinTexts(cursor: Cursor, first: string): string {
  let text = first;
  while (takePunctuation(cursor, "+")) {
    skip(cursor);
    text += readText(cursor);
  }
  return text;
}

function readText(cursor: Cursor): string {
  const at = cursor.at;
  const quote = cursor.text[at] ?? "";
  if (quote !== '"' && quote !== "'" && quote !== "`") throw new Mistake("a text in quotes is missing here", at);
  const patterns = { '"': /"(?:[^"\\\n]|\\[^])*"/y, "'": /'(?:[^'\\\n]|\\[^])*'/y, "`": /`(?:[^`\\]|\\[^])*`/y };
  const quoted = take(cursor, patterns[quote]);
  if (quoted === "") throw new Mistake(`the ${quote} is never closed`, at);
  const variable = quote === "`" ? quoted.search(/(?<!\\)\$\{/) : -1;
  if (variable !== -1) throw new Mistake("a ${...} has no value in the text; put the value itself in its place", at + variable);
  return quoted.slice(1, -1).replaceAll(/\\(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|u\{([\da-fA-F]{1,6})\}|([^]))/g, unescape);
}

function unescape(_all: string, ...groups: (string | undefined)[]): string {
  const [hex, unit, point, single = ""] = groups;
  if (hex !== undefined || unit !== undefined) return String.fromCharCode(Number.parseInt(hex ?? unit ?? "", 16));
  if (point !== undefined) return String.fromCodePoint(Math.min(Number.parseInt(point, 16), 0x10ffff));
  return ESCAPES[single] ?? single;
}

/** Skips blanks and comments. */
function skip(cursor: Cursor): void {
  take(cursor, /(?:\s|\/\/[^\n]*|\/\*[^]*?\*\/)*/y);
}

function isNext(cursor: Cursor, character: string): boolean {
  skip(cursor);
  return cursor.text[cursor.at] === character;
}

function takePunctuation(cursor: Cursor, character: string): boolean {
  const isThere = isNext(cursor, character);
  if (isThere) cursor.at += 1;
  return isThere;
}

function expectPunctuation(cursor: Cursor, character: string): void {
  if (!takePunctuation(cursor, character)) throw new Mistake(`a ${character} is missing here`, cursor.at);
}

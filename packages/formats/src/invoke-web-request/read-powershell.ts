import { fail, type Result, succeed } from "@faultline/model";
import { type Cursor, Mistake, type PastedError, take } from "../pasted/cursor.ts";
import { showName } from "../pasted/request-parts.ts";

/** One argument of a command: a text, or a table `@{name = value}` of texts. */
export type Token =
  | { readonly kind: "text"; readonly text: string; readonly isQuoted: boolean; readonly at: number }
  | { readonly kind: "table"; readonly entries: readonly (readonly [string, string])[]; readonly at: number };

const MOST_TOKENS = 10_000;
/** More lines than anybody pastes before the command. Each may have a quote, whose end is searched for up to the end of the text. */
const MOST_LINES = 200;
const BLANK = /(?:[ \t]|`[ \t]*\r?\n)*/y;
const LOOSE_BLANK = /(?:[\s;]|`[ \t]*\r?\n|#[^\n]*)*/y;
const ESCAPES: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r", 0: "\0", a: "\x07", b: "\b", e: "\x1b", f: "\f", v: "\v" };

/** The values that the lines before a command give to variables, by name in lower case with the `$`. */
type Variables = ReadonlyMap<string, Token>;

/** Reads the arguments of a PowerShell command, from a position to the end of the command. */
export function readPowershell(text: string, from: number): Result<readonly Token[], PastedError> {
  const cursor: Cursor = { text, at: from };
  const variables = readVariables(text.slice(0, from));
  const tokens: Token[] = [];
  try {
    for (take(cursor, BLANK); cursor.at < text.length && !/[\r\n;|)]/.test(text[cursor.at] ?? ""); take(cursor, BLANK)) {
      if (tokens.length >= MOST_TOKENS) throw new Mistake(`more than ${MOST_TOKENS} words`, cursor.at);
      tokens.push(readArgument(cursor, variables));
    }
    return succeed(tokens);
  } catch (error) {
    if (error instanceof Mistake) return fail({ message: error.message, at: error.at });
    throw error;
  }
}

/** Reads one argument. A variable that the text itself sets has its value, and the position where it is used. */
function readArgument(cursor: Cursor, variables: Variables): Token {
  const { at } = cursor;
  const known = variables.get(/\$\w+(?![\w.[:])/y.exec(cursor.text.slice(at, at + 100))?.[0]?.toLowerCase() ?? "");
  if (known === undefined) return readToken(cursor);
  take(cursor, /\$\w+/y);
  return { ...known, at };
}

/**
 * The variables set by the lines before the command: `$body = "..."`, tables, `... | ConvertTo-Json`, and, as Postman writes it, a
 * dictionary to which headers are added one by one. A line that cannot be read sets nothing; using its variable is an error at that
 * position.
 */
function readVariables(text: string): Variables {
  const variables = new Map<string, Token>();
  const cursor: Cursor = { text, at: 0 };
  const start = /^[ \t]*(\$\w+)/gm;
  for (let line = 0; line < MOST_LINES; line++) {
    start.lastIndex = cursor.at;
    const found = start.exec(text);
    if (found === null) break;
    cursor.at = found.index + found[0].length;
    const name = found[1]?.toLowerCase() ?? "";
    const known = variables.get(name);
    try {
      const entry = readEntry(cursor);
      const set = entry === undefined ? readAssigned(cursor) : undefined;
      if (entry !== undefined && known?.kind === "table") variables.set(name, { ...known, entries: [...known.entries, entry] });
      else if (set === undefined) variables.delete(name);
      else variables.set(name, set);
    } catch (error) {
      if (!(error instanceof Mistake)) throw error;
      variables.delete(name);
    }
  }
  return variables;
}

/** Reads `.Add("name", "value")` or `["name"] = "value"` after a variable. */
function readEntry(cursor: Cursor): readonly [string, string] | undefined {
  const isAdded = take(cursor, /\.Add\(\s*(?=["'])/iy) !== "";
  if (!isAdded && take(cursor, /\[\s*(?=["'])/y) === "") return undefined;
  const name = readText(cursor);
  if (take(cursor, isAdded ? /\s*,\s*/y : /\s*\]\s*=\s*/y) === "") throw new Mistake("its value is missing", cursor.at);
  return [name, readText(cursor)];
}

/** The value assigned to a variable. Undefined if it is anything but a text, a table, or one of them as JSON. */
function readAssigned(cursor: Cursor): Token | undefined {
  if (take(cursor, /[ \t]*=[ \t]*/y) === "") return undefined;
  const at = cursor.at;
  if (take(cursor, /New-Object\s+["']?System\.Collections\.Generic\.Dictionary\S*|@\{\s*\}/iy) !== "")
    return { kind: "table", entries: [], at };
  const table = cursor.text.startsWith("@{", at) ? readTable(cursor) : undefined;
  const isJson = take(cursor, /[ \t]*\|[ \t]*ConvertTo-Json(?:[ \t]+-Depth[ \t]+\d+|[ \t]+-Compress)*/iy) !== "";
  const token: Token | undefined =
    table === undefined
      ? /["'@(]/.test(cursor.text[at] ?? "") && !isJson
        ? readToken(cursor)
        : undefined
      : isJson
        ? { kind: "text", text: JSON.stringify(Object.fromEntries(table)), isQuoted: true, at }
        : { kind: "table", entries: table.map(([name, value]) => [name, showScalar(value)] as const), at };
  return /[ \t]*(?:[\r\n;#]|$)/y.test(cursor.text.slice(cursor.at, cursor.at + 100)) ? token : undefined;
}

const LEFT_BARE: Readonly<Record<string, string>> = { "%20": "+", "'": "%27", "~": "%7E" };

/** Encodes a table as a form, as .NET does (WebUtility.UrlEncode). */
export function encodeForm(entries: readonly (readonly [string, string])[]): string {
  const encode = (text: string): string =>
    encodeURIComponent(text.toWellFormed()).replaceAll(/%20|['~]/g, (each) => LEFT_BARE[each] ?? each);
  return entries.map(([name, value]) => `${encode(name)}=${encode(value)}`).join("&");
}

function readToken(cursor: Cursor): Token {
  const at = cursor.at;
  if (cursor.text.startsWith("@{", at))
    return { kind: "table", entries: readTable(cursor).map(([name, value]) => [name, showScalar(value)] as const), at };
  if (cursor.text[at] === "(") return readParenthesis(cursor);
  const isQuoted = /["'@]/.test(cursor.text[at] ?? "");
  return { kind: "text", text: isQuoted ? readText(cursor) : readBare(cursor), isQuoted, at };
}

/**
 * Reads `([System.Text.Encoding]::UTF8.GetBytes("..."))`, which browsers write for text outside of ASCII, `("...")`, and `(@{...} |
 * ConvertTo-Json)`.
 */
function readParenthesis(cursor: Cursor): Token {
  const at = cursor.at;
  take(cursor, /\(\s*/y);
  const isBytes = take(cursor, /\[(?:System\.)?Text\.Encoding\]::UTF8\.GetBytes\(\s*/iy) !== "";
  if (cursor.text.startsWith("@{", cursor.at)) {
    const table = readTable(cursor);
    if (take(cursor, /\s*\|\s*ConvertTo-Json(?:\s+-Depth\s+\d+|\s+-Compress)*\s*\)/iy) === "")
      throw new Mistake("behind a table in parentheses there is more than | ConvertTo-Json", cursor.at);
    return { kind: "text", text: JSON.stringify(Object.fromEntries(table)), isQuoted: true, at };
  }
  const text = readText(cursor);
  if (take(cursor, isBytes ? /\s*\)\s*\)/y : /\s*\)/y) === "") throw new Mistake("the parenthesis is never closed", at);
  return { kind: "text", text, isQuoted: true, at };
}

type Scalar = string | number | boolean | null;

function readTable(cursor: Cursor): readonly (readonly [string, Scalar])[] {
  const at = cursor.at;
  take(cursor, /@\{/y);
  const entries: (readonly [string, Scalar])[] = [];
  for (take(cursor, LOOSE_BLANK); cursor.text[cursor.at] !== "}"; take(cursor, LOOSE_BLANK)) {
    if (cursor.at >= cursor.text.length) throw new Mistake("the @{ is never closed", at);
    const name = /["']/.test(cursor.text[cursor.at] ?? "") ? readText(cursor) : take(cursor, /[\w-]+/y);
    if (name === "") throw new Mistake("a name is missing here", cursor.at);
    if (take(cursor, /\s*=\s*/y) === "") throw new Mistake(`= is missing behind ${showName(name)}`, cursor.at);
    entries.push([name, readScalar(cursor)]);
  }
  cursor.at += 1;
  return entries;
}

function readScalar(cursor: Cursor): Scalar {
  if (/["'@]/.test(cursor.text[cursor.at] ?? "")) return readText(cursor);
  const word = take(cursor, /-?\d+(?:\.\d+)?|\$(?:true|false|null)\b/iy);
  if (word === "") throw new Mistake("a text in quotes is missing here; the value of a variable is not in the text", cursor.at);
  if (!word.startsWith("$")) return Number(word);
  return word.toLowerCase() === "$null" ? null : word.toLowerCase() === "$true";
}

/** A scalar as .NET writes it: `True`, and an empty text for null. */
function showScalar(value: Scalar): string {
  if (typeof value === "boolean") return value ? "True" : "False";
  return value === null ? "" : String(value);
}

function readBare(cursor: Cursor): string {
  const at = cursor.at;
  if (cursor.text[at] === "$") {
    // The session is the only variable known by its name, and by what was put into it before.
    const name = take(cursor, /\$\w+/y);
    if (name.toLowerCase() !== "$session") throw new Mistake(`the value of ${name} is not in the text; put it in its place`, at);
    return name;
  }
  const word = take(cursor, /[^\s`"'|;(){}]+/y);
  if (word === "") throw new Mistake("this is nothing that a command of PowerShell has here", at);
  return word;
}

/** Reads `'...'`, `"..."` and the here-strings `@'` and `@"`. */
function readText(cursor: Cursor): string {
  const at = cursor.at;
  const here = take(cursor, /@(["'])[ \t]*\r?\n[^]*?\r?\n\1@/y);
  if (here !== "") {
    const inside = here.replace(/^@["'][ \t]*\r?\n/, "").replace(/\r?\n["']@$/, "");
    return here[1] === "'" ? inside : expand(inside, at);
  }
  const quoted = take(cursor, cursor.text[at] === "'" ? /'(?:[^']|'')*'/y : /"(?:[^"`]|`[^]|"")*"/y);
  if (quoted === "")
    throw new Mistake(/["'@]/.test(cursor.text[at] ?? "") ? "the quote is never closed" : "a text in quotes is missing here", at);
  return quoted.startsWith("'") ? quoted.slice(1, -1).replaceAll("''", "'") : expand(quoted.slice(1, -1), at + 1);
}

/** Expands the escapes of a text in double quotes. A variable in it has no value here. */
function expand(text: string, at: number): string {
  const variable = /(?<!`)\$[\w{(]/.exec(text);
  if (variable !== null)
    throw new Mistake("a $ stands for a variable, whose value is not in the text; put the value in its place", at + variable.index);
  return text.replaceAll(/`u\{([\da-fA-F]{1,6})\}|`([^])|""/g, (_all, point?: string, single?: string) => {
    if (point !== undefined) return String.fromCodePoint(Math.min(Number.parseInt(point, 16), 0x10ffff));
    return single === undefined ? '"' : (ESCAPES[single] ?? single);
  });
}

import { fail, type Result, succeed } from "@faultline/model";
import { type Cursor, type PastedError, take } from "../pasted/cursor.ts";

/** The shells whose quoting a pasted command may use. */
export type Shell = "bash" | "cmd" | "powershell";

/** One word of a command line and where it began, counted in characters from 0. */
export type ShellWord = { readonly text: string; readonly at: number };

type Reader = (cursor: Cursor) => Result<string, PastedError>;

const MOST_WORDS = 10_000;

/** Splits a command line as the shell would, without running anything: no variables, no substitution, no globbing. */
export function splitShellWords(text: string, shell: Shell): Result<readonly ShellWord[], PastedError> {
  const cursor = { text, at: 0 };
  const words: ShellWord[] = [];
  const { blank, end, readPiece } = RULES[shell];
  for (;;) {
    while (take(cursor, blank) !== "");
    if (cursor.at >= text.length || end.test(text[cursor.at] ?? "")) return succeed(words);
    if (words.length >= MOST_WORDS) return fail({ message: `more than ${MOST_WORDS} words`, at: cursor.at });
    const at = cursor.at;
    let word = "";
    while (cursor.at < text.length && !matchesAt(cursor, blank) && !end.test(text[cursor.at] ?? "")) {
      const piece = readPiece(cursor);
      if (!piece.ok) return piece;
      word += piece.value;
    }
    words.push({ text: word, at });
  }
}

/** Which shell a command was copied for: `^` and a backtick at a line's end are cmd's and PowerShell's line continuations. */
export function guessShell(text: string): Shell {
  if (/\^\s*(?:\r?\n|$)|\^"/.test(text)) return "cmd";
  if (/`\s*\r?\n|^\s*(?:curl\.exe|Invoke-)/i.test(text)) return "powershell";
  return "bash";
}

function matchesAt(cursor: Cursor, pattern: RegExp): boolean {
  pattern.lastIndex = cursor.at;
  return (pattern.exec(cursor.text)?.[0] ?? "") !== "";
}

function unclosed(at: number, quote: string): Result<never, PastedError> {
  return fail({ message: `the ${quote} is never closed`, at });
}

const ANSI_C: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r", a: "\x07", b: "\b", e: "\x1b", f: "\f", v: "\v" };

/** `$'...'` of bash, with its escapes. Source: Bash manual, ANSI-C quoting. */
function decodeAnsiC(text: string): string {
  return text.replaceAll(
    /\\(?:x([0-9a-fA-F]{1,2})|u([0-9a-fA-F]{1,4})|U([0-9a-fA-F]{1,8})|([0-7]{1,3})|(.))/gs,
    (_all, ...groups: (string | undefined)[]) => {
      const [hex, short, long, octal, single = ""] = groups;
      const code = hex ?? short ?? long;
      if (code !== undefined) return String.fromCodePoint(Math.min(Number.parseInt(code, 16), 0x10ffff));
      if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8) & 255);
      return ANSI_C[single] ?? single;
    },
  );
}

const readBash: Reader = (cursor) => {
  const at = cursor.at;
  const first = cursor.text[at] ?? "";
  if (first === "'") {
    const quoted = take(cursor, /'[^']*'/y);
    return quoted === "" ? unclosed(at, "single quote") : succeed(quoted.slice(1, -1));
  }
  if (cursor.text.startsWith("$'", at)) {
    const quoted = take(cursor, /\$'(?:[^'\\]|\\[^])*'/y);
    return quoted === "" ? unclosed(at, "single quote") : succeed(decodeAnsiC(quoted.slice(2, -1)));
  }
  if (first === '"') {
    const quoted = take(cursor, /"(?:[^"\\]|\\[^])*"/y);
    if (quoted === "") return unclosed(at, "double quote");
    return succeed(quoted.slice(1, -1).replaceAll(/\\(?:\r?\n|(["\\$`]))/g, "$1"));
  }
  if (first === "\\") return succeed(take(cursor, /\\[^]?/y).slice(1));
  return succeed(take(cursor, /[^\s'"\\;|&<>]/y) || take(cursor, /[^]/y));
};

const readCmd: Reader = (cursor) => {
  const at = cursor.at;
  // "Copy as cURL (cmd)" of browsers escapes quotes for cmd too: ^" opens and closes, ^\^" is a quote inside.
  if (/^\^?"/.test(cursor.text.slice(at, at + 2))) {
    const quoted = take(cursor, /\^?"(?:\^\\\^"|\\"|""|\^\r?\n(?:\r?\n)?|\^[^"]|[^"^])*\^?"/y);
    if (quoted === "") return unclosed(at, "double quote");
    const inside = quoted.replace(/^\^?"/, "").replace(/\^?"$/, "");
    return succeed(
      inside
        .replaceAll(/\^\\\^"|\\"|""/g, '"')
        .replaceAll(/\^\r?\n(\r?\n)?/g, "$1")
        .replaceAll(/\^(.)/g, "$1")
        .replaceAll(/%%/g, "%"),
    );
  }
  if (cursor.text[at] === "^") return succeed(take(cursor, /\^[^]?/y).slice(1));
  return succeed(take(cursor, /[^]/y));
};

const POWERSHELL: Readonly<Record<string, string>> = {
  n: "\n",
  t: "\t",
  r: "\r",
  0: "\0",
  a: "\x07",
  b: "\b",
  e: "\x1b",
  f: "\f",
  v: "\v",
};

const readPowershell: Reader = (cursor) => {
  const at = cursor.at;
  const first = cursor.text[at] ?? "";
  if (first === "'") {
    const quoted = take(cursor, /'(?:[^']|'')*'/y);
    return quoted === "" ? unclosed(at, "single quote") : succeed(quoted.slice(1, -1).replaceAll("''", "'"));
  }
  if (first === '"') {
    const quoted = take(cursor, /"(?:[^"`]|`[^]|"")*"/y);
    if (quoted === "") return unclosed(at, "double quote");
    return succeed(
      quoted
        .slice(1, -1)
        .replaceAll(/`([^])|""/g, (_all, escaped?: string) => (escaped === undefined ? '"' : (POWERSHELL[escaped] ?? escaped))),
    );
  }
  if (first === "`") return succeed(take(cursor, /`[^]?/y).slice(1));
  return succeed(take(cursor, /[^]/y));
};

const RULES: Readonly<Record<Shell, { readonly blank: RegExp; readonly end: RegExp; readonly readPiece: Reader }>> = {
  bash: { blank: /[ \t\r\n]+|\\\r?\n/y, end: /[;|&<>]/, readPiece: readBash },
  cmd: { blank: /[ \t\r\n]+|\^\s*(?:\r?\n|$)/y, end: /[|&<>]/, readPiece: readCmd },
  powershell: { blank: /[ \t\r\n]+|`[ \t]*(?:\r?\n|$)/y, end: /[;|]/, readPiece: readPowershell },
};

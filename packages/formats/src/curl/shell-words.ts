import { fail, type Result, succeed } from "@faultline/model";
import { type Cursor, type PastedError, take } from "../pasted/cursor.ts";
import { splitCmdWords } from "./cmd-words.ts";
import { MOST_WORDS, type ShellWord } from "./shell-word.ts";

/** The shells whose quoting a pasted command may use. */
export type Shell = "bash" | "cmd" | "powershell";

type Reader = (cursor: Cursor) => Result<string, PastedError>;

/** Splits a command line as the shell would, without running anything: no variables, no substitution, no globbing. */
export function splitShellWords(text: string, shell: Shell): Result<readonly ShellWord[], PastedError> {
  if (shell === "cmd") return splitCmdWords(text);
  const cursor = { text, at: 0 };
  const words: ShellWord[] = [];
  const { blank, end, readPiece } = RULES[shell];
  for (;;) {
    while (take(cursor, blank) !== "");
    if (shell === "bash" && take(cursor, /#[^\n]*/y) !== "") continue;
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

/** Guesses the shell for which a command was copied: `^` and a backtick at the end of a line continue lines in cmd and PowerShell. */
export function guessShell(text: string): Shell {
  if (/\^\s*(?:\r?\n|$)|\^"/.test(text)) return "cmd";
  if (/`\s*\r?\n/.test(text)) return "powershell";
  // Both Windows shells run curl.exe. A quote after a backslash is cmd's; PowerShell escapes quotes differently.
  if (/^\s*curl\.exe\b/i.test(text)) return /^[^'`]*\\"[^'`]*$/.test(text) ? "cmd" : "powershell";
  return "bash";
}

function matchesAt(cursor: Cursor, pattern: RegExp): boolean {
  pattern.lastIndex = cursor.at;
  return (pattern.exec(cursor.text)?.[0] ?? "") !== "";
}

function unclosed(at: number, quote: string): Result<never, PastedError> {
  return fail({ message: `the ${quote} is never closed`, at });
}

function notRun(at: number): Result<never, PastedError> {
  return fail({
    message:
      "a $ or ` stands for what the shell would put in its place, and nothing is run here; put the value itself there, or single quotes around it",
    at,
  });
}

const ANSI_C: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r", a: "\x07", b: "\b", e: "\x1b", f: "\f", v: "\v" };

/** Decodes bash's `$'...'` with its escapes. Source: Bash manual, ANSI-C quoting. */
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
    const run = /(?:^|[^\\])(?:\\\\)*(\$[\w{(]|`)/d.exec(quoted)?.indices?.[1]?.[0];
    if (run !== undefined) return notRun(at + run);
    return succeed(quoted.slice(1, -1).replaceAll(/\\(?:\r?\n|(["\\$`]))/g, "$1"));
  }
  if (/\$[\w{(]|`/y.test(cursor.text.slice(at, at + 2))) return notRun(at);
  if (first === "\\") return succeed(take(cursor, /\\[^]?/y).slice(1));
  return succeed(take(cursor, /[^\s'"\\;|&<>]/y) || take(cursor, /[^]/y));
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

const RULES: Readonly<Record<Exclude<Shell, "cmd">, { readonly blank: RegExp; readonly end: RegExp; readonly readPiece: Reader }>> = {
  bash: { blank: /[ \t\r\n]+|\\\r?\n/y, end: /[;|&<>]/, readPiece: readBash },
  powershell: { blank: /[ \t\r\n]+|`[ \t]*(?:\r?\n|$)/y, end: /[;|]/, readPiece: readPowershell },
};

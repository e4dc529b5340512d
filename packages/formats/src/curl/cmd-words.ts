import { fail, type Result, succeed } from "@faultline/model";
import type { PastedError } from "../pasted/cursor.ts";
import { MOST_WORDS, type ShellWord } from "./shell-word.ts";

/** A character that cmd passes on, where it was, and whether it was escaped. */
type Passed = { readonly text: string; readonly at: number; readonly isEscaped: boolean };

/**
 * Splits a command line of Windows' cmd, in the two steps in which Windows reads it. First cmd removes its carets. Then the program itself
 * splits the rest into words, by quotes and the backslashes before them. Source: Microsoft, "Parsing C command-line arguments".
 */
export function splitCmdWords(text: string): Result<readonly ShellWord[], PastedError> {
  const passed = takeCarets(text);
  const words: ShellWord[] = [];
  let word: { text: string; readonly at: number } | undefined;
  let quotedAt: number | undefined;
  for (let index = 0; index < passed.length; index++) {
    const each = passed[index] as Passed; // the loop's bound
    if (quotedAt === undefined && !each.isEscaped && /[|&<>]/.test(each.text)) break;
    if (quotedAt === undefined && (each.isEscaped ? /[ \t]/ : /[ \t\r\n]/).test(each.text)) {
      if (word !== undefined) words.push(word);
      word = undefined;
      continue;
    }
    if (words.length >= MOST_WORDS) return fail({ message: `more than ${MOST_WORDS} words`, at: each.at });
    word ??= { text: "", at: each.at };
    const slashes = countSlashes(passed, index);
    const isQuote = passed[index + slashes]?.text === '"';
    if (!isQuote) {
      word.text += slashes > 0 ? "\\".repeat(slashes) : each.text;
      index += Math.max(slashes - 1, 0);
      continue;
    }
    // Before a quote, two backslashes are one, and a single one makes the quote an ordinary character.
    word.text += "\\".repeat(slashes >> 1);
    index += slashes;
    const isDoubled = quotedAt !== undefined && passed[index + 1]?.text === '"';
    if (slashes % 2 === 1) word.text += '"';
    else if (isDoubled) word.text += passed[++index]?.text ?? "";
    else quotedAt = quotedAt === undefined ? (passed[index] as Passed).at : undefined;
  }
  if (quotedAt !== undefined) return fail({ message: "the double quote is never closed", at: quotedAt });
  return succeed(word === undefined ? words : [...words, word]);
}

function countSlashes(passed: readonly Passed[], from: number): number {
  let count = 0;
  while (passed[from + count]?.text === "\\") count += 1;
  return count;
}

/**
 * The characters that cmd passes on. A caret makes the next character ordinary, and joins lines at a line end. Between cmd's own quotes a
 * caret is an ordinary character. `%%` is a percent sign, as in a batch file.
 */
function takeCarets(text: string): readonly Passed[] {
  const passed: Passed[] = [];
  let isQuoted = false;
  for (let at = 0; at < text.length; at++) {
    const isCaret = text[at] === "^" && !isQuoted;
    if (isCaret) at += 1 + lineEndAt(text, at + 1);
    if (isCaret && at >= text.length) break;
    const length = isCaret ? Math.max(lineEndAt(text, at), 1) : 1;
    const piece = length > 1 ? "\n" : (text[at] ?? "");
    if (piece === '"' && !isCaret) isQuoted = !isQuoted;
    passed.push({ text: piece, at, isEscaped: isCaret });
    at += length - 1;
    if (piece === "%" && text[at + 1] === "%") at += 1;
  }
  return passed;
}

/** The length of a line end at this position. */
function lineEndAt(text: string, at: number): number {
  if (text[at] === "\n") return 1;
  return text[at] === "\r" && text[at + 1] === "\n" ? 2 : 0;
}

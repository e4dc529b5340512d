import type { CauseId } from "@faultline/model";

/** What one error of a system, a platform or a language means, as it stands in logs, stacks and consoles. */
export type ErrorKnowledge = {
  /** The title. Alone it is known in any spelling; within a text it is looked for as it is written, as whole words. */
  readonly code: string;
  /** Finds it in a text, where the code alone would find too much or too little. */
  readonly pattern?: RegExp;
  readonly meaning: string;
  readonly madeBy?: string;
  /** Absent where it has several. */
  readonly cause?: CauseId;
  /** What the cause's own would say less well. */
  readonly mistakenFor?: string;
  readonly nextCheck?: string;
  readonly source: string;
};

/** Whether somebody who asks for `text` asks for this error. */
export function speaksOf({ code, pattern }: ErrorKnowledge, text: string): boolean {
  if (text.toLowerCase() === code.toLowerCase() || pattern?.test(text) === true) return true;
  return pattern === undefined && hasWords(text, code);
}

function hasWords(text: string, words: string): boolean {
  for (let at = text.indexOf(words); at !== -1; at = text.indexOf(words, at + 1)) {
    const around = [text[at - 1] ?? " ", text[at + words.length] ?? " "];
    if (around.every((sign) => !/[\w-]/.test(sign))) return true;
  }
  return false;
}

import type { NextCheck } from "@faultline/model";
import type { CheckTemplate } from "./checks-by-cause.ts";
import { fillWords } from "./fill-words.ts";
import type { CheckWords } from "./read-check-words.ts";

/** A check in the words of one fault. Undefined if its sentence, or a command that it is worthless without, needs an unknown word. */
export function fillCheck({ check, command, needsCommand }: CheckTemplate, words: CheckWords): readonly NextCheck[] {
  const told = fillWords(check, words);
  const run = command === undefined ? undefined : fillWords(command, words);
  if (told === undefined || (run === undefined && needsCommand === true)) return [];
  return [{ check: told, ...(run === undefined ? {} : { command: run }) }];
}

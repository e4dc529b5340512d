/** Finds where a script has a name from. */
import { readKeyOf, writeTokens } from "./read-expression.ts";
import type { Token } from "./tokens.ts";

/** The module that a name is imported from: what is imported stands before all that is done with it. Empty where it is from none. */
export function findModule(tokens: readonly Token[], name: string): string {
  const behind = tokens.slice(tokens.findIndex(({ text }) => text === name));
  const at = behind.findIndex(({ kind }) => kind === "string");
  return /from$|^require/.test(writeTokens(behind, at - 2, at)) ? String(readKeyOf(behind[at] as Token)) : "";
}

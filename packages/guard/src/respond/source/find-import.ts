/** Finds where a script has a name from. */
import { readKeyOf, writeTokens } from "./read-expression.ts";
import type { Token } from "./tokens.ts";

/** The module that a name is imported from, under no other: what is imported stands before all that is done with it. Empty where it is from none. */
export function findModule(tokens: readonly Token[], name: string): string {
  const from = tokens.findIndex(({ text }) => text === name);
  const at = tokens.findIndex(({ kind }, each) => each > from && kind === "string");
  // `{ find: read }` and `{ find as read }` give another one that name; what something makes of a module is another thing, but for compilers.
  const isIt = /^(?!as |:).* (?:from|(?:=|__\w+ \() require \()$/.test(writeTokens(tokens, from - 1, at));
  return (isIt && readKeyOf(tokens[at] as Token)) || "";
}

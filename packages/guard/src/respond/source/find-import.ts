/** Finds where a script has a name from. */
import { readKeyOf, writeTokens } from "./read-expression.ts";
import type { Token } from "./tokens.ts";

/** The module that a name is imported from, under no other: what is imported stands before all that is done with it. Empty where it is from none. */
export function findModule(tokens: readonly Token[], name: string): string {
  const from = tokens.findIndex(({ text }) => text === name);
  const at = tokens.findIndex(({ kind }, each) => each > from && kind === "string");
  // `{ find: read }`, `{ find as read }`, but `* as orders`.
  const isRenamed = /[^*] as$|:$/.test(writeTokens(tokens, from - 2, from));
  // What something makes of a module is another thing, but for what compilers do.
  const isImported = /from$|(?:= |__\w+ \( )require \($/.test(writeTokens(tokens, at - 4, at));
  return isImported && !isRenamed ? String(readKeyOf(tokens[at] as Token)) : "";
}

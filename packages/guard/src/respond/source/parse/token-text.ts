/** What can be said of tokens without their tree. */
import { unquote } from "./unquote.ts";
import type { Token } from "./tokens.ts";

/** The texts of the tokens between two, or to the end. */
export function writeTokens(tokens: readonly Token[], start: number, end?: number): string {
  return tokens
    .slice(start, end)
    .map(({ text }) => text)
    .join(" ");
}

/** The bracket around a place. */
export function findOpener(tokens: readonly Token[], place: number): number | undefined {
  for (let at = place - 1; at >= 0; at--) {
    const { pair } = tokens[at] as Token;
    if (pair > at) return at;
    at = pair;
  }
  return undefined;
}

/** The module that a name is imported from, under no other: what is imported stands before all that is done with it. Empty where it is from none. */
export function findModule(tokens: readonly Token[], name: string): string {
  const from = tokens.findIndex(({ text }) => text === name);
  const at = tokens.findIndex(({ kind }, each) => each > from && kind === "string");
  // `{ find: read }` and `{ find as read }` give another one that name; what something makes of a module is another thing, but for compilers.
  const isIt = /^(?!as |:).* (?:from|(?:=|__\w+ \() require \()$/.test(writeTokens(tokens, from - 1, at));
  return isIt ? unquote((tokens[at] as Token).text) : "";
}

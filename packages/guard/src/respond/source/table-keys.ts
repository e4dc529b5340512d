/** Reads the keys of a table that a script writes out under a name, `const LABELS = { open: ... }` or `new Map([["open", ...]])`, and leaves as it is. */
import { findBinding, findChanges } from "./find-binding.ts";
import { cutElements, type Expression, isEnd, readKeyOf, writeTokens } from "./read-expression.ts";
import type { Token } from "./tokens.ts";

/** Does a name stand only where a table gets its value, and where it is read? Whoever has it otherwise may put something into it. */
function isKept(tokens: readonly Token[], name: string): boolean {
  return tokens.every(({ text }, at) => {
    if (text !== name) return true;
    const before = writeTokens(tokens, Math.max(at - 4, 0), at);
    const isRead = /^(?:[=[]|\??\. (?!set|delete|clear))/.test(writeTokens(tokens, at + 1, at + 3));
    // Nothing is changed by what goes through it or copies it, and a member of that name is another thing.
    return !before.endsWith("export const") && (isRead || /\.$|\b(?:const|in|of)$|Object \. [ehkv]\w+ \($/.test(before));
  });
}

/** The keys of a table, an object or a map; undefined where there may be others. */
export function listKeys(tokens: readonly Token[], table: Expression, isMap: boolean): readonly string[] | undefined {
  const binding = table.kind === "name" ? findBinding(tokens, table.name, table.at) : undefined;
  if (table.kind !== "name" || binding?.kind !== "value") return undefined;
  const { start } = binding;
  const open = isMap ? start + 3 : start;
  const close = tokens[open]?.pair as number;
  const written = writeTokens(tokens, isMap ? start + 1 : open, close);
  // What is smaller looks like a type, and hides a comma.
  if (!written.startsWith(isMap ? "Map ( [ [" : "{ ") || / < |__proto/.test(written)) return undefined;
  const elements = [...cutElements(tokens, open)];
  const keys = elements.flatMap(({ from }) => {
    const at = isMap ? from + 1 : from;
    const token = tokens[at] as Token;
    return /^[:,(}]/.test(tokens[at + 1]?.text as string) && !(isMap && token.kind === "name") ? (readKeyOf(token) ?? []) : [];
  });
  const end = isMap ? close + 2 : close + 1;
  const isWhole = (!isMap || tokens[start + 2]?.pair === end - 1) && (isEnd(tokens, end) || /^(?:as|sat)/.test(tokens[end]?.text ?? ""));
  const changes = findChanges(tokens, table.name, { from: 0, end: tokens.length, but: [start - 2] });
  return isWhole && keys.length === elements.length && changes?.size === 0 && isKept(tokens, table.name) ? keys : undefined;
}

/** The words that a script has as texts or as keys: what it lists elsewhere, or lets through, a table of its own should have had. */
export function listWords(tokens: readonly Token[]): readonly string[] {
  return tokens.flatMap((token, at) => (token.kind === "string" || tokens[at + 1]?.text === ":" ? (readKeyOf(token) ?? []) : []));
}

/** Passes over the types of TypeScript, which are not there when a script runs. */
import type { Token } from "./tokens.ts";

/** Behind `< ... >`. */
export function skipTypeArguments(tokens: readonly Token[], open: number): number {
  let depth = 0;
  for (let at = open; at < tokens.length; at++) {
    const token = tokens[at] as Token;
    if (token.text === "<") depth += 1;
    else if (token.text === ">") depth -= 1;
    else if (token.text === "<<") depth += 2;
    if (depth === 0) return at + 1;
    if (token.pair > at) at = token.pair;
    else if (token.pair < at || token.text === ";") return open;
  }
  return open;
}

const PREFIX = /^(?:keyof|unique|readonly|infer|asserts|typeof|new|abstract|\||&|-)$/;

function skipPrimary(tokens: readonly Token[], from: number): number {
  let at = from;
  while (PREFIX.test(tokens[at]?.text ?? "") && !/^[=,;)\]}]$/.test(tokens[at + 1]?.text ?? "")) at += 1;
  const token = tokens[at];
  if (!token) return at;
  if (token.text === "<") {
    at = skipTypeArguments(tokens, at);
    return skipPrimary(tokens, at);
  }
  if (token.text === "(") {
    const behind = token.pair + 1;
    return tokens[behind]?.text === "=>" ? skipType(tokens, behind + 1) : behind;
  }
  // A template with values is a row of tokens, to the one that closes it.
  if (token.text === "`") {
    while (tokens[at] && tokens[at]?.kind !== "template") at += 1;
    while (tokens[at]?.text === "${") at = (tokens[at] as Token).pair + 1;
    return at + 1;
  }
  if (token.text === "{" || token.text === "[") return token.pair + 1;
  if (token.kind === "sign") return at;
  at += 1;
  while (tokens[at]?.text === ".") at += 2;
  if (tokens[at]?.text === "<" && !tokens[at]?.isFirst) at = skipTypeArguments(tokens, at);
  if (tokens[at]?.text === "is" && !tokens[at]?.isFirst) return skipType(tokens, at + 1);
  return at;
}

/** Behind the type that begins at a token. */
export function skipType(tokens: readonly Token[], from: number): number {
  let at = skipPrimary(tokens, from);
  for (;;) {
    const token = tokens[at];
    if (token?.text === "[" && !token.isFirst) at = token.pair + 1;
    else if (token?.text === "|" || token?.text === "&") at = skipPrimary(tokens, at + 1);
    else if (token?.text === "extends" && !token.isFirst) {
      at = skipType(tokens, at + 1);
      if (tokens[at]?.text !== "?") return at;
      at = skipType(tokens, at + 1);
      return tokens[at]?.text === ":" ? skipType(tokens, at + 1) : at;
    } else return at;
  }
}

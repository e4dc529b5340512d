/** Reads an expression out of tokens: names, members, calls and what stands in for nothing. Whatever else there is cannot be read. */
import { endsValue, isWord, type Token } from "./tokens.ts";

/** An expression as far as it can be read. `at` is the index of a token. */
export type Expression =
  | { readonly kind: "name"; readonly name: string; readonly at: number }
  | { readonly kind: "member"; readonly of: Expression; readonly key: string; readonly at: number }
  | {
      readonly kind: "call";
      readonly of: Expression;
      readonly given: readonly (Expression | undefined)[];
      readonly isNew: boolean;
      readonly open: number;
    }
  | { readonly kind: "made"; readonly members: readonly Member[] }
  | { readonly kind: "indexed"; readonly of: Expression; readonly key: Expression | undefined; readonly isLast: boolean }
  | { readonly kind: "await"; readonly of: Expression }
  | { readonly kind: "literal"; readonly value: unknown }
  | { readonly kind: "either" | "joined"; readonly first: Expression; readonly second: Expression; readonly sign: string };

/** A member of an object that is written out; with no name where others are spread into it, or it is computed. */
export type Member = { readonly key: string | undefined; readonly value: Expression | undefined };

/** An expression and the index of the token behind it. */
export type Read = { readonly expression: Expression; readonly end: number };

const CONSTANTS: Readonly<Record<string, unknown>> = { null: null, undefined, true: true, false: false };
const MAX_LINKS = 64;

/** The value of a literal text; undefined where it has escapes that need more than looking. */
function readQuoted(text: string): string | undefined {
  const inner = text.slice(1, -1);
  return inner.includes("\\") ? undefined : inner;
}

/** A pattern that keeps no place between two tries of a method of a text. */
function readPattern(text: string): RegExp | undefined {
  const end = text.lastIndexOf("/");
  const flags = text.slice(end + 1);
  return /y/.test(flags) ? undefined : new RegExp(text.slice(1, end), flags);
}

/** An object that is written out. */
function readMade(tokens: readonly Token[], open: number): Read {
  const members = [...cutElements(tokens, open)].map(({ from, end }): Member => {
    const isSpread = tokens[from]?.text === "...";
    const read = readExpression(tokens, isSpread ? from + 1 : tokens[from + 1]?.text === ":" ? from + 2 : from, end);
    // Of `get total() {` nobody knows what it gives.
    const key = /^[:,(}]/.test(tokens[from + 1]?.text as string) ? readKeyOf(tokens[from] as Token) : undefined;
    return { key, value: read?.end === end ? read.expression : undefined };
  });
  return { expression: { kind: "made", members }, end: (tokens[open] as Token).pair + 1 };
}

function readLiteral(tokens: readonly Token[], at: number): Read | undefined {
  const token = tokens[at];
  if (!token) return undefined;
  const literal = (value: unknown, end = at + 1): Read => ({ expression: { kind: "literal", value }, end });
  if (token.kind === "number") return literal(Number(token.text.replaceAll("_", "")));
  if (token.kind === "string" || token.kind === "pattern") {
    const value = token.kind === "string" ? readQuoted(token.text) : readPattern(token.text);
    return value === undefined ? undefined : literal(value);
  }
  if (Object.hasOwn(CONSTANTS, token.text)) return literal(CONSTANTS[token.text]);
  // Of an object or a list only the empty one is known.
  if (/[[{]/.test(token.text) && token.pair === at + 1) return literal(token.text === "{" ? {} : [], at + 2);
  return token.text === "{" ? readMade(tokens, at) : undefined;
}

/** Passes over a type behind `as`, `satisfies`, or what stands in < >. */
function skipType(tokens: readonly Token[], from: number): number {
  let at = from;
  for (let depth = 0; at < tokens.length; at++) {
    const token = tokens[at] as Token;
    if (token.text === "<") depth++;
    else if (token.text === ">") depth--;
    else if (depth > 0 || token.kind === "string" || /^[.|&]$/.test(token.text)) continue;
    else if (token.text === "{" || token.text === "[") at = token.pair;
    else if (token.kind !== "name" || (token.isFirst && at > from)) break;
  }
  return at;
}

/** The arguments between two brackets; undefined for one that cannot be read. */
export function readArguments(tokens: readonly Token[], open: number): readonly (Expression | undefined)[] {
  const given: (Expression | undefined)[] = [];
  for (const { from, end } of cutElements(tokens, open)) {
    const read = readExpression(tokens, from);
    given.push(read?.end === end ? read.expression : undefined);
    // Nobody knows which place has what stands behind it.
    if (tokens[from]?.text === "...") break;
  }
  return given;
}

/** The value of a literal; undefined for anything else. */
export function readLiteralValue(expression: Expression | undefined): unknown {
  return expression?.kind === "literal" ? expression.value : undefined;
}

/** The first token of a kind that stands on the same level, outside of all brackets; the end when there is none. */
export function findOnLevel(
  tokens: readonly Token[],
  { from, end }: { readonly from: number; readonly end: number },
  isIt: (token: Token, at: number) => boolean,
): number {
  for (let at = from; at < end; at++) {
    const token = tokens[at] as Token;
    if (isIt(token, at)) return at;
    if (token.pair > at) at = token.pair;
  }
  return end;
}

/** What stands between two brackets, cut at the commas: where each begins and ends. Commas between < > belong to a type. */
export function* cutElements(tokens: readonly Token[], open: number): Generator<{ readonly from: number; readonly end: number }> {
  const close = tokens[open]?.pair ?? open;
  for (let from = open + 1; from < close;) {
    let depth = 0;
    const end = findOnLevel(tokens, { from, end: close }, ({ text }) => {
      if (text === "<") depth++;
      else if (text === ">") depth--;
      return text === "," && depth <= 0;
    });
    yield { from, end };
    from = end + 1;
  }
}

function readPrimary(tokens: readonly Token[], at: number): Read | undefined {
  const token = tokens[at];
  if (!token) return undefined;
  const literal = readLiteral(tokens, at);
  if (literal) return literal;
  if (token.text === "(" && token.pair > at) {
    // Compilers call what a module exports so: `(0, orders_1.read)(`.
    const inner = readExpression(tokens, writeTokens(tokens, at + 1, at + 3) === "0 ," ? at + 3 : at + 1);
    return inner?.end === token.pair ? { expression: inner.expression, end: token.pair + 1 } : undefined;
  }
  if (token.kind !== "name" || isWord(token)) return undefined;
  return { expression: { kind: "name", name: token.text, at }, end: at + 1 };
}

/** What a member is named by a token. */
export function readKeyOf(token: Token): string | undefined {
  if (token.kind === "string") return readQuoted(token.text);
  return token.kind === "name" || token.kind === "number" ? token.text : undefined;
}

/** The texts of the tokens between two, or to the end. */
export function writeTokens(tokens: readonly Token[], start: number, end?: number): string {
  return tokens
    .slice(start, end)
    .map(({ text }) => text)
    .join(" ");
}

/** A member by its index: constant, the last, or whichever a variable says. */
function readIndexed(tokens: readonly Token[], of: Expression, at: { readonly from: number; readonly open: number }): Read | undefined {
  const { from, open } = at;
  const close = tokens[open]?.pair ?? open;
  const end = close + 1;
  const token = tokens[open + 1] as Token;
  const constant = close === open + 2 && token.kind !== "name" ? readKeyOf(token) : undefined;
  if (constant !== undefined) return { expression: { kind: "member", of, key: constant, at: open + 1 }, end };
  // `list[list.length - 1]`, of the very list.
  const isLast = writeTokens(tokens, open + 1, close) === `${writeTokens(tokens, from, open)} . length - 1`;
  const read = readExpression(tokens, open + 1, close);
  const key = read?.end === close ? read.expression : undefined;
  return isLast || key ? { expression: { kind: "indexed", of, key, isLast }, end } : undefined;
}

/** One more link of a chain: a member, a call, or a mark of TypeScript's that changes nothing. */
function readLink(
  tokens: readonly Token[],
  of: Expression,
  place: { readonly from: number; readonly at: number; readonly isNew: boolean },
): Read | undefined {
  const { from, at, isNew } = place;
  const token = tokens[at] as Token;
  const isDot = /^\??\.$/.test(token.text);
  const next = isDot ? tokens[at + 1] : token;
  if (!next || (next.isFirst && !isDot && next.text !== ".")) return undefined;
  if (isDot && next.kind === "name") return { expression: { kind: "member", of, key: next.text, at: at + 1 }, end: at + 2 };
  const open = isDot ? at + 1 : at;
  if (next.text === "(") {
    return { expression: { kind: "call", of, given: readArguments(tokens, open), isNew, open }, end: next.pair + 1 };
  }
  return next.text === "[" ? readIndexed(tokens, of, { from, open }) : undefined;
}

/** Where the type arguments of a call end: `json<Order>(`. */
function findCallBehindTypes(tokens: readonly Token[], at: number): number {
  if (tokens[at]?.text !== "<") return at;
  const end = skipType(tokens, at);
  return tokens[end]?.text === "(" && tokens[end - 1]?.text === ">" ? end : at;
}

function readChain(tokens: readonly Token[], from: number, until: number): Read | undefined {
  // The call of a `new` is the first one behind it.
  let isNew = tokens[from]?.text === "new";
  const primary = readPrimary(tokens, isNew ? from + 1 : from);
  if (!primary) return undefined;
  let { expression, end } = primary;
  for (let links = 0; links < MAX_LINKS && end < until; links++) {
    if (tokens[end]?.text === "!" && !tokens[end]?.isFirst) {
      end += 1;
      continue;
    }
    const at = findCallBehindTypes(tokens, end);
    const link = at < tokens.length ? readLink(tokens, expression, { from, at, isNew }) : undefined;
    if (!link || link.end > until) break;
    ({ expression, end } = link);
    isNew &&= expression.kind !== "call";
  }
  return { expression, end };
}

function readUnary(tokens: readonly Token[], at: number, until: number): Read | undefined {
  const sign = tokens[at]?.text;
  if (sign !== "await" && sign !== "+") return readChain(tokens, at, until);
  const read = readUnary(tokens, at + 1, until);
  if (!read) return undefined;
  const of = read.expression;
  const expression: Expression =
    sign === "+" ? { kind: "call", of: { kind: "name", name: "Number", at }, given: [of], isNew: false, open: at } : { kind: "await", of };
  return { expression, end: read.end };
}

/** Reads the longest expression that begins here, and no further than `until`. */
export function readExpression(tokens: readonly Token[], from: number, until = tokens.length): Read | undefined {
  const first = readUnary(tokens, from, until);
  if (!first) return undefined;
  let { expression, end } = first;
  for (let links = 0; links < MAX_LINKS && end < until; links++) {
    const text = tokens[end]?.text;
    if (text === "as" || text === "satisfies") {
      end = skipType(tokens, end + 1);
      continue;
    }
    const isEither = text === "||" || text === "??";
    // Of several signs the order would have to be known.
    const isFirst = expression.kind !== "joined" || expression.sign === text;
    if (text === undefined || (!isEither && (!/^[-+*/]$/.test(text) || !isFirst))) break;
    const second = readUnary(tokens, end + 1, until);
    if (!second) return undefined;
    expression = { kind: isEither ? "either" : "joined", first: expression, second: second.expression, sign: text };
    ({ end } = second);
  }
  return { expression, end };
}

/** Signs that go on with a value: what stands before them is no whole expression. */
const GOES_ON = /^(?:[-+*/%&|^<>?=.,:([`]|!=)/;

/** Does an expression end here, so that nothing else was mixed into it? */
export function isEnd(tokens: readonly Token[], end: number): boolean {
  const token = tokens[end];
  if (token === undefined || /^[;)\]},]$/.test(token.text)) return true;
  return token.isFirst && !GOES_ON.test(token.text) && token.text !== "instanceof" && token.text !== "in";
}

/** The first token of the chain of members and calls whose last token stands at `last`. */
export function findChainStart(tokens: readonly Token[], last: number): number {
  let at = last;
  for (let links = 0; links < MAX_LINKS; links++) {
    const token = tokens[at];
    if (!token) return last + 1;
    if (token.text === "!") {
      at -= 1;
      continue;
    }
    const isBracket = token.text === ")" || token.text === "]";
    if (isBracket) at = token.pair;
    const before = tokens[at - 1];
    if (!before) return at;
    if (/^\??\.$/.test(before.text)) at -= 2;
    else if (isBracket && (endsValue(before) || before.text === "!")) at -= 1;
    else return before.text === "new" ? at - 1 : at;
  }
  return last + 1;
}

/** The bracket of the call that a position stands for: at its callee, its dot or bracket, at `new` or `await`. */
export function findCall(tokens: readonly Token[], at: number): number | undefined {
  if (tokens[at]?.text === "(") return at;
  const first = tokens[at]?.kind === "sign" ? at + 1 : at;
  let last = first;
  while (/^(?:new|await)$/.test(tokens[last]?.text ?? "")) last += 1;
  // Only behind these words the callee is still to come.
  const hasMembers = (): boolean => /^\??\.$/.test(tokens[last + 1]?.text ?? "") && tokens[last + 2]?.kind === "name";
  while (last > first && hasMembers()) last += 2;
  return tokens[last + 1]?.text === "(" ? last + 1 : undefined;
}

/** Finds what a name stands for at a place in a script: a parameter, or a variable that is given its value once. */
import { findChainStart, findOnLevel, isEnd, writeTokens } from "./read-expression.ts";
import { type Named, readNames, readParameters, readTarget, type Step } from "./read-pattern.ts";
import { endsValue, isWord, type Token } from "./tokens.ts";

/** A function around a place: the token that its parameters begin with, and the range of its body. */
export type Surrounding = { readonly parameters: number; readonly from: number; readonly end: number };

/** By the token where it is done: which member of what a name stands for is given another value, or nothing where all of it is handed to a call. */
type Changes = ReadonlyMap<number, string>;

/** What a name stands for, and how that is changed there: a part of a parameter, of an expression that begins at `start`, of each element of one, or of all its pieces together. */
export type Binding = { readonly changes: Changes } & (
  | {
      readonly kind: "parameter";
      readonly index: number;
      readonly path: readonly Step[];
      readonly owner: Surrounding;
      readonly count: number;
    }
  | { readonly kind: "value" | "element" | "gathered"; readonly start: number; readonly path: readonly Step[] }
);

const UNCHANGED: Changes = new Map<number, string>();
/** `of` gives a name its values in a loop. */
const ASSIGNS = /^(?:[-+*/%&|^?]*=|\+\+|--|of)$/;

/** Does a statement begin at this token that ends the one before without a semicolon? */
function beginsStatement(tokens: readonly Token[], at: number): boolean {
  const token = tokens[at] as Token;
  const before = tokens[at - 1];
  if (!token.isFirst || !before || (token.kind === "sign" && token.text !== "{")) return false;
  return endsValue(before) || isWord(before);
}

/** The parameters of the function whose body or arrow stands at `at`; undefined when it is no function's. */
function findParameters(tokens: readonly Token[], at: number): number | undefined {
  let before = at - 1;
  // A type of what it returns may stand between.
  for (let passed = 0; passed < 48 && before > 0 && tokens[before]?.text !== ")"; passed++) {
    const token = tokens[before] as Token;
    if (token.text === ":" && tokens[before - 1]?.text === ")") before -= 1;
    else if (token.text === "=>" || token.text === ";" || isWord(token)) return undefined;
    else if (!passed && tokens[at]?.text === "=>" && token.kind === "name" && tokens[before - 1]?.text !== ".") {
      const isAlone = tokens[before - 1]?.text !== ":" && !/^[|&<>]$/.test(tokens[before - 1]?.text ?? "");
      if (isAlone) return before;
      before -= 1;
    } else before = (token.pair < before ? token.pair : before) - 1;
  }
  return tokens[before]?.text === ")" ? tokens[before]?.pair : undefined;
}

const CONTROL = /^(?:if|catch|for|await|while|switch|with)$/;

/** One surrounding of a place: an open bracket, or an arrow without one. */
type Around = { readonly opener: number; readonly isHeader?: boolean };

/** Does the bracket hold the header of a loop? */
function isLoopHeader(tokens: readonly Token[], open: number): boolean {
  const word = tokens[open - 1]?.text === "await" ? tokens[open - 2] : tokens[open - 1];
  return tokens[open]?.text === "(" && word?.text === "for";
}

/** What stands around a place, from the inside out: brackets, arrows, and the header of a loop whose body has no bracket. */
function* walkOut(tokens: readonly Token[], from: number): Generator<Around> {
  let isOver = false;
  for (let at = from - 1; at >= 0; at--) {
    const token = tokens[at] as Token;
    if (!isOver && token.text === "=>") yield { opener: at };
    const isHeader = isLoopHeader(tokens, token.pair);
    isOver ||= /^[,;]$/.test(token.text) || (!isHeader && beginsStatement(tokens, at + 1));
    if (token.pair < at) {
      at = token.pair;
      if (!isOver && isHeader) yield { opener: at, isHeader: true };
    } else if (token.pair > at) {
      yield { opener: at };
      isOver = false;
    }
  }
}

/** Where what begins at a token stops: at such a sign, or where a statement begins. */
function findStop(tokens: readonly Token[], range: { readonly from: number; readonly end: number }, signs: RegExp): number {
  return findOnLevel(tokens, range, ({ text }, at) => signs.test(text) || (at > range.from && beginsStatement(tokens, at)));
}

/** The function that an opener or an arrow is the beginning of; that of a bracket around its parameters begins behind it. */
function readSurrounding(tokens: readonly Token[], opener: number, place: number): Surrounding | undefined {
  const text = tokens[opener]?.text;
  const close = tokens[opener]?.pair ?? opener;
  if (text === "(") return readSurrounding(tokens, close + 1, close + 2);
  if (text !== "=>" && text !== "{") return undefined;
  const at = tokens[opener - 1]?.text === "=>" ? opener - 1 : opener;
  const parameters = findParameters(tokens, at);
  if (parameters === undefined || (CONTROL.test(tokens[parameters - 1]?.text ?? "") && tokens[at]?.text === "{")) return undefined;
  // What an arrow gives ends with the expression, for a place directly in it.
  const end = text === "=>" ? findStop(tokens, { from: place, end: tokens.length }, /^[,;)\]}]$/) : close;
  return { parameters, from: opener, end };
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

/** What the pattern around a place takes apart there, as if it had a name. */
export function findPatternAt(tokens: readonly Token[], place: number): Binding | null | undefined {
  const token = tokens[place];
  // At the bracket of an inner pattern the outer one is meant.
  const isOutermost = (token?.text === "{" || token?.text === "[") && tokens[place - 1]?.text !== ":";
  let open = isOutermost ? place : token?.text === "]" || token?.text === "}" ? token.pair : findOpener(tokens, place);
  const innermost = open;
  let depth = -1;
  for (let inner = open; inner; inner = findOpener(tokens, inner)) {
    if (!/[[{]/.test(tokens[inner]?.text ?? "")) break;
    open = inner;
    depth += 1;
    if (!/^[:,[{]$|^\.\.\.$/.test(tokens[inner - 1]?.text ?? "")) break;
  }
  if (!open || !innermost || depth < 0) return undefined;
  // The first name in it leads through it.
  const named = readNames(tokens, open).find(({ at, isRest }) => at > innermost && !isRest);
  const around = findOpener(tokens, open) ?? 0;
  // The name of a parameter is known in the body of its function, behind the type of what that returns.
  const body = { from: tokens[around]?.pair ?? 0, end: tokens.length };
  const isParameter = tokens[around]?.text === "(" && !isLoopHeader(tokens, around);
  const known = isParameter ? findOnLevel(tokens, body, ({ text }) => text === "{" || text === "=>") + 1 : named?.at;
  const binding = named && findBinding(tokens, named.name, known ?? 0);
  return binding && { ...binding, path: binding.path.slice(0, depth), changes: UNCHANGED };
}

/** The functions around a place, from the inside out. */
export function* findSurroundings(tokens: readonly Token[], place: number): Generator<Surrounding> {
  for (const { opener } of walkOut(tokens, place)) {
    const found = readSurrounding(tokens, opener, place);
    if (found) yield found;
  }
}

/** What is looked through, and stays as it is. */
const LOOKS = /^(?:console|JSON|Object|Array)$/;

/** How what a name stands for is changed between two tokens; undefined when the name is given another value itself. */
function findChanges(
  tokens: readonly Token[],
  name: string,
  range: { readonly from: number; readonly end: number; readonly but: readonly number[] },
): Changes | undefined {
  const changes = new Map<number, string>();
  // Where the last pattern ends that is given a value.
  let until = 0;
  for (let at = range.from; at < range.end; at++) {
    const token = tokens[at] as Token;
    const isIndex = token.text === "[" && endsValue(tokens[at - 1]);
    if (tokens[token.pair + 1]?.text === "=" && !isIndex) until = token.pair;
    if (token.text !== name || range.but.includes(at)) continue;
    const before = tokens[at - 1]?.text ?? "";
    if (/^\??\.$/.test(before)) continue;
    const end = skipMembers(tokens, at + 1);
    const isChanged = ASSIGNS.test(tokens[end]?.text ?? "") || /^(?:\+\+|--|delete)$/.test(before);
    if (at < until || (isChanged && end === at + 1) || (before === "(" && tokens[at - 2]?.text === "assign")) return undefined;
    // To a call, or to another name; a pattern only takes it apart.
    const isGiven = (/^[(,:[{]$/.test(before) || (before === "=" && !/^[\]}]$/.test(tokens[at - 2]?.text ?? ""))) && isEnd(tokens, at + 1);
    if (isChanged) changes.set(at, tokens[at + 2]?.text.replaceAll(/["'`]/g, "") ?? "");
    else if (isGiven && !isWord(tokens[at - 2]) && !LOOKS.test(tokens[at - 4]?.text ?? "")) changes.set(at, "");
  }
  return changes;
}

/** Over the members behind a name. */
function skipMembers(tokens: readonly Token[], from: number): number {
  let end = from;
  for (;;) {
    const token = tokens[end];
    if (/^\??\.$/.test(token?.text ?? "")) end += 2;
    else if (token && !token.isFirst && /^[[!]$/.test(token.text)) end = token.pair + 1;
    else return end;
  }
}

/** The one place in a range where a name that was declared without a value is given one. */
function findOnlyAssignment(tokens: readonly Token[], name: string, range: { from: number; end: number }): number | undefined {
  let found: number | undefined;
  for (let at = range.from; at < range.end; at++) {
    const isIt = tokens[at]?.text === name && tokens[at + 1]?.text === "=" && !/^\??\.$/.test(tokens[at - 1]?.text ?? "");
    if (!isIt) continue;
    if (found) return undefined;
    found = at;
  }
  return found;
}

/** Where the value of a declared name or pattern begins: behind its sign, or behind `of`. */
function findValue(tokens: readonly Token[], from: number, end: number): { readonly start: number; readonly isOf: boolean } | undefined {
  // Commas between < > belong to a type.
  let depth = 0;
  const at = findOnLevel(tokens, { from, end }, ({ text }, each) => {
    depth += text === "<" ? 1 : text === ">" ? -1 : 0;
    return (!depth && /^(?:[=,;]|of)$/.test(text)) || (each > from && beginsStatement(tokens, each));
  });
  // At the end stands a bracket, or nothing.
  const text = tokens[at]?.text;
  return text === "=" || text === "of" ? { start: at + 1, isOf: text === "of" } : undefined;
}

/** A declaration of `name` directly between two brackets. `block` is where it holds. */
function findDeclaration(
  tokens: readonly Token[],
  name: string,
  range: { from: number; end: number; block: number },
): Binding | null | undefined {
  for (let at = range.from; at < range.end; at++) {
    const token = tokens[at] as Token;
    const isIt = /^(?:const|let|var)$/.test(token.text) && tokens[at - 1]?.text !== ".";
    for (let target = isIt ? at + 1 : range.end; target < range.end;) {
      const named = readTarget(tokens, { from: target, end: target + 1 }).find((each) => each.name === name);
      const value = findValue(tokens, target, range.end);
      if (named) return toBinding(tokens, { named, value, end: range.block });
      // The next name of the same declaration stands behind a comma.
      const end = findStop(tokens, { from: target, end: range.end }, /^[,;]$/);
      if (tokens[end]?.text !== ",") break;
      target = end + 1;
    }
    if (token.pair > at) at = token.pair;
  }
  return undefined;
}

type Declared = { readonly named: Named; readonly value: ReturnType<typeof findValue>; readonly end: number };

/** What a loop goes through that puts its pieces together under a name: `for await (const piece of request) text += piece`. */
function findGathered(tokens: readonly Token[], name: string, range: { readonly from: number; readonly end: number }): number | undefined {
  for (let at = range.from; at < range.end; at++) {
    if (tokens[at]?.text !== name) continue;
    const [, piece] = /^\S+ (?:\+=|\. push \() (\S+)/.exec(writeTokens(tokens, at, at + 5)) ?? [];
    const header = piece && findAwaitedHeader(tokens, at);
    if (header && writeTokens(tokens, header + 2, header + 4) === `${piece} of`) return header + 4;
  }
  return undefined;
}

/** The header of the loop that a statement is the body of, or the first of its body. */
function findAwaitedHeader(tokens: readonly Token[], at: number): number | undefined {
  const before = tokens[at - 1]?.text === "{" ? at - 2 : at - 1;
  const header = tokens[before]?.pair ?? 0;
  return writeTokens(tokens, header - 2, header) === "for await" ? header : undefined;
}

/** Null when the name is declared here, and cannot be followed. */
function toBinding(tokens: readonly Token[], { named, value, end }: Declared): Binding | null {
  if (named.isRest) return null;
  const from = named.at;
  const gathered = value && findGathered(tokens, named.name, { from, end });
  if (gathered !== undefined) return { kind: "gathered", start: gathered, path: named.path, changes: UNCHANGED };
  const only = value ? undefined : findOnlyAssignment(tokens, named.name, { from: from + 1, end });
  if (!value && !only) return null;
  const changes = findChanges(tokens, named.name, { from, end, but: [from, only ?? from] });
  if (!changes) return null;
  const start = value?.start ?? (only as number) + 2;
  return { kind: value?.isOf ? "element" : "value", start, path: named.path, changes };
}

function findParameter(tokens: readonly Token[], name: string, owner: Surrounding): Binding | null | undefined {
  const { names, count } = readParameters(tokens, owner.parameters);
  const named = names.find((each) => each.name === name);
  if (!named) return undefined;
  const [first, ...path] = named.path;
  const isPlain = !first?.fallback && !named.isRest;
  const changes = isPlain ? findChanges(tokens, name, { from: owner.from, end: owner.end, but: [] }) : undefined;
  return !changes ? null : { kind: "parameter", index: Number(first?.key), path, owner, count, changes };
}

/** Null when the name is declared, and cannot be followed. */
function findNearest(tokens: readonly Token[], name: string, place: number): Binding | null | undefined {
  for (const { opener, isHeader } of walkOut(tokens, place)) {
    const token = tokens[opener] as Token;
    if (isHeader) {
      const looped = findDeclaration(tokens, name, { from: opener + 1, end: token.pair, block: place + 1 });
      if (looped !== undefined) return looped;
      continue;
    }
    // An arrow without a bracket has nothing between itself and itself.
    const inside = findDeclaration(tokens, name, { from: opener + 1, end: token.pair, block: token.pair });
    if (inside !== undefined) return inside;
    const owner = readSurrounding(tokens, opener, place);
    const given = owner && findParameter(tokens, name, owner);
    if (given !== undefined) return given;
    if (!owner && token.text === "{" && tokens[opener - 1]?.text === ")") {
      const header = tokens[opener - 1]?.pair ?? opener;
      if (tokens[header - 1]?.text === "catch" && tokens[header + 1]?.text === name) return undefined;
      const looped = findDeclaration(tokens, name, { from: header + 1, end: opener - 1, block: token.pair });
      if (looped !== undefined) return looped;
    }
  }
  return findDeclaration(tokens, name, { from: 0, end: tokens.length, block: tokens.length });
}

/** What `name` stands for at `place`; undefined when that cannot be said, and null when it is declared there all the same. */
export function findBinding(tokens: readonly Token[], name: string, place: number): Binding | null | undefined {
  const binding = findNearest(tokens, name, place);
  if (!binding || binding.kind === "parameter") return binding;
  // What another function put there may have been of another request.
  const [giver] = findSurroundings(tokens, binding.start);
  const isAround = !giver || [...findSurroundings(tokens, place)].some(({ parameters }) => parameters === giver.parameters);
  return isAround ? binding : undefined;
}

/** A call: where the chain of its callee begins and ends, its bracket, and which of its arguments is meant. */
export type CallOf = { readonly start: number; readonly last: number; readonly open: number; readonly index: number };

/** The token before a function and its words. */
export function skipHead(tokens: readonly Token[], owner: Pick<Surrounding, "parameters">): number {
  let at = owner.parameters - 1;
  while (/^(?:async|function)$/.test(tokens[at]?.text ?? "")) at -= 1;
  return at;
}

/** Over the types that a callee was given: `get<Page>(`. */
function skipTypesBack(tokens: readonly Token[], from: number): number {
  let depth = 0;
  for (let at = from; at >= 0; at--) {
    const token = tokens[at] as Token;
    if (token.text === ">") depth++;
    else if (token.text === "<") depth--;
    else if (depth === 0) return at;
    if (token.pair < at) at = token.pair;
  }
  return from;
}

/** The call that a function, or anything that begins there, was written into as an argument. */
export function findCallOf(tokens: readonly Token[], owner: Pick<Surrounding, "parameters">): CallOf | undefined {
  let at = skipHead(tokens, owner);
  let index = 0;
  for (; at >= 0; at--) {
    const token = tokens[at] as Token;
    if (token.text === ",") index += 1;
    else if (token.text === ";") return undefined;
    else if (token.pair < at) at = token.pair;
    else if (token.pair > at) {
      const last = skipTypesBack(tokens, at - 1);
      return token.text === "(" ? { start: findChainStart(tokens, last), last, open: at, index } : undefined;
    }
  }
  return undefined;
}

/** The places in a script where a collection is changed, and whether each is one that happens whenever the code comes to it. */
import { codesAround, localsOf } from "../names/codes-around.ts";
import type { Code, Node, ScriptTree } from "../parse/syntax.ts";
import { nodesAround } from "../run/tree-search.ts";
import type { Named } from "../run/values.ts";

/** One place: by which method, and the first token of what it is given. `x[key] = ...` is "=". */
export type Change = { readonly method: string; readonly at: number };

/** The methods that change a collection. */
export const CHANGES = /^(?:set|add|push|unshift|delete|clear|pop|shift|splice|fill|copyWithin|length)$/;

/** All places where a name of a script is changed. */
export function findChanges({ script, name }: Named): readonly Change[] {
  const { tokens } = script;
  return tokens.flatMap(({ text, kind }, at): readonly Change[] => {
    if (text !== name || kind !== "name" || tokens[at - 1]?.text === ".") return [];
    const [first, second, third] = tokens.slice(at + 1, at + 4);
    const isDeleted = tokens[at - 1]?.text === "delete";
    const isPut = first?.text === "[" && (isDeleted || tokens[first.pair + 1]?.text === "=");
    const isCall = /^\??\.$/.test(first?.text ?? "") && CHANGES.test(second?.text ?? "") && /^[(=]$/.test(third?.text ?? "");
    if (!isPut && !isCall) return [];
    // Another thing of that name is meant in a function that has one of its own.
    if (codesAround(script, at).some((code) => localsOf(code).has(name))) return [];
    return [isPut ? { method: isDeleted ? "delete" : "=", at: at + 2 } : { method: second?.text ?? "", at: at + 4 }];
  });
}

/** What runs a function later, or only when something happens. */
const DEFERS = /^(?:set(?:Timeout|Interval|Immediate)|nextTick|then|catch|on|once|add\w*Listener|subscribe)$/;

function isDeferred({ call }: Code): boolean {
  const callee = call?.of;
  const name = callee?.type === "member" ? callee.key : callee?.type === "name" ? callee.name : undefined;
  return typeof name === "string" && DEFERS.test(name);
}

function nodesOf({ read }: Code, at: number): readonly Node[] {
  return nodesAround(read().statements, at);
}

/** `if (!orders.has(id))`, `if (!orders.get(id))`: what is there already need not be put in. */
function isUnlessThere(node: Node): boolean {
  if (node.type !== "if" || node.test.type !== "unary" || node.test.sign !== "!") return false;
  const { of } = node.test;
  return of.type === "call" && of.of.type === "member" && (of.of.key === "has" || of.of.key === "get");
}

const BRANCHES = /^(?:if|choice|either|switch|try)$/;

/** Does a place of a function come to be run with each call of it, and at once? */
export function isSteady(script: ScriptTree, at: number): boolean {
  const [inner, ...others] = codesAround(script, at);
  if (!inner || [inner, ...others].some(isDeferred)) return false;
  return nodesOf(inner, at).every((node) => !BRANCHES.test(node.type) || isUnlessThere(node));
}

/** May something be taken out that should be there: all of it, by a place in a list that was counted wrong, or by its age? */
export function isDropDoubtful(script: ScriptTree, { method, at }: Change): boolean {
  const { tokens } = script;
  const [inner, ...others] = codesAround(script, at);
  if (!inner || [inner, ...others].some(isDeferred) || nodesOf(inner, at).some(({ type }) => /^(?:each|for|while)$/.test(type)))
    return true;
  if (method === "delete") return false;
  const written = tokens.slice(at, tokens[at - 1]?.pair).map(({ text }) => text);
  return method !== "splice" || !/^[\w$]+,1$/.test(written.join(""));
}

/** Is it changed in another script that was run? */
export function isChangedElsewhere({ script, name }: Named, passed: Iterable<ScriptTree>): boolean {
  return [...passed].some((each) => each !== script && findChanges({ script: each, name }).length > 0);
}

/** Does a function that was run ask first whether it has an entry, and so reckon with none? Then it should have put one there. */
export function isEnsured({ name }: Named, passed: Iterable<Code>): boolean {
  return [...passed].some(({ script: { tokens }, from, end }) =>
    tokens
      .slice(from, end)
      .some(({ text }, at) => text === name && tokens[from + at + 1]?.text === "." && tokens[from + at + 2]?.text === "has"),
  );
}

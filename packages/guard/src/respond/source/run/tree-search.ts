/** What is asked of a tree before it is run: what stands where, and which names it declares. */
import { remember } from "../names/remember.ts";
import type { Node } from "../parse/syntax.ts";

/** Does a node reach over a token? */
export const contains = (node: { readonly from: number; readonly end: number } | undefined, at: number | undefined): boolean =>
  node !== undefined && at !== undefined && node.from <= at && at < node.end;

/** Visits every node of a tree; what stands in functions is other code. */
function visit(node: unknown, look: (node: Node) => void): void {
  if (typeof node !== "object" || node === null) return;
  if (Array.isArray(node)) {
    for (const each of node) visit(each, look);
    return;
  }
  if ("type" in node) look(node as Node);
  for (const [key, each] of Object.entries(node)) if (key !== "code" && key !== "outer") visit(each, look);
}

/** The names that a pattern gives. */
export function namesOf(target: Node | undefined): readonly string[] {
  if (!target) return [];
  if (target.type === "name") return [target.name];
  if (target.type === "assign") return namesOf(target.target);
  if (target.type === "spread") return namesOf(target.of);
  if (target.type === "list") return target.items.flatMap(namesOf);
  return target.type === "object" ? target.members.flatMap(({ value }) => namesOf(value)) : [];
}

const varsOfFunctions = remember<readonly string[]>();

/** The names that `var` gives anywhere in a function, looked for once. */
export function varsOf(statements: readonly Node[]): readonly string[] {
  return varsOfFunctions(statements, () => {
    const vars: string[] = [];
    visit(statements, (node) => {
      if (node.type === "declare" && node.kind === "var") for (const { target } of node.parts) vars.push(...namesOf(target));
      if (node.type === "each" && node.kind === "var") vars.push(...namesOf(node.target));
    });
    return vars;
  });
}

/** All names that are declared anywhere in a function. */
export function declaredIn(statements: readonly Node[]): readonly string[] {
  const names = [...varsOf(statements)];
  visit(statements, (node) => {
    if (node.type === "declare") for (const { target } of node.parts) names.push(...namesOf(target));
  });
  return names;
}

/** The nodes that reach over a token, the outermost first; what stands in functions is other code. */
export function nodesAround(node: unknown, at: number): readonly Node[] {
  if (typeof node !== "object" || node === null) return [];
  if (Array.isArray(node)) return node.flatMap((each) => nodesAround(each, at));
  const isNode = "type" in node;
  if (isNode && !contains(node as Node, at)) return [];
  const inner = Object.entries(node).flatMap(([key, each]) => (key === "code" || key === "outer" ? [] : nodesAround(each, at)));
  return isNode ? [node as Node, ...inner] : inner;
}

/** Which functions of a script stand around a place, and which names are their own. */
import { namesOf } from "../run/tree-search.ts";
import type { Code, Node, NodeOf, ScriptTree } from "../parse/syntax.ts";
import { remember } from "./remember.ts";

const places = remember<readonly Code[]>();

/** The functions around a token, the innermost first. Their bodies are read on the way, as far as they can be. */
export const codesAround = (script: ScriptTree, at: number): readonly Code[] => places(script, () => findCodes(script, at), at);

function findCodes(script: ScriptTree, at: number): readonly Code[] {
  const around: Code[] = [];
  for (let each = 0; each < script.functions.length; each++) {
    const code = script.functions[each] as Code;
    if (code.from > at || at >= code.end) continue;
    around.push(code);
    try {
      code.read();
    } catch {
      // What cannot be read has nothing in it that could be seen.
    }
  }
  return around.toSorted((a, b) => b.from - a.from || a.end - b.end);
}

function collectDeclared(node: unknown, names: string[]): void {
  if (Array.isArray(node)) for (const each of node) collectDeclared(each, names);
  else if (typeof node === "object" && node !== null) {
    const { type } = node as Node;
    if (type === "declare") for (const { target } of (node as NodeOf<"declare">).parts) names.push(...namesOf(target));
    if (type === "each" && (node as NodeOf<"each">).kind) names.push(...namesOf((node as NodeOf<"each">).target));
    if (type === "try") names.push(...namesOf((node as NodeOf<"try">).given));
    for (const [key, each] of Object.entries(node))
      if (key !== "code" && key !== "outer" && typeof each === "object") collectDeclared(each, names);
  }
}

const locals = remember<ReadonlySet<string>>();

/** All names that a function itself gives something. */
export const localsOf = (code: Code): ReadonlySet<string> => locals(code, () => findLocals(code));

function findLocals(code: Code): ReadonlySet<string> {
  let names: string[] = [];
  try {
    const { parameters, statements } = code.read();
    names = parameters.flatMap(namesOf);
    collectDeclared(statements, names);
  } catch {
    // It is not run either.
  }
  return new Set(names);
}

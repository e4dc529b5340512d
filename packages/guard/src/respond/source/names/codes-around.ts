/** Which functions of a script stand around a place, and which names are their own. */
import { namesOf } from "../run/tree-search.ts";
import type { Code, Node, NodeOf, ScriptTree } from "../parse/syntax.ts";

/** What was found around a place: a large script has many functions. */
const places = new WeakMap<ScriptTree, Map<number, readonly Code[]>>();

/** The functions around a token, the innermost first. Their bodies are read on the way, as far as they can be. */
export function codesAround(script: ScriptTree, at: number): readonly Code[] {
  const known = places.get(script) ?? new Map<number, readonly Code[]>();
  places.set(script, known);
  let around = known.get(at);
  if (!around) {
    around = findCodes(script, at);
    known.set(at, around);
  }
  return around;
}

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

const locals = new WeakMap<Code, ReadonlySet<string>>();

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

/** All names that a function itself gives something. */
export function localsOf(code: Code): ReadonlySet<string> {
  const known = locals.get(code);
  if (known) return known;
  let names: string[] = [];
  try {
    const { parameters, statements } = code.read();
    names = parameters.flatMap(namesOf);
    collectDeclared(statements, names);
  } catch {
    // It is not run either.
  }
  const found = new Set(names);
  locals.set(code, found);
  return found;
}

/** Reads what a declaration names: `order`, `{ user: { name = "" } }`, `[first]`, the parameters of a function. */
import { cutElements, findOnLevel, readExpression, readKeyOf, readLiteralValue } from "./read-expression.ts";
import type { Token } from "./tokens.ts";

/** One step into a value. `fallback` stands in when there is nothing; its value is undefined where it cannot be read. */
export type Step = { readonly key: string; readonly fallback?: { readonly value: unknown } | undefined };

/** A name, where it stands, and the steps that lead to it; `isRest` when it is all that is left over. */
export type Named = { readonly name: string; readonly at: number; readonly path: readonly Step[]; readonly isRest: boolean };

function readFallback(tokens: readonly Token[], at: number, end: number): Step["fallback"] {
  const read = readExpression(tokens, at, end);
  return { value: read?.end === end ? readLiteralValue(read.expression) : undefined };
}

/** Where the default of an element begins, behind its sign. */
function findDefault(tokens: readonly Token[], from: number, end: number): number | undefined {
  const at = findOnLevel(tokens, { from, end }, ({ text }) => text === "=");
  return at < end ? at + 1 : undefined;
}

/** The names in one element of a pattern, to which `path` leads, or in what is declared. */
export function readTarget(tokens: readonly Token[], range: { from: number; end: number }, path: readonly Step[] = []): readonly Named[] {
  const { from, end } = range;
  const token = tokens[from];
  if (!token) return [];
  if (token.text === "...") return readTarget(tokens, { from: from + 1, end }, path).map((each) => ({ ...each, isRest: true }));
  const start = findDefault(tokens, from, end);
  const last = path.at(-1);
  const fallback = start === undefined ? undefined : readFallback(tokens, start, end);
  const steps = !last || !fallback ? path : [...path.slice(0, -1), { ...last, fallback }];
  if (token.text === "{" || token.text === "[") return readNames(tokens, from, steps);
  return token.kind === "name" ? [{ name: token.text, at: from, path: steps, isRest: false }] : [];
}

/** The names that a pattern gives to parts of a value. */
export function readNames(tokens: readonly Token[], open: number, path: readonly Step[] = []): readonly Named[] {
  const isList = tokens[open]?.text === "[";
  return [...cutElements(tokens, open)].flatMap(({ from, end }, index) => {
    const token = tokens[from] as Token;
    if (token.text === "...") return readTarget(tokens, { from, end }, path);
    const key = isList ? String(index) : readKeyOf(token);
    const target = !isList && tokens[from + 1]?.text === ":" ? from + 2 : from;
    return !key ? [] : readTarget(tokens, { from: target, end }, [...path, { key }]);
  });
}

/** Parameters by their place: the first step of each name's path is that place. */
export function readParameters(tokens: readonly Token[], open: number): { readonly names: readonly Named[]; readonly count: number } {
  const token = tokens[open];
  if (token?.kind === "name") return { names: [{ name: token.text, at: open, path: [{ key: "0" }], isRest: false }], count: 1 };
  const ranges = [...cutElements(tokens, open)];
  return { names: ranges.flatMap((range, at) => readTarget(tokens, range, [{ key: String(at) }])), count: ranges.length };
}

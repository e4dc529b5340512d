/** What becomes of a name of a whole script: whether anything else was given to it, or what it stands for may have been changed. */
import { codesAround, localsOf } from "./codes-around.ts";
import { indexOf } from "./module-index.ts";
import type { ScriptTree } from "../parse/syntax.ts";
import { findOpener } from "../parse/token-text.ts";
import type { Token } from "../parse/tokens.ts";
import { remember } from "./remember.ts";

const ASSIGNS = /^(?:[-+*/%&|^?]*=|\+\+|--|of|in)$/;
const MAX_HITS = 400;

/** Where a name of a script stands that is no local one; undefined where that is in too many places to look at all of them. */
function placesOf(script: ScriptTree, name: string): readonly number[] | undefined {
  const { tokens } = script;
  const places: number[] = [];
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at] as Token;
    if (token.text !== name || token.kind !== "name" || /^\??\.$/.test(tokens[at - 1]?.text ?? "")) continue;
    if (places.push(at) > MAX_HITS) return undefined;
  }
  return places.filter((at) => !codesAround(script, at).some((code) => localsOf(code).has(name)));
}

/** Over the members behind a name; whether there are any. */
function skipMembers(tokens: readonly Token[], from: number): number {
  let at = from;
  for (;;) {
    const token = tokens[at];
    if (/^\??\.$/.test(token?.text ?? "")) at += 2;
    else if (token && !token.isFirst && token.text === "[") at = token.pair + 1;
    else if (token && !token.isFirst && token.text === "!") at += 1;
    else return at;
  }
}

const LOOKS = /^(?:console|JSON|Object|Array)$/;

/** What is done to a name of a script: `moved` where it is given another value, `handed` where what it stands for may be changed. */
function fateOf(script: ScriptTree, name: string): "still" | "handed" | "moved" {
  const { tokens } = script;
  const places = placesOf(script, name);
  if (!places) return "moved";
  let fate: "still" | "handed" = "still";
  for (const at of places) {
    const before = tokens[at - 1]?.text ?? "";
    if (/^(?:const|let|var|function|class|import|\*|type|interface)$/.test(before)) continue;
    const opener = findOpener(tokens, at) ?? -1;
    const open = tokens[opener];
    const beforeOpen = tokens[opener - 1]?.text ?? "";
    const behind = tokens[(open?.pair ?? 0) + 1]?.text ?? "";
    const isDeclared = /^(?:const|let|var|import|,)$/.test(beforeOpen) || behind === "from";
    const end = skipMembers(tokens, at + 1);
    const sign = tokens[end]?.text ?? "";
    if (open && /^[[{]$/.test(open.text) && behind === "=" && end === at + 1 && !(tokens[at + 1]?.text === ":" && open.text === "{")) {
      if (!isDeclared && !(beforeOpen !== "(" && beforeOpen !== ";" && /[\w$\])]/.test(beforeOpen.at(-1) ?? "") && open.text === "["))
        return "moved";
      continue;
    }
    const isDeclaration = before === "," && isDeclaredHere(script, name, at);
    if (isDeclaration) continue;
    if (ASSIGNS.test(sign) || /^(?:\+\+|--)$/.test(before)) {
      if (end === at + 1) return "moved";
      fate = "handed";
    }
    if (before === "delete") fate = "handed";
    if (end === at + 1 && isGiven(tokens, at, opener)) fate = "handed";
  }
  return fate;
}

function isDeclaredHere(script: ScriptTree, name: string, at: number): boolean {
  return (indexOf(script).declared.get(name) ?? []).some(({ part }) => part.target.from === at);
}

/** Is a name handed to a call, or put under another one? */
function isGiven(tokens: readonly Token[], at: number, opener: number): boolean {
  const before = tokens[at - 1]?.text ?? "";
  const behind = tokens[at + 1]?.text ?? "";
  if (before === "extends" || before === "new" || before === "..." || behind === "(" || behind === ":") return false;
  const beforeOpen = tokens[opener - 1]?.text ?? "";
  if (before === "=") return !/^(?:exports|default)$/.test(tokens[at - 2]?.text ?? "") && tokens[at - 4]?.text !== "exports";
  if (!/^[(,:[{]$/.test(before)) return false;
  if (tokens[opener]?.text === "{" && (/^(?:export|import)$/.test(beforeOpen) || tokens[opener - 2]?.text === "exports")) return false;
  if (/^(?:assign|define\w+|setProto\w+)$/.test(beforeOpen)) return true;
  if (tokens[opener]?.text === "(" && /^(?:if|while|switch|for|return)$/.test(beforeOpen)) return false;
  return !(tokens[opener]?.text === "(" && LOOKS.test(tokens[opener - 3]?.text ?? ""));
}

const fates = remember<ReturnType<typeof fateOf>>();

/** The same, read once for each name. */
export const readFate = (script: ScriptTree, name: string): ReturnType<typeof fateOf> => fates(script, () => fateOf(script, name), name);

const replaced = remember<boolean>();

/** May a method have been replaced: is its name given a value somewhere in its script, or does it stand there as a text? */
export function isReplaced(script: ScriptTree, name: string): boolean {
  return replaced(
    script,
    () =>
      script.tokens.some(({ text, kind }, at, tokens) => {
        if (kind === "string") return text.length === name.length + 2 && text.slice(1, -1) === name;
        return text === name && tokens[at - 1]?.text === "." && tokens[at + 1]?.text === "=" && tokens[at - 2]?.text !== "exports";
      }),
    name,
  );
}

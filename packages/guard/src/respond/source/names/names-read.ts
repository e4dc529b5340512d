/** Which members the app's code reads by name, and for which of them it asks whether they are there. */
import type { Code, ScriptTree } from "../parse/syntax.ts";
import type { Token } from "../parse/tokens.ts";

/** Between what stands before a name and the two tokens behind it: does the code ask whether there is something of that name? */
const ASKED = /^typeof| (?:\?[.?]|&&|\|\||in |[!=]==? (?:null|void|.?(?:undef|obj)))|[^.] \? /;

/** Is a member of that name read, by a dot or a pattern? `{ to: list.map(...) }` makes one, which says nothing of what the request has. */
const READ = /^(?:\??\.|[{,](?! : \w+ [^,}=])) /;

const collected = new WeakMap<Code, readonly string[]>();

/** The names of members that the code of a function reads; behind those that it asks for, in case there are none, with a question mark. */
export function collectNames(code: Code): readonly string[] {
  const known = collected.get(code);
  if (known) return known;
  const { open, end, script } = code;
  const names = script.tokens.slice(open, end).flatMap((token, at, all) => {
    const before = all[at - 1]?.text ?? "";
    const name = token.kind === "string" ? token.text.slice(1, -1) : token.text;
    const around = `${before} ${all[at + 1]?.text} ${all[at + 2]?.text}`;
    if (ASKED.test(around) || all[(all[at + 1]?.pair ?? 0) - open - 1]?.text === "if") return [name, `${name}?`];
    return token.kind === "string" || (token.kind === "name" && READ.test(`${around} ${all[at + 3]?.text}`)) ? [name] : [];
  });
  collected.set(code, names);
  return names;
}

const optionals = new WeakMap<ScriptTree, readonly string[]>();

/** What a type of a script has that need not be there: `coupon?: Coupon`. */
export function collectOptional(script: ScriptTree): readonly string[] {
  let names = optionals.get(script);
  if (!names) {
    names = script.tokens.flatMap(({ text }, at, all: readonly Token[]) =>
      all[at + 1]?.text === "?" && all[at + 2]?.text === ":" ? [`${text}?`] : [],
    );
    optionals.set(script, names);
  }
  return names;
}

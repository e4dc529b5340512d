/** Which members the app's code reads by name, and for which of them it asks whether they are there. */
import type { Code, ScriptTree } from "../parse/syntax.ts";
import type { Token } from "../parse/tokens.ts";
import { remember } from "./remember.ts";

/** Between what stands before a name and the two tokens behind it: does the code ask whether there is something of that name? */
const ASKED = /^typeof| (?:\?[.?]|&&|\|\||in |[!=]==? (?:null|void|.?(?:undef|obj)))|[^.] \? /;

/** Is a member of that name read, by a dot or a pattern? `{ to: list.map(...) }` makes one, which says nothing of what the request has. */
const READ = /^(?:\??\.|[{,](?! : \w+ [^,}=])) /;

const collected = remember<readonly string[]>();

/** The names of members that the code of a function reads; behind those that it asks for, in case there are none, with a question mark. */
export function collectNames(code: Code): readonly string[] {
  return collected(code, () =>
    code.script.tokens.slice(code.open, code.end).flatMap((token, at, all) => {
      const before = all[at - 1]?.text ?? "";
      const name = token.kind === "string" ? token.text.slice(1, -1) : token.text;
      const around = `${before} ${all[at + 1]?.text} ${all[at + 2]?.text}`;
      if (ASKED.test(around) || all[(all[at + 1]?.pair ?? 0) - code.open - 1]?.text === "if") return [name, `${name}?`];
      return token.kind === "string" || (token.kind === "name" && READ.test(`${around} ${all[at + 3]?.text}`)) ? [name] : [];
    }),
  );
}

const optionals = remember<readonly string[]>();

/** What a type of a script has that need not be there: `coupon?: Coupon`. */
export function collectOptional(script: ScriptTree): readonly string[] {
  return optionals(script, () =>
    script.tokens.flatMap(({ text }, at, all: readonly Token[]) =>
      all[at + 1]?.text === "?" && all[at + 2]?.text === ":" ? [`${text}?`] : [],
    ),
  );
}

const words = remember<ReadonlySet<string>>();

/** The words that a script writes out as texts, and those before a colon with one behind them. */
export function collectWords(script: ScriptTree): ReadonlySet<string> {
  return words(
    script,
    () =>
      new Set(
        script.tokens.flatMap(({ kind, text }, at, all) =>
          kind === "string" ? [text.slice(1, -1)] : all[at + 1]?.text === ":" ? [`${text}:`] : [],
        ),
      ),
  );
}

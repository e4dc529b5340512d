/** Finds what NestJS's decorators give to a parameter: compilers write `@Body("user") user` as `__param(0, Body("user"))` in a list behind the class. */
import type { Code } from "./parse/syntax.ts";
import type { Token } from "./parse/tokens.ts";
import { findModule, findOpener, writeTokens } from "./parse/token-text.ts";

/** A decorator with no arguments, or with one text: `(0, common_1.Body)("user")`. */
const PLAIN = /^[^)]*?(\w+) (?:\) )?\( (?:\W([\w-]+)\W )?\) \)/;

/** What is called in a list of decorators, in their arguments as well: `(0, common_1.Post)(`. */
const CALLED = /([\w$]+)(?: \. ([\w$]+))?(?: \))? \(/g;

/** Are all decorators that stand in a list NestJS's own? One that an app puts together may have pipes in it, whatever its name says. */
function areKnown(tokens: readonly Token[], decorators: string): boolean {
  return [...decorators.matchAll(CALLED)].every(
    // Compilers' own functions are named so.
    ([, root = "", name = root]) => /^_\w*(?:aram|etadata)/.test(name) || findModule(tokens, root).startsWith("@nestjs/"),
  );
}

/**
 * The name of a parameter's decorator, and the text that it was given; nothing where pipes may make something else of what it gives, undefined where no
 * decorator can be seen. The list of a method ends with `], Orders.prototype, "create"`, and that of the class, the last one, with `], Orders)`.
 */
export function readDecorator(
  { script: { tokens }, open }: Pick<Code, "script" | "open">,
  index: number,
): readonly (string | undefined)[] | undefined {
  // To write out all that stands behind takes its time where a script is large.
  if (!tokens.some(({ text }) => /_.*aram$/.test(text))) return undefined;
  const method = open - 1;
  const end = tokens[findOpener(tokens, method) ?? 0]?.pair ?? 0;
  const [behind = ""] = writeTokens(tokens, end).split(" class ");
  const lists = behind.split(". prototype , ");
  const list = lists[lists.findIndex((each) => each.split(/\W/)[1] === tokens[method]?.text) - 1];
  const found = list?.split(`aram ( ${index} , `)[1];
  if (found === undefined) return undefined;
  const decorators = [list, lists.at(-1)]
    .map(
      (each) =>
        each
          ?.split(/ecorate\w* \( \[/)
          .at(-1)
          ?.split(/\] , \w+ \)(?! [,\]])/)[0],
    )
    .join(" ; ");
  return (!/Pipes|Valid/.test(decorators) && areKnown(tokens, decorators) && PLAIN.exec(found)) || [];
}

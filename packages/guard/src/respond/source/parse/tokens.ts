/** Cuts the text of a script into tokens, of JavaScript and of TypeScript alike: just enough to read an expression in it. */

/** One token. `pair` is where its bracket closes, or was opened; the token's own place when it is none. */
export type Token = {
  readonly kind: "name" | "number" | "string" | "template" | "pattern" | "sign";
  readonly text: string;
  readonly start: number;
  /** Does it begin a line? */
  readonly isFirst: boolean;
  pair: number;
};

const PATTERN = /\/(?![*/])(?:[^\\/[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*/y;
// Names, numbers, texts (a template without values is one), signs; a > stays alone: it may close a type.
const TOKEN =
  /([\p{ID_Start}$_#][\p{ID_Continue}$\u200c\u200d]*)|(\d[\w.]*)|("(?:[^"\\\n]|\\[^])*"|'(?:[^'\\\n]|\\[^])*'|`(?:[^`\\$]|\\[^]|\$(?!\{))*`)|(?:\.\.\.|\?\.(?!\d)|=>|[=!]==?|\+\+|--|(?:\*\*|&&|\|\||\?\?|<<|[-+*/%&|^])=?|[^])/uy;
const KINDS = ["name", "number", "string"] as const;
const SPACE = /(?:\s+|\/\/[^\n]*|\/\*[^]*?\*\/)*/y;
const TEMPLATE = /(?:[^`\\$]|\\[^]|\$(?!\{))*/y;

/** After these words a slash begins a pattern, and a bracket no call. */
const WORDS = new Set(
  "return typeof case in of delete void throw new else do instanceof await yield if for while switch catch with const let var".split(" "),
);

/** Is it a word of the language that stands before an expression, and is none? */
function isWord(token: Token | undefined): boolean {
  return token !== undefined && WORDS.has(token.text);
}

/** Can a value end with this token? Then a slash behind it divides. */
function endsValue(token: Token | undefined): boolean {
  if (!token || isWord(token) || token.text === "${") return false;
  return token.kind !== "sign" || /[)\]}]/.test(token.text);
}

/** The tokens of a script; undefined where it cannot be read for certain: brackets or quotes do not match, as where markup stands between. */
export function scanTokens(text: string): readonly Token[] | undefined {
  const tokens: Token[] = [];
  const open: number[] = [];
  let at = /^#!.*/.exec(text)?.[0].length ?? 0;

  const match = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    return pattern.exec(text);
  };
  const push = (kind: Token["kind"], found: string, isFirst = false): Token => {
    const token: Token = { kind, text: found, start: at, isFirst, pair: tokens.length };
    tokens.push(token);
    at += found.length;
    return token;
  };
  /** The characters of a template up to its end, or to the next value in it, which is a bracket of its own. */
  const readTemplate = (): void => {
    at += match(TEMPLATE)?.[0].length ?? 0;
    if (text[at] === "`") push("template", "`");
    else open.push(push("template", "${").pair);
  };
  /** Closes the bracket that was opened last; false when that is of another kind. */
  const close = (token: Token): boolean => {
    const opener = tokens[open.pop() ?? -1];
    if (!opener) return false;
    [token.pair, opener.pair] = [opener.pair, token.pair];
    if (opener.text !== "${") return "([{".indexOf(opener.text) === ")]}".indexOf(token.text);
    readTemplate();
    return token.text === "}";
  };

  for (;;) {
    const space = match(SPACE)?.[0] ?? "";
    at += space.length;
    if (at >= text.length) return open.length ? undefined : tokens;
    const isFirst = space.includes("\n") || tokens.length === 0;
    const pattern = text[at] === "/" && !endsValue(tokens.at(-1)) ? match(PATTERN) : null;
    const found = pattern ?? match(TOKEN);
    const token = push(
      pattern === null ? (KINDS.find((_, each) => found?.[each + 1] !== undefined) ?? "sign") : "pattern",
      found?.[0] ?? "",
      isFirst,
    );
    if (token.kind !== "sign") continue;
    if (/[([{]/.test(token.text)) open.push(token.pair);
    else if (token.text === "`") readTemplate();
    else if (/["']/.test(token.text) || (/[)\]}]/.test(token.text) && !close(token))) return undefined;
  }
}

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

const NAME = /[\p{ID_Start}$_#][\p{ID_Continue}$\u200c\u200d]*/uy;
const NUMBER = /\d[\w.]*/y;
// A template without values is a text as well.
const STRING = /"(?:[^"\\\n]|\\[^])*"|'(?:[^'\\\n]|\\[^])*'|`(?:[^`\\$]|\\[^]|\$(?!\{))*`/y;
const PATTERN = /\/(?![*/])(?:[^\\/[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*/y;
// A > stays alone: it may close a type.
const SIGN = /\.\.\.|\?\.(?!\d)|=>|[=!]==?|\*\*=?|&&=?|\|\|=?|\?\?=?|\+\+|--|<<=?|[-+*/%&|^]=|[^]/y;
const SPACE = /(?:\s+|\/\/[^\n]*|\/\*[^]*?\*\/)*/y;
const TEMPLATE = /(?:[^`\\$]|\\[^]|\$(?!\{))*/y;

/** After these words a slash begins a pattern, and a bracket no call. */
const WORDS = new Set(
  "return typeof case in of delete void throw new else do instanceof await yield if for while switch catch with const let var".split(" "),
);

/** Is it a word of the language that stands before an expression, and is none? */
export function isWord(token: Token | undefined): boolean {
  return token !== undefined && WORDS.has(token.text);
}

/** Can a value end with this token? Then a slash behind it divides. */
function endsValue(token: Token | undefined): boolean {
  if (token === undefined || isWord(token) || token.text === "${") return false;
  return token.kind !== "sign" || token.text === ")" || token.text === "]" || token.text === "}";
}

function matchAt(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}

const CLOSERS: Readonly<Record<string, string>> = { ")": "(", "]": "[", "}": "{" };

class Scanner {
  readonly tokens: Token[] = [];
  readonly #open: number[] = [];
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  #push(kind: Token["kind"], text: string, isFirst: boolean): Token {
    const token: Token = { kind, text, start: this.#at, isFirst, pair: this.tokens.length };
    this.tokens.push(token);
    this.#at += text.length;
    return token;
  }

  /** The characters of a template up to its end, or to the next value in it, which is a bracket of its own. */
  #readTemplate(): boolean {
    this.#at += matchAt(TEMPLATE, this.#text, this.#at)?.length ?? 0;
    const isEnd = this.#text[this.#at] === "`";
    if (isEnd) this.#push("template", "`", false);
    else if (this.#at < this.#text.length) this.#open.push(this.#push("template", "${", false).pair);
    return isEnd || this.#at < this.#text.length;
  }

  #close(token: Token): boolean {
    const at = this.#open.pop();
    const opener = at === undefined ? undefined : this.tokens[at];
    if (at === undefined || opener === undefined) return false;
    const own = token.pair;
    token.pair = at;
    opener.pair = own;
    if (opener.text === "${") return token.text === "}" && this.#readTemplate();
    return opener.text === CLOSERS[token.text];
  }

  #readSign(isFirst: boolean): boolean {
    const token = this.#push("sign", matchAt(SIGN, this.#text, this.#at) ?? "", isFirst);
    if (token.text === "(" || token.text === "[" || token.text === "{") this.#open.push(token.pair);
    if (token.text === "`") return this.#readTemplate();
    return !Object.hasOwn(CLOSERS, token.text) || this.#close(token);
  }

  /** Reads one token; false when the text is not what it was taken for. */
  #readOne(isFirst: boolean): boolean {
    const text = this.#text;
    const at = this.#at;
    const character = text[at] ?? "";
    const isQuote = character === '"' || character === "'";
    const simple: readonly [Token["kind"], string | undefined][] = [
      ["name", matchAt(NAME, text, at)],
      ["number", matchAt(NUMBER, text, at)],
      ["string", isQuote || character === "`" ? matchAt(STRING, text, at) : undefined],
      ["pattern", character === "/" && !endsValue(this.tokens.at(-1)) ? matchAt(PATTERN, text, at) : undefined],
    ];
    const found = simple.find(([, each]) => each !== undefined);
    if (found === undefined) return !isQuote && this.#readSign(isFirst);
    this.#push(found[0], found[1] as string, isFirst);
    return true;
  }

  /** All tokens; undefined when brackets or quotes do not match, as where markup stands between. */
  scan(): readonly Token[] | undefined {
    if (this.#text.startsWith("#!")) this.#at = Math.max(0, this.#text.indexOf("\n"));
    for (;;) {
      const space = matchAt(SPACE, this.#text, this.#at) ?? "";
      this.#at += space.length;
      if (this.#at >= this.#text.length) return this.#open.length === 0 ? this.tokens : undefined;
      if (!this.#readOne(space.includes("\n") || this.tokens.length === 0)) return undefined;
    }
  }
}

/** The tokens of a script; undefined where it cannot be read for certain. */
export function scanTokens(text: string): readonly Token[] | undefined {
  return new Scanner(text).scan();
}

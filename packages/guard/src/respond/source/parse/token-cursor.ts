/** A place among the tokens of a script, and what is asked of the tokens there. */
import { skipType, skipTypeArguments } from "./skip-type.ts";
import type { NodeOf, ScriptTree } from "./syntax.ts";
import type { Token } from "./tokens.ts";

/** Thrown for code that cannot be read; such code proves nothing. */
export class Unreadable extends Error {}

/** Moves along the tokens of one script. The types of TypeScript are skipped: they are not there when it runs. */
export class TokenCursor {
  protected readonly script: ScriptTree;
  protected readonly tokens: readonly Token[];
  protected readonly isTyped: boolean;
  protected at: number;

  constructor(script: ScriptTree, at: number) {
    this.script = script;
    this.tokens = script.tokens;
    this.isTyped = /\.[cm]?tsx?$/.test(script.file);
    this.at = at;
  }

  protected get token(): Token {
    const token = this.tokens[this.at];
    if (!token) throw new Unreadable("end");
    return token;
  }

  protected peek(text: string, ahead = 0): boolean {
    return this.tokens[this.at + ahead]?.text === text;
  }

  protected skip(text: string): boolean {
    if (!this.peek(text)) return false;
    this.at += 1;
    return true;
  }

  protected expect(text: string): number {
    if (!this.skip(text)) throw new Unreadable(`${text} at ${this.tokens[this.at]?.start}`);
    return this.at - 1;
  }

  /** The sign at a token, of which > and what follows it are cut apart. */
  protected readSign(): { readonly sign: string; readonly length: number } {
    let sign = this.tokens[this.at]?.text ?? "";
    let length = 1;
    if (sign !== ">" && sign !== "<" && sign !== "<<") return { sign, length };
    for (; length < 4; length++) {
      const next = this.tokens[this.at + length];
      const before = this.tokens[this.at + length - 1] as Token;
      if (
        !next ||
        next.start !== before.start + before.text.length ||
        !/^[>=]$/.test(next.text) ||
        (next.text === ">" && !/^>+$/.test(sign))
      )
        break;
      sign += next.text;
    }
    return { sign, length };
  }

  protected skipTypes(): void {
    if (this.isTyped && this.peek("<")) this.at = skipTypeArguments(this.tokens, this.at);
  }

  protected skipAnnotation(): void {
    if (!this.isTyped) return;
    if (this.peek("!") && this.peek(":", 1)) this.at += 1;
    if (this.peek("?") && /^[:,)=;}]$/.test(this.tokens[this.at + 1]?.text ?? "")) this.at += 1;
    if (this.skip(":")) this.at = skipType(this.tokens, this.at);
  }

  protected readName(): NodeOf<"name"> {
    const { kind, text } = this.token;
    if (kind !== "name") throw new Unreadable(text);
    this.at += 1;
    return { type: "name", name: text, from: this.at - 1, end: this.at };
  }
}

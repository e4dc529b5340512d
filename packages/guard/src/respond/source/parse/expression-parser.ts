/** Reads expressions. */
import { skipType, skipTypeArguments } from "./skip-type.ts";
import type { MemberNode, Node, NodeOf } from "./syntax.ts";
import type { Token } from "./tokens.ts";
import { TokenCursor, Unreadable } from "./token-cursor.ts";
import { unescape, unquote } from "./unquote.ts";

/** How firmly an operator binds: the higher, the firmer. */
const BINARY: Readonly<Record<string, number>> = {
  "??": 1,
  "||": 2,
  "&&": 3,
  "|": 4,
  "^": 5,
  "&": 6,
  "==": 7,
  "!=": 7,
  "===": 7,
  "!==": 7,
  "<": 8,
  ">": 8,
  "<=": 8,
  ">=": 8,
  in: 8,
  instanceof: 8,
  "<<": 9,
  ">>": 9,
  ">>>": 9,
  "+": 10,
  "-": 10,
  "*": 11,
  "/": 11,
  "%": 11,
  "**": 12,
};
const ASSIGNS = /^(?:[-+*/%&|^]|\*\*|&&|\|\||\?\?|<<|>>>?)?=$/;
const UNARY = /^(?:[!~+-]|typeof|void|delete)$/;
const CONSTANTS: Readonly<Record<string, unknown>> = { null: null, true: true, false: false, undefined, NaN: Number.NaN, Infinity };

/** How a function is written. */
export type FunctionManner = {
  readonly isArrow?: boolean;
  readonly isAsync?: boolean;
  readonly isGenerator?: boolean;
  readonly name?: string | undefined;
};

/** What an expression is made of; functions and classes within are read by whoever knows statements. */
export abstract class ExpressionParser extends TokenCursor {
  /** Is `in` an operator here? It is none in the head of a loop. */
  protected isInAllowed = true;

  /** The function whose parameters begin at `open`. */
  protected abstract makeFunction(from: number, open: number, manner: FunctionManner): NodeOf<"function">;
  protected abstract readFunctionWord(): NodeOf<"function">;
  protected abstract readClass(): NodeOf<"class">;
  protected abstract readMembers(): MemberNode[];

  protected readExpression(): Node {
    const from = this.at;
    const first = this.readAssignment();
    if (!this.peek(",")) return first;
    const body = [first];
    while (this.skip(",")) body.push(this.readAssignment());
    return { type: "all", body, from, end: this.at };
  }

  protected readAssignment(): Node {
    const from = this.at;
    const arrow = this.readArrow();
    if (arrow) return arrow;
    if (this.peek("yield")) {
      this.at += 1;
      this.skip("*");
      const isBare = /^[;)\]},:]$/.test(this.tokens[this.at]?.text ?? ";");
      const of = isBare ? undefined : this.readAssignment();
      return { type: "yield", of, from, end: this.at };
    }
    const target = this.readChoice();
    const { sign, length } = this.readSign();
    if (!ASSIGNS.test(sign)) return target;
    const at = this.at;
    this.at += length;
    const value = this.readAssignment();
    if (target.type === "name" && value.type === "function") value.code.name ??= target.name;
    if (target.type === "member" && typeof target.key === "string" && value.type === "function") value.code.name ??= target.key;
    return { type: "assign", sign, target, value, at, from, end: this.at };
  }

  /** Does an arrow stand behind the brackets that open here? */
  protected isArrow(open: number): boolean {
    const { pair } = this.tokens[open] as Token;
    const behind = this.tokens[pair + 1];
    if (behind?.text === "=>") return true;
    return this.isTyped && behind?.text === ":" && this.tokens[skipType(this.tokens, pair + 2)]?.text === "=>";
  }

  protected readArrow(): Node | undefined {
    const from = this.at;
    const isAsync = this.peek("async") && !this.tokens[from + 1]?.isFirst;
    let open = isAsync ? from + 1 : from;
    if (this.isTyped && this.tokens[open]?.text === "<") open = skipTypeArguments(this.tokens, open);
    const token = this.tokens[open];
    const isIt = token?.text === "(" ? this.isArrow(open) : token?.kind === "name" && this.tokens[open + 1]?.text === "=>";
    if (isIt) return this.makeFunction(from, open, { isArrow: true, isAsync });
    return this.peek("=>", 1) ? this.makeFunction(from, from, { isArrow: true }) : undefined;
  }

  protected readChoice(): Node {
    const from = this.at;
    const test = this.readBinary(0);
    if (!this.skip("?")) return test;
    const yes = this.readAssignment();
    this.expect(":");
    const no = this.readAssignment();
    return { type: "choice", test, yes, no, from, end: this.at };
  }

  protected readBinary(least: number): Node {
    const from = this.at;
    let first = this.readUnary();
    for (;;) {
      const token = this.tokens[this.at];
      if (this.isTyped && token && !token.isFirst && /^(?:as|satisfies)$/.test(token.text)) {
        this.at = this.peek("const", 1) ? this.at + 2 : skipType(this.tokens, this.at + 1);
        continue;
      }
      const { sign, length } = this.readSign();
      const rank = Object.hasOwn(BINARY, sign) && token?.kind !== "string" ? (BINARY[sign] as number) : 0;
      if (rank <= least || (sign === "in" && !this.isInAllowed)) return first;
      const at = this.at;
      this.at += length;
      const second = this.readBinary(sign === "**" ? rank - 1 : rank);
      first = { type: rank < 4 ? "either" : "binary", sign, first, second, at, from, end: this.at };
    }
  }

  protected readUnary(): Node {
    const from = this.at;
    const { text, kind } = this.token;
    if (kind === "name" || kind === "sign") {
      if (UNARY.test(text)) {
        this.at += 1;
        const of = this.readUnary();
        return { type: "unary", sign: text, of, from, end: this.at };
      }
      if (text === "await" && !/^[;,)\]}.=?:]|=>$/.test(this.tokens[from + 1]?.text ?? ";")) {
        this.at += 1;
        const of = this.readUnary();
        return { type: "await", of, from, end: this.at };
      }
      if (text === "++" || text === "--") {
        this.at += 1;
        const of = this.readUnary();
        return { type: "update", sign: text, of, from, end: this.at };
      }
    }
    const of = this.readChain();
    const next = this.tokens[this.at];
    if (next && !next.isFirst && (next.text === "++" || next.text === "--")) {
      this.at += 1;
      return { type: "update", sign: next.text, of, from, end: this.at };
    }
    return of;
  }

  protected readChain(): Node {
    const from = this.at;
    let of = this.peek("new") ? this.readNew() : this.readPrimary();
    for (;;) {
      const token = this.tokens[this.at];
      if (!token) return of;
      if (token.text === "?.") {
        this.at += 1;
        of = this.peek("(") ? this.toCall(of, from, { isOptional: true }) : (this.readMember(of, from, true) as Node);
      } else if (token.text === "(") of = this.toCall(of, from, {});
      else if (token.text === "`" || (token.kind === "string" && token.text[0] === "`")) {
        const text = this.readPrimary();
        of = {
          type: "call",
          of,
          given: [{ type: "unknown", from: text.from, end: text.end }],
          at: text.from,
          isNew: false,
          isOptional: false,
          from,
          end: this.at,
        };
      } else if (this.isTyped && token.text === "!" && !token.isFirst) this.at += 1;
      else if (this.isTyped && token.text === "<") {
        const end = skipTypeArguments(this.tokens, this.at);
        if (end === this.at || this.tokens[end]?.text !== "(") return of;
        this.at = end;
      } else {
        const next = this.readMember(of, from, false);
        if (!next) return of;
        of = next;
      }
    }
  }

  protected readGiven(): Node[] {
    const close = this.token.pair;
    this.at += 1;
    const given: Node[] = [];
    const isInAllowed = this.isInAllowed;
    this.isInAllowed = true;
    while (this.at < close) {
      const from = this.at;
      if (this.skip("...")) {
        const of = this.readAssignment();
        given.push({ type: "spread", of, from, end: this.at });
      } else given.push(this.readAssignment());
      if (this.at < close) this.expect(",");
    }
    this.isInAllowed = isInAllowed;
    this.at = close + 1;
    return given;
  }

  protected toCall(of: Node, from: number, how: { isNew?: boolean; isOptional?: boolean }): Node {
    const at = this.at;
    const given = this.readGiven();
    const call: NodeOf<"call"> = { type: "call", of, given, at, isNew: false, isOptional: false, ...how, from, end: this.at };
    for (const each of given) {
      if (each.type === "function") each.code.call = call;
      else if (each.type === "call") each.outer = call;
    }
    return call;
  }

  protected readNew(): Node {
    const from = this.expect("new");
    if (this.skip(".")) {
      this.at += 1;
      return { type: "unknown", from, end: this.at };
    }
    let of = this.peek("new") ? this.readNew() : this.readPrimary();
    for (;;) {
      const next = this.readMember(of, of.from, false);
      if (!next) break;
      of = next;
    }
    this.skipTypes();
    if (this.peek("(")) return this.toCall(of, from, { isNew: true });
    return { type: "call", of, given: [], at: this.at - 1, isNew: true, isOptional: false, from, end: this.at };
  }

  /** One more member of what was read. */
  protected readMember(of: Node, from: number, isOptional: boolean): Node | undefined {
    if (isOptional || this.skip(".")) {
      if (this.peek("[")) return this.readIndex(of, from, isOptional);
      const { kind, text } = this.token;
      if (kind !== "name") throw new Unreadable(text);
      this.at += 1;
      return { type: "member", of, key: text, at: this.at - 1, isOptional, from, end: this.at };
    }
    return this.peek("[") ? this.readIndex(of, from, false) : undefined;
  }

  protected readIndex(of: Node, from: number, isOptional: boolean): Node {
    const at = this.expect("[");
    const key = this.readWithIn();
    this.expect("]");
    return { type: "member", of, key, at: at + 1, isOptional, from, end: this.at };
  }

  protected readWithIn(): Node {
    const isInAllowed = this.isInAllowed;
    this.isInAllowed = true;
    const read = this.readExpression();
    this.isInAllowed = isInAllowed;
    return read;
  }

  protected readPrimary(): Node {
    const from = this.at;
    const { kind, text, pair } = this.token;
    const literal = (value: unknown, length = 1): Node => {
      this.at = from + length;
      return { type: "literal", value, from, end: this.at };
    };
    if (kind === "number") return this.readNumber();
    if (kind === "string") return literal(unquote(text));
    if (kind === "pattern") {
      const end = text.lastIndexOf("/");
      return literal(new RegExp(text.slice(1, end), text.slice(end + 1)));
    }
    if (text === "(") {
      this.at += 1;
      const of = this.readWithIn();
      this.expect(")");
      return of;
    }
    if (text === "[") return { type: "list", items: this.readItems(), from, end: pair + 1 };
    if (text === "{") return { type: "object", members: this.readMembers(), from, end: pair + 1 };
    if (text === "`") return this.readTemplate();
    if (text === "." && this.tokens[from + 1]?.kind === "number") return literal(Number(`.${this.tokens[from + 1]?.text}`), 2);
    if (kind !== "name") throw new Unreadable(`${text} at ${this.token.start}`);
    if (Object.hasOwn(CONSTANTS, text)) return literal(CONSTANTS[text]);
    if (text === "this" || text === "super") {
      this.at += 1;
      return { type: text, from, end: this.at };
    }
    if (text === "class") return this.readClass();
    if (text === "function" || (text === "async" && this.peek("function", 1) && !this.tokens[from + 1]?.isFirst))
      return this.readFunctionWord();
    if (text === "import") {
      this.at += 1;
      if (this.skip(".")) this.at += 1;
      return { type: "unknown", from, end: this.at };
    }
    return this.readName();
  }

  protected readNumber(): Node {
    const from = this.at;
    let text = (this.tokens[from] as Token).text.replaceAll("_", "");
    let length = 1;
    if (/^(?!0x)[\d.]+e$/i.test(text)) {
      text += `${this.tokens[from + 1]?.text}${this.tokens[from + 2]?.text}`;
      length = 3;
    }
    this.at = from + length;
    const value = /^(?:0x)?[\da-f]+n$/i.test(text) ? BigInt(text.slice(0, -1)) : Number(text);
    // `1..toFixed()` is cut up as one number.
    return Number.isNaN(value) ? { type: "unknown", from, end: this.at } : { type: "literal", value, from, end: this.at };
  }

  protected readTemplate(): Node {
    const from = this.at;
    const texts: string[] = [];
    const values: Node[] = [];
    for (;;) {
      const { start, text } = this.token;
      this.at += 1;
      const next = this.token;
      texts.push(unescape(this.script.text.slice(start + text.length, next.start)));
      this.at += 1;
      if (next.text === "`") return { type: "template", texts, values, from, end: this.at };
      values.push(this.readWithIn());
      if (!this.peek("}")) throw new Unreadable("template");
    }
  }

  protected readItems(): (Node | undefined)[] {
    const close = this.token.pair;
    this.at += 1;
    const items: (Node | undefined)[] = [];
    while (this.at < close) {
      const from = this.at;
      if (this.skip(",")) {
        items.push(undefined);
        continue;
      }
      if (this.skip("...")) {
        const of = this.readAssignment();
        items.push({ type: "spread", of, from, end: this.at });
      } else items.push(this.readAssignment());
      if (this.at < close) this.expect(",");
    }
    this.at = close + 1;
    return items;
  }
}

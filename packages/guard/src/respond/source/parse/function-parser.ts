/** Reads functions, classes and the members of objects. The body of a function is read when it is asked for. */
import { skipType, skipTypeArguments } from "./skip-type.ts";
import type { Code, MemberNode, Node, NodeOf } from "./syntax.ts";
import type { Token } from "./tokens.ts";
import { ExpressionParser, type FunctionManner } from "./expression-parser.ts";
import { Unreadable } from "./token-cursor.ts";
import { unquote } from "./unquote.ts";

/** What TypeScript writes before a member or a parameter. */
const MODIFIERS = /^(?:public|private|protected|readonly|override|abstract|declare|accessor)$/;

/** What holds statements: their blocks are read by whoever knows them. */
export abstract class FunctionParser extends ExpressionParser {
  /** The statements between braces. */
  protected abstract readBlock(): Node[];
  /** A parser of the same script at another token. */
  protected abstract fork(at: number): FunctionParser;

  protected makeFunction(from: number, open: number, manner: FunctionManner): NodeOf<"function"> {
    const { isArrow = false, isAsync = false, isGenerator = false, name } = manner;
    const token = this.tokens[open] as Token;
    this.at = (token.text === "(" ? token.pair : open) + 1;
    const type = this.at;
    if (this.isTyped && this.skip(":")) this.at = skipType(this.tokens, this.at);
    const isOptional = this.tokens.slice(type, this.at).some(({ text }) => /^(?:undefined|null|void)$/.test(text));
    if (isArrow) this.expect("=>");
    const body = this.at;
    let given: Node | undefined;
    if (this.peek("{")) this.at = this.token.pair + 1;
    else if (isArrow) given = this.readAssignment();
    else throw new Unreadable("no body");
    const script = this.script;
    let found: ReturnType<Code["read"]> | undefined;
    const code: Code = {
      script,
      name,
      isArrow,
      isAsync,
      isGenerator,
      isOptional,
      open,
      body,
      from,
      end: this.at,
      call: undefined,
      read: () => (found ??= this.fork(open).readFunction(open, body, given)),
    };
    script.functions.push(code);
    return { type: "function", code, from, end: this.at };
  }

  protected readFunction(open: number, body: number, given: Node | undefined): ReturnType<Code["read"]> {
    const parameters: Node[] = [];
    if (this.peek("(")) {
      const close = this.token.pair;
      this.at = open + 1;
      while (this.at < close) {
        while (this.peek("@")) this.skipDecorator();
        while (this.isTyped && MODIFIERS.test(this.token.text) && this.tokens[this.at + 1]?.kind === "name") {
          this.at += 1;
        }
        parameters.push(this.readTarget());
        if (this.at < close) this.expect(",");
      }
    } else parameters.push(this.readName());
    if (given) return { parameters, statements: [{ type: "return", of: given, from: given.from, end: given.end }] };
    this.at = body;
    return { parameters, statements: this.readBlock() };
  }

  /** What a declaration names, with what stands in for nothing. */
  protected readTarget(): Node {
    const from = this.at;
    if (this.skip("...")) {
      const of = this.readTarget();
      return { type: "spread", of, from, end: this.at };
    }
    const target = this.peek("{") || this.peek("[") ? this.readPrimary() : this.readName();
    this.skipAnnotation();
    if (!this.peek("=")) return target;
    const at = this.expect("=");
    const value = this.readAssignment();
    return { type: "assign", sign: "=", target, value, at, from, end: this.at };
  }

  protected readFunctionWord(): NodeOf<"function"> {
    const from = this.at;
    const isAsync = this.skip("async");
    this.expect("function");
    const isGenerator = this.skip("*");
    const name = this.token.kind === "name" ? this.readName().name : undefined;
    this.skipTypes();
    return this.makeFunction(from, this.at, { isAsync, isGenerator, name });
  }

  protected readClass(): NodeOf<"class"> {
    const from = this.expect("class");
    const name = this.token.kind === "name" && !/^(?:extends|implements)$/.test(this.token.text) ? this.readName().name : undefined;
    this.skipTypes();
    const base = this.skip("extends") ? this.readChain() : undefined;
    this.skipTypes();
    while (this.isTyped && !this.peek("{")) this.at = this.peek("<") ? skipTypeArguments(this.tokens, this.at) : this.at + 1;
    const close = this.token.pair;
    this.expect("{");
    const members: MemberNode[] = [];
    while (this.at < close) {
      if (this.skip(";")) continue;
      if (this.peek("@")) {
        this.skipDecorator();
        continue;
      }
      members.push(this.readMemberOf(true));
    }
    this.at = close + 1;
    return { type: "class", name, base, members, from, end: this.at };
  }

  protected readMembers(): MemberNode[] {
    const close = this.token.pair;
    this.at += 1;
    const members: MemberNode[] = [];
    while (this.at < close) {
      members.push(this.readMemberOf(false));
      if (this.at < close) this.expect(",");
    }
    this.at = close + 1;
    return members;
  }

  /** A member of an object or a class. */
  protected readMemberOf(isClass: boolean): MemberNode {
    const from = this.at;
    const plain = { kind: "value", isStatic: false, isField: false } as const;
    if (this.skip("...")) return { ...plain, key: "", value: this.readAssignment(), kind: "spread" };
    let isAsync = false;
    let isGenerator = false;
    let isStatic = false;
    let kind: MemberNode["kind"] = "value";
    // A word before a name, and no name itself.
    const isBefore = (): boolean =>
      !/^[(=;,:}?!<]$/.test(this.tokens[this.at + 1]?.text ?? "") &&
      !(isClass && this.tokens[this.at + 1]?.isFirst && !/^(?:\[|\*)$/.test(this.tokens[this.at + 1]?.text ?? ""));
    while (this.token.kind === "name" && isBefore()) {
      const { text } = this.token;
      if (text === "async") isAsync = true;
      else if (text === "get" || text === "set") kind = text;
      else if (isClass && text === "static") isStatic = true;
      else if (!(isClass && this.isTyped && MODIFIERS.test(text))) break;
      this.at += 1;
    }
    if (this.skip("*")) isGenerator = true;
    if (isClass && isStatic && this.peek("{")) {
      this.at = this.token.pair + 1;
      return { ...plain, key: "", value: { type: "unknown", from, end: this.at }, isStatic };
    }
    const at = this.at;
    const key = this.readKey();
    if (this.isTyped && (this.peek("?") || this.peek("!"))) this.at += 1;
    this.skipTypes();
    if (this.peek("(")) {
      const name = typeof key === "string" ? key : undefined;
      return { key, value: this.readMethod(from, { isAsync, isGenerator, name }), kind, isStatic, isField: false };
    }
    if (isClass) return this.readField(key, isStatic);
    if (this.skip(":")) {
      const value = this.readAssignment();
      if (value.type === "function" && typeof key === "string") value.code.name ??= key;
      return { ...plain, key, value };
    }
    const name: Node = { type: "name", name: key as string, from: at, end: at + 1 };
    if (!this.peek("=")) return { ...plain, key, value: name };
    const sign = this.expect("=");
    const value = this.readAssignment();
    return { ...plain, key, value: { type: "assign", sign: "=", target: name, value, at: sign, from: at, end: this.at } };
  }

  protected readKey(): string | Node {
    const { kind, text } = this.token;
    if (text === "[") {
      this.at += 1;
      const key = this.readWithIn();
      this.expect("]");
      return key.type === "literal" ? String(key.value) : key;
    }
    this.at += 1;
    if (kind === "string") return unquote(text);
    if (kind === "number") return String(Number(text.replaceAll("_", "")));
    if (kind !== "name") throw new Unreadable(text);
    return text;
  }

  /** A method; nothing where only its type is written, as it is before another of that name. */
  protected readMethod(from: number, manner: FunctionManner): Node | undefined {
    const open = this.at;
    if (this.isTyped) {
      let behind = (this.tokens[open] as Token).pair + 1;
      if (this.tokens[behind]?.text === ":") behind = skipType(this.tokens, behind + 1);
      if (this.tokens[behind]?.text !== "{") {
        this.at = behind;
        return undefined;
      }
    }
    return this.makeFunction(from, open, manner);
  }

  protected readField(key: string | Node, isStatic: boolean): MemberNode {
    this.skipAnnotation();
    const value = this.skip("=") ? this.readAssignment() : undefined;
    if (value?.type === "function" && typeof key === "string") value.code.name ??= key;
    return { key, value, kind: "value", isStatic, isField: true };
  }

  protected skipDecorator(): void {
    this.expect("@");
    this.readChain();
  }
}

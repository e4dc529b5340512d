/** Reads statements, but for those that modules are made of. */
import { skipType } from "./skip-type.ts";
import type { Node } from "./syntax.ts";
import type { Token } from "./tokens.ts";
import { FunctionParser } from "./function-parser.ts";
import { Unreadable } from "./token-cursor.ts";

/** What statements a script is made of. */
export abstract class StatementParser extends FunctionParser {
  protected abstract readImport(): Node;
  protected abstract readExport(): Node;

  protected readStatement(): Node {
    const from = this.at;
    const { text, kind } = this.token;
    if (text === "{") {
      const body = this.readBlock();
      return { type: "block", body, from, end: this.at };
    }
    if (text === ";") {
      this.at += 1;
      return { type: "empty", from, end: this.at };
    }
    if (kind === "name") {
      const read = this.readWorded(text, from) ?? (this.isTyped ? this.readTypeStatement(text, from) : undefined);
      if (read) return read;
      if (this.peek(":", 1)) {
        this.at += 2;
        const body = this.readStatement();
        return { type: "labeled", label: text, body, from, end: this.at };
      }
    }
    if (text === "@") {
      this.skipDecorator();
      return this.readStatement();
    }
    const of = this.readExpression();
    this.endStatement();
    return { type: "run", of, from, end: this.at };
  }

  protected readBlock(): Node[] {
    const close = this.token.pair;
    this.expect("{");
    const body: Node[] = [];
    while (this.at < close) body.push(this.readStatement());
    this.at = close + 1;
    return body;
  }

  protected readBlockNode(): Node {
    const from = this.at;
    const body = this.readBlock();
    return { type: "block", body, from, end: this.at };
  }

  protected endStatement(): void {
    if (this.skip(";")) return;
    const token = this.tokens[this.at];
    if (token && token.text !== "}" && !token.isFirst) throw new Unreadable(`; at ${token.start}`);
  }

  /** What only types are made with. */
  protected readTypeStatement(text: string, from: number): Node | undefined {
    const next = this.tokens[from + 1];
    if (!next || next.isFirst || next.kind !== "name" || !/^(?:interface|type|declare|abstract|namespace|enum)$/.test(text))
      return undefined;
    if (text === "abstract") {
      this.at += 1;
      return this.readStatement();
    }
    if (text === "type") {
      this.at += 2;
      this.skipTypes();
      this.expect("=");
      this.at = skipType(this.tokens, this.at);
      this.endStatement();
    } else if (text === "declare") {
      this.at += 1;
      while (this.at < this.tokens.length && !this.peek(";") && !(this.token.isFirst && this.at > from + 1)) {
        this.at = Math.max(this.token.pair, this.at) + 1;
      }
    } else {
      while (!this.peek("{")) this.at += 1;
      this.at = this.token.pair + 1;
    }
    return { type: text === "enum" ? "unknown" : "empty", from, end: this.at };
  }

  /** A statement that begins with a word of the language; undefined where the word is none here. */
  protected readWorded(text: string, from: number): Node | undefined {
    switch (text) {
      case "const":
      case "let":
      case "var":
        return this.readDeclared(text, from);
      case "function":
        return this.readDeclaredFunction();
      case "async":
        return this.peek("function", 1) && !this.tokens[from + 1]?.isFirst ? this.readDeclaredFunction() : undefined;
      case "class": {
        const made = this.readClass();
        return this.toDeclared(made.name ?? "", made, from);
      }
      case "if":
        return this.readIf();
      case "return":
      case "throw":
        return this.readEnding(text);
      case "for":
        return this.readFor();
      case "while":
        return this.readWhile();
      case "do":
        return this.readDo();
      case "try":
        return this.readTry();
      case "switch":
        return this.readSwitch();
      case "break":
      case "continue":
        return this.readJump(text);
      case "import":
        return this.peek("(", 1) || this.peek(".", 1) ? undefined : this.readImport();
      case "export":
        return this.readExport();
      default:
        return undefined;
    }
  }

  /** `const`, `let` and `var`; `let` may be a name, and a constant enumeration is a type's. */
  protected readDeclared(text: string, from: number): Node | undefined {
    const next = this.tokens[from + 1];
    if (text === "const" && next?.text === "enum") return undefined;
    if (text === "let" && next?.kind !== "name" && !/^[[{]$/.test(next?.text ?? "")) return undefined;
    const declared = this.readDeclaration();
    this.endStatement();
    return declared;
  }

  protected readIf(): Node {
    const from = this.expect("if");
    const test = this.readHeader();
    const yes = this.readStatement();
    const no = this.skip("else") ? this.readStatement() : undefined;
    return { type: "if", test, yes, no, from, end: this.at };
  }

  /** `return` and `throw`. */
  protected readEnding(type: "return" | "throw"): Node {
    const from = this.expect(type);
    const next = this.tokens[this.at];
    const isBare = !next || next.isFirst || next.text === ";" || next.text === "}";
    const of = isBare ? undefined : this.readExpression();
    this.endStatement();
    return { type, of, from, end: this.at };
  }

  protected readWhile(): Node {
    const from = this.expect("while");
    const test = this.readHeader();
    const body = this.readStatement();
    return { type: "loop", first: undefined, test, step: undefined, body, isDo: false, from, end: this.at };
  }

  protected readDo(): Node {
    const from = this.expect("do");
    const body = this.readStatement();
    this.expect("while");
    const test = this.readHeader();
    this.skip(";");
    return { type: "loop", first: undefined, test, step: undefined, body, isDo: true, from, end: this.at };
  }

  /** `break` and `continue`. */
  protected readJump(type: "break" | "continue"): Node {
    const from = this.expect(type);
    const next = this.tokens[this.at];
    const label = next && !next.isFirst && next.kind === "name" ? next.text : undefined;
    if (label !== undefined) this.at += 1;
    this.endStatement();
    return { type, label, from, end: this.at };
  }

  protected readHeader(): Node {
    this.expect("(");
    const test = this.readWithIn();
    this.expect(")");
    return test;
  }

  protected toDeclared(name: string, value: Node, from: number): Node {
    const target: Node = { type: "name", name, from, end: from };
    return { type: "declare", kind: value.type === "function" ? "function" : "class", parts: [{ target, value }], from, end: this.at };
  }

  protected readDeclaredFunction(): Node {
    const from = this.at;
    if (this.isTyped) {
      // Only the type of one is written before another of that name.
      const open = this.tokens.findIndex(({ text }, each) => each >= from && text === "(");
      let behind = (this.tokens[open] as Token).pair + 1;
      if (this.tokens[behind]?.text === ":") behind = skipType(this.tokens, behind + 1);
      if (this.tokens[behind]?.text !== "{") {
        this.at = behind;
        this.endStatement();
        return { type: "empty", from, end: this.at };
      }
    }
    const made = this.readFunctionWord();
    return this.toDeclared(made.code.name ?? "", made, from);
  }

  protected readDeclaration(): Node {
    const from = this.at;
    const kind = this.token.text;
    this.at += 1;
    const parts: { target: Node; value: Node | undefined }[] = [];
    do {
      const target = this.peek("{") || this.peek("[") ? this.readPrimary() : this.readName();
      this.skipAnnotation();
      const value = this.skip("=") ? this.readAssignment() : undefined;
      if (target.type === "name" && value?.type === "function") value.code.name ??= target.name;
      parts.push({ target, value });
    } while (this.skip(","));
    return { type: "declare", kind, parts, from, end: this.at };
  }

  protected readFor(): Node {
    const from = this.expect("for");
    const isAwait = this.skip("await");
    const close = this.token.pair;
    this.expect("(");
    this.isInAllowed = false;
    const isDeclared = /^(?:const|let|var)$/.test(this.token.text);
    const first = this.peek(";") ? undefined : isDeclared ? this.readDeclaration() : this.readExpression();
    this.isInAllowed = true;
    const isIn = this.peek("in");
    if (first && (isIn || this.peek("of"))) {
      this.at += 1;
      const of = this.readExpression();
      this.at = close + 1;
      const body = this.readStatement();
      const declared = first.type === "declare" ? first : undefined;
      const target = declared?.parts[0]?.target ?? first;
      return { type: "each", kind: declared?.kind, target, of, isIn, isAwait, body, from, end: this.at };
    }
    this.expect(";");
    const test = this.peek(";") ? undefined : this.readExpression();
    this.expect(";");
    const step = this.at < close ? this.readExpression() : undefined;
    this.at = close + 1;
    const body = this.readStatement();
    return { type: "loop", first, test, step, body, isDo: false, from, end: this.at };
  }

  protected readTry(): Node {
    const from = this.expect("try");
    const body = this.readBlockNode();
    let given: Node | undefined;
    let handler: Node | undefined;
    if (this.skip("catch")) {
      if (this.skip("(")) {
        given = this.readTarget();
        this.expect(")");
      }
      handler = this.readBlockNode();
    }
    const last = this.skip("finally") ? this.readBlockNode() : undefined;
    return { type: "try", body, given, handler, last, from, end: this.at };
  }

  protected readSwitch(): Node {
    const from = this.expect("switch");
    const of = this.readHeader();
    const close = this.token.pair;
    this.expect("{");
    const cases: { test: Node | undefined; body: Node[] }[] = [];
    while (this.at < close) {
      const test = this.skip("default") ? undefined : (this.expect("case"), this.readWithIn());
      this.expect(":");
      const body: Node[] = [];
      while (this.at < close && !this.peek("case") && !this.peek("default")) body.push(this.readStatement());
      cases.push({ test, body });
    }
    this.at = close + 1;
    return { type: "switch", of, cases, from, end: this.at };
  }
}

/** Reads whole scripts: JavaScript as it runs, and TypeScript of which the types are left out. */
import type { Code, Node, ScriptTree } from "./syntax.ts";
import type { Token } from "./tokens.ts";
import { StatementParser } from "./statement-parser.ts";
import { Unreadable } from "./token-cursor.ts";
import { unquote } from "./unquote.ts";

/** Knows what a script takes from others, and gives to them. */
class ScriptParser extends StatementParser {
  /** All statements of a script. What cannot be read is passed over, with the bracket that it holds. */
  readScript(): Node[] {
    const body: Node[] = [];
    while (this.at < this.tokens.length) {
      const from = this.at;
      try {
        body.push(this.readStatement());
      } catch (error) {
        if (!(error instanceof Unreadable)) throw error;
        this.at = Math.max(this.at, from) + 1;
        while (this.at < this.tokens.length && !(this.tokens[this.at - 1]?.text === ";" || this.tokens[this.at]?.isFirst)) {
          const { pair } = this.tokens[this.at] as Token;
          this.at = pair > this.at ? pair + 1 : this.at + 1;
        }
        body.push({ type: "unknown", from, end: this.at });
      }
    }
    return body;
  }

  protected fork(at: number): ScriptParser {
    return new ScriptParser(this.script, at);
  }

  protected readModule(): string {
    const { kind, text } = this.token;
    if (kind !== "string") throw new Unreadable("module");
    this.at += 1;
    if (this.skip("with") || this.skip("assert")) this.at = this.token.pair + 1;
    this.endStatement();
    return unquote(text);
  }

  /** `{ find, read as load }`: the first name is that of the other side. */
  protected readNames(): { first: string; second: string }[] {
    const close = this.token.pair;
    this.expect("{");
    const names: { first: string; second: string }[] = [];
    while (this.at < close) {
      if (this.isTyped && this.peek("type") && !/^(?:[,}]|as)$/.test(this.tokens[this.at + 1]?.text ?? "")) this.at += 1;
      const first = this.readKey() as string;
      const second = this.skip("as") ? (this.readKey() as string) : first;
      names.push({ first, second });
      if (this.at < close) this.expect(",");
    }
    this.at = close + 1;
    return names;
  }

  protected readImport(): Node {
    const from = this.expect("import");
    const names: { name: string; imported: string }[] = [];
    if (this.isTyped && this.peek("type") && !/^(?:from|,)$/.test(this.tokens[this.at + 1]?.text ?? "")) {
      while (this.token.kind !== "string") this.at = Math.max(this.at, this.token.pair) + 1;
      this.readModule();
      return { type: "empty", from, end: this.at };
    }
    if (this.token.kind !== "string") {
      do {
        if (this.peek("{")) for (const { first, second } of this.readNames()) names.push({ name: second, imported: first });
        else if (this.skip("*")) {
          this.expect("as");
          names.push({ name: this.readName().name, imported: "*" });
        } else names.push({ name: this.readName().name, imported: "default" });
      } while (this.skip(","));
      this.expect("from");
    }
    const module = this.readModule();
    return { type: "import", names, module, from, end: this.at };
  }

  protected readExport(): Node {
    const from = this.expect("export");
    if (this.isTyped && this.peek("type") && this.peek("*", 1)) this.at += 1;
    const end = (given: { names?: { name: string; exported: string }[]; module?: string; of?: Node; isDefault?: boolean }): Node => {
      const { names = [], module, of, isDefault = false } = given;
      return { type: "export", names, module, of, isDefault, from, end: this.at };
    };
    if (this.skip("*")) {
      const exported = this.skip("as") ? (this.readKey() as string) : "*";
      this.expect("from");
      return end({ names: [{ name: "*", exported }], module: this.readModule() });
    }
    if (this.peek("{") || (this.isTyped && this.peek("type") && this.peek("{", 1))) {
      this.skip("type");
      const names = this.readNames().map(({ first, second }) => ({ name: first, exported: second }));
      if (this.skip("from")) return end({ names, module: this.readModule() });
      this.endStatement();
      return end({ names });
    }
    if (!this.skip("default")) return end({ of: this.readStatement() });
    const isDeclared = /^(?:function|class)$/.test(this.token.text) || (this.peek("async") && this.peek("function", 1));
    if (isDeclared) {
      const of = this.readStatement();
      return end({ of, isDefault: true });
    }
    const of = this.readExpression();
    this.endStatement();
    return end({ of, isDefault: true });
  }
}

/** The tree of a script. */
export function parseScript(text: string, file: string, tokens: readonly Token[]): ScriptTree {
  const functions: Code[] = [];
  const script = { text, file, tokens, functions, statements: [] as readonly Node[] };
  script.statements = new ScriptParser(script, 0).readScript();
  return script;
}

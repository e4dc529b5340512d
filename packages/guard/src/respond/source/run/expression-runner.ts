/** Runs expressions. */
import { readGlobal } from "../builtins/read-global.ts";
import type { Code, Node, NodeOf } from "../parse/syntax.ts";
import { ClassRunner } from "./class-runner.ts";
import { SHORT } from "./function-runner.ts";
import { MAX_STEPS } from "./replay.ts";
import { Stop } from "./spot.ts";
import { isKnown, isNothing, NOTHING, OWN, own, type Scope, SOMETHING, type Thing, thingOf, UNKNOWN, type Value } from "./values.ts";

/** How the expressions of each type are run. */
type Runners = { readonly [T in Node["type"]]?: (node: NodeOf<T>, scope: Scope) => Value };

/** Runs expressions. */
export abstract class ExpressionRunner extends ClassRunner {
  readonly #runners: Runners = {
    name: ({ name }, scope) => this.readName(name, scope),
    literal: ({ value }) =>
      value instanceof RegExp ? this.make({ real: new RegExp(value.source, value.flags), isOpen: false }) : own(value),
    template: (node, scope) => this.template(node, scope),
    list: (node, scope) => this.list(node, scope),
    object: (node, scope) => this.object(node, scope),
    function: ({ code }, scope) => this.makeFunction(code, scope),
    class: (node, scope) => this.makeClass(node, scope),
    member: (node, scope) => this.chainedMember(node, scope),
    call: (node, scope) => this.call(node, scope),
    unary: (node, scope) => this.unary(node, scope),
    update: (node, scope) => this.update(node, scope),
    binary: (node, scope) => this.binary(node, scope),
    either: (node, scope) => this.either(node, scope),
    assign: (node, scope) => this.assignment(node, scope),
    choice: (node, scope) => this.choice(node, scope),
    all: ({ body }, scope) => body.map((each) => this.evaluate(each, scope)).at(-1) ?? NOTHING,
    await: (node, scope) => this.runAwait(node, scope),
    yield: ({ of }, scope) => {
      this.yields.push(this.evaluate(of, scope));
      return UNKNOWN;
    },
    this: (_node, scope) => scope.findSelf(),
    spread: ({ of }, scope) => this.evaluate(of, scope),
  };

  /** The value of an expression. */
  evaluate(node: Node | undefined, scope: Scope): Value {
    if (!node) return NOTHING;
    const value = this.chain(node, scope);
    return value === SHORT ? NOTHING : value;
  }

  protected chain(node: Node, scope: Scope): Value {
    if (++this.steps > MAX_STEPS) throw new Stop("unclear");
    const other = this.others?.get(node);
    if (other) return other;
    const run = this.#runners[node.type] as ((node: Node, scope: Scope) => Value) | undefined;
    return run ? run(node, scope) : OWN;
  }

  private makeFunction(code: Code, scope: Scope): Value {
    const made = this.make({ code, scope });
    this.created.set(code, made.data as Thing);
    return made;
  }

  private chainedMember(node: NodeOf<"member">, scope: Scope): Value {
    if (node.of.type === "super") return this.superMember(node, scope);
    const of = this.chain(node.of, scope);
    return of === SHORT || (node.isOptional && isNothing(of.data)) ? SHORT : this.read(of, node, scope);
  }

  private readName(name: string, scope: Scope): Value {
    const slot = scope.look(name);
    return slot ? slot.value : (readGlobal(this, name) ?? OWN);
  }

  private template(node: NodeOf<"template">, scope: Scope): Value {
    const values = node.values.map((each) => this.evaluate(each, scope));
    let text: Value = own(node.texts[0] ?? "");
    for (const [at, value] of values.entries()) {
      if (!isKnown(value) || thingOf(value)) return SOMETHING;
      text = this.plus(text, { data: String(value.data), source: value.source });
      text = this.plus(text, own(node.texts[at + 1] ?? ""));
    }
    return text;
  }

  private list(node: NodeOf<"list">, scope: Scope): Value {
    const items: Value[] = [];
    for (const item of node.items) {
      if (item?.type !== "spread") {
        items.push(this.evaluate(item, scope));
        continue;
      }
      const of = this.evaluate(item.of, scope);
      const list = this.listOf(of, item);
      if (!list) return this.make({ items: [], isOpen: true });
      items.push(...list);
    }
    return this.make({ items });
  }

  private object(node: NodeOf<"object">, scope: Scope): Value {
    const made = this.make({});
    const thing = made.data as Thing;
    for (const member of node.members) {
      if (member.kind === "spread") {
        this.spread(thing, this.evaluate(member.value, scope));
        continue;
      }
      const key = this.keyOf(member.key, scope);
      if (key === undefined) {
        thing.isOpen = true;
        thing.members.clear();
        thing.raw = undefined;
        continue;
      }
      const value = this.evaluate(member.value, scope);
      const method = thingOf(value);
      if (member.value?.type === "function" && method) method.home = thing;
      if (member.kind === "get") (thing.getters ??= new Map<string, Value>()).set(key, value);
      if (member.kind !== "set") thing.members.set(key, member.kind === "get" ? OWN : value);
    }
    return made;
  }

  private runAwait(node: NodeOf<"await">, scope: Scope): Value {
    const { target } = this;
    // A frame that waits stands at its word.
    if (target === node.from && node.of?.type === "call") this.target = node.of.at;
    const value = this.evaluate(node.of, scope);
    if (target !== undefined) this.target = target;
    // What has to be waited for is no reader of a query.
    const isAsked = node.of?.type === "call" && node.of.of.type === "member" && node.of.of.key === "query" && !thingOf(value)?.promised;
    return isAsked ? UNKNOWN : this.settle(value);
  }
}

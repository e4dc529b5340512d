/** Runs classes, and makes things of them. */
import type { MemberNode, NodeOf } from "../parse/syntax.ts";
import { FunctionRunner } from "./function-runner.ts";
import type { Call } from "./replay.ts";
import { makeThing, OWN, Scope, SOMETHING, type Thing, thingOf, UNKNOWN, type Value } from "./values.ts";

/** Runs classes, and makes things of them. */
export abstract class ClassRunner extends FunctionRunner {
  protected makeClass(node: NodeOf<"class">, scope: Scope): Value {
    const inner = new Scope(scope);
    const made = this.make({ made: node, scope: inner });
    const thing = made.data as Thing;
    if (node.name) this.declareName(inner, node.name, made);
    const base = node.base && this.evaluate(node.base, scope);
    const baseThing = base && thingOf(base);
    const proto = makeThing({ isOpen: false, classOf: thing });
    if (base) proto.base = baseThing?.home && baseThing.made ? baseThing.home : makeThing({ isOpen: true });
    thing.home = proto;
    thing.base = baseThing?.made ? baseThing : base ? makeThing({ isOpen: true }) : undefined;
    for (const member of node.members) {
      if (!member.isField || member.isStatic) this.method(member.isStatic ? thing : proto, member, inner);
    }
    return made;
  }

  /** A method, or a field of the class itself. */
  private method(to: Thing, member: MemberNode, scope: Scope): void {
    const key = this.keyOf(member.key, scope);
    if (key === undefined) to.isOpen = true;
    if (!key || !member.value) return;
    const value = this.evaluate(member.value, scope);
    const method = thingOf(value);
    if (method && !member.isField) method.home = to;
    if (member.kind === "get" && method) {
      to.members.set(key, this.make({ native: (_given, self, node) => this.apply(value, { self, given: [], node }) }));
    } else if (member.kind !== "set" && !to.members.has(key)) to.members.set(key, value);
  }

  protected construct(callee: Value, { given, node }: Call): Value {
    const thing = thingOf(callee);
    if (thing?.native) return thing.native(given, UNKNOWN, node);
    if (thing?.made) {
      const made = this.make({ base: thing.home });
      this.initialise(thing, made, given);
      return made;
    }
    if (thing?.code) {
      const made = this.make({ isOpen: true });
      this.invoke(thing, made, given);
      return made;
    }
    this.unknownCall(callee, { self: OWN, given, node });
    return SOMETHING;
  }

  private initialise(thing: Thing, self: Value, given: readonly Value[]): void {
    const made = thing.made as NodeOf<"class">;
    const constructor = thing.home?.members.get("constructor");
    if (!made.base) this.fields(thing, self);
    if (constructor) this.invoke(thingOf(constructor) as Thing, self, given);
    else if (made.base) this.constructBase(thing, self, given);
  }

  private constructBase(thing: Thing, self: Value, given: readonly Value[]): void {
    const base = thing.base;
    if (base?.made) this.initialise(base, self, given);
    else {
      for (const each of given) this.forget(each);
      (self.data as Thing).isOpen = true;
    }
    this.fields(thing, self);
  }

  private fields(thing: Thing, self: Value): void {
    const scope = new Scope(thing.scope);
    scope.self = self;
    scope.home = thing.home;
    for (const member of (thing.made as NodeOf<"class">).members) {
      if (!member.isField || member.isStatic) continue;
      const key = this.keyOf(member.key, scope);
      if (key !== undefined) (self.data as Thing).members.set(key, this.evaluate(member.value, scope));
    }
  }

  protected superCall(node: NodeOf<"call">, scope: Scope): Value {
    const { values } = this.given(node.given, scope);
    const self = scope.findSelf();
    // The class whose prototype is the home of the constructor that runs.
    const home = scope.findHome();
    const thing = home?.classOf;
    if (thing && thingOf(self)) this.constructBase(thing, self, values);
    return self;
  }

  protected superMember(node: NodeOf<"member">, scope: Scope): Value {
    const base = scope.findHome()?.base;
    return base && typeof node.key === "string" ? (base.members.get(node.key) ?? OWN) : OWN;
  }
}

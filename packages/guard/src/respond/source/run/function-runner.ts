/** Runs calls, and the functions that they reach. */
import { Unreadable } from "../parse/token-cursor.ts";
import { askDatabase } from "../lookups/look-up.ts";
import type { Code, Node, NodeOf } from "../parse/syntax.ts";
import { OperatorRunner } from "./operator-runner.ts";
import { type Call, MAX_DEPTH } from "./replay.ts";
import { Stop } from "./spot.ts";
import { contains, declaredIn, namesOf, varsOf } from "./tree-search.ts";
import {
  holdsRequest,
  isKnown,
  isNothing,
  makeThing,
  NOTHING,
  OWN,
  Raised,
  Scope,
  type Thing,
  thingOf,
  UNKNOWN,
  type Value,
} from "./values.ts";

/** How a statement ended that did not just run through. */
export type Completion =
  | { readonly kind: "return" | "break" | "continue"; readonly value: Value; readonly label?: string | undefined }
  | undefined;

/** What an optional chain gives that has ended. */
export const SHORT: Value = { data: undefined, source: undefined };

/** What is known of a call at which the replay stands. */
type Reached = Call & { readonly node: NodeOf<"call"> };

/** Does a function have a name of its own within itself: `function name() {}`? */
function isSelfNamed({ name, open, script: { tokens } }: Code): boolean {
  return name !== undefined && tokens[open - 1]?.text === name && /^(?:function|\*)$/.test(tokens[open - 2]?.text ?? "");
}

/** Does a call only show what it is given? */
function isShown(node: Node): boolean {
  return node.type === "call" && node.of.type === "member" && node.of.of.type === "name" && node.of.of.name === "console";
}

/** Runs calls, and the functions that they reach. */
export abstract class FunctionRunner extends OperatorRunner {
  /** How many functions are being run within each other. */
  #active = 0;

  /** Runs a part of a chain, which may end in its midst. */
  protected abstract chain(node: Node, scope: Scope): Value;
  protected abstract statements(statements: readonly Node[], scope: Scope): Completion;
  protected abstract construct(callee: Value, call: Call): Value;
  protected abstract superCall(node: NodeOf<"call">, scope: Scope): Value;

  protected isAt(node: NodeOf<"call">): boolean {
    const { target } = this;
    if (target === undefined || !contains(node, target)) return false;
    const { of } = node;
    if (target === node.at || (node.isNew && target === node.from)) return true;
    return of.type === "member" ? target === of.at || target === of.at - 1 : target === of.end - 1 || target === of.from;
  }

  protected given(given: readonly Node[], scope: Scope, isAt = false): { readonly values: Value[]; readonly hasSpread: boolean } {
    const values: Value[] = [];
    for (const each of given) {
      if (each.type !== "spread") {
        values.push(this.evaluate(each, scope));
        continue;
      }
      const of = this.evaluate(each.of, scope);
      if (isAt && this.isInnermost) this.world.judge({ kind: "list", of, node: each });
      const list = this.listOf(of, each);
      if (!list) return { values: [...values, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN], hasSpread: true };
      values.push(...list);
    }
    return { values, hasSpread: false };
  }

  protected call(node: NodeOf<"call">, scope: Scope): Value {
    const { of } = node;
    if (of.type === "super") return this.superCall(node, scope);
    let self: Value | undefined;
    let callee: Value;
    if (of.type === "member" && of.of.type !== "super") {
      self = this.chain(of.of, scope);
      if (self === SHORT || (of.isOptional && isNothing(self.data))) return SHORT;
      callee = this.read(self, of, scope);
    } else {
      if (of.type === "member") self = scope.findSelf();
      callee = this.chain(of, scope);
    }
    if (callee === SHORT || (node.isOptional && isKnown(callee) && isNothing(callee.data))) return SHORT;
    const isAt = this.isAt(node);
    const { values, hasSpread } = this.given(node.given, scope, isAt);
    if (isAt && this.isInnermost) this.world.judge({ kind: "call", self, given: values, node, hasSpread });
    const call: Reached = { self: self ?? NOTHING, given: values, node };
    if (!isAt || this.isInnermost) return this.callOrConstruct(callee, call);
    return this.onTarget(() => {
      this.guide(callee, { ...call, self: self ?? OWN });
      return this.callOrConstruct(callee, call);
    });
  }

  private callOrConstruct(callee: Value, call: Reached): Value {
    return call.node.isNew ? this.construct(callee, call) : this.apply(callee, call);
  }

  /** Of whom nobody knows what is called, the stack tells. */
  private guide(callee: Value, { self, given, node }: Reached): void {
    const next = this.world.plan[this.depth + 1];
    const thing = thingOf(callee);
    if (!next || thing?.code || thing?.native || thing?.made) return;
    const { code } = next;
    const name = node.of.type === "member" ? node.of.key : node.of.type === "name" ? node.of.name : undefined;
    const isIt = code.name !== undefined && (code.name === name || (code.name === "constructor" && node.isNew));
    // What waits need not have been called by the one below it.
    const isCallback = given.some((each) => thingOf(each)?.code);
    const isAsync = this.world.plan[this.depth]?.isAsync === true;
    const isHandedOn = given.some((each) => /^(?:request|context)$/.test(thingOf(each)?.host ?? ""));
    if (!isIt && (isCallback || (isAsync && !isHandedOn && given.length > 0))) return;
    const all = !isIt && isAsync && given.length === 0 ? this.world.enter(this, code) : given;
    if (all) this.invoke(this.foreign(code), self, all);
  }

  /** A function of which nobody has seen how it was made. */
  foreign(code: Code): Thing {
    const made = this.created.get(code);
    if (made) return made;
    const around = this.world.around(code);
    let scope = this.scopeOf(code.script);
    for (const each of around) {
      scope = new Scope(scope);
      const { parameters, statements } = each.read();
      for (const name of [...parameters.flatMap(namesOf), ...declaredIn(statements)]) scope.names.set(name, { value: OWN, level: 0 });
    }
    return makeThing({ code, scope });
  }

  /** What `this` is in a method of which nobody has seen how its thing was made. */
  selfOf(code: Code): Value {
    const proto = this.world.findProto(this, code);
    return proto ? { data: makeThing({ base: proto, isOpen: true }), source: undefined } : OWN;
  }

  /** Calls what a value is. */
  apply(callee: Value, call: Call): Value {
    const { self, given, node } = call;
    const thing = thingOf(callee);
    if (thing?.native) return thing.native(given, self, node);
    if (thing?.code) return this.invoke(thing, self, given);
    if (isKnown(callee) && !thing?.isOpen && !thing?.host && !thing?.real && !thing?.made) this.fail("is not a function");
    return this.unknownCall(callee, call);
  }

  /** Does what nobody knows: it may call what it is given, and put anything into it. */
  unknownCall(callee: Value, { self, given, node }: Call): Value {
    this.unknowns += 1;
    const isLooking = isShown(node);
    // What a store gives for a key of the request is the app's; what a function makes of a request may well be the request's.
    const isMadeOfRequest = node.type === "call" && node.of.type === "name" && given.some(holdsRequest);
    for (const each of given) {
      const thing = thingOf(each);
      if (thing?.code)
        this.maybe(() => {
          const isNext = thing.code === this.world.plan[this.depth + 1]?.code && !this.isOnTarget;
          this.invoke(thing, UNKNOWN, isNext ? [] : Array.from({ length: 6 }, () => (callee === UNKNOWN ? UNKNOWN : OWN)));
        });
      else if (!isLooking) this.forget(each);
    }
    const asked = askDatabase(this, { self, given, node });
    if (asked) return asked;
    return isMadeOfRequest || callee === UNKNOWN || (self === UNKNOWN && isKnown(callee)) ? UNKNOWN : OWN;
  }

  /** Runs a function of the app's. */
  invoke(thing: Thing, self: Value, given: readonly Value[]): Value {
    const code = thing.code as Code;
    if (this.#active > MAX_DEPTH) {
      this.unknowns += 1;
      return UNKNOWN;
    }
    const { plan } = this.world;
    const { depth, isOnTarget, target, guards } = this;
    const next = plan[depth + 1];
    const isNext = next?.code === code && (isOnTarget || plan[depth]?.isAsync === true);
    const returns = this.returns;
    const yields = this.yields;
    this.#active += 1;
    this.returns = [];
    this.yields = [];
    if (isNext) {
      this.depth += 1;
      this.isOnTarget = false;
      this.target = next.at;
      this.guards = guards.map((guard) => guard && { ...guard, isOfCaller: true });
    } else this.target = undefined;
    try {
      const value = this.run(thing, self, given);
      if (code.isGenerator) return this.make({ items: this.yields, isOpen: false });
      return code.isAsync ? this.promise(value) : value;
    } catch (error) {
      if (!(error instanceof Raised) || !code.isAsync) throw error;
      return this.make({ failure: error, isOpen: false });
    } finally {
      this.#active -= 1;
      this.returns = returns;
      this.yields = yields;
      this.depth = depth;
      this.isOnTarget = isOnTarget;
      this.target = target;
      this.guards = guards;
    }
  }

  private run(thing: Thing, self: Value, given: readonly Value[]): Value {
    const code = thing.code as Code;
    this.passed.add(code);
    const read = this.readCode(code, given);
    if (!read) return UNKNOWN;
    const { parameters, statements } = read;
    const scope = new Scope(thing.scope);
    if (!code.isArrow) {
      scope.self = self;
      scope.home = thing.home;
      this.declareName(scope, "arguments", UNKNOWN);
      if (isSelfNamed(code)) this.declareName(scope, code.name as string, { data: thing, source: undefined });
    }
    for (const name of varsOf(statements)) this.declareName(scope, name, NOTHING);
    for (const name of parameters.flatMap(namesOf)) this.declareName(scope, name, NOTHING);
    for (const [at, parameter] of parameters.entries()) {
      if (parameter.type === "spread") this.assign(parameter.of as Node, this.make({ items: given.slice(at) }), scope);
      else this.assign(parameter, given[at] ?? NOTHING, scope);
    }
    const done = this.statements(statements, new Scope(scope));
    const last = done?.kind === "return" ? done.value : NOTHING;
    const result = this.returns.reduce((one, other) => this.join(one, other), last);
    return code.isOptional && result.source && isNothing(result.data)
      ? { ...result, source: { ...result.source, isSpoilt: true } }
      : result;
  }

  /** The parameters and the body of a function; where they cannot be read, it does what nobody knows. */
  private readCode(code: Code, given: readonly Value[]): ReturnType<Code["read"]> | undefined {
    try {
      return code.read();
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      if (this.target !== undefined) throw new Stop("unclear");
      this.unknowns += 1;
      for (const each of given) this.forget(each);
      return undefined;
    }
  }

  /** Declares a name. */
  protected declareName(scope: Scope, name: string, value: Value): void {
    scope.names.set(name, { value, level: this.level });
  }
}

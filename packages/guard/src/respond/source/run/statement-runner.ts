/** Runs statements. */
import type { Node, NodeOf } from "../parse/syntax.ts";
import { ExpressionRunner } from "./expression-runner.ts";
import type { Completion } from "./function-runner.ts";
import { MAX_STEPS, MAX_TURNS } from "./replay.ts";
import { Stop } from "./spot.ts";
import { contains, namesOf } from "./tree-search.ts";
import { isKnown, keysOf, NOTHING, OWN, Raised, Scope, type Slot, sourceOf, thingOf, UNKNOWN, type Value } from "./values.ts";

/** How the statements of each type are run. */
type Runners = { readonly [T in Node["type"]]?: (node: NodeOf<T>, scope: Scope) => Completion };

/** The end of one turn of a loop: whether the loop goes on, or how it ends. */
function endTurn(done: Completion): { readonly isOver: boolean; readonly done: Completion } {
  if (!done || (done.kind === "continue" && !done.label)) return { isOver: false, done: undefined };
  if (done.kind === "break" && !done.label) return { isOver: true, done: undefined };
  return { isOver: true, done };
}

/** A replay that can run everything: statements here, all else in the classes that it is built on. */
export class StatementRunner extends ExpressionRunner {
  readonly #runners: Runners = {
    run: ({ of }, scope) => {
      this.evaluate(of, scope);
      return undefined;
    },
    declare: (node, scope) => {
      this.declaration(node, scope);
      return undefined;
    },
    return: ({ of }, scope) => ({ kind: "return", value: this.evaluate(of, scope) }),
    throw: (node, scope) => {
      if (this.isInnermost && contains(node, this.target)) this.world.judge({ kind: "throw", node, guards: this.guards, scope });
      throw new Raised(this.evaluate(node.of, scope));
    },
    block: (node, scope) => this.runBlock(node, scope),
    if: (node, scope) => this.runIf(node, scope),
    loop: (node, scope) => this.runLoop(node, new Scope(scope)),
    each: (node, scope) => this.runEach(node, scope),
    try: (node, scope) => this.runTry(node, scope),
    switch: (node, scope) => this.runSwitch(node, new Scope(scope)),
    labeled: ({ body, label }, scope) => {
      const done = this.execute(body, scope);
      return done?.label === label ? undefined : done;
    },
    break: ({ label }) => ({ kind: "break", value: NOTHING, label }),
    continue: ({ label }) => ({ kind: "continue", value: NOTHING, label }),
    empty: () => undefined,
  };

  /** Declares the names of a block before it is run; functions have their values at once. */
  private declareAll(statements: readonly Node[], scope: Scope): void {
    for (const statement of statements) {
      const node = statement.type === "export" ? statement.of : statement;
      if (node?.type !== "declare" || node.kind === "var") continue;
      for (const { target, value } of node.parts) {
        for (const name of namesOf(target)) this.declareName(scope, name, NOTHING);
        if (node.kind === "function") (scope.names.get((target as NodeOf<"name">).name) as Slot).value = this.evaluate(value, scope);
      }
    }
  }

  protected statements(statements: readonly Node[], scope: Scope): Completion {
    this.declareAll(statements, scope);
    for (const each of statements) {
      const done = this.execute(each, scope);
      if (done) return done;
    }
    return undefined;
  }

  private runBlock(node: Node, scope: Scope): Completion {
    return node.type === "block" ? this.statements(node.body, new Scope(scope)) : this.execute(node, scope);
  }

  /** Runs a branch that may have run; what it may have given is kept. */
  private branch(node: Node | undefined, scope: Scope): void {
    if (!node) return;
    this.maybe(() => {
      const done = this.runBlock(node, scope);
      if (done?.kind === "return") this.returns.push(done.value);
    });
  }

  private execute(node: Node, scope: Scope): Completion {
    if (++this.steps > MAX_STEPS) throw new Stop("unclear");
    const run = this.#runners[node.type] as ((node: Node, scope: Scope) => Completion) | undefined;
    if (run) return run(node, scope);
    this.unknowns += 1;
    return undefined;
  }

  private declaration({ kind, parts }: NodeOf<"declare">, scope: Scope): void {
    if (kind === "function") return;
    for (const { target, value } of parts) {
      if (!value && kind === "var") continue;
      const given = this.evaluate(value, scope);
      this.taken = value;
      this.assign(target, given, scope);
    }
  }

  private runIf(node: NodeOf<"if">, scope: Scope): Completion {
    const test = this.truth(this.evaluate(node.test, scope));
    const isMet = contains(node.yes, this.target);
    if (isMet || contains(node.no, this.target)) this.guards.push({ test: node.test, isMet, scope });
    if (test !== undefined) return test ? this.runBlock(node.yes, scope) : node.no && this.runBlock(node.no, scope);
    if (contains(node.yes, this.target)) return this.runBlock(node.yes, scope);
    if (contains(node.no, this.target)) return this.runBlock(node.no as Node, scope);
    this.branch(node.yes, scope);
    this.branch(node.no, scope);
    return undefined;
  }

  private runLoop(node: NodeOf<"loop">, scope: Scope): Completion {
    if (node.first?.type === "declare") {
      this.declareAll([node.first], scope);
      this.execute(node.first, scope);
    } else this.evaluate(node.first, scope);
    for (let turn = 0; turn < MAX_TURNS; turn++) {
      const test = turn === 0 && node.isDo ? true : node.test ? this.truth(this.evaluate(node.test, scope)) : true;
      if (test === false) return undefined;
      if (test === undefined) {
        this.blind(() => this.branch(node.body, scope));
        this.blind(() => this.evaluate(node.step, scope));
        this.blind(() => this.branch(node.body, scope));
        if (contains(node.body, this.target)) this.runBlock(node.body, scope);
        return undefined;
      }
      const { isOver, done } = endTurn(this.runBlock(node.body, scope));
      if (isOver) return done;
      this.evaluate(node.step, scope);
    }
    throw new Stop("unclear");
  }

  private runEach(node: NodeOf<"each">, scope: Scope): Completion {
    const of = this.evaluate(node.of, scope);
    const list = node.isIn ? this.keysIn(of) : this.listOf(node.isAwait ? this.settle(of) : of, node.of);
    const run = (value: Value): Completion => {
      const inner = new Scope(scope);
      if (node.kind !== undefined && node.kind !== "var") for (const name of namesOf(node.target)) this.declareName(inner, name, NOTHING);
      this.assign(node.target, node.isAwait ? this.settle(value) : value, inner);
      return this.runBlock(node.body, inner);
    };
    if (!list || thingOf(of)?.isOpen) {
      const unknown = of === UNKNOWN || sourceOf(of) ? UNKNOWN : OWN;
      for (let turn = 0; turn < 2; turn++) {
        this.blind(() => {
          const done = run(unknown);
          if (done?.kind === "return") this.returns.push(done.value);
        });
      }
      if (contains(node, this.target)) run(unknown);
      return undefined;
    }
    for (const each of list) {
      const { isOver, done } = endTurn(run(each));
      if (isOver) return done;
    }
    return undefined;
  }

  private keysIn(of: Value): readonly Value[] | undefined {
    const thing = thingOf(of);
    if (!isKnown(of)) return undefined;
    if (!thing) return [];
    if (thing.host || thing.real || thing.isOpen) return undefined;
    return keysOf(thing).map((key) => ({ data: key, source: thing.source && { isText: true, isSpoilt: true } }));
  }

  private runTry(node: NodeOf<"try">, scope: Scope): Completion {
    let done: Completion;
    const handle = (given: Value): Completion => {
      const inner = new Scope(scope);
      for (const name of namesOf(node.given)) this.declareName(inner, name, NOTHING);
      if (node.given) this.assign(node.given, given, inner);
      return this.runBlock(node.handler as Node, inner);
    };
    try {
      const { unknowns } = this;
      if (node.handler && contains(node.handler, this.target)) {
        this.guards.push(undefined);
        this.branch(node.body, scope);
        done = handle(OWN);
      } else {
        try {
          done = this.runBlock(node.body, scope);
          if (node.handler && this.unknowns > unknowns) {
            this.maybe(() => {
              const other = handle(OWN);
              if (other?.kind === "return") this.returns.push(other.value);
            });
          }
        } catch (error) {
          if (!(error instanceof Raised) || !node.handler) throw error;
          done = handle(error.value);
        }
      }
    } finally {
      if (node.last) {
        const last = this.runBlock(node.last, scope);
        if (last) done = last;
      }
    }
    return done;
  }

  private runSwitch(node: NodeOf<"switch">, scope: Scope): Completion {
    const of = this.evaluate(node.of, scope);
    this.declareAll(
      node.cases.flatMap(({ body }) => body),
      scope,
    );
    const tests = node.cases.map(({ test }) => (test ? this.truth(this.compare(of, this.evaluate(test, scope), "===")) : false));
    const holding = node.cases.findIndex(({ body }) => body.some((each) => contains(each, this.target)));
    if (holding >= 0) this.guards.push(undefined);
    let start = tests.findIndex((test) => test === true);
    const isUnsure = tests.slice(0, start < 0 ? undefined : start).includes(undefined);
    if (start < 0) start = node.cases.findIndex(({ test }) => !test);
    if (isUnsure && holding >= 0) start = holding;
    else if (isUnsure) {
      for (const { body } of node.cases) for (const each of body) this.branch(each, scope);
      return undefined;
    }
    if (start < 0) return undefined;
    for (const { body } of node.cases.slice(start)) {
      for (const each of body) {
        const done = this.execute(each, scope);
        if (done) return done.kind === "break" && !done.label ? undefined : done;
      }
    }
    return undefined;
  }
}

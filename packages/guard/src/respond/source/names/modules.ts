/** The values of a script's own names and of what it takes from others of the app: only what is given a value once, and that nobody may have changed since. */
import path from "node:path";
import querystring from "node:querystring";
import { fileURLToPath } from "node:url";
import type { Scripts } from "../frames.ts";
import { findChanges } from "../lookups/changes.ts";
import { type Declared, indexOf } from "./module-index.ts";
import { readFate } from "./name-fate.ts";
import { remember } from "./remember.ts";
import type { Replay } from "../run/replay.ts";
import { namesOf } from "../run/tree-search.ts";
import type { Code, Node, NodeOf, ScriptTree } from "../parse/syntax.ts";
import { makeThing, OWN, Scope, type Slot, SOMETHING, type Thing, thingOf, type Value } from "../run/values.ts";

/** The class or the object that a function is written in as a method. */
function findHome(node: unknown, code: Code): Node | undefined {
  if (typeof node !== "object" || node === null) return undefined;
  if (Array.isArray(node)) {
    for (const each of node) {
      const found = findHome(each, code);
      if (found) return found;
    }
    return undefined;
  }
  const { type, from, end } = node as Node;
  if (from > code.from || end < code.end) return undefined;
  if (
    (type === "class" || type === "object") &&
    (node as NodeOf<"class">).members.some(({ value }) => value?.type === "function" && value.code === code)
  )
    return node as Node;
  for (const [key, each] of Object.entries(node)) {
    const found = key === "code" || key === "outer" ? undefined : findHome(each, code);
    if (found) return found;
  }
  return undefined;
}

const isWord = ({ data }: Value): boolean => typeof data === "string";

const homes = remember<Node | undefined>();

/** Of Node's own modules those that give the same for the same. */
const PURE_MODULES: Readonly<Record<string, object>> = {
  path,
  querystring,
  buffer: { Buffer },
  url: { URL, URLSearchParams, fileURLToPath, parse: undefined },
};

/** A name, and the script that asks for it. */
type Wanted = { readonly script: ScriptTree; readonly name: string };

/** Follows the names of scripts. */
export class Modules {
  readonly #scripts: Scripts;
  readonly #slots = new Map<ScriptTree, Map<string, Slot>>();
  readonly #exports = new Map<ScriptTree, Value>();

  constructor(scripts: Scripts) {
    this.#scripts = scripts;
  }

  /** What a name of a script stands for; undefined where it has none of that name. */
  find(replay: Replay, script: ScriptTree, name: string): Slot | undefined {
    let slots = this.#slots.get(script);
    if (!slots) {
      slots = new Map();
      this.#slots.set(script, slots);
    }
    const known = slots.get(name);
    if (known) return known;
    const slot: Slot = { value: OWN, level: 0 };
    if (!this.#isNamed(script, name)) return undefined;
    slots.set(name, slot);
    slot.value = replay.outside(() => this.#read(replay, script, name), OWN);
    return slot;
  }

  /** What the thing has whose method a function is. */
  findProto(replay: Replay, code: Code): Thing | undefined {
    const home = homes(code, () => findHome(code.script.statements, code));
    const value = home && replay.outside(() => replay.evaluate(home, replay.scopeOf(code.script)), OWN);
    const thing = value && thingOf(value);
    return thing?.made ? thing.home : thing;
  }

  #isNamed(script: ScriptTree, name: string): boolean {
    const { declared, imported } = indexOf(script);
    return declared.has(name) || imported.has(name) || /^(?:require|exports|module|__dirname|__filename)$/.test(name);
  }

  #read(replay: Replay, script: ScriptTree, name: string): Value {
    const { declared, imported } = indexOf(script);
    const [found, other] = declared.get(name) ?? [];
    const from = imported.get(name);
    if (from) return found ? OWN : this.#import(replay, from.module, { script, name: from.imported });
    if (!found) return this.#readWord(replay, script, name);
    if (other) return OWN;
    const fate = readFate(script, name);
    if (fate === "moved") return OWN;
    const value = this.#evaluate(replay.scopeOf(script), found, { replay, name });
    const thing = thingOf(value);
    if (thing && !thing.code && !thing.made) thing.named ??= { script, name };
    // A list of words that nobody changes has no other ones.
    if (thing?.items?.every(isWord) && !findChanges({ script, name }).length && !indexOf(script).exported.has(name)) thing.isOpen = false;
    return fate === "handed" && thing && !thing.code && !thing.made && !thing.native ? OWN : value;
  }

  #evaluate(scope: Scope, { part }: Declared, { replay, name }: { readonly replay: Replay; readonly name: string }): Value {
    const value = replay.evaluate(part.value, scope);
    if (part.target.type === "name") return value;
    const inner = new Scope(scope);
    for (const each of namesOf(part.target)) inner.names.set(each, { value: OWN, level: 0 });
    replay.assign(part.target, value, inner);
    return inner.names.get(name)?.value ?? OWN;
  }

  #readWord(replay: Replay, script: ScriptTree, name: string): Value {
    if (name === "require") {
      const native = (given: readonly Value[]): Value => {
        const from = given[0]?.data;
        return typeof from === "string" ? replay.outside(() => this.#import(replay, from, { script, name: "require" }), OWN) : OWN;
      };
      return { data: makeThing({ native }), source: undefined };
    }
    if (name.startsWith("__")) return SOMETHING;
    const exported = this.#exportsOf(script);
    return name === "exports" ? exported : { data: makeThing({ members: new Map([["exports", exported]]) }), source: undefined };
  }

  /** What a script gives to others, to be asked by name. */
  #exportsOf(script: ScriptTree): Value {
    let value = this.#exports.get(script);
    if (!value) {
      value = { data: makeThing({ host: "module", home: undefined }), source: undefined };
      (value.data as Thing).script = script;
      this.#exports.set(script, value);
    }
    return value;
  }

  /** A member of what a script gives. */
  readExport(replay: Replay, script: ScriptTree, name: string): Value {
    return replay.outside(() => this.#export(replay, { script, name }), OWN);
  }

  #export(replay: Replay, { script, name, depth = 0 }: Wanted & { readonly depth?: number }): Value {
    if (depth > 8) return OWN;
    const { exported, stars } = indexOf(script);
    const [found, other] = exported.get(name) ?? [];
    if (other) return OWN;
    if (found?.value) return replay.evaluate(found.value, replay.scopeOf(script));
    if (found?.module !== undefined) return this.#import(replay, found.module, { script, name: found.name as string });
    if (found) return this.find(replay, script, found.name as string)?.value ?? OWN;
    const all = exported.get("*");
    if (all) return all.length === 1 ? replay.member(this.#whole(replay, script), name) : OWN;
    for (const star of stars) {
      const of = this.#scripts.openTree(script.file, star);
      const value = of && this.#export(replay, { script: of, name, depth: depth + 1 });
      if (value && value !== OWN) return value;
    }
    return OWN;
  }

  /** All that a script gives: `module.exports`, where it is given a value. */
  #whole(replay: Replay, script: ScriptTree): Value {
    const all = indexOf(script).exported.get("*");
    if (!all) return this.#exportsOf(script);
    const [found, other] = all;
    return !found?.value || other ? OWN : replay.evaluate(found.value, replay.scopeOf(script));
  }

  #import(replay: Replay, module: string, { script, name }: Wanted): Value {
    const pure = PURE_MODULES[module.replace("node:", "")];
    if (pure) {
      const value: Value = { data: makeThing({ real: pure, global: module.replace("node:", "") }), source: undefined };
      return /^(?:\*|default|require)$/.test(name) ? value : replay.member(value, name);
    }
    const tree = this.#scripts.openTree(script.file, module);
    if (!tree) return OWN;
    if (name === "require" || name === "*") return name === "require" ? this.#whole(replay, tree) : this.#exportsOf(tree);
    if (name === "default" && !indexOf(tree).exported.has("default")) return this.#whole(replay, tree);
    return this.#export(replay, { script: tree, name });
  }
}

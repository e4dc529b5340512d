/** What a script declares, takes from others and gives to others, as it stands at its top. */
import { namesOf } from "../run/tree-search.ts";
import type { Node, NodeOf, ScriptTree } from "../parse/syntax.ts";
import { remember } from "./remember.ts";

/** One declaration of a name. */
export type Declared = { readonly part: { readonly target: Node; readonly value: Node | undefined }; readonly kind: string };

/** What a script says at its top. */
type Index = {
  readonly declared: ReadonlyMap<string, readonly Declared[]>;
  readonly imported: ReadonlyMap<string, { readonly module: string; readonly imported: string }>;
  readonly exported: ReadonlyMap<
    string,
    readonly { readonly value?: Node; readonly name?: string; readonly module?: string | undefined }[]
  >;
  /** Modules of which it gives all. */
  readonly stars: readonly string[];
};

const indexes = remember<Index>();

function add<T>(to: Map<string, T[]>, key: string, value: T): void {
  const known = to.get(key);
  if (known) known.push(value);
  else to.set(key, [value]);
}

/** `exports.read`, `module.exports.read`, and `module.exports` itself, which is `*`. */
function readExported(target: Node): string | undefined {
  if (target.type !== "member" || typeof target.key !== "string") return undefined;
  const { of } = target;
  if (of.type === "name") return of.name === "exports" ? target.key : of.name === "module" && target.key === "exports" ? "*" : undefined;
  return readExported(of) === "*" ? target.key : undefined;
}

/** What a script says at its top, read once. */
export const indexOf = (script: ScriptTree): Index => indexes(script, () => readIndex(script));

function readIndex(script: ScriptTree): Index {
  const declared = new Map<string, Declared[]>();
  const imported = new Map<string, { module: string; imported: string }>();
  const exported = new Map<string, { value?: Node; name?: string; module?: string | undefined }[]>();
  const stars: string[] = [];
  const declare = (node: NodeOf<"declare">, isExported: boolean): void => {
    for (const part of node.parts) {
      for (const name of namesOf(part.target)) {
        add(declared, name, { part, kind: node.kind });
        if (isExported) add(exported, name, { name });
      }
    }
  };
  const assign = (node: Node | undefined): void => {
    if (node?.type === "all") for (const each of node.body) assign(each);
    if (node?.type !== "assign") return;
    const name = readExported(node.target);
    const isNothing = node.value.type === "unary" && node.value.sign === "void";
    if (name !== undefined && !isNothing) add(exported, name, { value: node.value });
    assign(node.value);
  };
  for (const node of script.statements) {
    if (node.type === "declare") {
      declare(node, false);
      for (const { value } of node.parts) assign(value);
    } else if (node.type === "import")
      for (const { name, imported: from } of node.names) imported.set(name, { module: node.module, imported: from });
    else if (node.type === "run") assign(node.of);
    else if (node.type === "export") {
      for (const { name, exported: to } of node.names) {
        if (name === "*" && to === "*") stars.push(node.module as string);
        else add(exported, to, { name, module: node.module });
      }
      if (node.of?.type === "declare") {
        declare(node.of, !node.isDefault);
        if (node.isDefault) add(exported, "default", { name: namesOf(node.of.parts[0]?.target)[0] ?? "" });
      } else if (node.of && node.isDefault) add(exported, "default", { value: node.of });
    }
  }
  return { declared, imported, exported, stars };
}

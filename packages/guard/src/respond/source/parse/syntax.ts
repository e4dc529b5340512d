/** The tree of a script, as far as it has to be known to run it again. Ranges and places are indexes of tokens. */
import type { Token } from "./tokens.ts";

type Range = { readonly from: number; readonly end: number };

/** One member of an object or a class that is written out; `key` is a node where it is computed. */
export type MemberNode = {
  readonly key: string | Node;
  readonly value: Node | undefined;
  readonly kind: "value" | "spread" | "get" | "set";
  readonly isStatic: boolean;
  /** Is it a field of a class, not a method? */
  readonly isField: boolean;
};

/** A node of the tree, by its `type`. */
export type Node = Range &
  (
    | { readonly type: "name"; readonly name: string }
    | { readonly type: "literal"; readonly value: unknown }
    | { readonly type: "template"; readonly texts: readonly string[]; readonly values: readonly Node[] }
    | { readonly type: "list"; readonly items: readonly (Node | undefined)[] }
    | { readonly type: "object"; readonly members: readonly MemberNode[] }
    | { readonly type: "function"; readonly code: Code }
    | {
        readonly type: "class";
        readonly name: string | undefined;
        readonly base: Node | undefined;
        readonly members: readonly MemberNode[];
      }
    | { readonly type: "member"; readonly of: Node; readonly key: string | Node; readonly at: number; readonly isOptional: boolean }
    | {
        readonly type: "call";
        readonly of: Node;
        readonly given: readonly Node[];
        /** Its bracket. */
        readonly at: number;
        readonly isNew: boolean;
        readonly isOptional: boolean;
        /** The call that it is itself an argument of. */
        outer?: NodeOf<"call">;
      }
    | { readonly type: "unary" | "update"; readonly sign: string; readonly of: Node }
    | { readonly type: "binary" | "either"; readonly sign: string; readonly first: Node; readonly second: Node; readonly at: number }
    | { readonly type: "assign"; readonly sign: string; readonly target: Node; readonly value: Node; readonly at: number }
    | { readonly type: "choice" | "if"; readonly test: Node; readonly yes: Node; readonly no: Node | undefined }
    | { readonly type: "all" | "block"; readonly body: readonly Node[] }
    | { readonly type: "spread" | "await" | "yield" | "run" | "return" | "throw"; readonly of: Node | undefined }
    | { readonly type: "this" | "super" | "unknown" | "empty" }
    | {
        readonly type: "declare";
        readonly kind: string;
        readonly parts: readonly { readonly target: Node; readonly value: Node | undefined }[];
      }
    | {
        readonly type: "loop";
        readonly first: Node | undefined;
        readonly test: Node | undefined;
        readonly step: Node | undefined;
        readonly body: Node;
        readonly isDo: boolean;
      }
    | {
        readonly type: "each";
        readonly kind: string | undefined;
        readonly target: Node;
        readonly of: Node;
        readonly isIn: boolean;
        readonly isAwait: boolean;
        readonly body: Node;
      }
    | {
        readonly type: "try";
        readonly body: Node;
        readonly given: Node | undefined;
        readonly handler: Node | undefined;
        readonly last: Node | undefined;
      }
    | {
        readonly type: "switch";
        readonly of: Node;
        readonly cases: readonly { readonly test: Node | undefined; readonly body: readonly Node[] }[];
      }
    | { readonly type: "break" | "continue"; readonly label: string | undefined }
    | { readonly type: "labeled"; readonly label: string; readonly body: Node }
    | { readonly type: "import"; readonly names: readonly { readonly name: string; readonly imported: string }[]; readonly module: string }
    | {
        readonly type: "export";
        /** What it gives under which names, of its own or of another module. */
        readonly names: readonly { readonly name: string; readonly exported: string }[];
        readonly module: string | undefined;
        /** A declaration, or what is given as `default`. */
        readonly of: Node | undefined;
        readonly isDefault: boolean;
      }
  );

type Choose<T, N> = N extends { readonly type: infer K } ? (T extends K ? N : never) : never;
/** The nodes of a type. */
export type NodeOf<T extends Node["type"]> = Choose<T, Node>;

/** A function as it is written. Its parameters and its body are read when they are asked for. */
export type Code = Range & {
  readonly script: ScriptTree;
  name: string | undefined;
  readonly isArrow: boolean;
  readonly isAsync: boolean;
  readonly isGenerator: boolean;
  /** Does its type say that it may give nothing? */
  readonly isOptional: boolean;
  /** The token that its parameters begin with, a bracket or the only one, and the first of its body. */
  readonly open: number;
  readonly body: number;
  /** The call that it is an argument of. */
  call: NodeOf<"call"> | undefined;
  readonly read: () => { readonly parameters: readonly Node[]; readonly statements: readonly Node[] };
};

/** What a script is made of. `functions` grows as their bodies are read. */
export type ScriptTree = {
  readonly text: string;
  readonly file: string;
  readonly tokens: readonly Token[];
  readonly functions: Code[];
  readonly statements: readonly Node[];
};

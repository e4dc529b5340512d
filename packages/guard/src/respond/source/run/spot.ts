/** What is seen at the place that failed, and how a replay ends there. */
import type { Node, NodeOf } from "../parse/syntax.ts";
import type { Scope, Value } from "./values.ts";

/** A condition that stands around a place, and how it came out. */
export type Guard = { readonly test: Node; readonly isMet: boolean; readonly scope: Scope; readonly isOfCaller?: boolean };

/** What is seen of an operation that stands where the error was thrown. */
export type Spot =
  | { readonly kind: "member"; readonly of: Value; readonly name: string | undefined; readonly node: Node }
  | {
      readonly kind: "call";
      readonly self: Value | undefined;
      readonly given: readonly Value[];
      readonly node: NodeOf<"call">;
      readonly hasSpread: boolean;
    }
  | { readonly kind: "pattern" | "list"; readonly of: Value; readonly node: Node }
  | { readonly kind: "in" | "assign"; readonly of: Value; readonly node: Node }
  | { readonly kind: "throw"; readonly node: NodeOf<"throw">; readonly guards: readonly (Guard | undefined)[]; readonly scope: Scope }
  | {
      /** Something of the language's that failed: does it fail with other values too? */
      readonly kind: "again";
      readonly values: readonly Value[];
      readonly fails: (values: readonly Value[]) => boolean;
      readonly message: string;
      readonly node?: undefined;
    };

/** Thrown to end a replay: what was to be seen has been seen, or cannot be. */
export class Stop {
  /** `absent` where the request is at fault, and its path names what is not there. */
  readonly verdict: "proven" | "absent" | "refuted" | "unclear";
  constructor(verdict: Stop["verdict"]) {
    this.verdict = verdict;
  }
}

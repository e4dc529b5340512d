/** What is seen at the place that failed, and how a replay ends there. */
import type { Node, NodeOf } from "../parse/syntax.ts";
import type { Value } from "./values.ts";

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
  readonly verdict: "proven" | "refuted" | "unclear";
  constructor(verdict: Stop["verdict"]) {
    this.verdict = verdict;
  }
}

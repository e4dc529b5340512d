import type { Scene } from "../../plan.ts";
import { DOTNET } from "./dotnet.ts";
import { EDGES } from "./edges.ts";
import { GO } from "./go.ts";
import { JAVA_CALLS } from "./java-calls.ts";
import { JAVA } from "./java.ts";
import { NODE } from "./node.ts";
import { PHP } from "./php.ts";
import { PYTHON } from "./python.ts";
import { RUBY } from "./ruby.ts";
import { RUST_AND_ELIXIR } from "./rust-and-elixir.ts";

/** Batch 10: settings, releases, data, capacity and dependencies, one file for each stack; its halves are whole stacks. */
export const BY_STACK: readonly Scene[] = [
  ...JAVA,
  ...JAVA_CALLS,
  ...GO,
  ...PHP,
  ...PYTHON,
  ...DOTNET,
  ...RUBY,
  ...NODE,
  ...RUST_AND_ELIXIR,
  ...EDGES,
];

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

/** The scenes of the seventh batch, by stack: all of them were written, with the right answers, before one verdict on any of them was seen. */
export const SEVENTH_BATCH: readonly Scene[] = [
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

import type { Scene } from "../../plan.ts";
import { DOORS } from "./doors.ts";
import { DOTNET } from "./dotnet.ts";
import { GO } from "./go.ts";
import { JAVA } from "./java.ts";
import { NODE_RUST_AND_ELIXIR } from "./node-rust-and-elixir.ts";
import { PYTHON } from "./python.ts";
import { RUBY_AND_PHP } from "./ruby-and-php.ts";
import { WORDS_ALONE } from "./words-alone.ts";

/** The scenes of the eighth batch, by stack: all of them were written, with the right answers, before one verdict on any of them was seen. */
export const EIGHTH_BATCH: readonly Scene[] = [
  ...JAVA,
  ...PYTHON,
  ...GO,
  ...DOTNET,
  ...RUBY_AND_PHP,
  ...NODE_RUST_AND_ELIXIR,
  ...DOORS,
  ...WORDS_ALONE,
];

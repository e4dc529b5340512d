import type { Scene } from "../../plan.ts";
import { GATEWAYS } from "./gateways.ts";
import { DOTNET } from "./dotnet.ts";
import { GO } from "./go.ts";
import { JAVA } from "./java.ts";
import { NODE_RUST_AND_ELIXIR } from "./node-rust-and-elixir.ts";
import { PYTHON } from "./python.ts";
import { RUBY_AND_PHP } from "./ruby-and-php.ts";
import { LOGS_ALONE } from "./logs-alone.ts";

/** Batch 11: what post-mortems describe, under the names that other loggers and tracers use, and systems without spans. */
export const POST_MORTEMS: readonly Scene[] = [
  ...JAVA,
  ...PYTHON,
  ...GO,
  ...DOTNET,
  ...RUBY_AND_PHP,
  ...NODE_RUST_AND_ELIXIR,
  ...GATEWAYS,
  ...LOGS_ALONE,
];

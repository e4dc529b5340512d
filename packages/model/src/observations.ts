import type { Change } from "./change.ts";
import type { Exchange } from "./exchange.ts";
import type { LogRecord, MetricPoint, Span } from "./telemetry.ts";

/** Everything the playbook may look at: what was seen of a system over some time, in no order. */
export type Observations = {
  readonly spans: readonly Span[];
  readonly logs: readonly LogRecord[];
  readonly metrics: readonly MetricPoint[];
  readonly changes: readonly Change[];
  readonly exchanges: readonly Exchange[];
};

/** Observations of nothing. */
export const NO_OBSERVATIONS: Observations = { spans: [], logs: [], metrics: [], changes: [], exchanges: [] };

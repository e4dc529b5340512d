import type { Exchange } from "./exchange.ts";
import type { LogRecord, Span } from "./telemetry.ts";

/** One trace, assembled: parents before children, late and missing spans said. */
export type FailurePath = {
  readonly traceId: string;
  readonly roots: readonly SpanNode[];
  /** Log records of the trace by span id; records without a span stand under the empty string. */
  readonly logs: ReadonlyMap<string, readonly LogRecord[]>;
  /** What intermediaries wrote about this request. */
  readonly exchanges: readonly Exchange[];
  /** Ids that spans name as their parent and that are not in the trace. */
  readonly missingParents: readonly string[];
  readonly spanCount: number;
};

/** A span in its tree. Children are ordered by start time, after clock-skew correction. */
export type SpanNode = {
  readonly span: Span;
  readonly parent?: SpanNode;
  readonly children: readonly SpanNode[];
  /** What was added to this span's times so that it lies inside its parent, ms; 0 when the clocks agree. */
  readonly skewMs: number;
};

import type { LogRecord, SpanNode } from "@faultline/model";
import type { Outcome } from "../outcome.ts";

/** One service's part in a request: its entry span, everything it did inside, and the calls it made. */
export type Hop = {
  readonly service: string;
  readonly entry: SpanNode;
  /** The entry and all spans below it that belong to the same service, in order of start. */
  readonly spans: readonly SpanNode[];
  readonly calls: readonly Call[];
  readonly outcome: Outcome;
  readonly logs: readonly LogRecord[];
  readonly call?: Call;
  /** True for a hop that sent no telemetry but is known from both sides: the call to it, and the spans that it caused. */
  readonly isInferred?: boolean;
};

/** The target of a call, and whether it is a name or only an address. */
export type Peer = {
  readonly name: string;
  readonly kind: "service" | "database" | "messaging" | "cache";
  readonly isAddress: boolean;
};

/** One call of a hop, with the callee's hop when the callee sent telemetry. */
export type Call = {
  readonly from: SpanNode;
  /** True if `from` is a client or producer span. False if the caller has only a server or internal span there. */
  readonly hasClientSpan: boolean;
  readonly peer: Peer;
  readonly operation: string;
  readonly outcome: Outcome;
  readonly callee?: Hop;
  readonly startMs: number;
  readonly endMs: number;
};

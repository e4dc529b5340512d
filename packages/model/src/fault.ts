/**
 * A failing trace as the lists show it, by one of its spans: the outermost exchange that ended in a server error; when none did, the
 * outermost exchange; when the trace has none, the outermost failing span.
 */
export type FailingExchange = {
  readonly traceId: string;
  readonly spanId: string;
  readonly timeMs: number;
  readonly durationMs: number;
  readonly service: string;
  readonly route: string;
  readonly method: string;
  /** 0 when no span of the trace has a status code. */
  readonly status: number;
  readonly version?: string;
  readonly region?: string;
  readonly errorType?: string;
  /** The fingerprint of the fault it belongs to, once that is known. */
  readonly fingerprint?: string;
};

/** A group of failures with one origin and one cause. */
export type Fault = {
  readonly fingerprint: string;
  /** One line a person recognises: exception type and place, or status and route. */
  readonly title: string;
  /** The service that created it. */
  readonly service: string;
  readonly route: string;
  readonly firstSeenMs: number;
  readonly lastSeenMs: number;
  readonly count: number;
  readonly state: "open" | "resolved";
  /** The version on which a proof passed; an event from an older version does not reopen the fault. */
  readonly resolvedInVersion?: string;
};

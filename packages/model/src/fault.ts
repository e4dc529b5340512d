/** One exchange that ended in a server error, as the store keeps it: enough to list it; its trace holds the rest. */
export type Failure = {
  readonly traceId: string;
  /** The span at which the failure met the client: the trace's outermost failing server span. */
  readonly spanId: string;
  readonly timeMs: number;
  readonly durationMs: number;
  readonly service: string;
  readonly route: string;
  readonly method: string;
  readonly status: number;
  readonly version?: string;
  readonly region?: string;
  readonly errorType?: string;
  /** The fingerprint of the fault it belongs to. */
  readonly fingerprint: string;
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

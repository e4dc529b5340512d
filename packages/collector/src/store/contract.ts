/**
 * What every store promises. `tests/conformance/store.test.ts` runs this text on each implementation.
 *
 * Durability: a promise returned by an `append…` method resolves only when what it accepted would survive a loss of power;
 * until then the sender has no acknowledgement. After a crash the store opens by itself, without a manual step, and everything
 * acknowledged is there: once. Corruption never stops it: bad records are set aside, counted, and reported by `health`.
 *
 * Visibility: what was acknowledged becomes visible to every query within `visibleWithinMs`; `flush` makes it visible at once.
 *
 * What is kept: failing traces whole (every span and log record that arrived, in whatever order and however late, until retention
 * takes the trace); successful exchanges only as counts and duration histograms per service, route, method, status, version,
 * region and 10 s, and as a bounded sample of whole good traces per route. A sender whose resource says `faultline.counted_by: metrics`
 * sends no spans of successes: they are counted from its `http.server.request.duration`. A span is one by (trace id, span id): a second copy is
 * dropped and counted. accepted = stored + deduplicated + dropped(reason), to the unit, always.
 *
 * A trace is failing when one of its spans has status error, an HTTP status of 500 or more, a gRPC status that means a server
 * error, or an exception, when one of its log records has severity ERROR or above or carries an exception, or when an
 * intermediary's exchange of it has a status of 500 or more. Late spans of a failing trace join it. A span that makes a trace fail
 * after the trace was taken for good brings back what is still at hand, at least everything of the last `visibleWithinMs`.
 *
 * What is counted: exchanges as a server saw them (server and consumer spans, roots of senders that set no span kind, and what
 * intermediaries wrote down), each by its own outcome and start: a masked failure counts where it was made, not where it was hidden.
 * A sender's clock may be wrong: an exchange dated more than five minutes after its arrival, or more than thirty days before it, is
 * counted and listed at the time of its arrival. Its spans keep the times that they came with.
 * Log records without a trace are kept, bounded, from severity ERROR on. Metrics are kept as one point per series and 10 s.
 *
 * Changes that nobody declared are recorded as inferred: the first sight of a version, or of instances, of a known service.
 */
import type {
  Change,
  Diagnosis,
  Exchange,
  FailingExchange,
  Fault,
  HealthAnswer,
  LogRecord,
  MetricPoint,
  Span,
  Window,
} from "@faultline/model";

/** The kinds of telemetry OTLP carries. */
export type Signal = "traces" | "logs" | "metrics";

/** One OTLP export request, decompressed, as it came over the wire. */
export type Payload = { readonly signal: Signal; readonly encoding: "protobuf" | "json"; readonly bytes: Uint8Array };

/** What became of a payload. `rejected` items are malformed ones inside a payload that as a whole could be read. */
export type Receipt =
  | { readonly kind: "accepted"; readonly items: number; readonly rejected: number; readonly rejectedBecause?: string }
  | { readonly kind: "malformed"; readonly because: string }
  /** Full disk, full queue: the sender keeps its data and tries again. */
  | { readonly kind: "overloaded"; readonly because: string; readonly retryAfterMs: number };

/** Which exchanges a query is about; absent members mean "any". */
export type ExchangeFilter = {
  readonly window: Window;
  readonly service?: string;
  readonly route?: string;
  readonly version?: string;
  readonly region?: string;
};

/** A dimension that counts can be grouped by. */
export type Dimension = "service" | "route" | "method" | "status" | "version" | "region";

/** Counts of one group in one step of time. */
export type CountRow = {
  readonly fromMs: number;
  readonly group: Readonly<Partial<Record<Dimension, string>>>;
  readonly total: number;
  /** Those with a server error. */
  readonly failing: number;
  /** Estimated from the exponential histogram, relative error at most 5 %; absent when nothing was counted. */
  readonly p50Ms?: number;
  readonly p99Ms?: number;
};

/** Whole telemetry of one trace. */
export type StoredTrace = {
  readonly traceId: string;
  readonly spans: readonly Span[];
  readonly logs: readonly LogRecord[];
  readonly exchanges: readonly Exchange[];
};

/** How the store is doing: what `/api/health` and the dashboard's footer say of it. */
export type StoreHealth = Pick<HealthAnswer, "ready" | "accepted" | "stored" | "deduplicated" | "dropped" | "sizeBytes" | "audit">;

/**
 * A fault with its diagnosis, which looked at no failure before `judgedFromMs`, and when people were told of it. `absorbedBy`: all its failures turned out to belong to that other
 * fault; its count is 0.
 */
export type StoredFault = Fault & {
  readonly diagnosis?: Diagnosis;
  readonly diagnosedAtMs?: number;
  readonly judgedFromMs?: number;
  readonly alertedAtMs?: number;
  readonly absorbedBy?: string;
};

/** The promise above, as methods. Times are Unix ms. Lists are bounded by `limit`, newest first unless they say otherwise. */
export interface Store {
  readonly visibleWithinMs: number;

  /** Looks at the payload's bytes until the promise settles, and not after: the sender may use their memory again. */
  append(payload: Payload): Promise<Receipt>;
  appendChange(change: Change): Promise<void>;
  appendExchanges(exchanges: readonly Exchange[]): Promise<void>;
  flush(): Promise<void>;

  findTrace(traceId: string): Promise<StoredTrace | undefined>;
  /** A trace is one entry, its outermost failed exchange; a filter also finds it by each exchange behind that ended in a server error. */
  listFailing(
    filter: ExchangeFilter & { readonly fingerprint?: string; readonly order: "newest" | "slowest"; readonly limit: number },
  ): Promise<readonly FailingExchange[]>;
  /**
   * Failing exchanges that became visible after `cursor` (0 for all), oldest first, with the cursor to go on from. A trace that late
   * spans made to be shown by another exchange is listed again.
   */
  listFailingSince(cursor: number, limit: number): Promise<{ readonly failing: readonly FailingExchange[]; readonly cursor: number }>;
  /** Whole good traces of a route and time, for the contrast. */
  sampleSucceeding(filter: ExchangeFilter & { readonly limit: number }): Promise<readonly StoredTrace[]>;
  /** Counts of server exchanges in steps of `stepMs` (a multiple of 10,000). All rows of one group have the same object as their `group`. */
  count(filter: ExchangeFilter & { readonly stepMs: number; readonly groupBy: readonly Dimension[] }): Promise<readonly CountRow[]>;
  listChanges(window: Window): Promise<readonly Change[]>;
  listMetrics(filter: {
    readonly window: Window;
    readonly service?: string;
    readonly names?: readonly string[];
    readonly limit: number;
  }): Promise<readonly MetricPoint[]>;
  /** Log records from severity ERROR on that belong to no trace: a crash at start, a missing secret. */
  listUntracedLogs(filter: { readonly window: Window; readonly service?: string; readonly limit: number }): Promise<readonly LogRecord[]>;

  assignFault(traceIds: readonly string[], fingerprint: string): Promise<void>;
  saveFault(fault: StoredFault): Promise<void>;
  findFault(fingerprint: string): Promise<StoredFault | undefined>;
  /** Newest and loudest first; those without a failure left are not listed. */
  listFaults(filter: { readonly window?: Window; readonly limit: number }): Promise<readonly StoredFault[]>;

  health(): Promise<StoreHealth>;
  close(): Promise<void>;
}

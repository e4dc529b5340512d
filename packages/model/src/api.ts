/** What the collector's HTTP API answers: the serve part writes these shapes, the dashboard reads them. Times are Unix ms. */
import type { Change } from "./change.ts";
import type { Detection, Interval } from "./detection.ts";
import type { CauseId, Diagnosis, Window } from "./diagnosis.ts";
import type { Exchange } from "./exchange.ts";
import type { FailingExchange, Fault } from "./fault.ts";
import type { ArmCounts, RolloutDecision } from "./rollout-decision.ts";
import type { Attributes, SpanEvent, SpanKind, SpanStatus } from "./telemetry.ts";

/** Counts of exchanges in equal steps of time: `total[i]` and `failing[i]` began at `fromMs + i * stepMs`. */
export type CountSeries = {
  readonly fromMs: number;
  readonly stepMs: number;
  readonly total: readonly number[];
  readonly failing: readonly number[];
};

/** One line of the overview: route × version × region, with bounds, over time. */
export type OverviewRow = {
  readonly service: string;
  readonly route: string;
  readonly version?: string;
  readonly region?: string;
  readonly total: number;
  readonly failing: number;
  readonly errorRatio: Interval;
  readonly state: Detection["state"];
  /** The largest 99th percentile of any step of the window. */
  readonly p99Ms?: number;
  readonly series: CountSeries;
};

/** A fault as the lists show it: enough to choose one; `GET /api/faults/:fingerprint` holds the rest. */
export type FaultListing = Fault & {
  readonly verdict?: Diagnosis["verdict"];
  /** The verdict in one sentence; absent while nothing was diagnosed yet. */
  readonly sentence?: string;
  readonly cause?: CauseId;
  readonly confidence?: number;
  readonly diagnosedAtMs?: number;
};

/** How the collector is doing. `accepted = stored + deduplicated + dropped`, to the unit. */
export type HealthAnswer = {
  readonly ready: boolean;
  readonly version: string;
  readonly nowMs: number;
  readonly accepted: number;
  readonly stored: number;
  readonly deduplicated: number;
  readonly dropped: Readonly<Record<string, number>>;
  readonly sizeBytes: number;
  /** What the start-up audit found, in sentences; empty when all was well. */
  readonly audit: readonly string[];
  /** Browsers that listen to live events. */
  readonly listeners: number;
  /** True when the switches of a running demo are at `/api/demo/faults`. */
  readonly hasDemo: boolean;
};

/** `GET /api/overview`. */
export type OverviewAnswer = {
  readonly window: Window;
  readonly total: number;
  readonly failing: number;
  readonly errorRatio: Interval;
  readonly series: CountSeries;
  /** Surest failing first. */
  readonly rows: readonly OverviewRow[];
  /** Rows that did not fit, and what they count together. */
  readonly leftOut: { readonly rows: number; readonly total: number; readonly failing: number };
  readonly faults: readonly FaultListing[];
  readonly changes: readonly Change[];
};

/** One span as a waterfall draws it. Parents stand before their children. */
export type WaterfallRow = {
  readonly spanId: string;
  readonly parentSpanId?: string;
  /** 0 for a root. */
  readonly depth: number;
  readonly service: string;
  readonly version?: string;
  readonly instance?: string;
  readonly region?: string;
  readonly name: string;
  readonly kind: SpanKind;
  /** Offset from the trace's start, clock skew taken out. */
  readonly offsetMs: number;
  readonly durationMs: number;
  /** What was added to the span's own clock. */
  readonly skewMs: number;
  readonly status: SpanStatus;
  readonly statusMessage?: string;
  readonly statusCode?: number;
  /** True when the span says that it failed: status error, a 5xx, or an exception. */
  readonly failed: boolean;
  readonly attributes: Attributes;
  readonly events: readonly SpanEvent[];
};

/** An exception of a trace, from a span event or from a log record. */
export type TraceException = {
  readonly spanId?: string;
  readonly service: string;
  readonly source: "span" | "log";
  readonly type: string;
  readonly message: string;
  readonly stack?: string;
  readonly timeMs: number;
};

/** The request that failed, as far as it was captured, redacted. */
export type CapturedRequest = {
  readonly spanId: string;
  readonly service: string;
  readonly method: string;
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly bodyTruncated: boolean;
};

/** One log record of a trace. */
export type TraceLog = {
  readonly timeMs: number;
  readonly severity: number;
  readonly service: string;
  readonly spanId?: string;
  readonly body: string;
};

/** `GET /api/traces/:id`: one trace, assembled for a waterfall. */
export type TraceAnswer = {
  readonly traceId: string;
  readonly startMs: number;
  readonly durationMs: number;
  readonly rows: readonly WaterfallRow[];
  /** Spans beyond the limit, not shown. */
  readonly leftOut: number;
  /** Ids named as a parent that are not in the trace. */
  readonly missingParents: readonly string[];
  /** The span at which the failure began, as far as the trace alone shows it. */
  readonly failingSpanId?: string;
  readonly exceptions: readonly TraceException[];
  readonly request?: CapturedRequest;
  readonly logs: readonly TraceLog[];
  readonly exchanges: readonly Exchange[];
};

/** One attribute whose values separate failing from good requests. */
export type AttributeContrast = {
  readonly attribute: string;
  /** 0 to 1: how well the attribute alone separates the two groups (Youden's J of the best split). */
  readonly separation: number;
  /** Values, or ranges of numbers in ascending order, with how many requests of each group have them. */
  readonly groups: readonly { readonly label: string; readonly failing: number; readonly succeeding: number }[];
};

/** `GET /api/faults/:fingerprint`: everything a fault's page tells. */
export type FaultAnswer = {
  readonly fault: FaultListing;
  readonly diagnosis?: Diagnosis;
  /** Exchanges of the fault's service and route around the fault. */
  readonly series: CountSeries;
  readonly changes: readonly Change[];
  readonly failing: readonly FailingExchange[];
  /** One failing request as an example: the newest whose trace is there. */
  readonly example?: TraceAnswer;
  /** Failing requests against good ones of the same route and time; best separating first. */
  readonly contrast: readonly AttributeContrast[];
  /** How many traces of each kind the contrast has read. */
  readonly compared: { readonly failing: number; readonly succeeding: number };
};

/** `GET /api/faults`. */
export type FaultsAnswer = { readonly faults: readonly FaultListing[] };

/** `GET /api/failing`. */
export type FailingAnswer = { readonly failing: readonly FailingExchange[] };

/** `GET /api/changes`. */
export type ChangesAnswer = { readonly changes: readonly Change[] };

/** `GET /api/gate`: the counts of two versions and what follows from them. */
export type GateAnswer = {
  readonly baseline: ArmCounts;
  readonly canary: ArmCounts;
  /** Failing share of each version with its 95 % bounds; absent for a version without requests. */
  readonly baselineRatio?: Interval;
  readonly canaryRatio?: Interval;
  readonly decision: RolloutDecision;
  /** Seconds since the newest request of the canary, so that a stale series is seen as one. */
  readonly canaryAgeS?: number;
};

/** One fault of the demo shop that can be switched on and off. */
export type DemoSwitch = { readonly id: string; readonly title: string; readonly on: boolean };

/** `GET /api/demo/faults`. */
export type DemoAnswer = { readonly faults: readonly DemoSwitch[] };

/** An error of the API: problem details (RFC 9457) with the member that names what was wrong. */
export type ProblemDetails = {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  /** The query parameter, header or body member at fault. */
  readonly parameter?: string;
};

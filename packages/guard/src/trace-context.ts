/** W3C Trace Context (Level 2): read `traceparent`, restart on anything invalid, and join OpenTelemetry where it already runs. */
import { createSpanId, createTraceId } from "./ids.ts";

/** Where an exchange stands in its trace. */
export type TraceContext = {
  readonly traceId: string;
  /** The span of this exchange. */
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly sampled: boolean;
  /** Passed on unchanged; dropped when `traceparent` was invalid, as the recommendation requires. */
  readonly traceState?: string;
  /** True when OpenTelemetry in this process owns the span: the guard then adds a log record and no second span. */
  readonly joined: boolean;
};

type Header = string | readonly string[] | undefined;

/** Version, trace id, parent's span id, flags, and whether more follows: version ff, zero ids, upper case and wrong lengths are invalid. */
const TRACEPARENT = /^(?!ff)([\da-f]{2})-(?!0{32})([\da-f]{32})-(?!0{16})([\da-f]{16})-([\da-f]{2})(-|$)/;
const MAX_TRACESTATE = 512;

/** The members of a valid `traceparent`, or undefined. */
function parseTraceparent(header: Header): { traceId: string; parentSpanId: string; sampled: boolean } | undefined {
  const [, version, traceId = "", parentSpanId = "", flags = "", more] = (typeof header === "string" && TRACEPARENT.exec(header)) || [];
  // Only future versions may append more.
  if (version === undefined || (version === "00" && more !== "")) return undefined;
  return { traceId, parentSpanId, sampled: (Number.parseInt(flags, 16) & 1) === 1 };
}

/** Continues the caller's trace, or starts one. */
export function createTraceContext(traceparent: Header, tracestate: Header): TraceContext {
  const parent = parseTraceparent(traceparent);
  if (parent === undefined) return { traceId: createTraceId(), spanId: createSpanId(), sampled: true, joined: false };
  const state = typeof tracestate === "string" && tracestate.length <= MAX_TRACESTATE ? tracestate : undefined;
  return { ...parent, spanId: createSpanId(), joined: false, ...(state === undefined ? {} : { traceState: state }) };
}

/** The header that makes a callee a child of `spanId`. */
export function formatTraceparent(context: TraceContext, spanId: string): string {
  return `00-${context.traceId}-${spanId}-${context.sampled ? "01" : "00"}`;
}

type OtelSpanContext = { traceId?: unknown; spanId?: unknown; traceFlags?: unknown };
type OtelContext = { getValue(key: symbol): unknown; setValue(key: symbol, value: unknown): OtelContext };
type OtelGlobal = {
  trace?: unknown;
  context?: { active(): OtelContext; with(context: OtelContext, run: () => unknown): unknown };
};

/** How `@opentelemetry/api` 1.x registers itself and names its context keys; read here so that it need not be a dependency. */
const OTEL = Symbol.for("opentelemetry.js.api.1");
const SPAN_KEY = Symbol.for("OpenTelemetry Context Key SPAN");
const SUPPRESS_KEY = Symbol.for("OpenTelemetry SDK Context Key SUPPRESS_TRACING");

function otel(): OtelGlobal | undefined {
  return (globalThis as { [OTEL]?: OtelGlobal })[OTEL];
}

/** V8 cannot cache a missing global, so it searches the global object and its prototypes each time; that must not happen for every request. */
const SEARCH_MS = 10;
let known: OtelGlobal | undefined;
let searchedAtMs = Number.NEGATIVE_INFINITY;

/** Once present, it stays the same object, whatever is registered in it later. */
function findOtel(nowMs: number): OtelGlobal | undefined {
  if (known === undefined && nowMs - searchedAtMs > SEARCH_MS) {
    searchedAtMs = nowMs;
    known = otel();
  }
  return known;
}

/**
 * OpenTelemetry's active span, as a context to join; undefined when there is no SDK or no span. An SDK that is loaded late is noticed
 * within 10 ms. `nowMs` is `performance.now()`.
 */
export function findActiveOtelContext(nowMs: number): TraceContext | undefined {
  const api = findOtel(nowMs);
  if (api?.context === undefined || api.trace === undefined) return undefined;
  const span = api.context.active().getValue(SPAN_KEY) as { spanContext?: () => OtelSpanContext } | undefined;
  const found = span?.spanContext?.();
  if (typeof found?.traceId !== "string" || typeof found.spanId !== "string") return undefined;
  // Checked, because anything may call itself OpenTelemetry and the ids go into headers and bodies unchanged.
  if (parseTraceparent(`00-${found.traceId}-${found.spanId}-00`) === undefined) return undefined;
  return { traceId: found.traceId, spanId: found.spanId, sampled: (Number(found.traceFlags) & 1) === 1, joined: true };
}

/** Runs `send` so that OpenTelemetry, if it runs here, makes no spans of the guard's own exports. */
export function withoutTracing<T>(send: () => T): T {
  const manager = otel()?.context;
  if (manager === undefined) return send();
  return manager.with(manager.active().setValue(SUPPRESS_KEY, true), send) as T;
}

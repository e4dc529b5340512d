/** Which span of a failing trace the lists show. */
import { type FailingExchange, readSpanExceptions, readStatusCode, readText, type Span } from "@faultline/model";

import { isFailingSpan, isServerError } from "./failing.ts";
import { isExchangeSpan, toSeries } from "./series.ts";

const MAX_DEPTH = 256;

function measureDepth(span: Span, byId: ReadonlyMap<string, Span>): number {
  let depth = 0;
  let current: Span | undefined = span;
  while (current?.parentSpanId !== undefined && depth < MAX_DEPTH) {
    current = byId.get(current.parentSpanId);
    if (current !== undefined) depth += 1;
  }
  return depth;
}

function findOutermost(spans: readonly Span[], byId: ReadonlyMap<string, Span>): Span | undefined {
  let found: { span: Span; depth: number } | undefined;
  for (const span of spans) {
    const depth = measureDepth(span, byId);
    if (found === undefined || depth < found.depth || (depth === found.depth && span.startMs < found.span.startMs)) found = { span, depth };
  }
  return found?.span;
}

/**
 * The outermost exchange that ended in a server error; when none did, the outermost exchange of the trace; when it has no exchange
 * at all, the outermost failing span, or the outermost span. Undefined for a trace without spans.
 */
export function toFailingExchange(spans: readonly Span[]): FailingExchange | undefined {
  const byId = new Map(spans.map((span) => [span.spanId, span]));
  const exchanges = spans.filter(isExchangeSpan);
  const chosen =
    findOutermost(exchanges.filter(isServerError), byId) ??
    findOutermost(exchanges, byId) ??
    findOutermost(spans.filter(isFailingSpan), byId) ??
    findOutermost(spans, byId);
  if (chosen === undefined) return undefined;
  const { service, route, method, status, version, region } = toSeries(chosen);
  const errorType = readErrorType(chosen);
  return {
    traceId: chosen.traceId,
    spanId: chosen.spanId,
    timeMs: chosen.startMs,
    durationMs: Math.max(0, chosen.endMs - chosen.startMs),
    service,
    route,
    method,
    status: status === 0 ? readWorstStatus(spans) : status,
    ...(version === "" ? {} : { version }),
    ...(region === "" ? {} : { region }),
    ...(errorType === undefined ? {} : { errorType }),
  };
}

/** The error type. An exception's type is preferred, because `error.type` is often only a status code. */
function readErrorType(span: Span): string | undefined {
  const declared = readText(span.attributes, "error.type");
  if (declared !== undefined && !/^\d+$/.test(declared)) return declared;
  return readSpanExceptions(span)[0]?.type ?? declared;
}

function readWorstStatus(spans: readonly Span[]): number {
  return spans.reduce((worst, span) => Math.max(worst, readStatusCode(span.attributes) ?? 0), 0);
}

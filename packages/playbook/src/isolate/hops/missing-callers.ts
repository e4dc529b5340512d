import type { MissingEvidence, Span } from "@faultline/model";

/** The missing evidence about a caller whose spans never came. */
export function missingCaller(service: string | undefined, { spanId, traceId }: Pick<Span, "spanId" | "traceId">): MissingEvidence {
  return {
    what: `any telemetry of what calls ${service ?? "the first hop"}: span ${spanId} of trace ${traceId} never came`,
    wouldTell: "what stands in front, and what it made of the answer",
  };
}

/** A service is said to have a caller without telemetry only if at least this share of its requests have one. */
const MOST = 0.5;
const MAX_CALLERS = 3;

/**
 * Services whose requests have a caller that sent nothing. What a client received through it is unknown, so "nothing failed" holds only up
 * to there. The service with most requests comes first.
 */
export function listMissingCallers(spans: readonly Span[]): readonly MissingEvidence[] {
  const ids = new Set(spans.map(({ traceId, spanId }) => `${traceId} ${spanId}`));
  const seen = new Map<string, { total: number; orphans: number; example: Span }>();
  for (const span of spans) {
    if (span.kind !== "server" && span.kind !== "consumer") continue;
    const isOrphan = (span.parentSpanId ?? "") !== "" && !ids.has(`${span.traceId} ${span.parentSpanId}`);
    const known = seen.get(span.resource.service);
    if (known === undefined) seen.set(span.resource.service, { total: 1, orphans: Number(isOrphan), example: span });
    else {
      known.total += 1;
      if (isOrphan && known.orphans === 0) known.example = span;
      known.orphans += Number(isOrphan);
    }
  }
  return [...seen]
    .filter(([, { total, orphans }]) => orphans > total * MOST)
    .sort(([, a], [, b]) => b.orphans - a.orphans)
    .slice(0, MAX_CALLERS)
    .map(([service, { example }]) => missingCaller(service, { traceId: example.traceId, spanId: example.parentSpanId ?? "" }));
}

import type { Span } from "@faultline/model";

/** A trace that can include another. */
export type LinkedTrace = { readonly traceId: string; spans: Span[]; startMs: number; isSuspicious: boolean };

/** A trace does not grow beyond this by what it caused, because a nightly batch links to everything. */
const MAX_SPANS = 5_000;

/**
 * Messaging and batches begin traces of their own that link to their causes (OpenTelemetry, messaging spans). A consumer without a parent
 * that links to one span of another trace is put under that span if that trace is present. Then the message's sender, and its callers, are
 * on the failing path. A batch that links to several spans has no single cause and stays a separate trace.
 */
export function followLinks(traces: Map<string, LinkedTrace>): void {
  for (const trace of traces.values()) {
    const entry = findLinkedEntry(trace.spans);
    const link = entry?.links.find(({ traceId }) => traceId !== trace.traceId);
    const cause = link === undefined ? undefined : traces.get(link.traceId);
    if (entry === undefined || link === undefined || cause === undefined) continue;
    if (cause.spans.length + trace.spans.length > MAX_SPANS || !cause.spans.some(({ spanId }) => spanId === link.spanId)) continue;
    for (const span of trace.spans) cause.spans.push(span === entry ? { ...span, parentSpanId: link.spanId } : span);
    cause.isSuspicious ||= trace.isSuspicious;
    traces.delete(trace.traceId);
  }
}

/** The single root of a trace, if it consumes what exactly one span of another trace sent. */
function findLinkedEntry(spans: readonly Span[]): Span | undefined {
  const roots = spans.filter(({ parentSpanId }) => (parentSpanId ?? "") === "");
  const [root] = roots;
  if (root === undefined || roots.length > 1 || root.links.length === 0) return undefined;
  if (root.kind !== "consumer" && root.kind !== "server" && root.kind !== "internal") return undefined;
  const targets = new Set(root.links.map(({ traceId, spanId }) => `${traceId} ${spanId}`));
  return targets.size === 1 ? root : undefined;
}

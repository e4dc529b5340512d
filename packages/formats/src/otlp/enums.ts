import type { SpanKind, SpanStatus } from "@faultline/model";

/** Span kinds by their number in OTLP. */
export const SPAN_KINDS: readonly SpanKind[] = ["unspecified", "internal", "server", "client", "producer", "consumer"];

/** Span status codes by their number in OTLP. */
export const SPAN_STATUSES: readonly SpanStatus[] = ["unset", "ok", "error"];

/** The kind for a number; numbers of a later protocol read as `unspecified`. */
export function toSpanKind(code: number): SpanKind {
  return SPAN_KINDS[code] ?? "unspecified";
}

/** The status for a number; numbers of a later protocol read as `unset`. */
export function toSpanStatus(code: number): SpanStatus {
  return SPAN_STATUSES[code] ?? "unset";
}

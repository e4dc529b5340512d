import type { SpanNode } from "@faultline/model";

/** The start of a span after clock-skew correction, Unix ms. */
export function startOf(node: SpanNode): number {
  return node.span.startMs + node.skewMs;
}

/** The end of a span after clock-skew correction, Unix ms. */
export function endOf(node: SpanNode): number {
  return node.span.endMs + node.skewMs;
}

/** The duration of a span, ms, never negative. */
export function durationOf(node: SpanNode): number {
  return Math.max(0, node.span.endMs - node.span.startMs);
}

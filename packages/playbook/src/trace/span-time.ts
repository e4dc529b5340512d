import type { SpanNode } from "@faultline/model";

/** Start of a span after clock-skew correction, Unix ms. */
export function startOf(node: SpanNode): number {
  return node.span.startMs + node.skewMs;
}

/** End of a span after clock-skew correction, Unix ms. */
export function endOf(node: SpanNode): number {
  return node.span.endMs + node.skewMs;
}

/** How long a span took, ms, never negative. */
export function durationOf(node: SpanNode): number {
  return Math.max(0, node.span.endMs - node.span.startMs);
}

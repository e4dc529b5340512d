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

/** Time of a span during which none of its children ran, ms: what it did or waited for by itself. */
export function selfTimeOf(node: SpanNode): number {
  let covered = 0;
  let reached = startOf(node);
  const end = endOf(node);
  for (const child of [...node.children].sort((a, b) => startOf(a) - startOf(b))) {
    const from = Math.max(reached, startOf(child));
    const to = Math.min(end, endOf(child));
    if (to <= from) continue;
    covered += to - from;
    reached = to;
  }
  return Math.max(0, end - startOf(node) - covered);
}

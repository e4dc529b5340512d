import type { GrowingNode } from "./growing-node.ts";

/** Smaller differences are no skew, because exporters round to a millisecond. */
const TOLERANCE_MS = 1;

/**
 * Sets `skewMs` on every node below `root`. A span cannot start before the span that caused it. If it does, and the two come from different
 * processes, their clocks differ, and the whole process below is shifted. A span may well start late or end after its parent: a server that
 * keeps working after its caller gave up is evidence, not skew, and is not shifted.
 */
export function correctClockSkew(root: GrowingNode): void {
  const open: GrowingNode[] = [root];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    for (const child of node.children) {
      child.skewMs = findSkew(node, child);
      open.push(child);
    }
  }
}

function findSkew(parent: GrowingNode, child: GrowingNode): number {
  if (isSameProcess(parent, child)) return parent.skewMs;
  const parentStart = parent.span.startMs + parent.skewMs;
  const parentEnd = parent.span.endMs + parent.skewMs;
  if (child.span.startMs >= parentStart - TOLERANCE_MS) return 0;
  const slack = parentEnd - parentStart - (child.span.endMs - child.span.startMs);
  // If the child fits into its parent, both directions are assumed to take equally long (jaeger, adjuster/clockskew.go).
  return parentStart - child.span.startMs + Math.max(0, slack / 2);
}

function isSameProcess(a: GrowingNode, b: GrowingNode): boolean {
  if (a.span.resource === b.span.resource) return true;
  return a.span.resource.service === b.span.resource.service && a.span.resource.instance === b.span.resource.instance;
}

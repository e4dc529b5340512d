import type { GrowingNode } from "./growing-node.ts";

/** Below this two clocks agree as far as anybody can tell: exporters round to a millisecond. */
const TOLERANCE_MS = 1;

/**
 * Sets `skewMs` on every node below `root`. A span cannot start before the span that caused it: where it does, and both come from
 * different processes, the clocks differ, and the whole process below is moved. It may well start late or end after its
 * parent: a server that goes on working when its caller gave up is evidence, not skew, and stays where it is.
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
  // Where the child fits, the way there and the way back are taken to be equally long (jaeger, adjuster/clockskew.go).
  return parentStart - child.span.startMs + Math.max(0, slack / 2);
}

function isSameProcess(a: GrowingNode, b: GrowingNode): boolean {
  if (a.span.resource === b.span.resource) return true;
  return a.span.resource.service === b.span.resource.service && a.span.resource.instance === b.span.resource.instance;
}

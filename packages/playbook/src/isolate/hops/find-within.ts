import type { SpanNode } from "@faultline/model";
import { endOf, startOf } from "../../trace/span-time.ts";

/** For spans of a trace that is whole from its root on: the torn-off requests that began meanwhile, and must have been caused there. */
export type Within = ReadonlyMap<SpanNode, readonly SpanNode[]>;

/** Exporters round to a millisecond. */
const TOLERANCE_MS = 1;

/**
 * A call whose own span was lost tears its trace apart: what it caused names a parent that never came. It belongs to whoever was at
 * work meanwhile: of several, to the one that began last; a failure to one that failed too, if there is any.
 */
export function findWithin(roots: readonly SpanNode[]): Within {
  const within = new Map<SpanNode, SpanNode[]>();
  const anchored = roots.filter((root) => !isTorn(root)).flatMap(listWorking);
  if (anchored.length === 0) return within;
  const torn = roots.filter((root) => isTorn(root) && root.span.kind === "server").sort((a, b) => startOf(a) - startOf(b));
  for (const root of torn) {
    const around = anchored
      .filter((node) => node.span.resource.service !== root.span.resource.service && isDuring(node, root))
      .sort((a, b) => startOf(b) - startOf(a));
    const cause = around.find((node) => !isFailed(root) || isFailed(node)) ?? around[0];
    if (cause === undefined) continue;
    const caused = within.get(cause);
    if (caused === undefined) within.set(cause, [root]);
    else caused.push(root);
    anchored.push(...listWorking(root));
  }
  return within;
}

/** True of a root that names a parent, which never came. */
export function isTorn({ span }: SpanNode): boolean {
  return (span.parentSpanId ?? "") !== "";
}

function isDuring(node: SpanNode, torn: SpanNode): boolean {
  return startOf(torn) >= startOf(node) - TOLERANCE_MS && endOf(torn) <= endOf(node) + TOLERANCE_MS;
}

function isFailed({ span }: SpanNode): boolean {
  const code = Number(span.attributes["http.response.status_code"] ?? span.attributes["http.status_code"] ?? 0);
  return span.status === "error" || code >= 500;
}

/** Spans during which a service works by itself: what it calls is known by spans of their own. */
function listWorking(node: SpanNode): readonly SpanNode[] {
  const below = node.children.flatMap(listWorking);
  return node.span.kind === "client" || node.span.kind === "producer" ? below : [node, ...below];
}

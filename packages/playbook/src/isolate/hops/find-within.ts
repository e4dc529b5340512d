import type { SpanNode } from "@faultline/model";
import { OpenSpans, type Times } from "../../trace/open-spans.ts";
import { endOf, startOf } from "../../trace/span-time.ts";

/**
 * For spans of a trace that is complete from its root on: the torn-off requests that began during them, and must have been caused there.
 */
export type Within = ReadonlyMap<SpanNode, readonly SpanNode[]>;

/** The most torn-off requests inside of each other, because a request passes few services. */
const MAX_DEPTH = 30;

type Worker = { readonly node: SpanNode; readonly root: SpanNode };

/**
 * Finds the places of torn-off requests. A call whose own span was lost tears its trace apart, because what it caused names a parent that
 * never came. That belongs to a span that was at work at the time: if there are several, to the one that began last, and for a failure to
 * one that failed too, if there is any.
 */
export function findWithin(roots: readonly SpanNode[]): Within {
  const within = new Map<SpanNode, SpanNode[]>();
  const torn = roots.filter((root) => isTorn(root) && root.span.kind === "server").sort(byStart);
  const depths = new Map<SpanNode, number>(roots.flatMap((root) => (isTorn(root) ? [] : [[root, 0] as const])));
  if (torn.length === 0 || depths.size === 0) return within;
  const workers = [...depths.keys(), ...torn].flatMap(listWorking).sort((a, b) => byStart(a.node, b.node));
  const open = new OpenSpans(workers, ({ node }) => toTimes(node));
  for (const root of torn) {
    const around = open
      .listAround(toTimes(root))
      .filter(
        ({ node, root: of }) => (depths.get(of) ?? MAX_DEPTH) < MAX_DEPTH && node.span.resource.service !== root.span.resource.service,
      );
    const cause = around.find(({ node }) => !isFailed(root) || isFailed(node)) ?? around[0];
    if (cause === undefined) continue;
    depths.set(root, (depths.get(cause.root) ?? 0) + 1);
    const caused = within.get(cause.node);
    if (caused === undefined) within.set(cause.node, [root]);
    else caused.push(root);
  }
  return within;
}

function toTimes(node: SpanNode): Times {
  return { startMs: startOf(node), endMs: endOf(node) };
}

function byStart(a: SpanNode, b: SpanNode): number {
  return startOf(a) - startOf(b) || (a.span.spanId < b.span.spanId ? -1 : 1);
}

/** True for a root that names a parent which never came. */
export function isTorn({ span }: SpanNode): boolean {
  return (span.parentSpanId ?? "") !== "";
}

function isFailed({ span }: SpanNode): boolean {
  const code = Number(span.attributes["http.response.status_code"] ?? span.attributes["http.status_code"] ?? 0);
  return span.status === "error" || code >= 500;
}

/** Spans during which a service works by itself. What it calls has spans of its own. */
function listWorking(root: SpanNode): readonly Worker[] {
  const working: Worker[] = [];
  const open = [root];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (node.span.kind !== "client" && node.span.kind !== "producer") working.push({ node, root });
    for (const child of node.children) open.push(child);
  }
  return working;
}

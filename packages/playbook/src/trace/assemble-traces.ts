import type { Exchange, FailurePath, LogRecord, Span } from "@faultline/model";
import { correctClockSkew } from "./clock-skew.ts";
import { OpenSpans } from "./open-spans.ts";
import type { GrowingNode } from "./growing-node.ts";

/**
 * Joins spans, log records and exchanges, one path for each trace, in the order in which the traces first appear. Spans with the same id
 * are one, and later copies are dropped. Spans with a missing parent belong to what their process was doing at the time; otherwise they
 * become roots. The parent's id is listed in `missingParents`. Spans that are each other's ancestors are separated where the earliest of
 * them starts.
 */
export function assembleTraces(
  spans: readonly Span[],
  logs: readonly LogRecord[] = [],
  exchanges: readonly Exchange[] = [],
): readonly FailurePath[] {
  const spansOf = groupByTrace(spans);
  const logsOf = groupByTrace(logs);
  const exchangesOf = groupByTrace(exchanges);
  return [...spansOf].map(([traceId, members]) =>
    assembleTrace(traceId, members, { logs: logsOf.get(traceId) ?? [], exchanges: exchangesOf.get(traceId) ?? [] }),
  );
}

function groupByTrace<T extends { readonly traceId?: string }>(items: readonly T[]): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    if (item.traceId === undefined || item.traceId === "") continue;
    const group = groups.get(item.traceId);
    if (group === undefined) groups.set(item.traceId, [item]);
    else group.push(item);
  }
  return groups;
}

/** Assembles one trace. Every given span must belong to it. */
export function assembleTrace(
  traceId: string,
  spans: readonly Span[],
  beside: { readonly logs: readonly LogRecord[]; readonly exchanges: readonly Exchange[] },
): FailurePath {
  const nodes = toNodes(spans);
  const { torn, missingParents } = connect(nodes);
  mend(torn, nodes);
  cutCycles(nodes);
  for (const node of nodes) node.children.sort(byStart);
  const roots = nodes.filter((node) => node.parent === undefined).sort(byStart);
  for (const root of roots) correctClockSkew(root);
  return {
    traceId,
    roots: roots,
    logs: groupBySpan(beside.logs),
    exchanges: beside.exchanges,
    missingParents,
    spanCount: nodes.length,
  };
}

/**
 * One node for each span. B3 propagation lets the server reuse the client's span id (openzipkin/b3-propagation, "shared spans"). The two
 * halves are told apart by their kind, and the server half becomes the client half's child.
 */
function toNodes(spans: readonly Span[]): GrowingNode[] {
  const seen = new Map<string, { readonly first: Span; hasBothHalves: boolean }>();
  const nodes: GrowingNode[] = [];
  for (const span of spans) {
    const known = seen.get(span.spanId);
    if (known === undefined) seen.set(span.spanId, { first: span, hasBothHalves: false });
    else if (known.hasBothHalves || !isSharedHalf(known.first, span)) continue;
    else known.hasBothHalves = true;
    nodes.push({ span, children: [], skewMs: 0 });
  }
  return nodes;
}

function isSharedHalf(a: Span, b: Span): boolean {
  return (a.kind === "client" && b.kind === "server") || (a.kind === "server" && b.kind === "client");
}

/** Sets parents and children. Returns the ids of missing parents, and the nodes that name them. */
function connect(nodes: readonly GrowingNode[]): { readonly torn: readonly GrowingNode[]; readonly missingParents: readonly string[] } {
  const clientHalf = new Map<string, GrowingNode>();
  const byId = new Map<string, GrowingNode>();
  for (const node of nodes) {
    const twin = byId.get(node.span.spanId);
    if (twin !== undefined) clientHalf.set(node.span.spanId, node.span.kind === "client" ? node : twin);
    // The children of a shared id belong to the server half, because it does the work.
    if (twin === undefined || node.span.kind === "server") byId.set(node.span.spanId, node);
  }
  const missing = new Set<string>();
  const torn: GrowingNode[] = [];
  for (const node of nodes) {
    const shared = clientHalf.get(node.span.spanId);
    const parentId = node.span.parentSpanId ?? findLinked(node.span);
    const parent = shared !== undefined && shared !== node ? shared : parentId === undefined ? undefined : byId.get(parentId);
    if (parent !== undefined && parent !== node) {
      node.parent = parent;
      parent.children.push(node);
    } else if (parentId !== undefined && parentId !== "" && parent === undefined) {
      missing.add(parentId);
      torn.push(node);
    }
  }
  return { torn, missingParents: [...missing] };
}

/**
 * Gives torn-off spans a parent. A lost span leaves the ones below it without one. If such a span is not a request, its own process did the
 * work, within the innermost of its spans that was open all that time. It was not within a call, since other work of the process is done
 * beside a call.
 */
function mend(torn: readonly GrowingNode[], nodes: readonly GrowingNode[]): void {
  const inner = torn.filter(({ span: { kind } }) => kind === "client" || kind === "producer" || kind === "internal").sort(byStart);
  if (inner.length === 0) return;
  const working = nodes.filter(({ span: { kind } }) => kind !== "client" && kind !== "producer").sort(byStart);
  const processes = Map.groupBy(working, ({ span }) => processOf(span));
  const open = new Map([...processes].map(([process, sorted]) => [process, new OpenSpans(sorted, ({ span }) => span)]));
  for (const node of inner) {
    const around = open.get(processOf(node.span))?.listAround(node.span) ?? [];
    const parent = around.find((each) => each.span.startMs < node.span.startMs || !isWithin(each, node));
    if (parent === undefined) continue;
    node.parent = parent;
    parent.children.push(node);
  }
}

function processOf({ resource: { service, instance = "" } }: Span): string {
  return `${service}\n${instance}`;
}

/**
 * True if a node is within the ancestor, for nodes that did not begin before it. If what did is named as within after all, the cycle is cut
 * like any other.
 */
function isWithin(node: GrowingNode, ancestor: GrowingNode): boolean {
  const walked = new Set<GrowingNode>();
  for (let up: GrowingNode | undefined = node; up !== undefined && !walked.has(up); up = up.parent) {
    if (up === ancestor) return true;
    walked.add(up);
  }
  return false;
}

/**
 * The cause of a consumer without a parent: the one span of the same trace to which it links. A batch that links to several has no single
 * cause and stays a root; its links stay on its span.
 */
function findLinked({ kind, traceId, links }: Span): string | undefined {
  if (kind !== "consumer") return undefined;
  const ids = new Set(links.filter((link) => link.traceId === traceId).map(({ spanId }) => spanId));
  return ids.size === 1 ? [...ids][0] : undefined;
}

/** Detaches one member of every ring of parents, the earliest, so that each node has a root. */
function cutCycles(nodes: readonly GrowingNode[]): void {
  const settled = new Set<GrowingNode>();
  for (const node of nodes) {
    const walked: GrowingNode[] = [];
    const onWalk = new Set<GrowingNode>();
    let current: GrowingNode | undefined = node;
    while (current !== undefined && !settled.has(current) && !onWalk.has(current)) {
      walked.push(current);
      onWalk.add(current);
      current = current.parent;
    }
    if (current !== undefined && onWalk.has(current)) detach(walked.slice(walked.indexOf(current)).sort(byStart)[0]);
    for (const each of walked) settled.add(each);
  }
}

function detach(node: GrowingNode | undefined): void {
  if (node?.parent === undefined) return;
  const { parent } = node;
  parent.children = parent.children.filter((child) => child !== node);
  delete node.parent;
}

function byStart(a: GrowingNode, b: GrowingNode): number {
  return a.span.startMs - b.span.startMs || (a.span.spanId < b.span.spanId ? -1 : 1);
}

function groupBySpan(logs: readonly LogRecord[]): ReadonlyMap<string, readonly LogRecord[]> {
  const groups = new Map<string, LogRecord[]>();
  for (const log of logs) {
    const id = log.spanId ?? "";
    const group = groups.get(id);
    if (group === undefined) groups.set(id, [log]);
    else group.push(log);
  }
  for (const group of groups.values()) group.sort((a, b) => a.timeMs - b.timeMs);
  return groups;
}

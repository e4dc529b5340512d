import type { Span } from "@faultline/model";
import type { StoredTrace } from "../store/contract.ts";

/** The most spans of one trace that a diagnosis reads. More would tell nothing new, and pages would have to wait. */
export const MOST_SPANS_A_TRACE = 1000;

/** Each kind of span, the most telling first, may use this share of the remaining room, so that none crowds out the others. */
const SHARE = 0.6;

/**
 * Reduces a trace to at most `limit` spans that tell its story: what failed, who served and called whom, what has events or log records, and a
 * sample of the rest. Descendants of a removed span are attached to their nearest kept ancestor. A trace within the limit is returned unchanged.
 */
export function slimTrace(trace: StoredTrace, limit = MOST_SPANS_A_TRACE): StoredTrace {
  if (trace.spans.length <= limit) return trace;
  const byId = new Map(trace.spans.map((span) => [span.spanId, span]));
  const logged = new Set(trace.logs.map(({ spanId }) => spanId));
  const groups: [Span[], Span[], Span[], Span[]] = [[], [], [], []];
  for (const span of trace.spans) groups[rank(span, { byId, logged })].push(span);
  const kept = new Set<Span>();
  groups.forEach((group, index) => {
    const room = limit - kept.size;
    for (const span of spread(group, index === groups.length - 1 ? room : Math.ceil(room * SHARE))) kept.add(span);
  });
  const findAncestor = createBridge(byId, kept);
  return { ...trace, spans: trace.spans.filter((span) => kept.has(span)).map((span) => rehang(span, findAncestor(span))) };
}

type Ground = { readonly byId: ReadonlyMap<string, Span>; readonly logged: ReadonlySet<string | undefined> };

/** How telling a span is: 0 the most, 3 the least. */
function rank(span: Span, { byId, logged }: Ground): 0 | 1 | 2 | 3 {
  if (span.status === "error") return 0;
  if (span.kind === "server" || span.kind === "consumer") return 1;
  const parent = span.parentSpanId === undefined ? undefined : byId.get(span.parentSpanId);
  const isEntry = parent !== undefined && parent.resource.service !== span.resource.service;
  return span.kind !== "internal" || isEntry || span.events.length > 0 || logged.has(span.spanId) ? 2 : 3;
}

/** At most `limit` of the items, evenly spread and always the same ones. */
function spread<T>(items: readonly T[], limit: number): readonly T[] {
  if (items.length <= limit) return items;
  const isNth = (index: number): boolean => Math.floor(((index + 1) * limit) / items.length) > Math.floor((index * limit) / items.length);
  return items.filter((_, index) => isNth(index));
}

/** Finds the new parent of a span: its nearest kept ancestor, or the id of a parent that never arrived; undefined for a root. */
function createBridge(byId: ReadonlyMap<string, Span>, kept: ReadonlySet<Span>): (span: Span) => string | undefined {
  const known = new Map<string, string | undefined>();
  return ({ parentSpanId }) => {
    const passed: string[] = [];
    let id = parentSpanId;
    while (id !== undefined && !known.has(id)) {
      const parent = byId.get(id);
      if (parent === undefined || kept.has(parent)) break;
      // Undefined until it is found, so that a cycle of parents ends.
      known.set(id, undefined);
      passed.push(id);
      id = parent.parentSpanId;
    }
    const found = id !== undefined && known.has(id) ? known.get(id) : id;
    for (const each of passed) known.set(each, found);
    return found;
  };
}

function rehang(span: Span, parentSpanId: string | undefined): Span {
  if (span.parentSpanId === parentSpanId) return span;
  const { parentSpanId: _, ...rest } = span;
  return parentSpanId === undefined ? rest : { ...rest, parentSpanId };
}

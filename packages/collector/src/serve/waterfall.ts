import { readStatusCode, readSpanExceptions, type Span, type WaterfallRow } from "@faultline/model";

/** More spans than a person looks at; the rest is counted. */
const MOST_ROWS = 2000;
const MOST_DEPTH = 200;

/** A trace's spans in the order a waterfall draws them. */
export type Waterfall = {
  readonly startMs: number;
  readonly durationMs: number;
  readonly rows: readonly WaterfallRow[];
  readonly leftOut: number;
  readonly missingParents: readonly string[];
  /** The deepest failing span that has no failing child, the earliest of several. */
  readonly failingSpanId?: string;
};

/** Orders spans parents first, siblings by time, and moves a child whose clock disagrees into its parent. */
export function toWaterfall(spans: readonly Span[]): Waterfall {
  const byId = new Map(spans.map((span) => [span.spanId, span]));
  const children = new Map<string, Span[]>();
  const roots: Span[] = [];
  const missing = new Set<string>();
  for (const span of byId.values()) {
    const parent = span.parentSpanId;
    if (parent === undefined || parent === span.spanId || !byId.has(parent)) {
      roots.push(span);
      if (parent !== undefined && parent !== span.spanId) missing.add(parent);
    } else {
      const siblings = children.get(parent);
      if (siblings === undefined) children.set(parent, [span]);
      else siblings.push(span);
    }
  }
  const startMs = roots.reduce((least, span) => Math.min(least, span.startMs), roots[0]?.startMs ?? 0);
  const rows = walk(roots, children, startMs);
  const endMs = rows.reduce((most, row) => Math.max(most, row.offsetMs + row.durationMs), 0);
  const failingSpanId = findFailingSpan(rows);
  return {
    startMs,
    durationMs: endMs,
    rows,
    leftOut: spans.length - rows.length,
    missingParents: [...missing],
    ...(failingSpanId === undefined ? {} : { failingSpanId }),
  };
}

type Step = { readonly span: Span; readonly depth: number; readonly skewMs: number };

function walk(roots: readonly Span[], children: ReadonlyMap<string, readonly Span[]>, startMs: number): WaterfallRow[] {
  const rows: WaterfallRow[] = [];
  const waiting: Step[] = byStart(roots)
    .reverse()
    .map((span) => ({ span, depth: 0, skewMs: 0 }));
  const seen = new Set<string>();
  for (let step = waiting.pop(); step !== undefined && rows.length < MOST_ROWS; step = waiting.pop()) {
    const { span, depth, skewMs } = step;
    if (seen.has(span.spanId)) continue;
    seen.add(span.spanId);
    rows.push(toRow(step, startMs));
    for (const child of byStart(children.get(span.spanId) ?? []).reverse()) {
      waiting.push({ span: child, depth: Math.min(depth + 1, MOST_DEPTH), skewMs: toSkew(span, child, skewMs) });
    }
  }
  return rows;
}

function byStart(spans: readonly Span[]): Span[] {
  return [...spans].sort((a, b) => a.startMs - b.startMs || a.endMs - b.endMs);
}

/** Clocks of one process agree; another's is moved when its span would begin before its parent or end after it. */
function toSkew(parent: Span, child: Span, parentSkewMs: number): number {
  if (parent.resource.service === child.resource.service && parent.resource.instance === child.resource.instance) return parentSkewMs;
  const [parentMs, childMs] = [parent.endMs - parent.startMs, child.endMs - child.startMs];
  const before = parent.startMs - child.startMs;
  const after = child.endMs - parent.endMs;
  if (childMs > parentMs || (before <= 0 && after <= 0)) return before > 0 ? parentSkewMs + before : parentSkewMs;
  return parentSkewMs + before + (parentMs - childMs) / 2;
}

function toRow({ span, depth, skewMs }: Step, startMs: number): WaterfallRow {
  const { version, instance, region, service } = span.resource;
  const statusCode = readStatusCode(span.attributes);
  return {
    spanId: span.spanId,
    ...(span.parentSpanId === undefined ? {} : { parentSpanId: span.parentSpanId }),
    depth,
    service,
    ...(version === undefined ? {} : { version }),
    ...(instance === undefined ? {} : { instance }),
    ...(region === undefined ? {} : { region }),
    name: span.name,
    kind: span.kind,
    offsetMs: span.startMs + skewMs - startMs,
    durationMs: Math.max(0, span.endMs - span.startMs),
    skewMs,
    status: span.status,
    ...(span.statusMessage === undefined ? {} : { statusMessage: span.statusMessage }),
    ...(statusCode === undefined ? {} : { statusCode }),
    failed: span.status === "error" || (statusCode ?? 0) >= 500 || readSpanExceptions(span).length > 0,
    attributes: span.attributes,
    events: span.events,
  };
}

/** The origin by shape alone: a failing span below which nothing fails, the deepest and then the earliest. */
function findFailingSpan(rows: readonly WaterfallRow[]): string | undefined {
  const failing = rows.filter((row) => row.failed);
  const parents = new Set(failing.map((row) => row.parentSpanId));
  const ends = failing.filter((row) => !parents.has(row.spanId));
  return ends.sort((a, b) => b.depth - a.depth || a.offsetMs - b.offsetMs)[0]?.spanId;
}

import { type FailurePath, readSpanExceptions, readStatusCode, type SpanNode, type WaterfallRow } from "@faultline/model";

/** More spans than a person would look at; the rest is only counted. */
const MOST_ROWS = 2000;
const MOST_DEPTH = 200;

/** A trace's spans in the order a waterfall draws them. */
export type Waterfall = {
  readonly startMs: number;
  readonly durationMs: number;
  readonly rows: readonly WaterfallRow[];
  readonly leftOut: number;
  readonly missingParents: readonly string[];
  /** The span at which the failure began. */
  readonly failingSpanId?: string;
};

/** Lays an assembled trace out: parents first, siblings by time, clock skew taken out. `origin` names the service to look in first. */
export function toWaterfall({ roots, spanCount, missingParents }: FailurePath, origin?: string): Waterfall {
  const startMs = roots.reduce((least, { span, skewMs }) => Math.min(least, span.startMs + skewMs), Number.POSITIVE_INFINITY);
  const rows = walk(roots, startMs);
  const endMs = rows.reduce((most, row) => Math.max(most, row.offsetMs + row.durationMs), 0);
  const failingSpanId = findFailingSpan(rows, origin);
  return {
    startMs: Number.isFinite(startMs) ? startMs : 0,
    durationMs: endMs,
    rows,
    leftOut: spanCount - rows.length,
    missingParents,
    ...(failingSpanId === undefined ? {} : { failingSpanId }),
  };
}

type Step = { readonly node: SpanNode; readonly depth: number };

/** Not recursive: ten thousand nested spans must not overflow the stack. */
function walk(roots: readonly SpanNode[], startMs: number): WaterfallRow[] {
  const rows: WaterfallRow[] = [];
  const waiting: Step[] = roots.map((node) => ({ node, depth: 0 })).reverse();
  for (let step = waiting.pop(); step !== undefined && rows.length < MOST_ROWS; step = waiting.pop()) {
    rows.push(toRow(step, startMs));
    for (let i = step.node.children.length - 1; i >= 0; i -= 1) {
      const node = step.node.children[i];
      if (node !== undefined) waiting.push({ node, depth: Math.min(step.depth + 1, MOST_DEPTH) });
    }
  }
  return rows;
}

function toRow({ node: { span, skewMs }, depth }: Step, startMs: number): WaterfallRow {
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

/** The deepest, then earliest, failing span below which nothing fails; in the origin's service where that is known. */
function findFailingSpan(rows: readonly WaterfallRow[], origin: string | undefined): string | undefined {
  const failing = rows.filter((row) => row.failed);
  const parents = new Set(failing.map((row) => row.parentSpanId));
  const ends = failing.filter((row) => !parents.has(row.spanId));
  const inOrigin = failing.filter((row) => row.service === origin);
  const deepest = (some: readonly WaterfallRow[]) => [...some].sort((a, b) => b.depth - a.depth || a.offsetMs - b.offsetMs)[0]?.spanId;
  return deepest(inOrigin) ?? deepest(ends);
}

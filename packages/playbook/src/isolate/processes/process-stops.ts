import type { Resource, Span, SpanNode, Window } from "@faultline/model";
import { findFirstAfter } from "./find-first-after.ts";

/** Shorter pauses happen to everybody. */
const LEAST_MS = 500;
/** A process that moves again lets go what it held up: so many at least, soon, and at once; ms. */
const LEAST_LET_GO = 3;
const SOON_MS = 500;
const AT_ONCE_MS = 100;
/** Calls that begin so far apart do not end at once by their own deadlines, ms. */
const APART_MS = 300;
/** A request that blocks its process does little else; a stream that stays open for an hour lasts through many a pause. */
const BUSY_SHARE = 0.7;

/** A stretch in which a process began and ended nothing although it had a request in hand that waited for nobody on record. */
type ProcessStop = Window & {
  readonly operation: string;
  /** Whether it is shown by what it held up as well: requests taken up long after they were sent, or calls that ended together behind it. */
  readonly heldOthers: boolean;
};

/** What the spans of a process show of its stops, whichever routes they belong to. Times are those of the node's trace, corrected as it is. */
export type ProcessStops = {
  /** The longest stop of the process of this node that touches the window. */
  find(node: SpanNode, window: Window): ProcessStop | undefined;
  /** How long the process of this node held others up within the window, all stops behind which several requests were let go at once, ms. */
  measureHeld(node: SpanNode, window: Window): number;
  /** How many requests the process took up in the window. */
  countTakenUp(node: SpanNode, window: Window): number;
};

/** Reads the stops of those processes that are asked for, from all spans there are. */
export function readStops(spans: readonly Span[]): ProcessStops {
  const known = new Map<string, Process>();
  const processOf = ({ span: { resource } }: SpanNode): Process => {
    const key = `${resource.service}\n${resource.instance ?? ""}`;
    const found = known.get(key) ?? readProcess(spans, resource);
    known.set(key, found);
    return found;
  };
  return {
    find(node, { fromMs, toMs }) {
      const { skewMs } = node;
      const touching = processOf(node).stops.filter((stop) => stop.toMs + skewMs > fromMs && stop.fromMs + skewMs < toMs);
      const longest = touching.toSorted((a, b) => b.toMs - b.fromMs - (a.toMs - a.fromMs))[0];
      return longest && { ...longest, fromMs: longest.fromMs + skewMs, toMs: longest.toMs + skewMs };
    },
    measureHeld(node, { fromMs, toMs }) {
      const { skewMs } = node;
      const held = processOf(node).stops.filter((stop) => stop.heldOthers);
      const lengths = held.map((stop) => Math.min(stop.toMs + skewMs, toMs) - Math.max(stop.fromMs + skewMs, fromMs));
      return lengths.reduce((sum, ms) => sum + Math.max(0, ms), 0);
    },
    countTakenUp(node, { fromMs, toMs }) {
      const { skewMs } = node;
      return processOf(node).served.filter(({ startMs }) => startMs + skewMs >= fromMs && startMs + skewMs < toMs).length;
    },
  };
}

/** By the process's own clock. */
type Process = { readonly served: readonly Span[]; readonly stops: readonly ProcessStop[] };

function readProcess(spans: readonly Span[], { service, instance }: Resource): Process {
  const own = spans.filter(({ resource }) => resource.service === service && resource.instance === instance);
  const served = own.filter(isServed);
  const lateMs = listLateStarts(spans, served);
  const times = own.flatMap(({ startMs, endMs }) => [startMs, endMs]).toSorted((a, b) => a - b);
  // What lasted through a stop lasted as long as one at least; of millions of spans few do.
  const long = own.filter(({ startMs, endMs }) => endMs - startMs >= LEAST_MS);
  const held = long.filter(isServed);
  const stops: ProcessStop[] = [];
  let reachedMs = times[0] ?? 0;
  for (const timeMs of times) {
    const pause = { fromMs: reachedMs, toMs: timeMs };
    reachedMs = timeMs;
    if (timeMs - pause.fromMs < LEAST_MS) continue;
    const busy = held.find((span) => fills(span, pause) && !long.some((other) => isCallOf(other, span) && fills(other, pause)));
    if (busy === undefined) continue;
    const isBlocking = timeMs - pause.fromMs >= (busy.endMs - busy.startMs) * BUSY_SHARE;
    stops.push({ ...pause, operation: busy.name, heldOthers: isBlocking && (letsGo(pause, lateMs) || endsTogether(pause, long, busy)) });
  }
  return { served, stops };
}

/** When the requests were taken up that had waited for it, by their callers' spans; what is usual between two clocks counts as no wait. */
function listLateStarts(spans: readonly Span[], served: readonly Span[]): readonly number[] {
  const taken = new Map(served.map((span) => [span.parentSpanId, span]));
  const waits = spans.flatMap(({ traceId, spanId, startMs: sentMs }) => {
    const span = taken.get(spanId);
    return span?.traceId === traceId ? [{ startMs: span.startMs, waitMs: span.startMs - sentMs }] : [];
  });
  const usualMs = waits.reduce((least, { waitMs }) => Math.min(least, waitMs), Infinity);
  return waits
    .filter(({ waitMs }) => waitMs - usualMs >= LEAST_MS)
    .map(({ startMs }) => startMs)
    .toSorted((a, b) => a - b);
}

function letsGo({ toMs }: Window, lateMs: readonly number[]): boolean {
  // Nothing begins within a stop, so that what lies behind its last moment is at its end or later.
  const first = findFirstAfter(lateMs, toMs - 1);
  const [firstMs = Infinity, lastMs = Infinity] = [lateMs[first], lateMs[first + LEAST_LET_GO - 1]];
  return firstMs < toMs + SOON_MS && lastMs < firstMs + AT_ONCE_MS;
}

/** Calls and requests that were sent one after another and ended at once: their ends had come before, and were not seen. */
function endsTogether({ fromMs, toMs }: Window, long: readonly Span[], busy: Span): boolean {
  const others = long.filter(({ traceId }) => traceId !== busy.traceId);
  const ended = others.filter(({ startMs, endMs }) => startMs <= fromMs && endMs >= toMs && endMs < toMs + AT_ONCE_MS);
  const startsMs = ended.map(({ startMs }) => startMs).toSorted((a, b) => a - b);
  const isSpread = (startsMs.at(-1) ?? 0) - (startsMs[0] ?? 0) >= APART_MS;
  return isSpread && new Set(ended.map(({ traceId }) => traceId)).size >= LEAST_LET_GO;
}

function isServed({ kind }: Span): boolean {
  return kind === "server" || kind === "consumer";
}

function fills({ startMs, endMs }: Span, { fromMs, toMs }: Window): boolean {
  return startMs <= fromMs && endMs >= toMs;
}

function isCallOf({ kind, traceId }: Span, served: Span): boolean {
  return (kind === "client" || kind === "producer") && traceId === served.traceId;
}

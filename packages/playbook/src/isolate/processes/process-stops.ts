import type { Resource, Span, SpanNode, Window } from "@faultline/model";
import { findFirstAfter } from "./find-first-after.ts";

/** Shorter pauses are common. */
const LEAST_MS = 500;
/** A process that moves again releases what it held up: at least this many requests, soon, and at once; ms. */
const LEAST_LET_GO = 3;
const SOON_MS = 500;
const AT_ONCE_MS = 100;
/** Calls that begin this far apart do not end together because of their own deadlines, ms. */
const APART_MS = 300;
/** A request that blocks its process does little else. A stream that stays open for an hour lasts through many pauses. */
const BUSY_SHARE = 0.7;

/** A stretch in which a process began and ended nothing although it had a request in progress that visibly waited for nobody. */
type ProcessStop = Window & {
  readonly operation: string;
  /**
   * True if the requests that it held up show the stop as well: they were taken up long after they were sent, or calls ended together after
   * it.
   */
  readonly heldOthers: boolean;
};

/**
 * The stops of processes, as their spans show them, whatever routes these belong to. Times are those of the node's trace, with the same
 * correction.
 */
export type ProcessStops = {
  /** The longest stop of this node's process that touches the window. */
  find(node: SpanNode, window: Window): ProcessStop | undefined;
  /**
   * How long this node's process held up others within the window, ms: the sum of all stops after which several requests were released at
   * once.
   */
  measureHeld(node: SpanNode, window: Window): number;
  /** The number of requests that the process took up in the window. */
  countTakenUp(node: SpanNode, window: Window): number;
};

/** Reads the stops of the requested processes from all spans. */
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

/** Times of this type are by the process's own clock. */
type Process = { readonly served: readonly Span[]; readonly stops: readonly ProcessStop[] };

function readProcess(spans: readonly Span[], { service, instance }: Resource): Process {
  const own = spans.filter(({ resource }) => resource.service === service && resource.instance === instance);
  const served = own.filter(isServed);
  const lateMs = listLateStarts(spans, served);
  const times = own.flatMap(({ startMs, endMs }) => [startMs, endMs]).toSorted((a, b) => a - b);
  // Whatever lasted through a stop lasted at least as long as one. Of millions of spans, few do.
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

/**
 * The times at which requests that had waited for the process were taken up, by their callers' spans. A usual difference between two clocks
 * does not count as a wait.
 */
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
  // Nothing begins within a stop, so whatever is after its last moment is at its end or later.
  const first = findFirstAfter(lateMs, toMs - 1);
  const [firstMs = Infinity, lastMs = Infinity] = [lateMs[first], lateMs[first + LEAST_LET_GO - 1]];
  return firstMs < toMs + SOON_MS && lastMs < firstMs + AT_ONCE_MS;
}

/** True for calls and requests that were sent one after another and ended at once: they had ended before, unseen. */
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

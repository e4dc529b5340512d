import type { Resource, Span, SpanNode, Window } from "@faultline/model";

/** Shorter pauses happen to everybody. */
const LEAST_MS = 500;
/** A process that moves again soon takes up what had waited for it, so many requests at least, and those at once; ms. */
const LEAST_LET_GO = 3;
const SOON_MS = 500;
const AT_ONCE_MS = 100;

/** A stretch in which a process began and ended nothing although it had a request in hand that waited for nobody on record. */
type ProcessStop = Window & { readonly operation: string };

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
      const { stops, served } = processOf(node);
      return stops
        .map((stop) => ({ stop, ms: Math.min(stop.toMs + skewMs, toMs) - Math.max(stop.fromMs + skewMs, fromMs) }))
        .filter(({ stop, ms }) => ms > 0 && letsGo(stop, served))
        .reduce((sum, { ms }) => sum + ms, 0);
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
    if (busy !== undefined) stops.push({ ...pause, operation: busy.name });
  }
  return { served, stops };
}

function letsGo(stop: ProcessStop, served: readonly Span[]): boolean {
  const behind = served.map(({ startMs }) => startMs).filter((startMs) => startMs >= stop.toMs && startMs < stop.toMs + SOON_MS);
  const firstMs = Math.min(...behind);
  return behind.filter((startMs) => startMs < firstMs + AT_ONCE_MS).length >= LEAST_LET_GO;
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

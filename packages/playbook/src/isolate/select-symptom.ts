import {
  type LogRecord,
  type Observations,
  type Scope,
  type Span,
  type Window,
  readLogException,
  readNumber,
  readRoute,
  readStatusCode,
  readText,
} from "@faultline/model";
import { assembleTrace } from "../trace/assemble-traces.ts";
import { type EntryFilter, type Occurrence, findOccurrence, routeOf } from "./occurrence.ts";

/** What a diagnosis is asked about; absent members are found from the observations. */
export type SymptomRequest = {
  readonly scope?: EntryFilter;
  readonly window?: Window;
  /** A time when all was well, to compare with; without it, what comes before the window. */
  readonly baseline?: Window;
  /** What share of the failing and of the good traces the observations hold, 0 to 1; counts are scaled by it. */
  readonly keptShare?: { readonly failing: number; readonly good: number };
  /** Exact counts from whoever keeps them; without them the observed exchanges are counted. */
  readonly counts?: { readonly failing: number; readonly succeeding: number };
};

/** One symptom: the failing exchanges of one route, and good ones of the same route to read them against. */
export type Symptom = {
  readonly scope: Scope;
  readonly failing: readonly Occurrence[];
  readonly succeeding: readonly Occurrence[];
  /** Failing exchanges of other routes, for the blast radius. */
  readonly elsewhere: readonly Occurrence[];
  readonly services: ReadonlySet<string>;
};

/** Traces assembled at most, failing and good: a verdict needs no more, and its time stays bounded. */
const MAX_FAILING_TRACES = 3000;
const MAX_SUCCEEDING_TRACES = 300;
const LOG_ERROR = 17;

/** Finds the symptom: scope first, then everything else. Counts over everything would blame retried and handled errors. */
export function selectSymptom(observations: Observations, request: SymptomRequest): Symptom {
  const window = request.window ?? findWindow(observations);
  const filter = request.scope ?? {};
  const traces = indexTraces(observations, window);
  const suspicious = [...traces.values()].filter(({ isSuspicious }) => isSuspicious);
  const occurrences = thin(suspicious, MAX_FAILING_TRACES).flatMap((trace) => assemble(trace, observations, filter) ?? []);
  const failing = chooseGroup(occurrences);
  const members = new Set(failing);
  const typical = failing[0];
  const route = filter.route ?? (typical === undefined ? undefined : routeOf(typical.entry));
  const service = filter.service ?? typical?.entry.service;
  const good = [...traces.values()].filter((trace) => !trace.isSuspicious && isOfRoute(trace, service, route));
  const compared = thin(good, MAX_SUCCEEDING_TRACES).flatMap(
    (trace) => assemble(trace, observations, { ...filter, ...both(service, route) }) ?? [],
  );
  const alsoGood = occurrences.filter((each) => each.state === "ok" && each.entry.service === service && routeOf(each.entry) === route);
  return {
    scope: {
      ...filter,
      ...(failing.length === 0 ? {} : both(service, route)),
      window,
      failing:
        request.counts?.failing ??
        scale(failing.length, (request.keptShare?.failing ?? 1) * Math.min(1, MAX_FAILING_TRACES / suspicious.length)),
      succeeding: request.counts?.succeeding ?? scale(good.length, request.keptShare?.good ?? 1) + alsoGood.length,
    },
    failing,
    succeeding: [...compared, ...alsoGood],
    elsewhere: occurrences.filter((each) => each.state !== "ok" && !members.has(each)),
    services: new Set([...traces.values()].flatMap(({ spans }) => spans.map(({ resource }) => resource.service))),
  };
}

function scale(count: number, share: number): number {
  return Math.round(count / share);
}

function both(service: string | undefined, route: string | undefined): EntryFilter {
  return { ...(service === undefined ? {} : { service }), ...(route === undefined ? {} : { route }) };
}

/** The stretch that the spans cover, else the log records. */
function findWindow({ spans, logs }: Observations): Window {
  let [fromMs, toMs] = [Infinity, -Infinity];
  for (const { startMs, endMs } of spans) {
    if (startMs < fromMs) fromMs = startMs;
    if (endMs > toMs) toMs = endMs;
  }
  if (spans.length === 0) {
    for (const { timeMs } of logs) {
      if (timeMs < fromMs) fromMs = timeMs;
      if (timeMs > toMs) toMs = timeMs;
    }
  }
  return Number.isFinite(fromMs) ? { fromMs, toMs: toMs + 1 } : { fromMs: 0, toMs: 0 };
}

type IndexedTrace = { readonly traceId: string; readonly spans: Span[]; readonly logs: LogRecord[]; isSuspicious: boolean };

/** Traces that start inside the window, with whether anything in them looks like a failure. */
function indexTraces({ spans, logs }: Observations, window: Window): Map<string, IndexedTrace> {
  const traces = new Map<string, IndexedTrace>();
  const starts = new Map<string, number>();
  for (const span of spans) {
    const start = starts.get(span.traceId);
    if (start === undefined || span.startMs < start) starts.set(span.traceId, span.startMs);
  }
  for (const span of spans) {
    const start = starts.get(span.traceId) ?? span.startMs;
    if (start < window.fromMs || start >= window.toMs) continue;
    let trace = traces.get(span.traceId);
    if (trace === undefined) traces.set(span.traceId, (trace = { traceId: span.traceId, spans: [], logs: [], isSuspicious: false }));
    trace.spans.push(span);
    if (!trace.isSuspicious && looksFailed(span)) trace.isSuspicious = true;
  }
  for (const log of logs) {
    const trace = log.traceId === undefined ? undefined : traces.get(log.traceId);
    if (trace === undefined) continue;
    trace.logs.push(log);
    if (!trace.isSuspicious && (log.severity >= LOG_ERROR || readLogException(log) !== undefined)) trace.isSuspicious = true;
  }
  return traces;
}

/** A quick look at one span: could it be part of a failure? */
function looksFailed(span: Span): boolean {
  if (span.status === "error" || span.events.some(({ name }) => name === "exception")) return true;
  const { attributes } = span;
  const code = readStatusCode(attributes);
  if (code !== undefined) return code >= 500;
  return readText(attributes, "error.type") !== undefined || (readNumber(attributes, "rpc.grpc.status_code") ?? 0) !== 0;
}

function assemble(trace: IndexedTrace, { exchanges }: Observations, filter: EntryFilter): Occurrence | undefined {
  const beside = { logs: trace.logs, exchanges: exchanges.filter(({ traceId }) => traceId === trace.traceId) };
  return findOccurrence(assembleTrace(trace.traceId, trace.spans, beside), filter);
}

/** The largest group of failing exchanges of one service and route; exchanges that hide a failure only when none failed openly. */
function chooseGroup(occurrences: readonly Occurrence[]): readonly Occurrence[] {
  const failed = occurrences.filter(({ state }) => state === "failed");
  const groups = new Map<string, Occurrence[]>();
  for (const each of failed.length > 0 ? failed : occurrences.filter(({ state }) => state === "masked")) {
    const key = `${each.entry.service}\n${routeOf(each.entry)}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [each]);
    else group.push(each);
  }
  return [...groups.values()].sort((a, b) => b.length - a.length)[0] ?? [];
}

function isOfRoute(trace: IndexedTrace, service: string | undefined, route: string | undefined): boolean {
  return trace.spans.some(
    ({ resource, attributes, name }) =>
      (service === undefined || resource.service === service) && (route === undefined || readRoute(attributes) === route || name === route),
  );
}

/** At most `limit` members, evenly spread, always the same ones. */
export function thin<T>(items: readonly T[], limit: number): readonly T[] {
  if (items.length <= limit) return items;
  return Array.from({ length: limit }, (_, index) => items[Math.floor((index * items.length) / limit)]).filter(
    (item) => item !== undefined,
  );
}

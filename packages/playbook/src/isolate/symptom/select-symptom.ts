import {
  type Exchange,
  type LogRecord,
  type Observations,
  type Resource,
  type Scope,
  type Span,
  type Window,
  readLogException,
  readNumber,
  readStatusCode,
  readText,
} from "@faultline/model";
import { assembleTrace } from "../../trace/assemble-traces.ts";
import { isTorn } from "../hops/find-within.ts";
import type { Hop } from "../hops/hop-shape.ts";
import { addExchangeHops, isExchangeSpan, learnAddresses, toLoneSpans } from "../hops/exchange-hops.ts";
import { findClosedConnections } from "./closed-connections.ts";
import { mayHideFailure } from "../hidden-failure.ts";
import { createLogFinder } from "./find-logs.ts";
import { followLinks } from "./follow-links.ts";
import { joinExchanges } from "../hops/join-exchanges.ts";
import { mergeTwins } from "./merge-twins.ts";
import { type EntryFilter, type Occurrence, findOccurrence, isFailedHop, routeOf } from "../occurrence.ts";
import { readAsked, saysFailed } from "../log-only/service-parts.ts";
import { findLogOnlyRequests, isLogOnlySpan } from "../log-only/log-only-requests.ts";
import { type Signature, SIGNATURES } from "../signatures/index.ts";
import { createRouteNamer } from "./route-of-path.ts";
import { thin } from "../thin.ts";

/** The question of a diagnosis. Absent members are found from the observations. */
export type SymptomRequest = {
  readonly scope?: EntryFilter;
  readonly window?: Window;
  /** A time in which all was well, to compare with; by default, the time before the window. */
  readonly baseline?: Window;
  /** The share of the failing and of the good traces that the observations hold, 0 to 1. Counts are scaled by it. */
  readonly keptShare?: { readonly failing: number; readonly good: number };
  /** What the answers of known gateways look like. Default: the signatures that Faultline knows. */
  readonly signatures?: readonly Signature[];
  /** Exact counts, if somebody keeps them; otherwise the observed exchanges are counted. */
  readonly counts?: { readonly failing: number; readonly succeeding: number };
};

/** One symptom: the failing exchanges of one route, and good ones of the same route to compare with. */
export type Symptom = {
  readonly scope: Scope;
  readonly failing: readonly Occurrence[];
  readonly succeeding: readonly Occurrence[];
  /** Failing exchanges of other routes, for the blast radius. */
  readonly elsewhere: readonly Occurrence[];
  readonly services: ReadonlySet<string>;
  readonly signatures: readonly Signature[];
};

/** The most traces that are assembled, failing and good. A verdict needs no more, and its time stays bounded. */
const MAX_FAILING_TRACES = 3000;
const MAX_SUCCEEDING_TRACES = 300;
const LOG_ERROR = 17;

/** Finds the symptom: first the scope, then everything else. Counts over everything would blame retried and handled errors. */
export function selectSymptom(observations: Observations, request: SymptomRequest): Symptom {
  const window = request.window ?? findWindow(observations);
  const filter = request.scope ?? {};
  const traces = indexTraces(observations, window);
  const suspicious = [...traces.values()].filter(({ isSuspicious }) => isSuspicious);
  const occurrences = thin(suspicious, MAX_FAILING_TRACES).flatMap((trace) => assemble(trace, filter) ?? []);
  const failing = chooseGroup(occurrences);
  const members = new Set(failing);
  const typical = failing[0];
  const route = filter.route ?? (typical === undefined ? undefined : routeOf(typical.entry));
  const service = filter.service ?? typical?.entry.service;
  const good = [...traces.values()].filter((trace) => !trace.isSuspicious && isOfRoute(trace, service, route));
  const compared = thin(good, MAX_SUCCEEDING_TRACES).flatMap((trace) => assemble(trace, { ...filter, ...both(service, route) }) ?? []);
  const isGood = (each: Occurrence) => each.state === "ok" || (each.state === "masked" && typical?.state === "failed");
  const alsoGood = occurrences.filter((each) => isGood(each) && each.entry.service === service && routeOf(each.entry) === route);
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
    services: listServices(observations.spans.length > 0 ? observations.spans : observations.logs),
    signatures: request.signatures ?? SIGNATURES,
  };
}

function listServices(told: readonly { readonly resource: Resource }[]): ReadonlySet<string> {
  const resources = new Set<Resource>();
  for (const { resource } of told) resources.add(resource);
  return new Set([...resources].map(({ service }) => service));
}

function scale(count: number, share: number): number {
  return Math.round(count / share);
}

function both(service: string | undefined, route: string | undefined): EntryFilter {
  return { ...(service === undefined ? {} : { service }), ...(route === undefined ? {} : { route }) };
}

/** The stretch of time that the spans and exchanges cover, otherwise that of the log records. */
function findWindow({ spans, logs, exchanges }: Observations): Window {
  let [fromMs, toMs] = [Infinity, -Infinity];
  for (const { startMs, endMs } of spans) {
    if (startMs < fromMs) fromMs = startMs;
    if (endMs > toMs) toMs = endMs;
  }
  for (const { timeMs, durationMs = 0 } of exchanges) {
    if (timeMs === undefined) continue;
    if (timeMs < fromMs) fromMs = timeMs;
    if (timeMs + durationMs > toMs) toMs = timeMs + durationMs;
  }
  if (!Number.isFinite(fromMs)) {
    for (const { timeMs } of logs) {
      if (timeMs < fromMs) fromMs = timeMs;
      if (timeMs > toMs) toMs = timeMs;
    }
  }
  return Number.isFinite(fromMs) ? { fromMs, toMs: toMs + 1 } : { fromMs: 0, toMs: 0 };
}

type IndexedTrace = {
  readonly traceId: string;
  spans: Span[];
  readonly logs: LogRecord[];
  readonly exchanges: Exchange[];
  startMs: number;
  isSuspicious: boolean;
};

/**
 * The traces that start inside the window, and whether anything in them looks like a failure. It takes one pass, because windows are long.
 */
function indexTraces({ spans, logs, exchanges }: Observations, window: Window): Map<string, IndexedTrace> {
  const traces = new Map<string, IndexedTrace>();
  let trace: IndexedTrace | undefined;
  for (const span of spans) {
    // Spans of one trace are mostly adjacent.
    if (trace?.traceId !== span.traceId) trace = findOrAdd(traces, span.traceId);
    trace.spans.push(span);
    if (span.startMs < trace.startMs) trace.startMs = span.startMs;
    if (!trace.isSuspicious && looksFailed(span)) trace.isSuspicious = true;
  }
  followLinks(traces);
  for (const each of traces.values()) {
    if (each.startMs < window.fromMs || each.startMs >= window.toMs) traces.delete(each.traceId);
  }
  for (const log of logs) {
    const trace = log.traceId === undefined ? undefined : traces.get(log.traceId);
    if (trace === undefined) continue;
    trace.logs.push(log);
    if (!trace.isSuspicious && (log.severity >= LOG_ERROR || readLogException(log) !== undefined)) trace.isSuspicious = true;
  }
  if (spans.length === 0) addTold(traces, { logs, exchanges }, window);
  if (exchanges.length > 0) {
    const alone = joinExchanges(mergeTwins(exchanges), traces);
    const findLogs = createLogFinder(logs);
    for (const each of traces.values()) markByExchanges(each, findLogs);
    addAlone(alone, { traces, window, findLogs, nameRoute: createRouteNamer(spans), nameAddress: learnAddresses(traces.values()) });
  }
  for (const { traceId, span, log } of findClosedConnections(logs)) {
    const { startMs } = span;
    if (startMs < window.fromMs || startMs >= window.toMs) continue;
    traces.set(traceId, { traceId, spans: [span], logs: [log], exchanges: [], startMs, isSuspicious: true });
  }
  return traces;
}

/** If there are no spans at all, adds the traces that log records name. */
function addTold(traces: Map<string, IndexedTrace>, { logs, exchanges }: Pick<Observations, "logs" | "exchanges">, window: Window): void {
  const seenToFail = new Set(exchanges.filter(({ status = 0 }) => status >= 500).flatMap(({ traceId }) => traceId ?? []));
  // Clocks differ, and lines may have whole seconds only: the intermediary's time is the time of the request.
  const seenMs = new Map(
    exchanges.flatMap(({ traceId, timeMs }) => (traceId === undefined || timeMs === undefined ? [] : [[traceId, timeMs]])),
  );
  for (const { traceId, spans, logs: own } of findLogOnlyRequests(logs, seenToFail)) {
    const startMs = seenMs.get(traceId) ?? Math.min(...spans.map((span) => span.startMs));
    if (startMs < window.fromMs || startMs >= window.toMs) continue;
    const isSuspicious = spans.some(({ status }) => status === "error");
    traces.set(traceId, { traceId, spans: [...spans], logs: [...own], exchanges: [], startMs, isSuspicious });
  }
}

/** A server error that only an intermediary logged makes a trace as suspicious as one on a span. */
function markByExchanges(trace: IndexedTrace, findLogs: ReturnType<typeof createLogFinder>): void {
  if (trace.exchanges.length === 0) return;
  if (trace.spans.every(isLogOnlySpan) && trace.exchanges.every((exchange) => endedWell(exchange, trace.logs))) calm(trace);
  addExchangeHops(trace);
  for (const exchange of trace.exchanges.filter(isFailedExchange)) {
    const hop = trace.spans.find((span) => isExchangeSpan(span) && span.resource.service === exchange.observer.name);
    if (hop !== undefined) trace.logs.push(...findLogs(exchange).map((log) => ({ ...log, traceId: trace.traceId, spanId: hop.spanId })));
  }
  trace.isSuspicious ||= trace.exchanges.some(isFailedExchange);
}

/** True unless the server of this very request logged that it failed. In that case the hop in front answered differently. */
function endedWell({ status, path }: Exchange, logs: readonly LogRecord[]): boolean {
  return status !== undefined && status < 500 && !logs.some((log) => saysFailed(log) && readAsked(log)?.path === path);
}

/** If an intermediary saw that the request ended well, failures in its log records were handled, or came after the answer. */
function calm(trace: IndexedTrace): void {
  trace.spans = trace.spans.slice(0, 1).map((span) => ({ ...span, status: "unset" }));
  trace.isSuspicious = false;
}

/** True for a failure, or for a request that only a retry saved. */
function isFailedExchange({ status = 0, upstream = [] }: Exchange): boolean {
  return status >= 500 || upstream.some((attempt) => attempt.answered === false || (attempt.status ?? 0) >= 500);
}

type AloneGround = {
  readonly traces: Map<string, IndexedTrace>;
  readonly window: Window;
  readonly nameRoute: ReturnType<typeof createRouteNamer>;
  readonly findLogs: ReturnType<typeof createLogFinder>;
  readonly nameAddress: ReturnType<typeof learnAddresses>;
};

/** Adds requests known only from an access log, each with what its observer wrote into its error log at the time. */
function addAlone(exchanges: readonly Exchange[], { traces, window, nameRoute, findLogs, nameAddress }: AloneGround): void {
  for (const [index, exchange] of exchanges.entries()) {
    const startMs = exchange.timeMs ?? window.fromMs;
    if (startMs < window.fromMs || startMs >= window.toMs) continue;
    const traceId = exchange.traceId ?? `exchange-${index}`;
    const isSuspicious = isFailedExchange(exchange);
    const { method, path } = exchange;
    const route = exchange.route ?? (path === undefined ? undefined : nameRoute(method, path));
    const service = exchange.service ?? nameAddress(exchange.upstream?.at(-1)?.address);
    const named = { ...exchange, ...(route === undefined ? {} : { route }), ...(service === undefined ? {} : { service }) };
    const spans = [...toLoneSpans(named, traceId)];
    const logs = isSuspicious ? findLogs(exchange).map((log) => ({ ...log, traceId, spanId: spans[0]?.spanId ?? "" })) : [];
    traces.set(traceId, { traceId, spans, logs, exchanges: [exchange], startMs, isSuspicious });
  }
}

function findOrAdd(traces: Map<string, IndexedTrace>, traceId: string): IndexedTrace {
  const known = traces.get(traceId);
  if (known !== undefined) return known;
  const added: IndexedTrace = { traceId, spans: [], logs: [], exchanges: [], startMs: Infinity, isSuspicious: false };
  traces.set(traceId, added);
  return added;
}

/** A quick check of one span: could it be part of a failure? */
function looksFailed(span: Span): boolean {
  if (span.status === "error" || (span.events.length > 0 && span.events.some(({ name }) => name === "exception"))) return true;
  const { attributes } = span;
  const current = attributes["http.response.status_code"];
  const code = typeof current === "number" ? current : readStatusCode(attributes);
  if (code !== undefined && code >= 500) return true;
  if (mayHideFailure(span)) return true;
  if (code !== undefined) return (readNumber(attributes, "rpc.grpc.status_code") ?? 0) !== 0;
  return readText(attributes, "error.type") !== undefined || (readNumber(attributes, "rpc.grpc.status_code") ?? 0) !== 0;
}

function assemble({ traceId, spans, logs, exchanges }: IndexedTrace, filter: EntryFilter): Occurrence | undefined {
  return findOccurrence(assembleTrace(traceId, spans, { logs, exchanges }), filter);
}

/** For each caller's span that came, no more than this many get lost. Beyond that, they were never sent. */
const MOST_LOST_PER_KEPT = 3;

/**
 * The largest group of failing exchanges of one service and route. Failures that reached the client come first, and among them those whose
 * end somebody saw, as opposed to log records alone; then failures that somebody in front answered well; then failures that were hidden.
 * Exchanges torn off from callers that other traces show come last, because it is unknown what these callers made of them. If most are torn
 * off, the callers send no spans at all.
 */
function chooseGroup(occurrences: readonly Occurrence[]): readonly Occurrence[] {
  const called = countKeys(occurrences.flatMap(({ entry, above: [outermost = entry] }) => [...listCallees(outermost)]));
  const tornOff = countKeys(occurrences.flatMap(({ entry, above: [outermost = entry] }) => (isTorn(outermost.entry) ? [outermost] : [])));
  const isWhole = ({ entry, above: [outermost = entry] }: Occurrence) => {
    const { kind } = outermost.entry.span;
    if (!isTorn(outermost.entry)) return true;
    const key = toKey(outermost);
    return (kind === "server" || kind === "consumer") && (tornOff.get(key) ?? 0) > MOST_LOST_PER_KEPT * (called.get(key) ?? 0);
  };
  const groups = new Map<string, Occurrence[]>();
  const [whole, torn] = [occurrences.filter(isWhole), occurrences.filter((each) => !isWhole(each))];
  for (const each of [...listReached(whole), ...listReached(torn)].find(({ length }) => length > 0) ?? []) {
    const key = toKey(each.entry);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [each]);
    else group.push(each);
  }
  return [...groups.values()].sort((a, b) => b.length - a.length)[0] ?? [];
}

/** Failing exchanges, grouped by how far their failure is known to have come, the furthest first. */
function listReached(occurrences: readonly Occurrence[]): readonly (readonly Occurrence[])[] {
  const failed = occurrences.filter(({ state }) => state === "failed");
  const open = failed.filter(({ above }) => above.every(isFailedHop));
  const seen = open.filter(({ entry, above }) => [entry, ...above].some(({ entry: { span } }) => !isLogOnlySpan(span)));
  return [seen, open, failed, occurrences.filter(({ state }) => state === "masked")];
}

/** The callees of hops that sent spans. Those of intermediaries are left out, since an intermediary may have logged only some requests. */
function* listCallees({ entry, calls }: Hop): Generator<Hop> {
  for (const { callee } of calls) {
    if (callee === undefined) continue;
    if (!isExchangeSpan(entry.span)) yield callee;
    yield* listCallees(callee);
  }
}

function countKeys(hops: readonly Hop[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const hop of hops) counts.set(toKey(hop), (counts.get(toKey(hop)) ?? 0) + 1);
  return counts;
}

function toKey(hop: Hop): string {
  return `${hop.service}\n${routeOf(hop)}`;
}

function isOfRoute(trace: IndexedTrace, service: string | undefined, route: string | undefined): boolean {
  for (const { resource, attributes, name } of trace.spans) {
    if (service !== undefined && resource.service !== service) continue;
    if (route === undefined || attributes["http.route"] === route || name === route) return true;
  }
  return false;
}

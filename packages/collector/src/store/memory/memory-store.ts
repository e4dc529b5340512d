/**
 * The contract in its plainest form: everything decoded, in maps. It survives no crash; tests and short runs use it, and it keeps the
 * conformance suite honest about what is promised and what is merely a habit of the SQLite store.
 */
import type { Change, Exchange, FailingExchange, LogRecord, MetricPoint, Resource, Span, Window } from "@faultline/model";
import type { CountRow, Payload, Receipt, Store, StoredFault, StoredTrace, StoreHealth } from "../contract.ts";
import { decodePayload } from "../decode-payload.ts";
import { Ledger } from "../ledger.ts";
import { toCountedSuccesses } from "../rules/counted-metric.ts";
import { toCountedTime } from "../rules/counted-time.ts";
import { CountSum, matchesSeries } from "../rules/count-rows.ts";
import { isFailingIntermediaryExchange, isFailingLog, isFailingSpan, isServerError } from "../rules/failing.ts";
import { listFailedSeries } from "../rules/failed-series.ts";
import { toFailingExchange } from "../rules/failing-exchange.ts";
import { inferChange, type KnownServices } from "../rules/infer-change.ts";
import { type Block, countExchange, createBlock, STEP_MS, toBlockStart } from "../rules/rollup.ts";
import { isExchangeSpan, type Series, toIntermediarySeries, toSeries } from "../rules/series.ts";
import { SeriesTable } from "../rules/series-table.ts";

/** Bounds of a memory store. */
export type MemoryStoreOptions = {
  /** Traces of either kind that are kept; the oldest go first. Default 5,000. */
  readonly maxTraces?: number;
  /** Default 20,000. */
  readonly maxSeries?: number;
  readonly now?: () => number;
};

type Trace = {
  readonly traceId: string;
  readonly spans: Map<string, Span>;
  readonly logs: LogRecord[];
  readonly exchanges: Exchange[];
  failing: boolean;
  listed?: FailingExchange & { readonly cursor: number };
  fingerprint?: string;
};

const MAX_UNTRACED_LOGS = 1_000;
const MAX_POINTS = 100_000;
const MAX_CHANGES = 10_000;
const MAX_BLOCKS = 2 * 24 * 60;

/** A store in memory that keeps the whole contract, except that nothing survives the process. */
export function createMemoryStore(options: MemoryStoreOptions = {}): Store {
  return new MemoryStore(options);
}

class MemoryStore implements Store {
  readonly visibleWithinMs = 0;
  readonly #maxTraces: number;
  readonly #now: () => number;
  readonly #series: SeriesTable;
  readonly #ledger = new Ledger();
  readonly #traces = new Map<string, Trace>();
  readonly #blocks = new Map<number, Block>();
  readonly #known: KnownServices = new Map();
  readonly #changes = new Map<string, Change>();
  readonly #points = new Map<string, MetricPoint>();
  readonly #untracedLogs: LogRecord[] = [];
  readonly #faults = new Map<string, StoredFault>();
  #cursor = 0;
  #closed = false;

  constructor(options: MemoryStoreOptions) {
    this.#maxTraces = options.maxTraces ?? 5_000;
    this.#now = options.now ?? Date.now;
    this.#series = new SeriesTable(options.maxSeries ?? 20_000);
  }

  async append(payload: Payload): Promise<Receipt> {
    if (this.#closed) return { kind: "overloaded", because: "the store is closed", retryAfterMs: 1_000 };
    const decoded = decodePayload(payload);
    if (!decoded.ok) return { kind: "malformed", because: decoded.error };
    const { spans, logs, points, rejected, rejectedBecause } = decoded.value;
    const touched = new Set<Trace>();
    for (const span of spans) this.#addSpan(span, touched);
    const nowMs = this.#now();
    for (const log of logs) this.#addLog(log, touched);
    for (const point of points) this.#addPoint({ ...point, timeMs: toCountedTime(point.timeMs, nowMs) });
    for (const trace of touched) this.#list(trace);
    this.#evict();
    const items = spans.length + logs.length + points.length;
    return { kind: "accepted", items, rejected, ...(rejectedBecause === undefined ? {} : { rejectedBecause }) };
  }

  async appendChange(change: Change): Promise<void> {
    this.#changes.set(`${change.source} ${change.service} ${change.kind} ${change.timeMs} ${change.version ?? ""}`, change);
    if (this.#changes.size > MAX_CHANGES) this.#changes.delete(firstKey(this.#changes));
  }

  async appendExchanges(exchanges: readonly Exchange[]): Promise<void> {
    for (const exchange of exchanges) {
      const failing = isFailingIntermediaryExchange(exchange);
      const timeMs = exchange.timeMs ?? this.#now();
      this.#count(toIntermediarySeries(exchange), { timeMs, durationMs: exchange.durationMs ?? 0, failing });
      this.#ledger.countStored();
      if (exchange.traceId === undefined) continue;
      const trace = this.#getTrace(exchange.traceId);
      trace.exchanges.push(exchange);
      trace.failing ||= failing;
      this.#list(trace);
    }
    this.#evict();
  }

  async flush(): Promise<void> {}

  async findTrace(traceId: string): Promise<StoredTrace | undefined> {
    const trace = this.#traces.get(traceId);
    return trace === undefined ? undefined : toStoredTrace(trace);
  }

  async listFailing(filter: Parameters<Store["listFailing"]>[0]): Promise<readonly FailingExchange[]> {
    const found = [...this.#traces.values()]
      .filter((trace) => filter.fingerprint === undefined || filter.fingerprint === trace.fingerprint)
      .filter((trace) => listPlaces(trace).some((series) => matchesSeries(filter, series)))
      .flatMap((trace) => toListed(trace) ?? [])
      .filter((listed) => isInside(filter.window, listed.timeMs));
    const byTime = (a: FailingExchange, b: FailingExchange) => b.timeMs - a.timeMs;
    const byDuration = (a: FailingExchange, b: FailingExchange) => b.durationMs - a.durationMs;
    return found.sort(filter.order === "newest" ? byTime : byDuration).slice(0, filter.limit);
  }

  async listFailingSince(cursor: number, limit: number): ReturnType<Store["listFailingSince"]> {
    const newer = [...this.#traces.values()]
      .filter((trace) => trace.listed !== undefined && trace.listed.cursor > cursor)
      .sort((a, b) => (a.listed?.cursor ?? 0) - (b.listed?.cursor ?? 0))
      .slice(0, limit);
    const failing = newer.map((trace) => toListed(trace)).filter((listed) => listed !== undefined);
    return { failing, cursor: newer.at(-1)?.listed?.cursor ?? cursor };
  }

  async sampleSucceeding(filter: Parameters<Store["sampleSucceeding"]>[0]): Promise<readonly StoredTrace[]> {
    const matches = (span: Span) => isExchangeSpan(span) && isInside(filter.window, span.startMs) && matchesSeries(filter, toSeries(span));
    const good = [...this.#traces.values()].filter((trace) => !trace.failing && [...trace.spans.values()].some(matches));
    return good.reverse().slice(0, filter.limit).map(toStoredTrace);
  }

  async count(filter: Parameters<Store["count"]>[0]): Promise<readonly CountRow[]> {
    const sum = new CountSum(filter, this.#series);
    for (const block of this.#blocks.values()) sum.add(block);
    return sum.rows();
  }

  async listChanges(window: Window): Promise<readonly Change[]> {
    const inside = [...this.#changes.values()].filter((change) => isInside(window, change.timeMs));
    return inside.sort((a, b) => b.timeMs - a.timeMs);
  }

  async listMetrics(filter: Parameters<Store["listMetrics"]>[0]): Promise<readonly MetricPoint[]> {
    const found = [...this.#points.values()].filter(
      (point) =>
        isInside(filter.window, point.timeMs) &&
        (filter.service === undefined || point.resource.service === filter.service) &&
        (filter.names === undefined || filter.names.includes(point.name)),
    );
    return found.sort((a, b) => b.timeMs - a.timeMs).slice(0, filter.limit);
  }

  async listUntracedLogs(filter: Parameters<Store["listUntracedLogs"]>[0]): Promise<readonly LogRecord[]> {
    const found = this.#untracedLogs.filter(
      (log) => isInside(filter.window, log.timeMs) && (filter.service === undefined || log.resource.service === filter.service),
    );
    return found.sort((a, b) => b.timeMs - a.timeMs).slice(0, filter.limit);
  }

  async assignFault(traceIds: readonly string[], fingerprint: string): Promise<void> {
    for (const traceId of traceIds) {
      const trace = this.#traces.get(traceId);
      if (trace !== undefined) trace.fingerprint = fingerprint;
    }
  }

  async saveFault(fault: StoredFault): Promise<void> {
    this.#faults.set(fault.fingerprint, fault);
  }

  async findFault(fingerprint: string): Promise<StoredFault | undefined> {
    return this.#faults.get(fingerprint);
  }

  async listFaults(filter: Parameters<Store["listFaults"]>[0]): Promise<readonly StoredFault[]> {
    const { window } = filter;
    const inside = (fault: StoredFault) => window === undefined || (fault.lastSeenMs >= window.fromMs && fault.firstSeenMs < window.toMs);
    const found = [...this.#faults.values()].filter((fault) => fault.count > 0 && inside(fault));
    return found.sort((a, b) => b.lastSeenMs - a.lastSeenMs || b.count - a.count).slice(0, filter.limit);
  }

  async health(): Promise<StoreHealth> {
    const { accepted, stored, deduplicated, dropped } = this.#ledger;
    return { ready: !this.#closed, accepted, stored, deduplicated, dropped: { ...dropped }, sizeBytes: 0, audit: [] };
  }

  async close(): Promise<void> {
    this.#closed = true;
  }

  #addSpan(span: Span, touched: Set<Trace>): void {
    const trace = this.#getTrace(span.traceId);
    if (trace.spans.has(span.spanId)) return this.#ledger.countDuplicate();
    this.#ledger.countStored();
    trace.spans.set(span.spanId, span);
    trace.failing ||= isFailingSpan(span);
    touched.add(trace);
    this.#noteResource(span.resource, toCountedTime(span.endMs, this.#now()));
    if (!isExchangeSpan(span)) return;
    const durationMs = Math.max(0, span.endMs - span.startMs);
    this.#count(toSeries(span), { timeMs: span.startMs, durationMs, failing: isServerError(span) });
  }

  #addLog(log: LogRecord, touched: Set<Trace>): void {
    const timeMs = toCountedTime(log.timeMs, this.#now());
    this.#noteResource(log.resource, timeMs);
    if (log.traceId !== undefined) {
      const trace = this.#getTrace(log.traceId);
      this.#ledger.countStored();
      trace.logs.push(log);
      trace.failing ||= isFailingLog(log);
      touched.add(trace);
      return;
    }
    if (!isFailingLog(log)) return this.#ledger.countDropped("log-without-trace");
    this.#ledger.countStored();
    this.#untracedLogs.push({ ...log, timeMs });
    if (this.#untracedLogs.length <= MAX_UNTRACED_LOGS) return;
    this.#untracedLogs.shift();
    this.#ledger.moveToDropped("retention-size", 1);
  }

  #addPoint(point: MetricPoint): void {
    this.#noteResource(point.resource, point.timeMs);
    const counted = toCountedSuccesses(point);
    if (counted !== undefined) {
      this.#count(counted.series, { timeMs: point.timeMs - 1, durationMs: counted.durationMs, failing: false, times: counted.times });
    }
    const step = Math.floor(point.timeMs / STEP_MS);
    const key = JSON.stringify([point.resource.service, point.resource.instance, point.name, point.attributes, step]);
    if (this.#points.has(key)) this.#ledger.countDropped("metric-point-thinned");
    else this.#ledger.countStored();
    this.#points.set(key, point);
    if (this.#points.size <= MAX_POINTS) return;
    this.#points.delete(firstKey(this.#points));
    this.#ledger.moveToDropped("retention-size", 1);
  }

  #noteResource(resource: Resource, timeMs: number): void {
    const change = inferChange(this.#known, resource, timeMs);
    if (change !== undefined) void this.appendChange(change);
  }

  #count(
    series: Series,
    exchange: { readonly timeMs: number; readonly durationMs: number; readonly failing: boolean; readonly times?: number },
  ): void {
    const nowMs = this.#now();
    const timeMs = toCountedTime(exchange.timeMs, nowMs);
    const fromMs = toBlockStart(timeMs);
    let block = this.#blocks.get(fromMs);
    if (block === undefined) this.#blocks.set(fromMs, (block = createBlock(fromMs)));
    countExchange(block, this.#series.intern(series, nowMs).number, { ...exchange, timeMs });
    if (this.#blocks.size > MAX_BLOCKS) this.#blocks.delete(Math.min(...this.#blocks.keys()));
  }

  #getTrace(traceId: string): Trace {
    let trace = this.#traces.get(traceId);
    if (trace === undefined) {
      trace = { traceId, spans: new Map(), logs: [], exchanges: [], failing: false };
      this.#traces.set(traceId, trace);
    }
    return trace;
  }

  /** Gives the trace a new place in the list when it is shown by another exchange than before. */
  #list(trace: Trace): void {
    if (!trace.failing) return;
    const shown = toFailingExchange([...trace.spans.values()]);
    if (shown === undefined) return;
    const before = trace.listed?.spanId === shown.spanId ? trace.listed : undefined;
    const countedMs = toCountedTime(shown.timeMs, this.#now());
    const timeMs = countedMs === shown.timeMs ? countedMs : (before?.timeMs ?? countedMs);
    const cursor = before?.status === shown.status ? before.cursor : ++this.#cursor;
    trace.listed = { ...shown, timeMs, cursor };
  }

  /** The oldest good traces go before the oldest failing ones. */
  #evict(): void {
    if (this.#traces.size <= this.#maxTraces) return;
    const surplus = this.#traces.size - Math.floor(this.#maxTraces * 0.9);
    const oldestFirst = [...this.#traces.values()].sort((a, b) => Number(a.failing) - Number(b.failing));
    for (const trace of oldestFirst.slice(0, surplus)) {
      this.#traces.delete(trace.traceId);
      if (trace.failing) this.#ledger.moveToDropped("retention-size", trace.spans.size + trace.logs.length);
      else this.#ledger.moveToDropped("log-of-good-trace", trace.logs.length);
    }
  }
}

function firstKey<T>(map: ReadonlyMap<string, T>): string {
  return map.keys().next().value ?? "";
}

function isInside(window: Window, timeMs: number): boolean {
  return timeMs >= window.fromMs && timeMs < window.toMs;
}

function fillSeries(listed: FailingExchange): Series {
  return { ...listed, version: listed.version ?? "", region: listed.region ?? "" };
}

/** Where a failing trace is found: by the exchange that shows it, and by each that ended in a server error. */
function listPlaces({ listed, spans, exchanges }: Trace): readonly Series[] {
  return listed === undefined ? [] : [fillSeries(listed), ...listFailedSeries(spans.values(), exchanges)];
}

function toListed(trace: Trace): FailingExchange | undefined {
  if (trace.listed === undefined) return undefined;
  const { cursor: _, ...shown } = trace.listed;
  return trace.fingerprint === undefined ? shown : { ...shown, fingerprint: trace.fingerprint };
}

function toStoredTrace(trace: Trace): StoredTrace {
  return { traceId: trace.traceId, spans: [...trace.spans.values()], logs: [...trace.logs], exchanges: [...trace.exchanges] };
}

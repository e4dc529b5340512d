/** What an accepted payload changes in memory: the window, the rollups, and what waits to be written. */
import { crc32 } from "node:zlib";
import { type ScannedResource, SPAN_FAILS, SPAN_IS_EXCHANGE, SPAN_IS_SERVER_ERROR, type TraceScan } from "@faultline/formats/otlp";
import type { MetricPoint, Resource } from "@faultline/model";
import type { Ledger } from "../ledger.ts";
import { toCountedSuccesses } from "../rules/counted-metric.ts";
import { toCountedTime } from "../rules/counted-time.ts";
import { isFailingIntermediaryExchange, isFailingLog } from "../rules/failing.ts";
import { type Series, toIntermediarySeries, toSeries } from "../rules/series.ts";
import type { ChangeTable } from "./tables/change-table.ts";
import type { Intake } from "./intake.ts";
import type { MetricTable } from "./tables/metric-table.ts";
import type { RollupTable } from "./tables/rollup-table.ts";
import type { SeriesCatalog } from "./series-catalog.ts";
import type { Origins } from "./trace-parts.ts";
import type { TraceTable } from "./tables/trace-table.ts";
import { type MutableTraceWords, toTraceWords, type TraceWords } from "./trace-words.ts";
import type { UntracedLogTable } from "./tables/untraced-log-table.ts";
import { NO_SERIES, NONE, type Place } from "./window/place-ring.ts";
import type { TraceWindow } from "./window/trace-window.ts";

/** What ingest works on. */
export type IngestParts = {
  readonly ledger: Ledger;
  readonly window: TraceWindow;
  readonly series: SeriesCatalog;
  readonly rollups: RollupTable;
  readonly traces: TraceTable;
  readonly changes: ChangeTable;
  readonly untracedLogs: UntracedLogTable;
  readonly metrics: MetricTable;
};

/** Where a payload stands in the journal, and how much of it the database may already hold. */
export type Arrival = {
  readonly position: number;
  /** The date. */
  readonly nowMs: number;
  /** By the clock that never goes back. */
  readonly steadyMs: number;
  /** False in a replay when the traces and logs of this record are in the database already. */
  readonly keep: boolean;
  /** False in a replay when its counts are in the database already. */
  readonly count: boolean;
};

/**
 * How many spans and log records, and how many bytes of them, one trace may hold: a loop that traces itself must not fill the disk. Spans that show a
 * failure, and exchanges, which end last and so arrive last, may take a quarter more.
 */
const MAX_TRACE_ITEMS = 10_000;
const MAX_TRACE_BYTES = 16 << 20;
const SHARE_OF_WANTED = 1.25;

/** A series of a process and a route, with the members by which a scanned span is matched to it. */
type SeenSeries = { readonly method: string; readonly status: number; readonly number: number };

/** How many series are remembered for all processes together. A sender of ever new routes empties the memory for all. */
const MOST_SEEN = 20_000;
/** With more of them for one route, a series is created again as quickly as it is found. */
const MOST_SEEN_OF_ROUTE = 15;
/** Twice as many as a scan recognises. Remembering more would only be work for the garbage collector. */
const MOST_RESOURCES = 2_048;

/** Applies payloads in the order of the journal. */
export class Ingest {
  readonly #parts: IngestParts;
  /** Failing traces of which something is not in the database yet. */
  readonly dirty = new Set<number>();
  /** Resources that changes were inferred from. */
  #seen = new WeakSet<Resource>();
  #seenResources = 0;
  /** Recently seen series, by process (whose resource is the same object from payload to payload) and route. Spans without a route are not remembered. */
  #seriesOf = new WeakMap<ScannedResource, Map<string, SeenSeries[]>>();
  #seenSeries = 0;
  #seenProcesses = 0;
  #generation = 0;
  /** The process of the last span, and its series: most spans have the process of the one before. */
  #lastResource: ScannedResource | undefined;
  #lastSeries = new Map<string, SeenSeries[]>();
  /** By the number of a trace inside one payload: its number in the window, and what the database held of it. */
  readonly #traceOf: number[] = [];
  readonly #originsOf: (Origins | undefined)[] = [];
  /** Reused for each item. */
  readonly #place: Place = { record: 0, start: 0, end: 0, resource: 0, high: 0, low: 0, series: NO_SERIES };
  readonly #words: MutableTraceWords = [0, 0, 0, 0];
  readonly #exchange = { timeMs: 0, durationMs: 0, failing: false, times: 1 };

  constructor(parts: IngestParts) {
    this.#parts = parts;
  }

  apply(intake: Intake, arrival: Arrival): void {
    switch (intake.kind) {
      case "traces":
        return this.#applyTraces(intake.scan, arrival);
      case "logs":
        return this.#applyLogs(intake, arrival);
      case "metrics":
        return this.#applyMetrics(intake, arrival);
      case "exchanges":
        return this.#applyExchanges(intake, arrival);
    }
  }

  #applyTraces(scan: TraceScan, arrival: Arrival): void {
    const { ledger } = this.#parts;
    this.#place.record = this.#parts.window.addRecord({ kind: "traces", position: arrival.position, resources: scan.resources });
    this.#openTraces(scan, arrival);
    let stored = 0;
    let duplicates = 0;
    for (let row = 0; row < scan.spanCount; row++) {
      const outcome = this.#applySpan(scan, row, arrival);
      if (outcome === "stored") stored += 1;
      else if (outcome === "duplicate") duplicates += 1;
      else if (arrival.keep) ledger.countDropped("trace-too-large");
    }
    if (arrival.keep) {
      ledger.countStored(stored);
      ledger.countDuplicate(duplicates);
      for (const { resource } of scan.resources) this.#noteResource(resource, toCountedTime(scan.endMs[0] ?? arrival.nowMs, arrival.nowMs));
    }
    for (let index = 0; index < scan.traceCount; index++) {
      const trace = this.#traceOf[index]!;
      if ((scan.traceFlags[index]! & SPAN_FAILS) !== 0) this.#parts.window.markFailing(trace);
      this.#settle(trace);
    }
  }

  #applySpan(scan: TraceScan, row: number, arrival: Arrival): "stored" | "duplicate" | "dropped" {
    const { window } = this.#parts;
    const trace = this.#traceOf[scan.trace[row]!]!;
    const origins = this.#originsOf[scan.trace[row]!];
    const place = this.#place;
    place.high = scan.spanWords[row * 2]! | 0;
    place.low = scan.spanWords[row * 2 + 1]! | 0;
    const origin = origins?.spans.get(scan.spanId(row));
    const isCopy = origin !== undefined && arrival.position > origin;
    if (isCopy || window.hasSpan(trace, place.high, place.low)) return "duplicate";
    const flags = scan.flags[row]!;
    place.series = (flags & SPAN_IS_EXCHANGE) === 0 ? NO_SERIES : this.#countExchange(scan, row, arrival);
    if (origin !== undefined) {
      // This is the original, read again from the journal: anything else with its id is a copy.
      origins?.spans.set(scan.spanId(row), NONE);
      return "stored";
    }
    const isWanted = (flags & (SPAN_FAILS | SPAN_IS_EXCHANGE)) !== 0;
    if (!this.#hasRoom(trace, scan.end[row]! - scan.start[row]!, isWanted)) return "dropped";
    place.start = scan.start[row]!;
    place.end = scan.end[row]!;
    place.resource = scan.resource[row]!;
    window.addPlace(trace, place);
    return "stored";
  }

  /** True when a trace has room for another item of this size. */
  #hasRoom(trace: number, sizeBytes: number, isWanted: boolean): boolean {
    const { window } = this.#parts;
    const share = isWanted ? SHARE_OF_WANTED : 1;
    return window.items(trace) < MAX_TRACE_ITEMS * share && window.bytes(trace) + sizeBytes <= MAX_TRACE_BYTES * share;
  }

  #openTraces(scan: TraceScan, arrival: Arrival): void {
    const { traceWords } = scan;
    const words = this.#words;
    for (let index = 0; index < scan.traceCount; index++) {
      for (let word = 0; word < 4; word++) words[word] = traceWords[index * 4 + word]! | 0;
      const trace = this.#getTrace(words, arrival);
      this.#traceOf[index] = trace;
      this.#originsOf[index] = this.#parts.window.findDetails(trace)?.origins;
    }
  }

  /** The trace in the window, with what the database knows of it; a record must have been added before. */
  #getTrace(words: TraceWords, arrival: Arrival): number {
    const { window, traces } = this.#parts;
    let trace = window.find(words);
    if (trace !== NONE) window.touch(trace, arrival.steadyMs);
    else {
      trace = window.open(words, arrival.steadyMs);
      if (traces.mayHold(words)) this.#recall(trace);
    }
    return trace;
  }

  /** Takes over what the database knows of a trace that left the window, or that an earlier process saw. */
  #recall(trace: number): void {
    const { traces, window } = this.#parts;
    const known = traces.recall(window.traceId(trace));
    if (known === undefined) return;
    window.recall(trace, known);
    window.getDetails(trace).origins = known.origins;
  }

  /** Counts a server span; returns the number of its series. */
  #countExchange(scan: TraceScan, row: number, arrival: Arrival): number {
    const series = this.#findSeries(scan, row, arrival.steadyMs);
    if (!arrival.count) return series;
    const startMs = scan.startMs[row]!;
    const exchange = this.#exchange;
    exchange.timeMs = toCountedTime(startMs, arrival.nowMs);
    exchange.durationMs = Math.max(0, scan.endMs[row]! - startMs);
    exchange.failing = (scan.flags[row]! & SPAN_IS_SERVER_ERROR) !== 0;
    this.#parts.rollups.count(series, exchange, arrival.nowMs);
    return series;
  }

  #findSeries(scan: TraceScan, row: number, steadyMs: number): number {
    const { series } = this.#parts;
    if (series.generation !== this.#generation) this.#forgetSeries();
    const resource = scan.resources[scan.resource[row] ?? 0];
    const route = scan.route[row] ?? "";
    if (resource === undefined || route === "") return series.intern(toSeries(scan.readSpan(row)), steadyMs);
    const method = scan.method[row] ?? "";
    const status = scan.status[row] ?? 0;
    if (resource !== this.#lastResource) this.#switchResource(resource);
    const seen = this.#lastSeries.get(route) ?? [];
    for (const each of seen) if (each.status === status && each.method === method) return each.number;
    const number = series.intern(toScannedSeries(resource.resource, { route, method, status }), steadyMs);
    this.#lastSeries.set(route, [...seen.slice(-MOST_SEEN_OF_ROUTE), { method, status, number }]);
    if (this.#seenSeries++ > MOST_SEEN) this.#forgetSeries();
    return number;
  }

  #switchResource(resource: ScannedResource): void {
    let series = this.#seriesOf.get(resource);
    if (series === undefined) {
      if (this.#seenProcesses++ > MOST_RESOURCES) this.#forgetSeries();
      this.#seriesOf.set(resource, (series = new Map()));
    }
    this.#lastResource = resource;
    this.#lastSeries = series;
  }

  #forgetSeries(): void {
    this.#seriesOf = new WeakMap();
    this.#lastResource = undefined;
    this.#seenSeries = 0;
    this.#seenProcesses = 0;
    this.#generation = this.#parts.series.generation;
  }

  #applyLogs(intake: Extract<Intake, { kind: "logs" }>, arrival: Arrival): void {
    const { ledger, untracedLogs, window } = this.#parts;
    const { bytes, logs, fields } = intake;
    const resources: { readonly bytes: Uint8Array }[] = [];
    this.#place.record = window.addRecord({ kind: "logs", position: arrival.position, resources });
    for (const [index, log] of logs.entries()) {
      const field = fields[index];
      const timeMs = toCountedTime(log.timeMs, arrival.nowMs);
      if (arrival.keep) this.#noteResource(log.resource, timeMs);
      if (log.traceId !== undefined && field !== undefined) {
        const trace = this.#getTrace(toTraceWords(log.traceId), arrival);
        const sum = crc32(bytes.subarray(field.start, field.end));
        if (resources.at(-1)?.bytes !== field.resource) resources.push({ bytes: field.resource });
        Object.assign(this.#place, { start: field.start, end: field.end, resource: resources.length - 1 });
        const outcome = this.#addLog(trace, sum, arrival);
        if (isFailingLog(log) && outcome !== "duplicate") window.markFailing(trace);
        this.#settle(trace);
        if (!arrival.keep) continue;
        if (outcome === "stored") ledger.countStored();
        else if (outcome === "duplicate") ledger.countDuplicate();
        else ledger.countDropped("trace-too-large");
      } else if (arrival.keep) {
        if (isFailingLog(log) && untracedLogs.add({ ...log, timeMs })) ledger.countStored();
        else ledger.countDropped("log-without-trace");
      }
    }
  }

  #addLog(trace: number, sum: number, arrival: Arrival): "stored" | "duplicate" | "dropped" {
    const { window } = this.#parts;
    const { logSums, origins } = window.getDetails(trace);
    const origin = origins?.logs.get(sum);
    if ((origin !== undefined && arrival.position > origin) || logSums.has(sum)) return "duplicate";
    if (origin === undefined && !this.#hasRoom(trace, this.#place.end - this.#place.start, false)) return "dropped";
    logSums.add(sum);
    if (origin !== undefined) return "stored";
    Object.assign(this.#place, NO_SPAN);
    window.addPlace(trace, this.#place);
    window.countLog(trace);
    return "stored";
  }

  #applyMetrics(intake: Extract<Intake, { kind: "metrics" }>, arrival: Arrival): void {
    const { ledger, metrics } = this.#parts;
    for (const sent of intake.points) {
      const point = { ...sent, timeMs: toCountedTime(sent.timeMs, arrival.nowMs) };
      const outcome = arrival.count ? metrics.add(point, arrival.steadyMs) : "stored";
      if (arrival.count) this.#countSuccesses(point, arrival);
      if (!arrival.keep) continue;
      this.#noteResource(point.resource, point.timeMs);
      if (outcome === "stored") ledger.countStored();
      else ledger.countDropped(outcome === "thinned" ? "metric-point-thinned" : "too-many-metric-series");
    }
  }

  #countSuccesses(point: MetricPoint, { nowMs, steadyMs }: Arrival): void {
    const counted = toCountedSuccesses(point);
    if (counted === undefined) return;
    const { rollups, series } = this.#parts;
    // A point is stamped with the end of its interval, so what it counts happened before that: in the previous step when it ends exactly on the boundary.
    const exchange = {
      timeMs: point.timeMs - 1,
      durationMs: counted.durationMs,
      failing: false,
      times: counted.times,
    };
    rollups.count(series.intern(counted.series, steadyMs), exchange, nowMs);
  }

  #applyExchanges(intake: Extract<Intake, { kind: "exchanges" }>, arrival: Arrival): void {
    const { ledger, rollups, window } = this.#parts;
    for (const exchange of intake.exchanges) {
      if (arrival.keep) ledger.countStored();
      const failing = isFailingIntermediaryExchange(exchange);
      const timeMs = toCountedTime(exchange.timeMs ?? arrival.nowMs, arrival.nowMs);
      const series = this.#parts.series.intern(toIntermediarySeries(exchange), arrival.steadyMs);
      if (arrival.count) rollups.count(series, { timeMs, durationMs: exchange.durationMs ?? 0, failing }, arrival.nowMs);
      if (exchange.traceId === undefined || !/^[0-9a-f]{32}$/.test(exchange.traceId)) continue;
      window.addRecord({ kind: "exchanges", position: arrival.position, resources: [] });
      const trace = this.#getTrace(toTraceWords(exchange.traceId), arrival);
      const details = window.getDetails(trace);
      if (arrival.position <= (details.origins?.exchanges ?? NONE)) continue;
      details.intermediaries.push(exchange);
      details.lastIntermediary = arrival.position;
      if (failing) window.markFailing(trace);
      this.#settle(trace);
    }
  }

  #noteResource(resource: Resource, timeMs: number): void {
    if (this.#seen.has(resource)) return;
    if (this.#seenResources++ > MOST_RESOURCES) {
      this.#seen = new WeakSet();
      this.#seenResources = 0;
    }
    this.#seen.add(resource);
    this.#parts.changes.note(resource, timeMs);
  }

  /** A failing trace with new data waits to be written; one that a replay merely saw again does not. */
  #settle(trace: number): void {
    const { window } = this.#parts;
    if (window.isFailing(trace) && window.isUnwritten(trace)) this.dirty.add(trace);
  }
}

const NO_SPAN = { high: 0, low: 0, series: NO_SERIES } as const;

function toScannedSeries(resource: Resource, scanned: Pick<Series, "route" | "method" | "status">): Series {
  return { service: resource.service, ...scanned, version: resource.version ?? "", region: resource.region ?? "" };
}

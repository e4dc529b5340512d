/** What an accepted payload changes in memory: the window, the rollups, and what waits to be written. */
import { crc32 } from "node:zlib";
import { type ScannedResource, SPAN_FAILS, SPAN_IS_EXCHANGE, SPAN_IS_SERVER_ERROR, type TraceScan } from "@faultline/formats/otlp";
import type { MetricPoint, Resource } from "@faultline/model";
import type { Ledger } from "../ledger.ts";
import { toCountedSuccesses } from "../rules/counted-metric.ts";
import { isFailingIntermediaryExchange, isFailingLog } from "../rules/failing.ts";
import { type Series, toIntermediarySeries, toSeries } from "../rules/series.ts";
import type { ChangeTable } from "./change-table.ts";
import type { Intake } from "./intake.ts";
import type { MetricTable } from "./metric-table.ts";
import type { RollupTable } from "./rollup-table.ts";
import type { TraceTable } from "./trace-table.ts";
import type { OpenTrace, RecordRef, TraceWindow } from "./trace-window.ts";
import { toTraceWords, type TraceWords } from "./trace-words.ts";
import type { UntracedLogTable } from "./untraced-log-table.ts";

/** What ingest works on. */
export type IngestParts = {
  readonly ledger: Ledger;
  readonly window: TraceWindow;
  readonly rollups: RollupTable;
  readonly traces: TraceTable;
  readonly changes: ChangeTable;
  readonly untracedLogs: UntracedLogTable;
  readonly metrics: MetricTable;
};

/** Where a payload stands in the journal, and how much of it the database may already hold. */
export type Arrival = {
  readonly position: number;
  readonly nowMs: number;
  /** False in a replay when the traces and logs of this record are in the database already. */
  readonly keep: boolean;
  /** False in a replay when its counts are in the database already. */
  readonly count: boolean;
};

/** One trace may hold so many spans and log records; a loop that traces itself must not fill the disk. */
const MAX_TRACE_ITEMS = 10_000;
/** Exchanges this far in the future or past by their sender's clock are counted when they arrive. */
const MAX_CLOCK_LEAD_MS = 3_600_000;
const MAX_CLOCK_LAG_MS = 30 * 86_400_000;

/** Applies payloads in the order of the journal. */
export class Ingest {
  readonly #parts: IngestParts;
  /** Failing traces with something that is not in the database. */
  readonly dirty = new Set<OpenTrace>();
  readonly #seen = new WeakSet<Resource>();
  /** Series by resource, then by the texts and numbers that the scan already has; empty routes must be derived each time. */
  readonly #seriesNumbers = new WeakMap<ScannedResource, Map<string, Map<string, Map<number, number>>>>();
  readonly #traceOf: OpenTrace[] = [];

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
    const record = { kind: "traces", position: arrival.position, length: scan.bytes.length, resources: scan.resources } as const;
    this.#openTraces(scan, arrival);
    let stored = 0;
    let duplicates = 0;
    for (let row = 0; row < scan.spanCount; row++) {
      const trace = this.#traceOf[scan.trace[row] ?? 0];
      if (trace === undefined) continue;
      const origin = trace.origins?.spans.get(scan.spanId(row));
      const isCopy = origin !== undefined && arrival.position > origin;
      if (isCopy || !trace.noteSpan(scan.spanWords[row * 2] ?? 0, scan.spanWords[row * 2 + 1] ?? 0)) {
        duplicates += 1;
        continue;
      }
      const flags = scan.flags[row] ?? 0;
      if ((flags & SPAN_IS_EXCHANGE) !== 0) this.#noteExchange(trace, { scan, row, flags }, arrival);
      if (origin !== undefined) {
        stored += 1;
        continue;
      }
      if (trace.items >= MAX_TRACE_ITEMS) {
        if (arrival.keep) ledger.countDropped("trace-too-large");
        continue;
      }
      stored += 1;
      trace.items += 1;
      if ((flags & SPAN_FAILS) !== 0) trace.failing = true;
      trace.addPlace(record, { start: scan.start[row] ?? 0, end: scan.end[row] ?? 0, resource: scan.resource[row] ?? 0 });
    }
    if (arrival.keep) {
      ledger.countStored(stored);
      ledger.countDuplicate(duplicates);
      for (const { resource } of scan.resources) this.#noteResource(resource, Math.min(arrival.nowMs, scan.endMs[0] ?? arrival.nowMs));
    }
    for (let index = 0; index < scan.traceCount; index++) {
      this.#markDirty(this.#traceOf[index]);
      this.#traceOf[index]?.compact();
    }
    this.#traceOf.length = 0;
  }

  #openTraces(scan: TraceScan, arrival: Arrival): void {
    const { traceWords } = scan;
    for (let index = 0; index < scan.traceCount; index++) {
      const at = index * 4;
      const words = [traceWords[at]! | 0, traceWords[at + 1]! | 0, traceWords[at + 2]! | 0, traceWords[at + 3]! | 0] as const;
      this.#traceOf[index] = this.#getTrace(words, arrival);
    }
  }

  #getTrace(words: TraceWords, arrival: Arrival): OpenTrace {
    const { window, traces } = this.#parts;
    let trace = window.find(words);
    if (trace === undefined) {
      trace = window.open(words, arrival);
      if (traces.mayHold(words)) this.#recall(trace);
    }
    trace.lastMs = arrival.nowMs;
    return trace;
  }

  /** Takes over what the database knows of a trace that left the window, or that an earlier process saw. */
  #recall(trace: OpenTrace): void {
    const known = this.#parts.traces.load(trace.traceId);
    if (known === undefined) return;
    const { spans, logs, origins } = known.contents;
    trace.row = known.row;
    trace.failing = known.failing;
    trace.settled = true;
    trace.items = spans.size + logs.length;
    trace.origins = origins;
  }

  #noteExchange(
    trace: OpenTrace,
    { scan, row, flags }: { readonly scan: TraceScan; readonly row: number; readonly flags: number },
    arrival: Arrival,
  ): void {
    const series = this.#findSeries(scan, row);
    const startMs = scan.startMs[row] ?? 0;
    trace.exchanges.push(series, startMs);
    if (!arrival.count) return;
    const durationMs = Math.max(0, (scan.endMs[row] ?? 0) - startMs);
    const failing = (flags & SPAN_IS_SERVER_ERROR) !== 0;
    this.#parts.rollups.count(series, { timeMs: toCountedTime(startMs, arrival.nowMs), durationMs, failing }, arrival.nowMs);
  }

  #findSeries(scan: TraceScan, row: number): number {
    const resource = scan.resources[scan.resource[row] ?? 0];
    const route = scan.route[row] ?? "";
    if (resource === undefined || route === "") return this.#parts.rollups.intern(toSeries(scan.readSpan(row)));
    const method = scan.method[row] ?? "";
    const status = scan.status[row] ?? 0;
    const byRoute = getOrAdd(this.#seriesNumbers, resource, () => new Map<string, Map<string, Map<number, number>>>());
    const byMethod = getOrAdd(byRoute, route, () => new Map<string, Map<number, number>>());
    const byStatus = getOrAdd(byMethod, method, () => new Map<number, number>());
    return getOrAdd(byStatus, status, () => this.#parts.rollups.intern(toScannedSeries(resource.resource, { route, method, status })));
  }

  #applyLogs(intake: Extract<Intake, { kind: "logs" }>, arrival: Arrival): void {
    const { ledger, untracedLogs } = this.#parts;
    const { bytes, logs, fields } = intake;
    const record = { kind: "logs", position: arrival.position, length: bytes.length, resources: [] as { bytes: Uint8Array }[] } as const;
    for (const [index, log] of logs.entries()) {
      const field = fields[index];
      if (arrival.keep) this.#noteResource(log.resource, log.timeMs);
      if (log.traceId !== undefined && field !== undefined) {
        const trace = this.#getTrace(toTraceWords(log.traceId), arrival);
        const sum = crc32(bytes.subarray(field.start, field.end));
        this.#addLog(trace, { record, field, sum, failing: isFailingLog(log) }, arrival);
      } else if (arrival.keep) {
        if (isFailingLog(log) && untracedLogs.add(log)) ledger.countStored();
        else ledger.countDropped("log-without-trace");
      }
    }
  }

  #addLog(
    trace: OpenTrace,
    log: {
      readonly record: RecordRef & { readonly resources: { bytes: Uint8Array }[] };
      readonly field: { readonly start: number; readonly end: number; readonly resource: Uint8Array };
      readonly sum: number;
      readonly failing: boolean;
    },
    arrival: Arrival,
  ): void {
    const { ledger } = this.#parts;
    trace.logSums ??= new Set();
    const origin = trace.origins?.logs.get(log.sum);
    if ((origin !== undefined && arrival.position > origin) || trace.logSums.has(log.sum)) {
      if (arrival.keep) ledger.countDuplicate();
      return;
    }
    if (origin !== undefined) {
      trace.logSums.add(log.sum);
      if (arrival.keep) ledger.countStored();
      return;
    }
    if (trace.items >= MAX_TRACE_ITEMS) {
      if (arrival.keep) ledger.countDropped("trace-too-large");
      return;
    }
    trace.logSums.add(log.sum);
    trace.items += 1;
    trace.logs += 1;
    if (log.failing) trace.failing = true;
    if (log.record.resources.at(-1)?.bytes !== log.field.resource) log.record.resources.push({ bytes: log.field.resource });
    trace.addPlace(log.record, { start: log.field.start, end: log.field.end, resource: log.record.resources.length - 1 });
    if (arrival.keep) ledger.countStored();
    this.#markDirty(trace);
  }

  #applyMetrics(intake: Extract<Intake, { kind: "metrics" }>, arrival: Arrival): void {
    const { ledger, metrics } = this.#parts;
    for (const point of intake.points) {
      const outcome = arrival.count ? metrics.add(point, arrival.nowMs) : "stored";
      if (arrival.count) this.#countSuccesses(point, arrival.nowMs);
      if (!arrival.keep) continue;
      this.#noteResource(point.resource, point.timeMs);
      if (outcome === "stored") ledger.countStored();
      else ledger.countDropped(outcome === "thinned" ? "metric-point-thinned" : "too-many-metric-series");
    }
  }

  #countSuccesses(point: MetricPoint, nowMs: number): void {
    const counted = toCountedSuccesses(point);
    if (counted === undefined) return;
    const { rollups } = this.#parts;
    // A point is stamped at its end; what it counts happened before, and in the step before when it ends on the edge.
    const exchange = {
      timeMs: toCountedTime(point.timeMs - 1, nowMs),
      durationMs: counted.durationMs,
      failing: false,
      times: counted.times,
    };
    rollups.count(rollups.intern(counted.series), exchange, nowMs);
  }

  #applyExchanges(intake: Extract<Intake, { kind: "exchanges" }>, arrival: Arrival): void {
    const { ledger, rollups } = this.#parts;
    for (const exchange of intake.exchanges) {
      if (arrival.keep) ledger.countStored();
      const failing = isFailingIntermediaryExchange(exchange);
      const timeMs = toCountedTime(exchange.timeMs ?? arrival.nowMs, arrival.nowMs);
      const series = rollups.intern(toIntermediarySeries(exchange));
      if (arrival.count) rollups.count(series, { timeMs, durationMs: exchange.durationMs ?? 0, failing }, arrival.nowMs);
      if (exchange.traceId === undefined || !/^[0-9a-f]{32}$/.test(exchange.traceId)) continue;
      const trace = this.#getTrace(toTraceWords(exchange.traceId), arrival);
      if (arrival.position <= (trace.origins?.exchanges ?? -1)) continue;
      (trace.intermediaries ??= []).push(exchange);
      trace.lastIntermediary = arrival.position;
      if (failing) trace.failing = true;
      this.#markDirty(trace);
    }
  }

  #noteResource(resource: Resource, timeMs: number): void {
    if (this.#seen.has(resource)) return;
    this.#seen.add(resource);
    this.#parts.changes.note(resource, timeMs);
  }

  #markDirty(trace: OpenTrace | undefined): void {
    if (trace?.failing === true && trace.isUnwritten) this.dirty.add(trace);
  }
}

function toScannedSeries(resource: Resource, scanned: Pick<Series, "route" | "method" | "status">): Series {
  return { service: resource.service, ...scanned, version: resource.version ?? "", region: resource.region ?? "" };
}

function toCountedTime(timeMs: number, nowMs: number): number {
  return timeMs > nowMs + MAX_CLOCK_LEAD_MS || timeMs < nowMs - MAX_CLOCK_LAG_MS || !Number.isFinite(timeMs) ? nowMs : timeMs;
}

function getOrAdd<K, V>(map: { get(key: K): V | undefined; set(key: K, value: V): unknown }, key: K, make: () => V): V {
  let value = map.get(key);
  if (value === undefined) map.set(key, (value = make()));
  return value;
}

import type { LogRecord, MetricPoint, Span, Window } from "@faultline/model";
import { readOtlpLine } from "@faultline/formats/otlp";
import { type LineSource, readLines } from "../input/read-lines.ts";
import { readTelemetry, type TelemetrySink } from "../input/read-telemetry.ts";
import { DistinctSample } from "./distinct-sample.ts";
import { findSpans, keepSpans, markFailing, readStart } from "./span-line.ts";

/** How many failing and good traces are kept whole: a verdict needs no more, and memory stays bounded however long the input is. */
const MAX_FAILING_TRACES = 3000;
const MAX_GOOD_TRACES = 2000;
const MAX_METRIC_POINTS = 300_000;
const SEVERE = /"severityNumber":\s*(?:1[7-9]|2[0-4])\b|"exception\./;

/** What remains of a long input. */
export type Thinned = {
  readonly spans: readonly Span[];
  readonly logs: readonly LogRecord[];
  readonly metrics: readonly MetricPoint[];
  /** Kept share of the failing traces and of the good ones, 0 to 1. */
  readonly keptShare: { readonly failing: number; readonly good: number };
};

/** How to read. */
export type ThinningOptions = Omit<TelemetrySink, "take"> & {
  /** Only traces inside one of these windows are read; empty for all. */
  readonly windows: readonly Window[];
};

/**
 * Reads input of any length in two passes. The first looks for signs of failure without parsing; the second parses the failing traces
 * and a fair sample of good ones.
 */
export async function readThinned(sources: readonly LineSource[], options: ThinningOptions): Promise<Thinned> {
  const failing = new DistinctSample(MAX_FAILING_TRACES);
  const all = new DistinctSample(MAX_FAILING_TRACES + MAX_GOOD_TRACES);
  for (const source of sources) await mark(source, { failing, all, options });
  return collect(sources, { failing, all, options });
}

type Marking = { readonly failing: DistinctSample; readonly all: DistinctSample; readonly options: ThinningOptions };

async function mark(source: LineSource, { failing, all, options }: Marking): Promise<void> {
  for await (const { bytes } of readLines(source, options.onBytes)) {
    const text = toLatin1(bytes);
    const places = findSpans(text);
    if (places !== undefined) {
      markFailing(text, places);
      for (const { at, traceId, looksFailed } of places) {
        if (options.windows.length > 0 && !isAsked(readStart(text, at), options.windows)) continue;
        all.add(traceId);
        if (looksFailed) failing.add(traceId);
      }
    } else if (text.includes("resourceSpans")) markParsed(bytes, { failing, all, options });
    else if (text.includes("resourceLogs") && SEVERE.test(text)) for (const traceId of listSevere(bytes)) failing.add(traceId);
  }
}

function isAsked(startMs: number, windows: readonly Window[]): boolean {
  return windows.length === 0 || windows.some(({ fromMs, toMs }) => startMs >= fromMs && startMs < toMs);
}

/** Marks the failing traces of a line in an unusual notation, by parsing it, which is slower. */
function markParsed(bytes: Uint8Array, { failing, all, options }: Marking): void {
  const line = readOtlpLine(bytes);
  if (!line.ok || line.value.signal !== "traces") return;
  for (const { traceId, startMs, status, events, attributes } of line.value.decoded.items) {
    if (!isAsked(startMs, options.windows)) continue;
    all.add(traceId);
    const hasCode = Number(attributes["http.response.status_code"] ?? attributes["http.status_code"] ?? 0) >= 500;
    if (status === "error" || events.length > 0 || hasCode || attributes["error.type"] !== undefined) failing.add(traceId);
  }
}

function listSevere(bytes: Uint8Array): readonly string[] {
  const line = readOtlpLine(bytes);
  if (!line.ok || line.value.signal !== "logs") return [];
  return line.value.decoded.items.flatMap(({ traceId, severity, attributes }) =>
    traceId !== undefined && (severity >= 17 || attributes["exception.type"] !== undefined) ? [traceId] : [],
  );
}

async function collect(sources: readonly LineSource[], { failing, all, options }: Marking): Promise<Thinned> {
  const kept: { spans: Span[]; logs: LogRecord[]; metrics: MetricPoint[] } = { spans: [], logs: [], metrics: [] };
  const isWanted = (traceId: string | undefined) => traceId !== undefined && (failing.has(traceId) || all.has(traceId));
  for (const source of sources) {
    await readTelemetry(source, {
      ...options,
      onBytes: () => {},
      reduce: (bytes) => reduceLine(bytes, isWanted),
      take(line) {
        if (line.signal === "traces") for (const span of line.decoded.items) if (isWanted(span.traceId)) kept.spans.push(span);
        if (line.signal === "logs") for (const log of line.decoded.items) if (isWanted(log.traceId)) kept.logs.push(log);
        if (line.signal === "metrics")
          for (const point of line.decoded.items) if (kept.metrics.length < MAX_METRIC_POINTS) kept.metrics.push(point);
      },
    });
  }
  const share = (sample: DistinctSample) => (sample.estimate === 0 ? 1 : sample.size / sample.estimate);
  return { ...kept, keptShare: { failing: share(failing), good: share(all) } };
}

/** The wanted part of a line; undefined when none of it is wanted. */
function reduceLine(bytes: Uint8Array, isWanted: (traceId: string) => boolean): Uint8Array | undefined {
  const text = toLatin1(bytes);
  const places = findSpans(text);
  if (places === undefined) return bytes;
  const rest = keepSpans(text, places, ({ traceId }) => isWanted(traceId));
  return rest === undefined ? undefined : Buffer.from(rest, "latin1");
}

/** Decodes one character per byte, which is quick and leaves text of any encoding unchanged. */
function toLatin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
}

import type { LogRecord, MetricPoint, Span } from "@faultline/model";
import { toJsonLog, toJsonMetric, toJsonSpan, toRequest } from "./json.ts";
import { writeLog, writeMetric, writeRequest, writeSpan } from "./protobuf.ts";

/** Writes an ExportTraceServiceRequest in protobuf. */
export function encodeTraces(spans: readonly Span[]): Uint8Array<ArrayBuffer> {
  return writeRequest(spans, writeSpan);
}

/** Writes an ExportLogsServiceRequest in protobuf. */
export function encodeLogs(logs: readonly LogRecord[]): Uint8Array<ArrayBuffer> {
  return writeRequest(logs, writeLog);
}

/** Writes an ExportMetricsServiceRequest in protobuf. */
export function encodeMetrics(points: readonly MetricPoint[]): Uint8Array<ArrayBuffer> {
  return writeRequest(points, writeMetric);
}

/** Writes an ExportTraceServiceRequest as JSON text without line breaks: one line of a file exporter's file. */
export function encodeTracesJson(spans: readonly Span[]): string {
  return JSON.stringify(toRequest(spans, ["resourceSpans", "scopeSpans", "spans"], toJsonSpan));
}

/** Writes an ExportLogsServiceRequest as one line of JSON. */
export function encodeLogsJson(logs: readonly LogRecord[]): string {
  return JSON.stringify(toRequest(logs, ["resourceLogs", "scopeLogs", "logRecords"], toJsonLog));
}

/** Writes an ExportMetricsServiceRequest as one line of JSON. */
export function encodeMetricsJson(points: readonly MetricPoint[]): string {
  return JSON.stringify(toRequest(points, ["resourceMetrics", "scopeMetrics", "metrics"], toJsonMetric));
}

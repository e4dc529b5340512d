import type { Attributes, LogRecord, Resource } from "@faultline/model";
import type { PlainValue } from "./attributes.ts";
import { isSpanId, isTraceId } from "./ids.ts";

/** The fields of a log record as either encoding carries them; absent ones are 0 or empty. */
export type RawLogRecord = {
  readonly timeMs: number;
  readonly observedMs: number;
  readonly severity: number;
  readonly severityText: string;
  readonly eventName: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly body: string;
  readonly attributes: Attributes;
  readonly resource: Resource;
};

/** Severity numbers of the names loggers use, for records that carry the text only (OpenTelemetry logs data model, appendix B). */
const SEVERITIES: Readonly<Record<string, number>> = {
  TRACE: 1,
  DEBUG: 5,
  INFO: 9,
  INFORMATION: 9,
  NOTICE: 10,
  WARN: 13,
  WARNING: 13,
  ERROR: 17,
  ERR: 17,
  CRITICAL: 18,
  CRIT: 18,
  ALERT: 19,
  FATAL: 21,
  EMERGENCY: 21,
  PANIC: 21,
};

/**
 * Builds the record. A record with an invalid id counts as one without it, and the time of observation replaces a missing time, both as
 * opentelemetry-proto's logs.proto requires.
 */
export function toLogRecord(raw: RawLogRecord): LogRecord {
  const traceId = raw.traceId.toLowerCase();
  const spanId = raw.spanId.toLowerCase();
  const severityName = raw.severityText.toUpperCase();
  const named = Object.hasOwn(SEVERITIES, severityName) ? SEVERITIES[severityName]! : 0;
  return {
    timeMs: raw.timeMs === 0 ? raw.observedMs : raw.timeMs,
    severity: raw.severity === 0 ? named : raw.severity,
    body: raw.body,
    ...(raw.eventName === "" ? {} : { eventName: raw.eventName }),
    ...(isTraceId(traceId) ? { traceId } : {}),
    ...(isTraceId(traceId) && isSpanId(spanId) ? { spanId } : {}),
    attributes: raw.attributes,
    resource: raw.resource,
  };
}

/** A log record's body as text: maps and lists as JSON. */
export function toBodyText(body: PlainValue): string {
  if (body === null) return "";
  return typeof body === "object" ? JSON.stringify(body) : String(body);
}

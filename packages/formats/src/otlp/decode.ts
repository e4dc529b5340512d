import { fail, type LogRecord, type MetricPoint, type Result, type Span, succeed } from "@faultline/model";
import { forEachItem, type JsonPayload, type EnvelopeNames, type ReadItem } from "./json/envelope.ts";
import { LOG_NAMES, readLogsInto } from "./json/logs.ts";
import { METRIC_NAMES, readPointsInto } from "./json/metrics.ts";
import { readSpansInto, TRACE_NAMES } from "./json/traces.ts";
import { type DecodeLimits, DEFAULT_LIMITS } from "./limits.ts";
import { type Decoded, MalformedPayload, Tally } from "./outcome.ts";
import { readLogs } from "./protobuf/logs.ts";
import { readMetrics } from "./protobuf/metrics.ts";
import { readTraces } from "./protobuf/traces.ts";

/** The encoding of an OTLP payload. */
export type OtlpEncoding = "protobuf" | "json";

/** Bytes of either encoding, or JSON as text. */
export type OtlpPayload = JsonPayload;

/**
 * Decodes an ExportTraceServiceRequest of OTLP 1.11. Fails with one sentence if it cannot be read as a whole (the 400 of OTLP/HTTP). Single
 * spans with bad ids are rejected and counted. An empty payload is valid and has no items.
 */
export function decodeTraces(payload: OtlpPayload, encoding: OtlpEncoding, limits: DecodeLimits = DEFAULT_LIMITS): Result<Decoded<Span>> {
  return attempt(() =>
    encoding === "json" ? readJson(payload, limits, { names: TRACE_NAMES, readInto: readSpansInto }) : readTraces(asBytes(payload), limits),
  );
}

/**
 * Decodes an ExportLogsServiceRequest like `decodeTraces`, except that a log record with a bad id is kept without the id, as OTLP requires.
 */
export function decodeLogs(
  payload: OtlpPayload,
  encoding: OtlpEncoding,
  limits: DecodeLimits = DEFAULT_LIMITS,
): Result<Decoded<LogRecord>> {
  return attempt(() =>
    encoding === "json" ? readJson(payload, limits, { names: LOG_NAMES, readInto: readLogsInto }) : readLogs(asBytes(payload), limits),
  );
}

/** Decodes an ExportMetricsServiceRequest to one point per data point. Buckets, quantiles and exemplars are not kept. */
export function decodeMetrics(
  payload: OtlpPayload,
  encoding: OtlpEncoding,
  limits: DecodeLimits = DEFAULT_LIMITS,
): Result<Decoded<MetricPoint>> {
  return attempt(() =>
    encoding === "json"
      ? readJson(payload, limits, { names: METRIC_NAMES, readInto: readPointsInto })
      : readMetrics(asBytes(payload), limits),
  );
}

/** Runs a decoder and turns its exception for malformed payloads into a value. */
export function attempt<T>(decode: () => T): Result<T> {
  try {
    return succeed(decode());
  } catch (error) {
    if (error instanceof MalformedPayload) return fail(error.message);
    throw error;
  }
}

type JsonSignal<T> = { readonly names: EnvelopeNames; readonly readInto: (tally: Tally<T>, limits: DecodeLimits) => ReadItem };

function readJson<T>(payload: OtlpPayload, limits: DecodeLimits, { names, readInto }: JsonSignal<T>): Decoded<T> {
  const tally = new Tally<T>(limits);
  forEachItem(payload, { names, limits, readItem: readInto(tally, limits) });
  return tally.finish();
}

function asBytes(payload: OtlpPayload): Uint8Array {
  if (typeof payload === "string") throw new TypeError("protobuf is bytes, not text");
  return payload;
}

import type { LogRecord, MetricPoint, Result, Span } from "@faultline/model";
import { attempt, type OtlpPayload } from "./decode.ts";
import { toLogs } from "./json/logs.ts";
import { toMetrics } from "./json/metrics.ts";
import { parseRequest } from "./json/parse.ts";
import { toTraces } from "./json/traces.ts";
import { type DecodeLimits, DEFAULT_LIMITS } from "./limits.ts";
import { type Decoded, MalformedPayload } from "./outcome.ts";

/** What one line holds. */
export type OtlpLine =
  | { readonly signal: "traces"; readonly decoded: Decoded<Span> }
  | { readonly signal: "logs"; readonly decoded: Decoded<LogRecord> }
  | { readonly signal: "metrics"; readonly decoded: Decoded<MetricPoint> };

/**
 * Reads one line of the OpenTelemetry Collector's file exporter: an OTLP/JSON export request whose one member says which signal it
 * carries. Fails with one sentence for lines that are no JSON or no OTLP; the caller knows file and line number.
 */
export function readOtlpLine(line: OtlpPayload, limits: DecodeLimits = DEFAULT_LIMITS): Result<OtlpLine> {
  return attempt((): OtlpLine => {
    const request = parseRequest(line);
    if (request["resourceSpans"] !== undefined) return { signal: "traces", decoded: toTraces(request, limits) };
    if (request["resourceLogs"] !== undefined) return { signal: "logs", decoded: toLogs(request, limits) };
    if (request["resourceMetrics"] !== undefined) return { signal: "metrics", decoded: toMetrics(request, limits) };
    throw new MalformedPayload("no OTLP: none of resourceSpans, resourceLogs and resourceMetrics is there");
  });
}

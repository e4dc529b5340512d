import type { LogRecord, MetricPoint, Result, Span } from "@faultline/model";
import { attempt, type OtlpPayload } from "./decode.ts";
import { forEachMember, readResourceGroups } from "./json/envelope.ts";
import { LOG_NAMES, readLogsInto } from "./json/logs.ts";
import { METRIC_NAMES, readPointsInto } from "./json/metrics.ts";
import { readSpansInto, TRACE_NAMES } from "./json/traces.ts";
import { type DecodeLimits, DEFAULT_LIMITS } from "./limits.ts";
import { type Decoded, MalformedPayload, Tally } from "./outcome.ts";

/** What one line holds. */
export type OtlpLine =
  | { readonly signal: "traces"; readonly decoded: Decoded<Span> }
  | { readonly signal: "logs"; readonly decoded: Decoded<LogRecord> }
  | { readonly signal: "metrics"; readonly decoded: Decoded<MetricPoint> };

/**
 * Reads one line of the OpenTelemetry Collector's file exporter: an OTLP/JSON export request whose only member tells which signal it
 * carries. Fails with one sentence for lines that are not JSON or not OTLP; the caller knows file and line number.
 */
export function readOtlpLine(line: OtlpPayload, limits: DecodeLimits = DEFAULT_LIMITS): Result<OtlpLine> {
  return attempt(() => {
    const spans = new Tally<Span>(limits);
    const logs = new Tally<LogRecord>(limits);
    const points = new Tally<MetricPoint>(limits);
    let signal: OtlpLine["signal"] | undefined;
    forEachMember(line, (reader, name) => {
      const found = SIGNALS.get(name);
      if (found === undefined || signal !== undefined) return reader.skip();
      signal = found;
      if (found === "traces") readResourceGroups(reader, { names: TRACE_NAMES, limits, readItem: readSpansInto(spans, limits) });
      else if (found === "logs") readResourceGroups(reader, { names: LOG_NAMES, limits, readItem: readLogsInto(logs, limits) });
      else readResourceGroups(reader, { names: METRIC_NAMES, limits, readItem: readPointsInto(points, limits) });
    });
    return toLine(signal, { spans, logs, points });
  });
}

const SIGNALS: ReadonlyMap<string, OtlpLine["signal"]> = new Map([
  ["resourceSpans", "traces"],
  ["resourceLogs", "logs"],
  ["resourceMetrics", "metrics"],
]);

type Tallies = { readonly spans: Tally<Span>; readonly logs: Tally<LogRecord>; readonly points: Tally<MetricPoint> };

function toLine(signal: OtlpLine["signal"] | undefined, { spans, logs, points }: Tallies): OtlpLine {
  switch (signal) {
    case "traces":
      return { signal, decoded: spans.finish() };
    case "logs":
      return { signal, decoded: logs.finish() };
    case "metrics":
      return { signal, decoded: points.finish() };
    case undefined:
      throw new MalformedPayload("no OTLP: none of resourceSpans, resourceLogs and resourceMetrics is there");
  }
}

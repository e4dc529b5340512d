import { readOtlpLine } from "@faultline/formats/otlp";
import type { LogRecord, MetricPoint, Observations, Span } from "@faultline/model";

/**
 * The captured telemetry in the form that the playbook takes. `without` leaves out everything that one service sent. Traces that began before `fromMs`
 * (Unix ms) are left out whole: on a busy machine part of them arrived before the capture began, and the rest would look as if a hop were silent.
 */
export function readObservations(lines: readonly string[], without?: string, fromMs = 0): Observations {
  const spans: Span[] = [];
  const logs: LogRecord[] = [];
  const metrics: MetricPoint[] = [];
  for (const line of lines) {
    const read = readOtlpLine(line);
    if (!read.ok) throw new Error(`a captured line is no OTLP: ${read.error}`);
    if (read.value.signal === "traces") spans.push(...read.value.decoded.items);
    else if (read.value.signal === "logs") logs.push(...read.value.decoded.items);
    else metrics.push(...read.value.decoded.items);
  }
  const older = new Set(spans.filter(({ startMs }) => startMs < fromMs).map(({ traceId }) => traceId));
  const isKept = ({ resource }: Span | LogRecord | MetricPoint): boolean => resource.service !== without;
  const isWhole = ({ traceId }: Span | LogRecord): boolean => traceId === undefined || !older.has(traceId);
  return {
    spans: spans.filter((span) => isKept(span) && isWhole(span)),
    logs: logs.filter((log) => isKept(log) && isWhole(log)),
    metrics: metrics.filter(isKept),
    changes: [],
    exchanges: [],
  };
}

import { readOtlpLine } from "@faultline/formats/otlp";
import type { LogRecord, MetricPoint, Observations, Span } from "@faultline/model";

/** What was captured, as the playbook takes it. `without` leaves out everything that one service sent. */
export function readObservations(lines: readonly string[], without?: string): Observations {
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
  const isKept = ({ resource }: Span | LogRecord | MetricPoint): boolean => resource.service !== without;
  return { spans: spans.filter(isKept), logs: logs.filter(isKept), metrics: metrics.filter(isKept), changes: [], exchanges: [] };
}

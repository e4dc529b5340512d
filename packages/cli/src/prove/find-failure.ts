import type { FaultAnswer, LogRecord, Span, TraceAnswer } from "@faultline/model";
import { assembleTraces, fingerprintFailure, isolateFault } from "@faultline/playbook";
import type { ProvableSpan, ProvableTrace } from "@faultline/playbook/prove";
import { callCollector } from "../collector-client.ts";
import { type CommandIo, UsageError } from "../command.ts";
import { readTelemetry } from "../input/read-telemetry.ts";

/** True for a trace id. Any other name of a failure is a fault's fingerprint. */
function isTraceId(name: string): boolean {
  return /^[0-9a-f]{32}$/i.test(name);
}

/** Parses the rows that the collector sent. */
function toRows(answer: unknown): readonly ProvableSpan[] {
  const rows = (answer as Partial<TraceAnswer> | undefined)?.rows; // Checked member by member below.
  if (!Array.isArray(rows)) throw new UsageError("the collector answered something that is no trace; is it of this version?");
  return rows.filter(
    (row: Partial<ProvableSpan>) => typeof row.spanId === "string" && typeof row.attributes === "object" && row.attributes !== null,
  ) as ProvableSpan[];
}

/** Asks a collector for the trace of a failure: a trace by its id, or the example of a fault. */
export async function fetchFailure(collector: string, name: string): Promise<ProvableTrace> {
  if (isTraceId(name)) {
    const answer = (await callCollector(collector, `/api/traces/${name.toLowerCase()}`)) as Partial<TraceAnswer>; // Read by toRows.
    return { traceId: name.toLowerCase(), fingerprint: "", spans: toRows(answer) };
  }
  const answer = (await callCollector(collector, `/api/faults/${encodeURIComponent(name)}`)) as Partial<FaultAnswer>; // Read by toRows.
  if (answer.example === undefined) throw new UsageError(`the collector knows the fault ${name} but keeps no failing trace of it any more`);
  return { traceId: answer.example.traceId, fingerprint: name, spans: toRows(answer.example) };
}

function toProvable(span: Span): ProvableSpan {
  return { ...span, service: span.resource.service };
}

/** Finds the trace of a failure in OTLP/JSON lines files: by its trace id, its fault's fingerprint, or `latest`. */
export async function readFailure(files: readonly string[], name: string, io: CommandIo): Promise<ProvableTrace> {
  const spans: Span[] = [];
  const logs: LogRecord[] = [];
  for (const file of files) {
    await readTelemetry(
      { name: file, stdin: io.stdin },
      {
        take(line) {
          if (line.signal === "traces") for (const span of line.decoded.items) spans.push(span);
          else if (line.signal === "logs") for (const log of line.decoded.items) logs.push(log);
        },
        warn: (sentence) => io.stderr.write(`faultline prove: ${sentence}\n`),
      },
    );
  }
  const failing = assembleTraces(spans, logs).flatMap((path) => {
    const domain = isolateFault({ failing: [path] });
    if (domain.suspects.length === 0) return [];
    const { fingerprint, apart } = fingerprintFailure(path, domain);
    return [{ traceId: path.traceId, fingerprint, apart: apart?.fingerprint }];
  });
  const startOf = (traceId: string) => Math.max(...spans.filter((span) => span.traceId === traceId).map((span) => span.startMs));
  const found =
    name === "latest"
      ? failing.sort((one, other) => startOf(other.traceId) - startOf(one.traceId))[0]
      : failing.find(({ traceId, fingerprint, apart }) => traceId === name.toLowerCase() || [fingerprint, apart].includes(name));
  const traceId = found?.traceId ?? (spans.some((span) => span.traceId === name.toLowerCase()) ? name.toLowerCase() : undefined);
  if (traceId === undefined) {
    const known = [...new Set(failing.map(({ fingerprint }) => fingerprint))].slice(0, 5).join(", ");
    throw new UsageError(
      `no failing trace or fault "${name}" in ${files.join(", ")}; ${known === "" ? "nothing failed there" : `faults there: ${known}`}`,
    );
  }
  return { traceId, fingerprint: found?.fingerprint ?? "", spans: spans.filter((span) => span.traceId === traceId).map(toProvable) };
}

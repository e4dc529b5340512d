/** Reports the requests that a process had under way when it was killed or ran out of memory: a span and a log record for each. */
import type { AttributeValue } from "@faultline/model";
import { AttributeText, writeLog, writeSpan } from "../export/otlp-json.ts";
import { escapeText } from "../json-text.ts";
import { toMethodName } from "../method-name.ts";
import type { FailureRecord } from "./record.ts";

/** A request as its slot describes it. `path` is redacted and clipped; times are Unix ms. */
export type JournalEntry = {
  readonly startMs: number;
  readonly method: string;
  readonly path: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string | undefined;
  readonly requestId: string;
  readonly isJoined: boolean;
};

/** What a dead process had under way, oldest first. `resource` is its own, as OTLP/JSON text; `endMs` is when it last wrote. */
export type Orphan = { readonly resource: string; readonly endMs: number; readonly entries: readonly JournalEntry[] };

/** `error.type` of a request whose process ended before it: there was neither a status nor an exception. */
const ERROR_TYPE = "process_ended";

function describe(entry: JournalEntry, inFlight: number): Record<string, AttributeValue | undefined> {
  return {
    "http.request.method": toMethodName(entry.method),
    "url.path": entry.path,
    "error.type": ERROR_TYPE,
    "faultline.request.id": entry.requestId,
    "faultline.response.aborted": true,
    // The oldest of many is the first suspect, but every one of them lost its answer.
    "faultline.process.in_flight": inFlight,
  };
}

/** Writes the records of a dead process. */
export function writeOrphan(orphan: Orphan): FailureRecord {
  const { entries, endMs } = orphan;
  const spans: string[] = [];
  const logs: string[] = [];
  for (const entry of entries) {
    const { traceId, spanId, parentSpanId, startMs } = entry;
    const text = new AttributeText();
    text.addAll(describe(entry, entries.length));
    const attributes = text.written;
    const name = toMethodName(entry.method);
    const times = { startMs, endMs: Math.max(startMs, endMs) };
    if (!entry.isJoined) spans.push(writeSpan({ traceId, spanId, parentSpanId, name, kind: 2, ...times, isError: true, attributes }));
    logs.push(
      writeLog({
        timeMs: times.endMs,
        severity: 21,
        eventName: "faultline.process.ended",
        body: escapeText(`the process ended while ${name} ${entry.path} was under way`),
        traceId,
        spanId,
        attributes,
      }),
    );
  }
  return { spans, logs };
}

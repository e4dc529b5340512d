import {
  type CapturedRequest,
  type LogRecord,
  readLogException,
  readMethod,
  readPath,
  readSpanExceptions,
  readText,
  type Span,
  type TraceAnswer,
  type TraceException,
} from "@faultline/model";
import { assembleTrace } from "@faultline/playbook";
import type { StoredTrace } from "../store/contract.ts";
import { toWaterfall } from "./waterfall.ts";

const MOST_LOGS = 500;
const MOST_EXCEPTIONS = 50;
const HEADER = "http.request.header.";

/** A stored trace as its page shows it. `origin` is the service that made the failure, when a diagnosis names it. */
export function composeTrace({ traceId, spans, logs, exchanges }: StoredTrace, origin?: string): TraceAnswer {
  const request = findRequest(spans);
  const waterfall = toWaterfall(assembleTrace(traceId, spans, { logs, exchanges }), origin);
  return {
    traceId,
    ...waterfall,
    exceptions: listExceptions(spans, logs, waterfall.rows.find(({ spanId }) => spanId === waterfall.failingSpanId)?.service),
    ...(request === undefined ? {} : { request }),
    logs: [...logs]
      .sort((a, b) => a.timeMs - b.timeMs)
      .slice(0, MOST_LOGS)
      .map(({ timeMs, severity, body, spanId, resource }) => ({
        timeMs,
        severity,
        service: resource.service,
        ...(spanId === undefined ? {} : { spanId }),
        body,
      })),
    exchanges,
  };
}

/**
 * Every exception once. Those of the service that made the failure come first, because the clocks of two services may differ by more than an error
 * takes to travel; the others follow in the order in which they were raised. A span event and a log record of the same exception count as one.
 */
function listExceptions(spans: readonly Span[], logs: readonly LogRecord[], maker: string | undefined): readonly TraceException[] {
  const rank = ({ service }: TraceException): number => (service === maker ? 0 : 1);
  const fromSpans = spans.flatMap((span) =>
    readSpanExceptions(span).map((found) => ({ ...found, spanId: span.spanId, service: span.resource.service, source: "span" as const })),
  );
  const fromLogs = logs.flatMap((log) => {
    const found = readLogException(log);
    const spanId = log.spanId === undefined ? {} : { spanId: log.spanId };
    return found === undefined ? [] : [{ ...found, ...spanId, service: log.resource.service, source: "log" as const }];
  });
  const known = new Map<string, TraceException>();
  for (const exception of [...fromSpans, ...fromLogs].sort((a, b) => rank(a) - rank(b) || a.timeMs - b.timeMs)) {
    const key = JSON.stringify([exception.service, exception.type, exception.message]);
    if (!known.has(key)) known.set(key, exception);
  }
  return [...known.values()].slice(0, MOST_EXCEPTIONS);
}

/** The request, from the span that captured most of it: one with a body before one without, then the outermost. */
function findRequest(spans: readonly Span[]): CapturedRequest | undefined {
  const servers = spans.filter((span) => span.kind === "server" && readMethod(span.attributes) !== undefined);
  const ordered = [...servers].sort((a, b) => a.startMs - b.startMs);
  const best = ordered.find((span) => readBody(span) !== undefined) ?? ordered[0];
  return best === undefined ? undefined : toRequest(best);
}

function readBody(span: Span): string | undefined {
  return readText(span.attributes, "http.request.body.content", "http.request.body");
}

function toRequest(span: Span): CapturedRequest {
  const { attributes, spanId, resource } = span;
  const query = readText(attributes, "url.query");
  const body = readBody(span);
  const headers = Object.entries(attributes)
    .filter(([name]) => name.startsWith(HEADER))
    .map(([name, value]) => [name.slice(HEADER.length), Array.isArray(value) ? value.join(", ") : String(value)] as const);
  return {
    spanId,
    service: resource.service,
    method: readMethod(attributes) ?? "",
    target: `${readPath(attributes) ?? "/"}${query === undefined ? "" : `?${query}`}`,
    headers: Object.fromEntries(headers),
    ...(body === undefined ? {} : { body }),
    bodyTruncated: attributes["faultline.request.body.truncated"] === true,
  };
}

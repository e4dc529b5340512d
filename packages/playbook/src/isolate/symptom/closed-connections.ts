/**
 * Requests that left nothing but an alert. A server without room for another connection closes it before it reads a request, so there is no
 * span and no line in an access log.
 */
import { type LogRecord, SOFTWARE_ATTRIBUTE, type Span } from "@faultline/model";

/** A connection that its server closed, as a trace of its own. */
export type ClosedConnection = {
  readonly traceId: string;
  readonly span: Span;
  readonly log: LogRecord;
};

/** One such line is written for each closed connection. nginx: ngx_get_connection. */
const CLOSED = /\bworker_connections are not enough\b/;
const LOG_ERROR = 17;

/** The connections that, according to log records without a trace, were closed for lack of room. */
export function findClosedConnections(logs: readonly LogRecord[]): readonly ClosedConnection[] {
  return logs
    .filter(({ traceId, severity, body }) => traceId === undefined && severity >= LOG_ERROR && CLOSED.test(body))
    .map((log, index) => {
      const [traceId, spanId] = [`closed-${index}`, "exchange-closed"];
      return { traceId, span: toSpan(log, traceId, spanId), log: { ...log, traceId, spanId } };
    });
}

function toSpan({ timeMs, body, resource }: LogRecord, traceId: string, spanId: string): Span {
  return {
    traceId,
    spanId,
    name: "connections before their request",
    kind: "server",
    startMs: timeMs,
    endMs: timeMs,
    status: "error",
    statusMessage: body,
    attributes: {},
    events: [],
    links: [],
    resource: { ...resource, attributes: { ...resource.attributes, [SOFTWARE_ATTRIBUTE]: "nginx" } },
  };
}

/**
 * Requests that left nothing but an alert: a server without room for another connection closes it before it has read a request, so that
 * no span and no line of an access log tells of it.
 */
import { type LogRecord, SOFTWARE_ATTRIBUTE, type Span } from "@faultline/model";

/** A connection that its server closed, as a trace of its own. */
export type ClosedConnection = {
  readonly traceId: string;
  readonly span: Span;
  readonly log: LogRecord;
};

/** One line for each connection that was closed. nginx: ngx_get_connection. */
const CLOSED = /\bworker_connections are not enough\b/;
const LOG_ERROR = 17;

/** The connections that log records without a trace say were closed for want of room. */
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

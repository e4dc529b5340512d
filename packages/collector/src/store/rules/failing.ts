/**
 * What makes a trace failing, and what makes an exchange a server error. The two differ: a span with a handled exception makes its
 * trace worth keeping, but only an answer that the client saw as a server error counts in the error rate.
 */
import { type Exchange, type LogRecord, readLogException, readStatusCode, readText, type Span } from "@faultline/model";

/** gRPC codes that OpenTelemetry's RPC conventions call errors of the server, by number and by name. */
const GRPC_SERVER_ERRORS: ReadonlySet<string> = new Set(
  "2 4 12 13 14 15 UNKNOWN DEADLINE_EXCEEDED UNIMPLEMENTED INTERNAL UNAVAILABLE DATA_LOSS".split(" "),
);

/** OpenTelemetry's severity number of ERROR; FATAL lies above. */
const SEVERITY_ERROR = 17;

function hasGrpcServerError(span: Span): boolean {
  const code = readText(span.attributes, "rpc.response.status_code", "rpc.grpc.status_code", "rpc.status_code");
  return code !== undefined && GRPC_SERVER_ERRORS.has(code);
}

/** True when the span's trace must be kept whole: status error, HTTP 5xx, gRPC server error, or an exception. */
export function isFailingSpan(span: Span): boolean {
  if (span.status === "error" || (readStatusCode(span.attributes) ?? 0) >= 500) return true;
  return hasGrpcServerError(span) || span.events.some((event) => event.name === "exception" || "exception.type" in event.attributes);
}

/** True when the log record's trace must be kept whole: severity ERROR or above, or an exception. */
export function isFailingLog(log: LogRecord): boolean {
  return log.severity >= SEVERITY_ERROR || readLogException(log) !== undefined;
}

/** True when what an intermediary wrote about a request is a server error. */
export function isFailingIntermediaryExchange(exchange: Exchange): boolean {
  return (exchange.status ?? 0) >= 500;
}

/**
 * True when the exchange that a server span stands for ended in a server error. A 4xx is the client's error even where the SDK set
 * the span's status; a 2xx with span status error is an answer that broke after its headers were sent.
 */
export function isServerError(span: Span): boolean {
  const status = readStatusCode(span.attributes);
  if (status !== undefined && status >= 400) return status >= 500;
  return span.status === "error" || hasGrpcServerError(span);
}

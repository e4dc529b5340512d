/**
 * Attribute names of the OpenTelemetry semantic conventions 1.44 and the older spellings still sent in the field, read in one place.
 * Source: open-telemetry/semantic-conventions; the incubating names are copied here because their packages change them.
 */
import type { Attributes, LogRecord, Span } from "./telemetry.ts";

/** First attribute of `names` that is present, as text. */
export function readText(attributes: Attributes, ...names: readonly string[]): string | undefined {
  for (const name of names) {
    const value = attributes[name];
    if (typeof value === "string" && value !== "") return value;
    if (typeof value === "number" || typeof value === "boolean") return String(value);
  }
  return undefined;
}

/** First attribute of `names` that is a finite number, or text that reads as one. */
export function readNumber(attributes: Attributes, ...names: readonly string[]): number | undefined {
  for (const name of names) {
    const value = attributes[name];
    const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
    if (typeof number === "number" && Number.isFinite(number)) return number;
  }
  return undefined;
}

/** HTTP status code: `http.response.status_code`, before 1.23 `http.status_code`. */
export function readStatusCode(attributes: Attributes): number | undefined {
  return readNumber(attributes, "http.response.status_code", "http.status_code");
}

/** HTTP method: `http.request.method`, before 1.23 `http.method`. */
export function readMethod(attributes: Attributes): string | undefined {
  return readText(attributes, "http.request.method", "http.method");
}

/** Path without query: `url.path`, else from `http.target`, `url.full` or `http.url`. */
export function readPath(attributes: Attributes): string | undefined {
  const path = readText(attributes, "url.path");
  if (path !== undefined) return path;
  const target = readText(attributes, "http.target");
  if (target !== undefined) return target.split("?", 1)[0];
  const full = readText(attributes, "url.full", "http.url");
  return full === undefined ? undefined : /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*([^?#]*)/i.exec(full)?.[1] || "/";
}

/** Route template: `http.route`. */
export function readRoute(attributes: Attributes): string | undefined {
  return readText(attributes, "http.route");
}

/** Name of the service that a client span calls: `service.peer.name`, before `peer.service`. */
export function readPeerService(attributes: Attributes): string | undefined {
  return readText(attributes, "service.peer.name", "peer.service");
}

/** Host that a client span calls: `server.address`, before `net.peer.name` and `http.host`, then as OpenTracing and Datadog name it. */
export function readServerAddress(attributes: Attributes): string | undefined {
  return readText(attributes, "server.address", "net.peer.name", "http.host", "peer.hostname", "out.host");
}

/** Database system: `db.system.name`, before `db.system`. */
export function readDatabaseSystem(attributes: Attributes): string | undefined {
  return readText(attributes, "db.system.name", "db.system");
}

/** Query text or summary: `db.query.summary`, `db.query.text`, before `db.statement`. */
export function readQuery(attributes: Attributes): string | undefined {
  return readText(attributes, "db.query.summary", "db.query.text", "db.statement");
}

/** An exception in any of the three shapes that OpenTelemetry has had. */
export type ExceptionRecord = {
  readonly type: string;
  readonly message: string;
  readonly stack?: string;
  readonly timeMs: number;
};

function toException(attributes: Attributes, timeMs: number): ExceptionRecord | undefined {
  const type = readText(attributes, "exception.type");
  const message = readText(attributes, "exception.message");
  const stack = readText(attributes, "exception.stacktrace");
  if (type === undefined && message === undefined && stack === undefined) return undefined;
  return { type: type ?? "Error", message: message ?? "", ...(stack === undefined ? {} : { stack }), timeMs };
}

/** Exceptions recorded as span events, the shape that 1.44 deprecates. */
export function readSpanExceptions(span: Span): readonly ExceptionRecord[] {
  const found: ExceptionRecord[] = [];
  for (const event of span.events) {
    const exception = toException(event.attributes, event.timeMs);
    if (exception !== undefined) found.push(exception);
  }
  return found;
}

/** An exception recorded as a log record: by `exception.*` attributes, with or without an `event_name`. */
export function readLogException(log: LogRecord): ExceptionRecord | undefined {
  return toException(log.attributes, log.timeMs);
}

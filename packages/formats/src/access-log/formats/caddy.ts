/** Caddy's access and error logs (JSON). Times and durations are in seconds. Source: Caddy documentation, "Logging". */
import { parseAnyTime } from "../values/clock.ts";
import {
  isAbsent,
  putClient,
  putDuration,
  putNumber,
  putRequestLine,
  putStatus,
  putTarget,
  putText,
  putTime,
  readDecimal,
  readHeader,
  readJsonText,
  readObject,
  startDraft,
} from "../exchange/draft.ts";
import type { JsonFormat, JsonLineParser, JsonObject, LogMessage, ParseContext } from "../line.ts";
import { readSeverity } from "../values/severity.ts";

/** Caddy as JSON. */
export const caddy: JsonFormat = { id: "caddy", create: createCaddy };

function createCaddy(context: ParseContext): JsonLineParser {
  return (object) => {
    const logger = readJsonText(object["logger"]);
    // A layout that selects members may leave the request out.
    const isAccess = logger?.startsWith("http.log.access") === true && ("status" in object || "duration" in object);
    const request = readObject(object["request"]) ?? (isAccess ? {} : undefined);
    const isHttp = logger?.startsWith("http.log") ?? false;
    if (request === undefined || !(isHttp || ("status" in object && "ts" in object && ("resp_headers" in object || isCaddys(request)))))
      return undefined;
    const draft = startDraft("proxy", "caddy");
    putTime(draft, parseAnyTime(object["ts"] ?? object["time"] ?? object["timestamp"] ?? object["@timestamp"], context));
    putText(draft, "method", request["method"]);
    putTarget(draft, request["uri"]);
    if (draft.method === undefined) putRequestLine(draft, object["request_line"]);
    putText(draft, "host", request["host"]);
    putStatus(draft, object["status"]);
    putNumber(draft, "responseBytes", object["size"]);
    putNumber(draft, "requestBytes", object["bytes_read"]);
    const duration = object["duration"];
    if (typeof duration === "string" && readDecimal(duration) === undefined) putGoDuration(draft, duration);
    else putCountedDuration(draft, duration);
    putClient(
      draft,
      readJsonText(request["client_ip"]) ?? readJsonText(request["remote_ip"]) ?? readJsonText(request["remote_addr"]) ?? "",
    );
    putText(draft, "userAgent", readHeader(request["headers"], "user-agent"));
    putText(draft, "requestId", readJsonText(object["uuid"]) ?? readHeader(request["headers"], "x-request-id"));
    const isError = logger?.startsWith("http.log.error") ?? false;
    // An error line without a status is a message about a request.
    if (isError && draft.status === undefined) return { kind: "message", format: "caddy-error", message: readErrorMessage(draft, object) };
    if (isError && !isAbsent(readJsonText(object["msg"]))) draft.errorMessage = readJsonText(object["msg"]) ?? "";
    judgeCaddy(
      draft,
      { isError, isQuic: readJsonText(request["proto"])?.startsWith("HTTP/3") ?? false },
      readObject(object["resp_headers"]),
    );
    return { kind: "exchange", format: isError ? "caddy-error" : "caddy", exchange: draft };
  };
}

/** The message of an error line that has no status. */
function readErrorMessage(draft: ReturnType<typeof startDraft>, object: JsonObject): LogMessage {
  const { timeMs, method, path, query, host, durationMs, clientAddress, userAgent, requestId } = draft;
  const known = { timeMs, method, path, query, host, durationMs, clientAddress, userAgent, requestId };
  return {
    ...(Object.fromEntries(Object.entries(known).filter(([, value]) => value !== undefined)) as Partial<LogMessage>),
    severity: readSeverity(object["level"]),
    text: readJsonText(object["msg"]) ?? "",
  };
}

/** If the logger's name is missing, the members of the request identify Caddy. */
function isCaddys(request: JsonObject): boolean {
  return "uri" in request && "method" in request && ("remote_ip" in request || "remote_addr" in request);
}

/**
 * Caddy counts in seconds by default, and no request takes a whole number of them. Operators may choose nanoseconds or milliseconds, which
 * are whole. From a million on only nanoseconds make sense; below, the two cannot be told apart.
 */
function putCountedDuration(draft: ReturnType<typeof startDraft>, duration: unknown): void {
  const count = readDecimal(duration);
  if (count === undefined || count === 0 || !Number.isInteger(count)) putDuration(draft, count, 1000);
  else if (count >= 1_000_000) putDuration(draft, count, 1e-6);
}

/** A Go duration such as `1m2.5s`, `12.3ms`, `90µs`. */
function putGoDuration(draft: ReturnType<typeof startDraft>, text: string): void {
  const units: Readonly<Record<string, number>> = { h: 3_600_000, m: 60_000, s: 1000, ms: 1, us: 0.001, µs: 0.001, ns: 1e-6 };
  const parts = [...text.matchAll(/(?<![\d.])(\d+(?:\.\d+)?)(h|ms|m|s|us|µs|ns)/g)];
  if (parts.length === 0) return;
  draft.durationMs = Math.round(parts.reduce((sum, [, value, unit]) => sum + Number(value) * (units[unit ?? ""] ?? 0), 0) * 1e6) / 1e6;
}

/**
 * The error logger writes only if Caddy itself gave up. `Via: Caddy` is in proxied answers only (since 2.9). If Caddy itself failed, the
 * answer has no body and no headers but Server and Alt-Svc. `X-Powered-By` comes from an application. Caddy adds the date to its own
 * answers after their line is written, except with QUIC. If `handle_errors` serves a page from a file, the line has the page's length.
 */
function judgeCaddy(
  draft: ReturnType<typeof startDraft>,
  { isError, isQuic }: { readonly isError: boolean; readonly isQuic: boolean },
  headers: JsonObject | undefined,
): void {
  if (draft.status === undefined || draft.status < 500) return;
  const names = Object.keys(headers ?? {}).map((name) => name.toLowerCase());
  if (isError) draft.madeBy = { hop: "observer", because: `Caddy's error logger: ${draft.errorMessage ?? "no message"}`, confidence: 0.93 };
  else if (names.includes("via"))
    draft.madeBy = { hop: "behind", because: "the response carries Via: Caddy, which only proxied answers do", confidence: 0.85 };
  else if (names.includes("x-powered-by"))
    draft.madeBy = { hop: "behind", because: "the response carries X-Powered-By, which Caddy does not write", confidence: 0.8 };
  else if (!isQuic && names.includes("date"))
    draft.madeBy = {
      hop: "behind",
      because: "its date stands in Caddy's log, as only that of a proxied answer does",
      confidence: 0.85,
    };
  else if (draft.responseBytes === 0 && names.length > 0 && names.every((name) => name === "server" || name === "alt-svc"))
    draft.madeBy = { hop: "observer", because: "no body and no header but Caddy's own: nothing came from an upstream", confidence: 0.75 };
  else
    draft.madeBy = {
      hop: "unknown",
      because: "Caddy's access log does not name the upstream's status; its http.log.error line would",
      confidence: 0.4,
    };
}

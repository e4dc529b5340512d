/**
 * Reads exchanges from flat named fields whose keys the operators chose: nginx's `log_format` as JSON, logfmt, lograge, winston and other
 * structured logs. Only names with one meaning everywhere are known. A unit must be part of the name or of the value.
 */
import { anyOf } from "@faultline/model";
import { parseAnyTime } from "../values/clock.ts";
import {
  type Draft,
  putClient,
  putNumber,
  putRequestLine,
  putStatus,
  putTarget,
  putText,
  putTime,
  readJsonText,
} from "../exchange/draft.ts";
import type { FieldReader } from "./field-reader.ts";
import type { ParseContext } from "../line.ts";
import { isOfHaproxy, readDuration } from "./named-durations.ts";
import { putNginxUpstream } from "./nginx-upstream.ts";
import { LEVEL } from "../values/severity.ts";
import { isMethod } from "../values/method.ts";
import { isUsualStatus } from "../values/usual-status.ts";

const METHOD = [
  "http.request.method",
  "request_method",
  "http_method",
  "http.method",
  "req.method",
  "req_method",
  "request.method",
  "verb",
  "request_verb",
  "method",
  "cs_method",
  "httprequest.requestmethod",
];
const TARGET = [
  "request_uri",
  "requested_uri",
  "request_url",
  "http.target",
  "original_uri",
  "request_target",
  "req.url",
  "req_uri",
  "req_url",
  "request.url",
  "request.uri",
  "request.path",
  "url.original",
  "url.path",
  "http.path",
  "request_path",
  "uri_path",
  "http_path",
  "path",
  "uri",
  "url",
  "target",
  "request",
  "url.full",
  "http.url",
  "http.request.uri",
  "http.request.url",
  "http.request.path",
  "http.uri",
  "cs_uri_stem",
  "http.url_details.path",
  "httprequest.requesturl",
  "u",
];
const REQUEST_LINE = ["request", "request_line", "req", "http_request", "request_url"];
const WHOLE = /^[A-Z]{3,16} (?:\/|https?:\/\/)\S* HTTP\/[\d.]+$/;
/** The statuses with which servers answer what is no request. */
const REFUSAL = /^4(?:00|08|14)$/;
const STATUS = [
  "http.response.status_code",
  "http.status_code",
  "response.status_code",
  "response.status",
  "res.statuscode",
  "res.status",
  "status_code",
  "response_status",
  "response_code",
  "http_status",
  "http_status_code",
  "http_stat",
  "elb_status_code",
  "resp_status",
  "http.response.status",
  "http.status",
  "sc_status",
  "status",
];
const BYTES = [
  "http.response.body.bytes",
  "http.response.body.size",
  "http.response.bytes",
  "body_bytes_sent",
  "bytes_sent",
  "bytes_out",
  "response_bytes",
  "response_size",
  "resp_size",
  "resp_bytes",
  "network.bytes_written",
  "response_length",
  "response_body_size",
  "sent_body_bytes",
  "body_bytes",
  "http.response.written",
  "sent_bytes",
  "written_bytes",
  "bytes_written",
  "sc_bytes",
  "content_length",
  "bytes",
  "size",
  "length",
];
const CLIENT = [
  "client.address",
  "client.ip",
  "source.ip",
  "source.address",
  "http.client_ip",
  "network.client.ip",
  "remote_addr",
  "remote_address",
  "client_ip",
  "req.remoteaddress",
  "req.ip",
  "client_address",
  "remote_ip",
  "remote_host",
  "client",
  "real_ip",
  "ip",
  "http.request.remoteaddr",
  "request.remote_addr",
  "request.remote_ip",
  "request.client_ip",
  "c_ip",
  "src_ip",
  "src",
  "x_forwarded_for",
  "http_x_forwarded_for",
];
const AGENT = [
  "req.headers.user-agent",
  "request.headers.user-agent",
  "user_agent.original",
  "http_user_agent",
  "http.user_agent",
  "user_agent",
  "http.request.useragent",
  "agent",
  "ua",
];
const REQUEST_ID = [
  "http.request.id",
  "req.id",
  "request.id",
  "request_id",
  "req_id",
  "x_request_id",
  "http_x_request_id",
  "http.request_id",
  "rid",
  "reqid",
  "correlation_id",
];
const TRACE_ID = ["trace_id", "trace.id", "otel.trace_id"];
const HOST = ["http_host", "host", "server_name", "url.domain", "server.address", "vhost", "authority"];
const TIME = [
  "@timestamp",
  "@t",
  "time_iso8601",
  "timestamp",
  "time_local",
  "time",
  "ts",
  "msec",
  "datetime",
  "date",
  "t",
  "start_time",
  "event_time",
  "asctime",
  "access_time",
  "request_start_time",
  "log_time",
  "local_time",
];
const ROUTE = ["http.route", "route"];
/** Names that only HTTP's statuses and paths have. */
const OF_HTTP = [
  ...STATUS.filter((name) => name !== "status"),
  ...TARGET.filter((name) => !["path", "url", "target", "request"].includes(name)),
  "httpversion",
];

/** True if a status or a path has a name that only HTTP uses, or the status' phrase is beside it. */
export function isNamedByHttp(read: FieldReader): boolean {
  return read(OF_HTTP) !== undefined || hasPhrase(read);
}

/** Sets the members that the fields give. Returns true if they describe an exchange: a status together with a method or a target. */
export function putNamedFields(draft: Draft, read: FieldReader, context: ParseContext): boolean {
  putText(draft, "method", readMethod(read));
  putTarget(draft, readTarget(read));
  const line = read(REQUEST_LINE);
  // The request line includes the query, and is not rewritten as nginx's `$uri` is.
  if (draft.method === undefined || draft.path === undefined || (typeof line === "string" && WHOLE.test(line))) putRequestLine(draft, line);
  // Loggers that know only messages may have the request as the message. A whole URL would belong to a call that the program made.
  const words = draft.method === undefined && draft.path === undefined ? read(["message", "msg"]) : undefined;
  if (typeof words === "string" && words.includes(" /") && WHOLE.test(words)) putRequestLine(draft, words);
  const query = readJsonText(read(["url.query", "query_string", "args", "query", "request_query", "cs_uri_query"]));
  if (draft.query === undefined && query !== undefined && query !== "{}") draft.query = query.replace(/^\?/, "");
  putStatus(draft, readStatusNumber(readStatusMember(read) ?? readGrokStatus(read) ?? readShortStatus(read)));
  putNumber(draft, "responseBytes", readJsonText(read(BYTES)));
  // In HAProxy's manual this is the response's size. In Caddy's logs it is the request's.
  if (draft.responseBytes === undefined && isOfHaproxy(read)) putNumber(draft, "responseBytes", readJsonText(read(["bytes_read"])));
  putNumber(draft, "requestBytes", readJsonText(read(["request_length", "http.request.body.bytes", "bytes_in", "request_size"])));
  putClient(draft, readJsonText(read(CLIENT)) ?? readRemote(read) ?? "");
  putText(draft, "userAgent", readJsonText(read(AGENT))?.replace(/^"(.*)"$/, "$1"));
  putText(draft, "requestId", read(REQUEST_ID));
  putText(draft, "traceId", read(TRACE_ID));
  putText(draft, "host", read(HOST));
  putText(draft, "route", read(ROUTE));
  putTime(draft, parseAnyTime(readTimeValue(read), context));
  const durationMs = readDuration(read, context);
  if (durationMs !== undefined) draft.durationMs = durationMs;
  if (draft.status === undefined) return false;
  if (isErrorBody(draft, read)) {
    delete draft.status;
    return false;
  }
  return draft.method !== undefined || draft.path?.startsWith("/") === true || isRefused(draft, read);
}

const PHRASE = new RegExp(
  `^${anyOf(
    "Bad Request",
    "Unauthorized",
    "Forbidden",
    "Not Found",
    "Method Not Allowed",
    "Conflict",
    "Unprocessable (?:Entity|Content)",
    "Too Many Requests",
    "Internal Server Error",
    "Bad Gateway",
    "Service Unavailable",
    "Gateway Timeout",
  )}$`,
);

/**
 * True for the body of an error response, as Spring, Nest and others send it and somebody logged it: a status, its phrase and a path, but
 * nothing about a request. Unlike the program's own record of an answer, a body has no level.
 */
function isErrorBody(draft: Draft, read: FieldReader): boolean {
  const isBare =
    draft.method === undefined && draft.clientAddress === undefined && draft.durationMs === undefined && read(LEVEL) === undefined;
  return isBare && hasPhrase(read);
}

function hasPhrase(read: FieldReader): boolean {
  return PHRASE.test(readJsonText(read(["error"])) ?? "");
}

/** Sets the tries that nginx's variables describe, whatever the spelling of their names. Returns whether there are any. */
export function putNamedUpstream(draft: Draft, read: FieldReader): boolean {
  const text = (...names: readonly string[]) => readJsonText(read(names));
  // Beside nginx's own short names `us` is the upstream's status; elsewhere it is a unit.
  const short = text("urt", "uct", "uht") === undefined ? undefined : text("us");
  const status = text("upstream_status", "upstream.status", "backend_status", "up_status") ?? short;
  if (status === undefined || !/^\d{3}(?:(?:, | : )(?:\d{3}|-))*$/.test(status)) return false;
  const address = text("upstream_addr", "upstream.addr", "upstream.address");
  putNginxUpstream(draft, { address, status, responseTime: text("upstream_response_time") }, true);
  return true;
}

/**
 * True for a refused request, which is logged with an empty request line. A client and a time without a message still make an access
 * record.
 */
function isRefused(draft: Draft, read: FieldReader): boolean {
  const isRefusal = REFUSAL.test(String(draft.status));
  return (
    isRefusal && draft.clientAddress !== undefined && draft.timeMs !== undefined && read(["message", "msg", "event", "error"]) === undefined
  );
}

function readTimeValue(read: FieldReader): unknown {
  // nginx's `$msec` is the time to the millisecond, while its other times are whole seconds.
  const msec = Number(read(["msec"]));
  if (msec > 1e9 && msec < 1e10) return msec;
  const value = read(TIME);
  // Google's libraries write seconds and nanoseconds separately.
  const seconds = value === undefined ? Number(read(["timestamp.seconds", "timestampSeconds"])) : Number.NaN;
  if (seconds > 0) return seconds + Number(read(["timestamp.nanos", "timestampNanos"]) ?? 0) / 1e9;
  return typeof value === "string" && /^\d{10,19}(?:\.\d+)?$/.test(value) ? Number(value) : value;
}

function readMethod(read: FieldReader): string | undefined {
  const type = readJsonText(read(["request_type", "m"]));
  const method = readJsonText(read(METHOD)) ?? (isMethod(type) ? type : undefined);
  return method !== undefined && /^[A-Za-z_-]{2,20}$/.test(method) ? method.toUpperCase() : undefined;
}

function readTarget(read: FieldReader): string | undefined {
  const target = readJsonText(read(TARGET));
  return target !== undefined && /^(?:\/|\*$|[a-z][a-z0-9+.-]*:\/\/)/i.test(target) ? target : undefined;
}

/** The client, under names with many meanings; only an address counts. */
function readRemote(read: FieldReader): string | undefined {
  const remote = readJsonText(read(["remote", "address", "addr"]));
  return remote !== undefined && /^(?:(?:\d{1,3}\.){3}\d{1,3}|\[?[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){2,7}\]?)(?::\d+)?$/i.test(remote)
    ? remote
    : undefined;
}

/** Logstash's pattern for Apache's log calls the status `response`, which may mean anything elsewhere. */
function readGrokStatus(read: FieldReader): unknown {
  return read(["verb"]) === undefined && read(["httpversion"]) === undefined ? undefined : read(["response"]);
}

/** A short name counts as the status' beside a whole request line, or beside method, target and client if there is no message. */
function readShortStatus(read: FieldReader): unknown {
  const line = read(REQUEST_LINE);
  const short = read(["st", "code", "sc", "resp"]);
  const isWordless = read(["level", "severity", "msg", "message", "event", "error", "err"]) === undefined;
  // A refused text is no request, but its answer has a size.
  const isRefusal = isWordless && REFUSAL.test(String(short)) && read(BYTES) !== undefined;
  if (typeof line === "string" && (WHOLE.test(line) || isRefusal)) return short;
  // HAProxy's text for a request that it could not read.
  const isUnread = isRefusal && read(METHOD) === "<BADREQ>";
  const isAsked = isUnread || (readMethod(read) !== undefined && readTarget(read) !== undefined);
  const isAccess = isWordless && isAsked && read(CLIENT) !== undefined;
  const code = isAccess ? read(["code", "s"]) : undefined;
  return isUsualStatus(String(code)) ? code : undefined;
}

/** The status. A number with more digits is the application's own code, whatever its name, so another name is tried then. */
function readStatusMember(read: FieldReader): unknown {
  const value = read(STATUS);
  if (!(Number(value) > 999)) return value;
  return STATUS.map((name) => read([name])).find((each) => each !== undefined && !(Number(each) > 999));
}

/** A status as a number or three digits. `500 Internal Server Error` reads as 500. */
function readStatusNumber(value: unknown): unknown {
  if (typeof value !== "string") return value;
  return /^([1-9]\d\d)(?: [A-Za-z].*)?$/.exec(value)?.[1];
}

/**
 * Makes parsers from the operators' own format strings: nginx's `log_format` (`$variables`), Apache's `LogFormat` (`%directives`, which
 * varnishncsa and gunicorn share), and HAProxy's and uWSGI's `log-format`. Sources: ngx_http_log_module; httpd mod_log_config, "Custom Log
 * Formats"; varnishncsa(1), "FORMAT"; the last two are documented in their own files.
 */
import type { Result } from "@faultline/model";
import { parseAnyTime } from "../values/clock.ts";
import {
  type Draft,
  isAbsent,
  putClient,
  putDuration,
  putNumber,
  putRequestLine,
  putStatus,
  putTarget,
  putText,
  putTime,
  readJsonText,
  readObject,
  startDraft,
} from "../exchange/draft.ts";
import { type Piece, readFields, splitBy } from "./field-sequence.ts";
import type { JsonObject, LineParser, ParseContext, TextFormat } from "../line.ts";
import { putNginxUpstream } from "../named-fields/nginx-upstream.ts";
import { unescapeQuoted } from "../values/tokens.ts";
import { isHaproxyFormat, nameHaproxyItems, putHaproxy, splitHaproxy } from "./haproxy-log-format.ts";
import { isUwsgiFormat, splitUwsgi } from "./uwsgi-log-format.ts";

/** Without one of these fields, a line does not tell how its request ended. */
const STATUS_FIELDS = ["status", "%s", "upstream_status"];

/** A text format made from a format string, or an error that says what is wrong with it. */
export function compileLogFormat(format: string): Result<TextFormat> {
  const text = format
    .trim()
    .replace(/^(?:log_format\s+\w+\s+|LogFormat\s+|log-?format\s*=?\s+)?(?:escape=\w+\s+)?/, "")
    .replace(/;\s*$/, "");
  const { id, pieces, items } = split(joinQuoted(text));
  const fields = items === undefined ? pieces.flatMap((piece) => ("field" in piece ? [piece.field] : [])) : [...items.values()];
  if (fields.length === 0)
    return {
      ok: false,
      error: `the format has no $variables (nginx), no %directives (Apache, HAProxy) and no %(variables) (uWSGI): ${format.slice(0, 80)}`,
    };
  const crowded = pieces.findIndex((piece, index) => "field" in piece && "field" in (pieces[index + 1] ?? { literal: "" }));
  if (crowded !== -1 && items === undefined) {
    return { ok: false, error: `the format has two fields with nothing between them (field ${crowded + 1}), so a line cannot be split` };
  }
  if (!STATUS_FIELDS.some((field) => fields.includes(field)))
    return {
      ok: false,
      error: `the format has no status: not $status (nginx), %s or %>s (Apache), %ST (HAProxy) nor %(status) (uWSGI): ${format.slice(0, 80)}`,
    };
  const named = fields.some((field) => field.startsWith("upstream_"));
  const first = pieces[0];
  const isJson = items !== undefined || (first !== undefined && "literal" in first && first.literal.trimStart().startsWith("{"));
  const read = (line: string) => (items === undefined ? readFields(line, pieces) : readItems(line, items));
  return { ok: true, value: { id, isJson, create: (context) => (line) => build(read(line), { id, named, context }) } };
}

/** The pieces of a format string, split by its notation. */
function split(format: string): {
  readonly id: string;
  readonly pieces: Piece[];
  readonly items?: ReadonlyMap<string, string> | undefined;
} {
  if (isHaproxyFormat(format)) return { id: HAPROXY, pieces: splitHaproxy(format), items: nameHaproxyItems(format) };
  if (isUwsgiFormat(format)) return { id: "uwsgi-log-format", pieces: splitUwsgi(format) };
  const joined = toApache(format).replace(/\$(?:host|http_host|server_name)\$(?:request_uri|uri)\b/g, "${host_and_uri}");
  if (joined.includes("$")) return { id: "nginx-log-format", pieces: splitNginx(joined) };
  return { id: "apache-log-format", pieces: splitApache(joinTimes(joined.replaceAll("%U%q", "%{target}U"))) };
}

const HAPROXY = "haproxy-log-format";

/** gunicorn's atoms that differ from Apache's letters; the rest are the same. Source: gunicorn, "access_log_format". */
const GUNICORN: Readonly<Record<string, string>> = {
  s: "%>s",
  f: "%{Referer}i",
  a: "%{User-Agent}i",
  M: "%{ms}T",
  L: "%{fraction}T",
};

/** Rewrites gunicorn's `%(h)s` and `%({x-request-id}i)s`, and Undertow's `%{i,User-Agent}`, as Apache would write them. */
function toApache(format: string): string {
  return format
    .replace(/%\((\{[^}]+\}[ioe]|[a-zA-Z])\)s/g, (_, atom: string) => GUNICORN[atom] ?? `%${atom}`)
    .replace(/%\{([io]),([\w-]+)\}/g, "%{$2}$1");
}

/** Joins `'a ' 'b'`, as nginx writes a format over several lines, into `a b`. Outer quotes are dropped, and `\"` becomes `"`. */
function joinQuoted(text: string): string {
  const parts = [...text.matchAll(/'((?:[^'\\]|\\.)*)'/g)].map((match) => match[1] ?? "");
  const single = text.startsWith("'") && parts.length > 0 ? parts.join("") : text;
  const outer = /^"((?:[^"\\]|\\.)*)"(?:\s+\w+)?$/s.exec(single);
  return (outer?.[1] ?? single).replaceAll('\\"', '"').replaceAll(String.raw`\t`, "\t");
}

const NUMBERS = new Set([
  "status",
  "body_bytes_sent",
  "bytes_sent",
  "request_time",
  "request_length",
  "msec",
  "connection",
  "connection_requests",
  "pid",
  "server_port",
  "remote_port",
]);

function splitNginx(format: string): Piece[] {
  return splitBy(format, /\$(?:\{(\w+)\}|(\w+))/g, (match) => {
    const field = match[1] ?? match[2] ?? "";
    return {
      field,
      shape: nameShape(field),
    };
  });
}

function nameShape(variable: string): Exclude<Piece, { readonly literal: string }>["shape"] {
  if (variable.startsWith("upstream_") || variable === "http_x_forwarded_for") return "list";
  if (variable === "server_protocol") return "protocol";
  return NUMBERS.has(variable) ? "number" : "text";
}

function splitApache(format: string): Piece[] {
  return splitBy(format, /%(?:[<>!\d,]*)(?:\{([^}]*)\}(\^?[a-zA-Z]+)|(\^?[a-zA-Z]|%))/g, (match) => {
    if (match[3] === "%") return { literal: "%" };
    const directive = match[2] ?? match[3] ?? "";
    const field = match[1] === undefined ? `%${directive}` : `%{${match[1].toLowerCase()}}${directive}`;
    // `%t` includes brackets.
    if (field === "%t") return [{ literal: "[" }, { field, shape: "text" }, { literal: "]" }];
    if (directive === "t") return { field, shape: "text", spaces: countSpaces(match[1] ?? "") };
    if (field === "%{x-forwarded-for}i") return { field, shape: "list" };
    if (field === "%H") return { field, shape: "protocol" };
    return { field, shape: "sbBOIDTLkpPX".includes(directive) && directive !== "L" && directive !== "X" ? "number" : "text" };
  });
}

/** The number of spaces that strftime writes: those in its format, and those of conversions that contain some. */
function countSpaces(strftime: string): number {
  const own = strftime.replaceAll("%c", "a b c d e").replaceAll("%+", "a b c d e f").replaceAll("%r", "a b");
  return own.split(" ").length - 1;
}

/** Joins a time that is written in several pieces: `%{%FT%T}t.%{msec_frac}t%{%z}t`. */
function joinTimes(format: string): string {
  return format.replace(/%\{([^}]*)\}t([.,]?)%\{[mu]sec_frac\}t(?:( ?)%\{%z\}t)?/g, "%{$1$2N$3}t");
}

type Setter = (draft: Draft, value: string, context: ParseContext) => void;

const putBytes: Setter = (draft, value) => putNumber(draft, "responseBytes", value);
const putAgent: Setter = (draft, value) => putText(draft, "userAgent", unescapeQuoted(value));
const putLine: Setter = (draft, value) => putRequestLine(draft, unescapeQuoted(value));
const putAt: Setter = (draft, value, context) => putTime(draft, parseAnyTime(value, context));
const putId: Setter = (draft, value) => putText(draft, "requestId", value);
const putHost: Setter = (draft, value) => putText(draft, "host", value);
const putQuery: Setter = (draft, value) => putText(draft, "query", unescapeQuoted(value).replace(/^\?/, ""));
const putPath: Setter = (draft, value) => putTarget(draft, unescapeQuoted(value));

/** The fields in order of preference. If two fields set the same member, the earlier one in this table wins. */
const SETTERS: Readonly<Record<string, Setter>> = {
  remote_addr: (draft, value) => putClient(draft, value),
  realip_remote_addr: (draft, value) => draft.clientAddress ?? putClient(draft, value),
  http_x_forwarded_for: (draft, value) => draft.clientAddress ?? putClient(draft, value),
  proxy_add_x_forwarded_for: (draft, value) => draft.clientAddress ?? putClient(draft, value),
  time_local: putAt,
  time_iso8601: putAt,
  msec: putAt,
  request: putLine,
  request_method: (draft, value) => putText(draft, "method", value),
  request_uri: putPath,
  // Nothing separates the two. The host ends where the path starts.
  host_and_uri: (draft, value) => putTarget(draft, `http://${value}`),
  uri: (draft, value) => draft.path ?? putTarget(draft, value),
  document_uri: (draft, value) => draft.path ?? putTarget(draft, value),
  args: putQuery,
  query_string: putQuery,
  status: (draft, value) => putStatus(draft, value),
  body_bytes_sent: putBytes,
  bytes_sent: (draft, value, context) => draft.responseBytes ?? putBytes(draft, value, context),
  request_length: (draft, value) => putNumber(draft, "requestBytes", value),
  request_time: (draft, value) => putDuration(draft, value, 1000),
  http_user_agent: putAgent,
  request_id: putId,
  req_id: putId,
  http_x_request_id: putId,
  host: putHost,
  http_host: putHost,
  server_name: (draft, value, context) => draft.host ?? putHost(draft, value, context),
  "%h": (draft, value) => putClient(draft, value),
  "%a": (draft, value) => putClient(draft, value),
  "%{c}a": (draft, value) => putClient(draft, value),
  "%{x-forwarded-for}i": (draft, value) => draft.clientAddress ?? putClient(draft, value),
  "%t": putAt,
  "%r": putLine,
  "%m": (draft, value) => putText(draft, "method", value),
  "%U": putPath,
  // Path and query with nothing between them are one target.
  "%{target}U": putPath,
  "%q": putQuery,
  "%s": (draft, value) => putStatus(draft, value),
  "%b": putBytes,
  "%B": putBytes,
  "%O": (draft, value, context) => draft.responseBytes ?? putBytes(draft, value, context),
  "%I": (draft, value) => putNumber(draft, "requestBytes", value),
  "%D": (draft, value) => putDuration(draft, value, 0.001),
  "%{us}T": (draft, value) => putDuration(draft, value, 0.001),
  "%{ms}T": (draft, value) => putDuration(draft, value, 1),
  "%{whole}T": (draft, value) => (draft.durationMs === undefined ? putDuration(draft, value, 1) : undefined),
  "%{fraction}T": (draft, value) => putDuration(draft, value, 1000),
  "%T": (draft, value) => (draft.durationMs === undefined ? putDuration(draft, value, 1000) : undefined),
  "%{s}T": (draft, value) => (draft.durationMs === undefined ? putDuration(draft, value, 1000) : undefined),
  "%v": putHost,
  "%V": putHost,
  "%{host}i": putHost,
  "%{user-agent}i": putAgent,
  "%{x-request-id}i": putId,
  "%{x-request-id}o": putId,
  "%{unique_id}e": putId,
  "%{traceparent}i": (draft, value) => putText(draft, "traceId", value.split("-")[1]),
};

/** The values of a JSON object, by the fields of its members. */
function readItems(line: string, items: ReadonlyMap<string, string>): Map<string, string> | undefined {
  const object = parseObject(line);
  if (object === undefined) return undefined;
  return new Map([...items].flatMap(([name, field]) => (name in object ? [[field, readJsonText(object[name]) ?? "-"] as const] : [])));
}

function parseObject(line: string): JsonObject | undefined {
  try {
    return readObject(JSON.parse(line));
  } catch {
    return undefined;
  }
}

type Layout = { readonly id: string; readonly named: boolean; readonly context: ParseContext };

function build(fields: ReadonlyMap<string, string> | undefined, { id, named, context }: Layout): ReturnType<LineParser> {
  if (fields === undefined) return undefined;
  const draft = startDraft("unknown", id);
  for (const [field, value] of fields) {
    if (isAbsent(value)) continue;
    if (/^%\{[^}]*\}t$/.test(field)) putStrftime(draft, value, context);
    else if (Object.hasOwn(SETTERS, field)) SETTERS[field]?.(draft, value, context);
  }
  if (fields.has("%D") && fields.has("%T")) putDuration(draft, fields.get("%D"), 0.001);
  // If words of a wrapper were taken for the first fields, the text in the method's place is not a method.
  const method = fields.get("request_method") ?? fields.get("%m");
  if (method !== undefined && !/^(?:[A-Za-z][\w-]{0,31}|-|)$/.test(method)) return undefined;
  const status = fields.get("status") ?? fields.get("%s");
  if (status !== undefined && !isAbsent(status) && !/^(?:\d{3}|-1)$/.test(status)) return undefined;
  if (id === HAPROXY) putHaproxy(draft, fields);
  putNginxUpstream(
    draft,
    {
      address: fields.get("upstream_addr"),
      status: fields.get("upstream_status"),
      connectTime: fields.get("upstream_connect_time"),
      headerTime: fields.get("upstream_header_time"),
      responseTime: fields.get("upstream_response_time"),
      bytesReceived: fields.get("upstream_bytes_received"),
    },
    named,
  );
  return { kind: "exchange", format: id, exchange: draft };
}

/** Reads `%{...}t` in any layout that is recognisable as a time by itself. */
function putStrftime(draft: Draft, value: string, context: ParseContext): void {
  putTime(draft, parseAnyTime(value, context));
}

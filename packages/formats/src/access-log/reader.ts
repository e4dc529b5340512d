import type { Exchange } from "@faultline/model";
import { alb, albJson } from "./formats/alb.ts";
import { apacheError } from "./formats/apache-error.ts";
import { apacheSslRequest } from "./formats/apache-ssl-request.ts";
import { apiGateway } from "./formats/api-gateway.ts";
import { apiGatewayExecution } from "./formats/api-gateway-execution.ts";
import { apiGatewayText } from "./formats/api-gateway-text.ts";
import { readByLayout } from "./layout/by-layout.ts";
import { bunyan } from "./formats/bunyan.ts";
import { caddy } from "./formats/caddy.ts";
import { caddyBefore2 } from "./formats/caddy-before-2.ts";
import { clf } from "./formats/clf.ts";
import { cloudflare } from "./formats/cloudflare.ts";
import { cloudfrontJson } from "./formats/cloudfront-json.ts";
import { type ColumnOrder, straightenColumns } from "./layout/column-order.ts";
import { django } from "./formats/django.ts";
import { elbConnections } from "./formats/elb-connections.ts";
import { envoy } from "./formats/envoy.ts";
import { envoyJson } from "./formats/envoy-json.ts";
import { gin } from "./formats/gin.ts";
import { googleCloud } from "./formats/google-cloud.ts";
import { haproxy } from "./formats/haproxy.ts";
import { haproxyNames } from "./formats/haproxy-names.ts";
import { heroku } from "./formats/heroku.ts";
import { herokuBefore2013 } from "./formats/heroku-before-2013.ts";
import { readObject } from "./exchange/draft.ts";
import { findHiddenError } from "./named-fields/hidden-error.ts";
import { iisNative } from "./formats/iis-native.ts";
import { javaUtilLogging } from "./formats/java-util-logging.ts";
import { klog } from "./formats/klog.ts";
import { kong } from "./formats/kong.ts";
import type { JsonFormat, JsonObject, LineParser, ParseContext, ParsedLine, TextFormat } from "./line.ts";
import { mendJson } from "./values/mend-json.ts";
import { lambda } from "./formats/lambda.ts";
import { logfmt, lograge } from "./formats/logfmt.ts";
import { isOfCaller } from "./values/logfmt-pairs.ts";
import { morgan } from "./formats/morgan.ts";
import { nginxError } from "./formats/nginx-error.ts";
import { nginxJson } from "./formats/nginx-json.ts";
import { nginxProxyManager } from "./formats/nginx-proxy-manager.ts";
import { ownWords } from "./formats/own-words.ts";
import { phpFpm } from "./formats/php-fpm.ts";
import { phpServer } from "./formats/php-server.ts";
import { pino } from "./formats/pino.ts";
import { plainRequest } from "./formats/plain-request.ts";
import { rails } from "./formats/rails.ts";
import { requestLine } from "./formats/request-line.ts";
import { spring } from "./formats/spring.ts";
import { squid } from "./formats/squid.ts";
import { ecs, json, winston } from "./formats/structured.ts";
import { stackTrace, textLog, winstonSimple } from "./formats/text-log.ts";
import { tornado } from "./formats/tornado.ts";
import { traefik } from "./formats/traefik.ts";
import { uvicorn } from "./formats/uvicorn.ts";
import { uwsgi } from "./formats/uwsgi.ts";
import { w3c } from "./formats/w3c.ts";
import { isBetweenLines, peelCopied } from "./wrappers/copied.ts";
import { cleanLine, findInnerLine, type Peeled, peelJson, peelLoose, peelStrict, peelTime } from "./wrappers/peel.ts";

/** The text formats, the strictest first. A line belongs to the first format that reads it. */
export const TEXT_FORMATS: readonly TextFormat[] = [
  nginxError,
  alb,
  elbConnections,
  envoy,
  haproxy,
  nginxProxyManager,
  squid,
  uwsgi,
  uvicorn,
  gin,
  tornado,
  apacheError,
  apacheSslRequest,
  caddyBefore2,
  clf,
  phpFpm,
  phpServer,
  django,
  apiGatewayExecution,
  apiGatewayText,
  lambda,
  w3c,
  iisNative,
  heroku,
  herokuBefore2013,
  lograge,
  morgan,
  spring,
  rails,
  klog,
  javaUtilLogging,
  requestLine,
  plainRequest,
  textLog,
  ownWords,
  logfmt,
  winstonSimple,
  stackTrace,
];

/** The JSON formats, the most distinctive first. */
export const JSON_FORMATS: readonly JsonFormat[] = [
  traefik,
  caddy,
  kong,
  cloudflare,
  cloudfrontJson,
  albJson,
  envoyJson,
  googleCloud,
  haproxyNames,
  bunyan,
  pino,
  ecs,
  nginxJson,
  apiGateway,
  winston,
  json,
];

/** The result of reading a line. A `partial` line is kept and comes out joined with the line that completes it. */
export type ReadLine =
  | ParsedLine
  | { readonly kind: "unparsed"; readonly text: string }
  | { readonly kind: "partial" }
  | { readonly kind: "blank" };

/** Reads the lines of one file, in order. */
export type LineReader = { readonly read: (line: string) => ReadLine };

/** The options for reading one file. */
export type ReaderOptions = {
  readonly context: ParseContext;
  /** The ids of the formats to use; all if absent. */
  readonly formats?: readonly string[];
  /** An operator's own format, which is tried before all others. */
  readonly custom?: TextFormat;
  /**
   * The file's column order, as `judgeColumnOrder` found it; the status is first if absent. It is read with each line, because it may
   * become known late.
   */
  readonly columns?: ColumnOrder;
};

/** Longer lines are not parsed. No server writes them, and a reader must not be stalled by one. */
const MAX_TEXT = 65_536;
const MAX_JSON = 4_194_304;
const MAX_LAYERS = 5;
/** The deepest nesting of marks: a quotation of `grep`'s output. */
const MAX_MARKS = 2;
const MAX_STREAMS = 64;

/** A reader for one file. It detects the format line by line, so a file may mix formats, and keeps what the formats must remember. */
export function createLineReader(options: ReaderOptions): LineReader {
  const { context, formats, custom } = options;
  const isWanted = ({ id }: { readonly id: string }) => formats === undefined || formats.includes(id);
  const ownJson = custom?.isJson === true ? custom.create(context) : undefined;
  const text = [
    ...(custom === undefined ? [] : [custom.create(context)]),
    ...TEXT_FORMATS.filter(isWanted).map((format) => format.create(context)),
  ];
  const objects = JSON_FORMATS.filter(isWanted).map((format) => format.create(context));
  const partial = new Map<string, string>();
  return {
    read(raw) {
      let line = cleanLine(raw);
      if (line.trim() === "") return { kind: "blank" };
      const layers: Peeled[] = [];
      // An operator's own format defines where the status is.
      const columns = (custom === undefined ? options.columns : undefined) ?? "status-first";
      for (let depth = 0; depth < MAX_LAYERS; depth += 1) {
        const step = ownJson?.(line) ?? readLayer(line, { text, objects, context, columns });
        if ("kind" in step)
          return step.kind === "unparsed"
            ? (toWrappedMessage(line, layers) ?? { kind: "unparsed", text: cleanLine(raw) })
            : addWrapper(step, layers);
        const joined = joinPartial(step, partial);
        if (joined === undefined) return { kind: "partial" };
        layers.push(step);
        line = cleanLine(joined);
        if (line.trim() === "") return { kind: "blank" };
      }
      return { kind: "unparsed", text: cleanLine(raw) };
    },
  };
}

type Tools = {
  readonly text: readonly LineParser[];
  readonly objects: readonly ((object: JsonObject) => ParsedLine | undefined)[];
  readonly context: ParseContext;
  readonly columns: ColumnOrder;
};

/** The parsed line, or the line inside a wrapper, or the result that nothing reads it. */
function readLayer(line: string, tools: Tools, marks = MAX_MARKS): ParsedLine | Peeled | { readonly kind: "unparsed" } {
  const first = line.trimStart();
  if (first.startsWith("{")) {
    const object = line.length > MAX_JSON ? undefined : parseObject(first);
    if (object !== undefined) return readJson(object, tools) ?? { kind: "unparsed" };
  }
  const shipped = first.startsWith("[") ? readTimedRecord(first, tools) : undefined;
  if (shipped !== undefined) return shipped;
  if (line.length > MAX_TEXT) {
    const wrapper = peelStrict(line.slice(0, 1024), tools.context);
    return wrapper === undefined ? { kind: "unparsed" } : { ...wrapper, text: wrapper.text + line.slice(1024) };
  }
  if (isBetweenLines(line)) return { kind: "directive", format: "copied", text: line };
  const copied = marks > 0 ? readCopied(line, tools, marks) : undefined;
  if (copied !== undefined) return copied;
  const fields = first.startsWith("20") && line.includes("\t") ? readConsoleFields(line) : undefined;
  const console = fields === undefined ? undefined : readJson(fields, tools);
  if (console !== undefined && "kind" in console && console.kind === "exchange") return console;
  return peelStrict(first, tools.context) ?? readRecord(line, tools) ?? peelLoose(line) ?? { kind: "unparsed" };
}

/** Reads a line copied from a log with a mark before it. It counts as such only if the text after the mark can be read. */
function readCopied(line: string, tools: Tools, marks: number): ParsedLine | Peeled | undefined {
  const text = peelCopied(line);
  if (text === undefined) return undefined;
  const step = readLayer(text, tools, marks - 1);
  return "kind" in step && step.kind === "unparsed" ? undefined : step;
}

/** Reads a line of text. If it is a logger's record of a raw line, or indented, the raw line is preferred when it is an exchange. */
function readRecord(written: string, tools: Tools): ParsedLine | undefined {
  const line = dropSpaces(written);
  const timed = readTimed(line, tools);
  if (timed !== undefined) return timed;
  const bare = line.trimStart();
  const inner = bare === line ? undefined : readText(bare, tools);
  if (inner?.kind === "exchange") return inner;
  const parsed = readText(line, tools);
  if (parsed?.kind !== "message" && inner?.kind === "message" && isQuoted(inner)) return inner;
  if (parsed?.kind !== "message") return parsed;
  const words = parsed.message.text.replace(/^(?:\[[\w.:-]+\] )+(?=\{)/, "");
  if (words === line) return parsed;
  const object = readFieldsOf(words);
  const raw = object === undefined ? morganLine(words) : readJson(object, tools);
  if (raw === undefined || !("kind" in raw) || raw.kind !== "exchange") return parsed;
  const { timeMs } = parsed.message;
  return timeMs === undefined || raw.exchange.timeMs !== undefined ? raw : { ...raw, exchange: { ...raw.exchange, timeMs } };
}

/** Formats whose lines do not look like a stack frame, even if indented: Rails, and servers' errors as people quote them. */
const QUOTED = new Set(["rails", "nginx-error", "apache-error", "django"]);

/** True for a line in such a format, and for one that begins with a time and a level. */
function isQuoted({ format, message }: ParsedLine & { readonly kind: "message" }): boolean {
  return QUOTED.has(format) || (format === "text" && message.timeMs !== undefined);
}

/** Words directly before a body that somebody sent, which may contain a status of its own. */
const BODY = /\b(?:body|payload)(?: (?:was|is)| ?[:=])$/i;

/** The fields that make up a record's words, or follow them, as in the output of pino-pretty, winston and zerolog's console. */
function readFieldsOf(words: string): JsonObject | undefined {
  if (words.startsWith("{")) return parseObject(words);
  const start = words.endsWith("}") ? words.indexOf(' {"') : -1;
  // If the words tell about a call that the program made, the fields describe the answer to that call.
  if (start === -1 || isOfCaller(words.slice(0, start)) || BODY.test(words.slice(0, start)) || /"(?:ur[il]|href)":"https?:/.test(words))
    return undefined;
  const fields = parseObject(words.slice(start + 1));
  return fields === undefined ? undefined : { level: "", msg: words.slice(0, start), ...fields };
}

/**
 * Reads an access line after a runtime's or a shipper's time. If the inner line is in no known layout, the time is taken as part of it
 * instead.
 */
function readTimed(line: string, tools: Tools): ParsedLine | undefined {
  const timed = peelTime(line);
  const parsed = timed === undefined ? undefined : readText(timed.text, tools);
  if (timed === undefined || parsed?.kind !== "exchange" || parsed.format === "request-line") return undefined;
  return addWrapper(parsed, [timed]);
}

/** The line without trailing spaces, which some layouts and many copies have. */
function dropSpaces(line: string): string {
  let end = line.length;
  while (end > 0 && line.charCodeAt(end - 1) === 32) end -= 1;
  return line.slice(0, end);
}

/**
 * The fields of zap's console layout, which Caddy writes to a terminal: time, level, logger and message separated by tabs, then the fields
 * as JSON.
 */
function readConsoleFields(line: string): JsonObject | undefined {
  const [ts = "", level = "", logger = "", ...rest] = line.split("\t");
  const [msg = "", fields] = rest.length >= 2 ? rest : [undefined, rest[0]];
  if (fields === undefined || !fields.startsWith("{") || !/^[A-Z]{4,6}$/.test(level)) return undefined;
  const object = parseObject(fields);
  return object === undefined ? undefined : { ts, level: level.toLowerCase(), logger, msg, ...object };
}

/** Express applications pass morgan's lines to their own logger. */
const morganLine = morgan.create({ nowMs: 0, zoneOffsetMinutes: 0 });

function readText(written: string, tools: Tools): ParsedLine | undefined {
  const line = straightenColumns(written, tools.columns);
  if (line === undefined) return undefined;
  for (const parse of tools.text) {
    const parsed = parse(line);
    if (parsed !== undefined) return readByLayout(written, parsed, tools.context);
  }
  return readByLayout(written, undefined, tools.context);
}

function readJson(found: JsonObject, tools: Tools): ParsedLine | Peeled | undefined {
  // Elasticsearch's output contains the record beside the name of its index.
  const object = "_index" in found ? (readObject(found["_source"]) ?? found) : found;
  const wrapper = peelJson(object, tools.context);
  if (wrapper !== undefined) return wrapper;
  for (const parse of tools.objects) {
    const parsed = parse(object);
    if (parsed === undefined) continue;
    return parsed.kind === "exchange" ? addHiddenError(parsed, object) : readMessage(parsed, object, tools);
  }
  return readInner(object, tools);
}

/** Reads a record whose words may be an access line, or the fields of one. That line then has at least the record's time. */
function readMessage(parsed: ParsedLine, object: JsonObject, tools: Tools): ParsedLine {
  const inner = readInner(object, tools) ?? parsed;
  const timeMs = parsed.kind === "message" ? parsed.message.timeMs : undefined;
  if (inner.kind !== "exchange" || inner.exchange.timeMs !== undefined || timeMs === undefined) return inner;
  return { ...inner, exchange: { ...inner.exchange, timeMs } };
}

function addHiddenError(parsed: ParsedLine & { readonly kind: "exchange" }, object: JsonObject): ParsedLine {
  const { status, errorMessage } = parsed.exchange;
  if (status === undefined || status >= 400 || errorMessage !== undefined) return parsed;
  const hidden = findHiddenError(object);
  return hidden === undefined ? parsed : { ...parsed, exchange: { ...parsed.exchange, errorMessage: hidden } };
}

/** Reads Fluent Bit's own JSON records: `[time, {...}]`, since version 2 `[[time, {metadata}], {...}]`. */
function readTimedRecord(text: string, tools: Tools): ParsedLine | Peeled | undefined {
  if (!/^\[\[?\d{9,10}\.\d+, ?\{/.test(text) || text.length > MAX_JSON) return undefined;
  const record: unknown = parseJson(text);
  const object = Array.isArray(record) && record.length === 2 ? readObject(record[1]) : undefined;
  return object === undefined ? undefined : readJson(object, tools);
}

/** Reads a shipper's record around a raw line or the fields of one. The content is preferred if it is an exchange. */
function readInner(object: JsonObject, tools: Tools): ParsedLine | undefined {
  const payload = readObject(object["jsonPayload"]);
  if (payload !== undefined) return readFields(payload, tools);
  const inner = findInnerLine(object);
  if (inner === undefined || inner.length > MAX_TEXT) return undefined;
  const nested = inner.startsWith("{") ? parseObject(inner) : undefined;
  if (nested !== undefined) return readOwnRecord(nested, tools);
  const parsed = readText(inner, tools);
  return parsed?.kind === "exchange" || parsed?.format === "nginx-error" || parsed?.format === "apache-error" ? parsed : undefined;
}

/**
 * Reads an object in a record's words. If it has a status, but neither a client, a method, a time, a duration nor a size, it is not an
 * access record but an answer that somebody received: `{"status":500,"path":"/x","error":"boom"}`.
 */
function readOwnRecord(object: JsonObject, tools: Tools): ParsedLine | undefined {
  const parsed = readFields(object, tools);
  if (parsed?.kind !== "exchange") return parsed;
  const { method, clientAddress, timeMs, durationMs, responseBytes, requestId, upstream } = parsed.exchange;
  const known = [method, clientAddress, timeMs, durationMs, responseBytes, requestId, upstream];
  return known.every((each) => each === undefined) ? undefined : parsed;
}

function readFields(object: JsonObject, tools: Tools): ParsedLine | undefined {
  for (const parse of tools.objects) {
    const parsed = parse(object);
    if (parsed?.kind === "exchange") return parsed;
  }
  return undefined;
}

function parseObject(text: string): JsonObject | undefined {
  const object = readObject(parseJson(text));
  if (object !== undefined || text.length > MAX_TEXT) return object;
  const mended = mendJson(text);
  return mended === undefined ? undefined : readObject(parseJson(mended));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Joins the pieces of a line that its runtime split; undefined while more pieces are to come. */
function joinPartial(peeled: Peeled, partial: Map<string, string>): string | undefined {
  if (peeled.stream === undefined) return peeled.text;
  const text = (partial.get(peeled.stream) ?? "") + peeled.text;
  const isFull = text.length > MAX_JSON || partial.size > MAX_STREAMS;
  if (peeled.partial !== true || isFull) {
    partial.delete(peeled.stream);
    return text;
  }
  partial.set(peeled.stream, text);
  return undefined;
}

/** A line of syslog or of a container's output as a record by itself: time, program and words, whatever the words are. */
function toWrappedMessage(text: string, layers: readonly Peeled[]): ParsedLine | undefined {
  const wrapper = layers.find((layer) => layer.record !== undefined);
  if (wrapper?.record === undefined) return undefined;
  const { severity = 0, service, timeMs, requestId, record } = wrapper;
  const message = {
    severity,
    text,
    ...(service === undefined ? {} : { service }),
    ...(timeMs === undefined ? {} : { timeMs }),
    ...(requestId === undefined ? {} : { requestId }),
  };
  return { kind: "message", format: record, message };
}

/** Gives the line its wrapper's time if it has none of its own. */
function addWrapper(parsed: ParsedLine, layers: readonly Peeled[]): ParsedLine {
  const timeMs = layers.findLast((layer) => layer.timeMs !== undefined)?.timeMs;
  if (timeMs === undefined) return parsed;
  if (parsed.kind === "exchange" && parsed.exchange.timeMs === undefined) {
    const exchange: Exchange = { ...parsed.exchange, timeMs };
    return { ...parsed, exchange };
  }
  if (parsed.kind === "message" && parsed.message.timeMs === undefined) return { ...parsed, message: { ...parsed.message, timeMs } };
  return parsed;
}

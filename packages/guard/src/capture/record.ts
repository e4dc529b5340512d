/** A failing exchange as OTLP items: its server span, a client span for each call, the exception, and the flight recorder's lines. */
import type { AttributeValue } from "@faultline/model";
import type { Exchange } from "../exchange.ts";
import { writeLog, writeSpan } from "../export/otlp-json.ts";
import type { Redactor } from "../redaction.ts";
import type { OutgoingCall } from "./call.ts";
import { writeFlags } from "./flags.ts";
import { writeParsedInput } from "./parsed-input.ts";
import { describeThrowable, flattenAccount, MAX_STACK, type ThrownAccount } from "./throwable.ts";

/** OTLP items, ready to be put into export requests. */
export type FailureRecord = { readonly spans: readonly string[]; readonly logs: readonly string[] };

/** How an exchange ended. `status` is undefined when there was no response. */
export type Ending = { readonly status: number | undefined; readonly isFailure: boolean; readonly isAborted: boolean };

type Attributes = Record<string, AttributeValue | undefined>;

const KNOWN_METHODS = new Set(["GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH", "QUERY"]);

/** `http.request.method`: `_OTHER` for what is no known method, so that a client cannot make up dimensions. */
export function toMethodName(method: string): string {
  return KNOWN_METHODS.has(method) ? method : "_OTHER";
}

/** Milliseconds between the epoch of `performance.now()` and Unix time, read once: `performance.timeOrigin` never changes. */
const ORIGIN_MS = performance.timeOrigin;

function toHeaderAttributes(prefix: string, headers: Readonly<Record<string, string>>): Attributes {
  const attributes: Attributes = {};
  for (const name of Object.keys(headers).slice(0, 64)) attributes[`${prefix}${name}`] = [headers[name] ?? ""];
  return attributes;
}

function readHeaders(exchange: Exchange): Record<string, string | string[]> {
  const present: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(exchange.view.headers(exchange.request))) if (value !== undefined) present[name] = value;
  return present;
}

function describeBody(exchange: Exchange, headers: Record<string, string | string[]>, redactor: Redactor): Attributes {
  const contentType = String(headers["content-type"] ?? "");
  if (exchange.bodyChunks !== undefined && headers["content-encoding"] === undefined) {
    const kept = Buffer.concat(exchange.bodyChunks);
    const { text, truncated } = redactor.redactBody(kept, contentType);
    const isCut = truncated || kept.byteLength < exchange.bodyBytes;
    return {
      "http.request.body.content": text,
      "http.request.body.size": exchange.bodyBytes,
      "faultline.request.body.truncated": isCut || undefined,
    };
  }
  const parsed = exchange.view.parsedBody(exchange.request);
  if (parsed === undefined || parsed === null || parsed === "") return {};
  const text = typeof parsed === "string" ? parsed : JSON.stringify(parsed);
  const redacted = redactor.redactBody(text ?? "", typeof parsed === "string" ? contentType : "application/json");
  return { "http.request.body.content": redacted.text, "faultline.request.body.truncated": redacted.truncated || undefined };
}

/** The redacted input: headers, query and body, as the conventions name them. */
function describeInput(exchange: Exchange, redactor: Redactor): Attributes {
  const headers = readHeaders(exchange);
  const parsed = writeParsedInput(exchange);
  const query = redactor.redactUrl(exchange.view.target(exchange.request)).split("?").slice(1).join("?");
  return {
    "url.query": query === "" ? undefined : query,
    ...toHeaderAttributes("http.request.header.", redactor.redactHeaders(headers)),
    ...describeBody(exchange, headers, redactor),
    "faultline.request.parsed": parsed === undefined ? undefined : redactor.redactBody(parsed, "application/json").text,
  };
}

function describeServerSpan(exchange: Exchange, ending: Ending, route: string | undefined): Attributes {
  const { view, request } = exchange;
  const method = view.method(request);
  return {
    "http.request.method": toMethodName(method),
    "http.request.method_original": KNOWN_METHODS.has(method) ? undefined : method.slice(0, 32),
    "url.scheme": view.scheme(request),
    "http.route": route,
    "http.response.status_code": ending.status,
    "network.protocol.version": view.protocol(request),
    "faultline.request.id": exchange.requestId,
    "faultline.response.aborted": ending.isAborted || undefined,
    "faultline.errors.later": exchange.laterThrown || undefined,
    ...exchange.attributes,
  };
}

/** `error.type`: the exception's class where there was one, else the status in text; absent on what is no error. */
export function toErrorType(exchange: Exchange, ending: Ending): string | undefined {
  if (!ending.isFailure) return undefined;
  const { account } = exchange;
  if (account !== undefined) return account.type;
  return ending.status !== undefined && ending.status >= 500 ? String(ending.status) : exchange.hasThrown ? "_OTHER" : "aborted";
}

function writeCall(exchange: Exchange, call: OutgoingCall, endMs: number): string {
  const { trace } = exchange;
  return writeSpan({
    traceId: trace.traceId,
    spanId: call.spanId,
    parentSpanId: trace.spanId,
    name: call.name,
    kind: 3,
    startMs: ORIGIN_MS + call.startMs,
    endMs: ORIGIN_MS + (call.endMs ?? endMs),
    isError: call.errorType !== undefined,
    attributes: {
      ...call.attributes,
      "http.response.status_code": call.status,
      "error.type": call.errorType,
      "faultline.call.unfinished": call.endMs === undefined ? true : undefined,
    },
  });
}

/** Frames repeat from failure to failure, and hold no values: they are looked through once. */
const redactedFrames = new WeakMap<Redactor, Map<string, string>>();
const MAX_KNOWN_FRAMES = 256;

function redactFrames(frames: string, redactor: Redactor): string {
  let known = redactedFrames.get(redactor);
  if (known === undefined) redactedFrames.set(redactor, (known = new Map()));
  const found = known.get(frames);
  if (found !== undefined) return found;
  if (known.size >= MAX_KNOWN_FRAMES) known.clear();
  const redacted = redactor.redactText(frames);
  known.set(frames, redacted);
  return redacted;
}

/** Redacts a stack: its head, which repeats the message, and its frames apart. `message` is redacted already. */
function redactStack(account: ThrownAccount, message: string, redactor: Redactor): string {
  const { stack } = account;
  if (stack === undefined) return `${account.type}: ${message}`;
  const at = stack.indexOf("\n    at ");
  if (at < 0) return redactor.redactText(stack);
  const head = stack.slice(0, at);
  const isPlain = account.message !== "" && head.endsWith(account.message);
  const shown = isPlain ? head.slice(0, head.length - account.message.length) + message : redactor.redactText(head);
  return shown + redactFrames(stack.slice(at), redactor);
}

function describeException(account: ThrownAccount, redactor: Redactor): Attributes {
  const links = flattenAccount(account);
  const messages = links.map((link) => redactor.redactText(link.message));
  const stacks = links.map((link, index) => redactStack(link, messages[index] ?? "", redactor));
  const causes = links.slice(1).map((link, index) => `${link.type}: ${messages[index + 1]}`);
  return {
    "exception.type": account.type,
    "exception.message": messages[0],
    "exception.stacktrace": stacks.join("\nCaused by: ").slice(0, MAX_STACK),
    "faultline.exception.code": links.find((link) => link.code !== undefined)?.code,
    "faultline.exception.causes": causes.length === 0 ? undefined : causes,
  };
}

function writeException(
  exchange: Exchange,
  ending: Ending,
  told: { account: ThrownAccount; timeMs: number; input: Attributes; redactor: Redactor },
): string {
  const { trace } = exchange;
  const exception = describeException(told.account, told.redactor);
  return writeLog({
    timeMs: told.timeMs,
    severity: ending.isFailure ? 17 : 13,
    eventName: "http.server.request.exception",
    body: `${told.account.type}: ${String(exception["exception.message"])}`,
    traceId: trace.traceId,
    spanId: trace.spanId,
    // Where OpenTelemetry owns the span, the log record tells what the span would have told.
    attributes: trace.joined ? { ...told.input, ...exception } : exception,
  });
}

function toSpanName(method: string, route: string | undefined): string {
  return route === undefined ? toMethodName(method) : `${toMethodName(method)} ${route}`;
}

/** Writes the record. It reads from the host's objects, so the caller must expect it to throw. */
export function writeFailure(exchange: Exchange, ending: Ending, redactor: Redactor): FailureRecord {
  const { trace, view, request } = exchange;
  const { traceId, spanId } = trace;
  const endMs = performance.now();
  const timeMs = ORIGIN_MS + endMs;
  const { route } = exchange;
  const { account } = exchange;
  const errorType = toErrorType(exchange, ending);
  const input: Attributes = {
    ...describeServerSpan(exchange, ending, route),
    "url.path": redactor.redactUrl(view.target(request)).split("?", 1)[0],
    "client.address": redactor.redactText(view.clientAddress(request) ?? "") || undefined,
    "error.type": errorType,
    ...describeInput(exchange, redactor),
  };
  const flags = writeFlags(exchange, (text) => redactor.redactText(text));
  if (flags.short.length > 0) input["faultline.feature_flags"] = flags.short;
  const lines = (exchange.lines ?? []).map((line) =>
    writeLog({ ...line, body: redactor.redactText(line.text), traceId, spanId, attributes: {} }),
  );
  const exception = account === undefined ? [] : [writeException(exchange, ending, { account, timeMs, input, redactor })];
  const beside = [...flags.logs, ...lines];
  if (trace.joined) {
    const body = `${String(ending.status)} ${toSpanName(view.method(request), route)}`;
    const told = { timeMs, severity: 17, eventName: "http.server.response.error", body, traceId, spanId, attributes: input };
    return { spans: [], logs: [...(account === undefined ? [writeLog(told)] : exception), ...beside] };
  }
  const calls = (exchange.calls ?? []).map((call) => writeCall(exchange, call, endMs));
  const span = writeSpan({
    ...trace,
    name: toSpanName(view.method(request), route),
    kind: 2,
    startMs: ORIGIN_MS + exchange.startMs,
    endMs: timeMs,
    isError: ending.isFailure,
    attributes: input,
  });
  return { spans: [span, ...calls], logs: [...exception, ...beside] };
}

/** The spans of an exchange that went well: its route and timing, and nothing of its input. */
export function writeSuccess(exchange: Exchange, ending: Ending): readonly string[] {
  const { trace, view, request } = exchange;
  if (trace.joined) return [];
  const endMs = performance.now();
  const { route } = exchange;
  const span = writeSpan({
    ...trace,
    name: toSpanName(view.method(request), route),
    kind: 2,
    startMs: ORIGIN_MS + exchange.startMs,
    endMs: ORIGIN_MS + endMs,
    isError: false,
    attributes: describeServerSpan(exchange, ending, route),
  });
  return [span, ...(exchange.calls ?? []).map((call) => writeCall(exchange, call, endMs))];
}

/** An exception that belongs to no exchange: one log record. */
export function writeLoneFailure(
  thrown: unknown,
  redactor: Redactor,
  told: { readonly origin: string; readonly severity: number },
): FailureRecord {
  const account = describeThrowable(thrown);
  const exception = describeException(account, redactor);
  const log = writeLog({
    timeMs: Date.now(),
    severity: told.severity,
    eventName: "exception",
    body: `${account.type}: ${String(exception["exception.message"])}`,
    attributes: { ...exception, "error.type": account.type, "faultline.uncaught": told.origin },
  });
  return { spans: [], logs: [log] };
}

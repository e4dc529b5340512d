/** A failing exchange as OTLP items: its server span, a client span for each call, the exception, and the flight recorder's lines. */
import type { AttributeValue } from "@faultline/model";
import type { Ending, Exchange } from "../exchange.ts";
import { AttributeText, writeLog, writeSpan } from "../export/otlp-json.ts";
import { escapeText } from "../json-text.ts";
import { toMethodName } from "../method-name.ts";
import type { RememberingRedactor } from "../redaction.ts";
import type { OutgoingCall } from "./call.ts";
import { type ExceptionText, writeException } from "./exception.ts";
import { addInput } from "./request-input.ts";
import { describeThrowable, readThrownType } from "./throwable.ts";

/** OTLP items, ready for export requests. */
export type FailureRecord = { readonly spans: readonly string[]; readonly logs: readonly string[] };

/**
 * State at the moment of a failure that may change later. `shared`: written attributes that the exchange has in common with those it is counted with.
 * `runtime`: written attributes of the process. `sources`: attributes of its pools and dependencies. `address`: the client's, which is gone once the connection is.
 */
export type FailureState = {
  readonly shared: string;
  readonly runtime: string;
  readonly sources: Readonly<Record<string, AttributeValue>> | undefined;
  readonly address: string | undefined;
};

/** Milliseconds between the epoch of `performance.now()` and Unix time, read once: `performance.timeOrigin` never changes. */
const ORIGIN_MS = performance.timeOrigin;

/** Names that the record itself writes: `exchange.set` cannot add a second attribute with such a name. */
const OWN_NAME = /^(?:url\.|http\.(?:route|re)|network\.|client\.|error\.type$|nodejs\.|v8js\.)/;

/** Adds the attributes that every exchange has; returns the name of its span. `shared` as in a `FailureState`. */
function addExchange(attributes: AttributeText, exchange: Exchange, { ending, shared }: { ending: Ending; shared: string }): string {
  const { view, request, route } = exchange;
  attributes.addWritten(shared);
  attributes.add("network.protocol.version", view.protocol(request));
  // Neither an accepted foreign id nor our own has anything to escape.
  attributes.addEscaped("faultline.request.id", exchange.requestId);
  if (ending.isAborted) attributes.add("faultline.response.aborted", true);
  if (exchange.laterThrown > 0) attributes.add("faultline.errors.later", exchange.laterThrown);
  const original = view.method(request);
  const method = toMethodName(original);
  if (method !== original) attributes.add("http.request.method_original", original.slice(0, 32));
  return route === undefined ? method : `${method} ${route}`;
}

/** Adds what the host set on the exchange, under names that are not taken. */
function addTold(attributes: AttributeText, exchange: Exchange, sources: FailureState["sources"] = {}): void {
  const told = exchange.attributes;
  if (told === undefined) return;
  for (const name of Object.keys(told)) if (!OWN_NAME.test(name) && !Object.hasOwn(sources, name)) attributes.add(name, told[name]);
}

/** `error.type`: the exception's class if there was one, otherwise the status as text; absent when there is no error. */
export function toErrorType(exchange: Exchange, ending: Ending): string | undefined {
  if (!ending.isFailure) return undefined;
  // A failure without an exception has a status.
  return exchange.hasThrown ? readThrownType(exchange.thrown) : String(ending.status);
}

function writeCall(exchange: Exchange, call: OutgoingCall, endMs: number): string {
  const { trace } = exchange;
  const attributes = new AttributeText();
  attributes.addAll(call.attributes);
  attributes.add("http.response.status_code", call.status);
  attributes.add("error.type", call.errorType);
  if (call.endMs === undefined) attributes.add("faultline.call.unfinished", true);
  return writeSpan({
    traceId: trace.traceId,
    spanId: call.spanId,
    parentSpanId: trace.spanId,
    name: call.name,
    kind: 3,
    startMs: ORIGIN_MS + call.startMs,
    endMs: ORIGIN_MS + (call.endMs ?? endMs),
    isError: call.errorType !== undefined,
    attributes: attributes.written,
  });
}

function writeServerSpan(exchange: Exchange, ending: Ending, told: { readonly name: string; readonly attributes: string }): string {
  const { traceId, spanId, parentSpanId, traceState } = exchange.trace;
  return writeSpan({
    traceId,
    spanId,
    parentSpanId,
    traceState,
    name: told.name,
    kind: 2,
    startMs: ORIGIN_MS + exchange.startMs,
    endMs: ORIGIN_MS + ending.endMs,
    isError: ending.isFailure,
    attributes: told.attributes,
  });
}

const NONE: readonly string[] = [];

function writeCalls(exchange: Exchange, endMs: number): readonly string[] {
  return exchange.calls === undefined ? NONE : exchange.calls.map((call) => writeCall(exchange, call, endMs));
}

function writeLines(exchange: Exchange, redactor: RememberingRedactor): readonly string[] {
  const { lines, trace } = exchange;
  if (lines === undefined) return NONE;
  const { traceId, spanId } = trace;
  return lines.map((line) => writeLog({ ...line, body: escapeText(redactor.redactText(line.text)), traceId, spanId, attributes: "" }));
}

/** The log record of an exchange: what was thrown, or where nothing was, the status. */
function writeEvent(
  exchange: Exchange,
  ending: Ending,
  told: { readonly name: string; readonly exception: ExceptionText | undefined; readonly attributes: AttributeText },
): string {
  const { traceId, spanId } = exchange.trace;
  const { exception, attributes } = told;
  if (exception !== undefined) attributes.addWritten(exception.attributes);
  return writeLog({
    timeMs: ORIGIN_MS + ending.endMs,
    severity: ending.isFailure ? 17 : 13,
    eventName: exception === undefined ? "faultline.response.error" : "http.server.request.exception",
    body: exception === undefined ? escapeText(`${String(ending.status)} ${told.name}`) : exception.headline,
    traceId,
    spanId,
    attributes: attributes.written,
  });
}

/** Writes the record of a failing exchange. It reads the host's objects, so the caller must expect it to throw. */
export function writeFailure(
  exchange: Exchange,
  ending: Ending,
  { redactor, state }: { readonly redactor: RememberingRedactor; readonly state: FailureState },
): FailureRecord {
  const { accounts } = exchange;
  const written = new AttributeText();
  const name = addExchange(written, exchange, { ending, shared: state.shared });
  addTold(written, exchange, state.sources);
  written.addWritten(state.runtime);
  if (state.sources !== undefined) written.addAll(state.sources);
  addInput(written, exchange, { redactor, address: state.address });
  const exception = exchange.hasThrown ? writeException(accounts, redactor) : undefined;
  const flags = exchange.flags?.write(exchange.trace, (text) => redactor.redactText(text));
  written.add("faultline.feature_flags", flags?.short);
  const lines = writeLines(exchange, redactor);
  const beside = flags === undefined ? lines : [...flags.logs, ...lines];
  // Where OpenTelemetry owns the span, or there is none, the log record carries what the span would have carried.
  if (exchange.trace.joined || ending.isLate === true) {
    if (!ending.isFailure) written.add("error.type", accounts[0]?.type);
    return { spans: [], logs: [writeEvent(exchange, ending, { name, exception, attributes: written }), ...beside] };
  }
  const spans = [writeServerSpan(exchange, ending, { name, attributes: written.written }), ...writeCalls(exchange, ending.endMs)];
  if (exception === undefined) return { spans, logs: beside };
  const own = new AttributeText();
  own.add("error.type", accounts[0]?.type);
  return { spans, logs: [writeEvent(exchange, ending, { name, exception, attributes: own }), ...beside] };
}

/** The spans of a successful exchange: its route and timing, and nothing of its input. `shared` as in a `FailureState`. */
export function writeSuccess(exchange: Exchange, ending: Ending, shared: string): readonly string[] {
  if (exchange.trace.joined) return [];
  const written = new AttributeText();
  const name = addExchange(written, exchange, { ending, shared });
  addTold(written, exchange);
  return [writeServerSpan(exchange, ending, { name, attributes: written.written }), ...writeCalls(exchange, ending.endMs)];
}

/** An exception that belongs to no exchange: one log record. */
export function writeLoneFailure(
  thrown: unknown,
  redactor: RememberingRedactor,
  told: { readonly origin: string; readonly severity: number },
): FailureRecord {
  const accounts = describeThrowable(thrown);
  const exception = writeException(accounts, redactor);
  const written = new AttributeText();
  written.addWritten(exception.attributes);
  written.add("error.type", accounts[0]?.type);
  written.add("faultline.uncaught", told.origin);
  const log = writeLog({
    timeMs: Date.now(),
    severity: told.severity,
    eventName: "exception",
    body: exception.headline,
    attributes: written.written,
  });
  return { spans: [], logs: [log] };
}

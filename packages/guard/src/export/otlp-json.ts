/** Writes OTLP/JSON (1.11) by concatenation: ids in hex, enums as integers, 64-bit integers as decimal text. */
import type { AttributeValue } from "@faultline/model";
import { escapeText, flatten, quote } from "../json-text.ts";

function writeValue(value: AttributeValue): string {
  if (typeof value === "string") return `{"stringValue":${quote(value)}}`;
  if (typeof value === "boolean") return `{"boolValue":${value}}`;
  if (typeof value === "number") {
    if (Number.isSafeInteger(value)) return `{"intValue":"${value}"}`;
    return Number.isFinite(value) ? `{"doubleValue":${value}}` : `{"stringValue":"${value}"}`;
  }
  return `{"arrayValue":{"values":[${value.map((each) => writeValue(each)).join(",")}]}}`;
}

/** What stands before the value of an attribute: of any, and of one that is text behind another. */
type WrittenName = { readonly name: string; readonly nextText: string };

/** Names repeat from record to record: each is written once. Bounded, because some come from outside, as the names of headers do. */
const writtenNames = new Map<string, WrittenName>();
const MAX_WRITTEN_NAMES = 512;
const TEXT_END = '"}}';

function writeName(given: string): WrittenName {
  const known = writtenNames.get(given);
  if (known !== undefined) return known;
  const name = flatten(`{"key":${JSON.stringify(given)},"value":`);
  const written = { name, nextText: flatten(`,${name}{"stringValue":"`) };
  if (writtenNames.size < MAX_WRITTEN_NAMES) writtenNames.set(given, written);
  return written;
}

/** One attribute, `{"key":...,"value":...}`. */
export function writeAttribute(name: string, value: AttributeValue): string {
  return `${writeName(name).name}${writeValue(value)}}`;
}

/** Attributes being written, one behind the other; those without a value are left out. */
export class AttributeText {
  #text = "";

  add(name: string, value: AttributeValue | undefined): void {
    if (typeof value === "string") this.addEscaped(name, escapeText(value));
    else if (value !== undefined) this.addWritten(writeAttribute(name, value));
  }

  /** One whose value is text that is written as JSON already, without its quotation marks. */
  addEscaped(name: string, json: string): void {
    const { nextText } = writeName(name);
    this.#text += (this.#text === "" ? nextText.slice(1) : nextText) + json + TEXT_END;
  }

  addAll(attributes: Readonly<Record<string, AttributeValue | undefined>>): void {
    for (const name of Object.keys(attributes)) this.add(name, attributes[name]);
  }

  /** Takes attributes that are written already, with commas between them; none when empty. */
  addWritten(written: string): void {
    if (written !== "") this.#text += this.#text === "" ? written : `,${written}`;
  }

  /** What was added so far, without brackets, for `addWritten`. */
  get written(): string {
    return this.#text;
  }
}

/** Attributes with a value as a JSON array; those that are undefined are left out. */
export function writeAttributes(attributes: Readonly<Record<string, AttributeValue | undefined>>): string {
  const text = new AttributeText();
  text.addAll(attributes);
  return `[${text.written}]`;
}

/** Times of one batch lie in few milliseconds, and to write their thirteen digits takes longer than all the rest. */
let lastMs = { whole: Number.NaN, digits: "" };
/** Three digits each, because the numbers of a fraction never repeat and V8 takes long to write a number for the first time. */
const DIGITS = Array.from({ length: 1000 }, (_, number) => String(number).padStart(3, "0"));

/** Unix milliseconds with a fraction as nanoseconds in text; a double keeps about 0.25 µs of them. */
export function writeUnixNano(timeMs: number): string {
  const whole = Math.floor(timeMs);
  if (whole !== lastMs.whole) lastMs = { whole, digits: `"${whole}` };
  const nanos = Math.floor((timeMs - whole) * 1e6);
  return `${lastMs.digits}${DIGITS[Math.floor(nanos / 1000)]}${DIGITS[nanos % 1000]}"`;
}

/** What a span says. `kind`: 2 server, 3 client. `isError` sets status 2; the code says it, so there is no description. */
export type SpanText = {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string | undefined;
  readonly traceState?: string | undefined;
  readonly name: string;
  readonly kind: 1 | 2 | 3;
  readonly startMs: number;
  readonly endMs: number;
  readonly isError: boolean;
  /** As `AttributeText.written` gives them. */
  readonly attributes: string;
};

/** One span of an ExportTraceServiceRequest. */
export function writeSpan(span: SpanText): string {
  const parent = span.parentSpanId === undefined ? "" : `,"parentSpanId":"${span.parentSpanId}"`;
  const state = span.traceState === undefined ? "" : `,"traceState":${JSON.stringify(span.traceState)}`;
  const status = span.isError ? `,"status":{"code":2}` : "";
  return (
    `{"traceId":"${span.traceId}","spanId":"${span.spanId}"${parent}${state},"name":${quote(span.name)},"kind":${span.kind},` +
    `"startTimeUnixNano":${writeUnixNano(span.startMs)},"endTimeUnixNano":${writeUnixNano(span.endMs)},` +
    `"attributes":[${span.attributes}]${status}}`
  );
}

/** What a log record says. `severity`: 5 DEBUG, 9 INFO, 13 WARN, 17 ERROR, 21 FATAL. */
export type LogText = {
  readonly timeMs: number;
  readonly severity: number;
  readonly eventName?: string | undefined;
  /** Escaped, as `escapeText` gives it. */
  readonly body: string;
  /** Of the span that it belongs to; both or neither. */
  readonly traceId?: string | undefined;
  readonly spanId?: string | undefined;
  /** As `AttributeText.written` gives them. */
  readonly attributes: string;
};

/** One log record of an ExportLogsServiceRequest. */
export function writeLog(log: LogText): string {
  const event = log.eventName === undefined ? "" : `,"eventName":${quote(log.eventName)}`;
  const span = log.spanId === undefined ? "" : `,"traceId":"${log.traceId}","spanId":"${log.spanId}"`;
  const time = writeUnixNano(log.timeMs);
  return (
    `{"timeUnixNano":${time},"observedTimeUnixNano":${time},"severityNumber":${log.severity}${event},` +
    `"body":{"stringValue":"${log.body}"},"attributes":[${log.attributes}]${span}}`
  );
}

/** One number of a metric, as a gauge with a single point. A value that is no number is 0. */
export function writeGauge(
  name: string,
  unit: string,
  point: { readonly value: number; readonly nowMs: number; readonly attributes?: Readonly<Record<string, AttributeValue>> },
): string {
  const value = Number.isFinite(point.value) ? point.value : 0;
  return (
    `{"name":${JSON.stringify(name)},"unit":${JSON.stringify(unit)},"gauge":{"dataPoints":[{"attributes":${writeAttributes(point.attributes ?? {})},` +
    `"timeUnixNano":${writeUnixNano(point.nowMs)},"asDouble":${value}}]}}`
  );
}

/** One number of a metric that only grows, counted since `startMs`: a monotonic cumulative sum with a single point. */
export function writeSum(
  name: string,
  unit: string,
  point: {
    readonly value: number;
    readonly startMs: number;
    readonly nowMs: number;
    readonly attributes?: Readonly<Record<string, AttributeValue>>;
  },
): string {
  return (
    `{"name":${JSON.stringify(name)},"unit":${JSON.stringify(unit)},"sum":{"aggregationTemporality":2,"isMonotonic":true,"dataPoints":[` +
    `{"attributes":${writeAttributes(point.attributes ?? {})},"startTimeUnixNano":${writeUnixNano(point.startMs)},` +
    `"timeUnixNano":${writeUnixNano(point.nowMs)},"asInt":"${point.value}"}]}}`
  );
}

/** The three signals and where OTLP/HTTP takes them. */
export const SIGNAL_PATHS = { traces: "/v1/traces", logs: "/v1/logs", metrics: "/v1/metrics" } as const;

/** A kind of telemetry. */
export type Signal = keyof typeof SIGNAL_PATHS;

/** How a signal's items are called inside of `resource...` and `scope...`, and by themselves. */
const FRAMES: Readonly<Record<Signal, readonly [string, string]>> = {
  traces: ["Spans", "spans"],
  logs: ["Logs", "logRecords"],
  metrics: ["Metrics", "metrics"],
};

/** What stands before the items of an export request, which are JSON with commas between them; `resource` is the text of `writeAttributes`. */
export function beginRequest(signal: Signal, resource: string): string {
  const [outer, inner] = FRAMES[signal];
  return `{"resource${outer}":[{"resource":{"attributes":${resource}},"scope${outer}":[{"scope":{"name":"@faultline/guard"},"${inner}":[`;
}

/** What stands behind them. */
export const REQUEST_END = "]}]}]}";

/** OTLP/JSON payloads for the conformance suite, written from a few words per span. */
import type { Payload } from "@faultline/collector/store";

/** Noon of a day, Unix ms: a multiple of every step the suite asks for. */
export const NOON = Date.UTC(2026, 10, 20, 12);

/** A span in few words; what is left out is a good server span of the shop at noon. */
export type SpanSketch = {
  readonly trace: string | number;
  readonly span?: string | number;
  readonly parent?: string | number;
  readonly kind?: "internal" | "server" | "client" | "producer" | "consumer";
  readonly atMs?: number;
  readonly durationMs?: number;
  readonly status?: number;
  readonly spanStatus?: "error";
  readonly route?: string;
  readonly service?: string;
  readonly version?: string;
  readonly region?: string;
  readonly instance?: string;
  readonly exception?: string;
  readonly attributes?: Readonly<Record<string, string | number>>;
};

/** A log record in few words. */
export type LogSketch = {
  readonly trace?: string | number;
  readonly span?: string | number;
  readonly atMs?: number;
  readonly severity?: number;
  readonly body?: string;
  readonly service?: string;
};

const KINDS = { internal: 1, server: 2, client: 3, producer: 4, consumer: 5 } as const;

/** The trace id that a sketch's `trace` stands for. */
export function traceId(trace: string | number): string {
  return typeof trace === "string" ? trace : `${trace.toString(16).padStart(31, "0")}f`;
}

function spanId(span: string | number): string {
  return typeof span === "string" ? span : `${span.toString(16).padStart(15, "0")}f`;
}

function toAttributes(values: Readonly<Record<string, string | number | undefined>>): unknown[] {
  return Object.entries(values)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ({ key, value: typeof value === "number" ? { intValue: String(value) } : { stringValue: value } }));
}

function toNanos(ms: number): string {
  return (BigInt(Math.round(ms * 1000)) * 1000n).toString();
}

function toResource(sketch: { service?: string; version?: string; region?: string; instance?: string }): unknown {
  return {
    attributes: toAttributes({
      "service.name": sketch.service ?? "shop",
      "service.version": sketch.version,
      "service.instance.id": sketch.instance,
      "cloud.region": sketch.region,
    }),
  };
}

function toSpan(sketch: SpanSketch): unknown {
  const start = sketch.atMs ?? NOON;
  const isServer = (sketch.kind ?? "server") === "server";
  return {
    traceId: traceId(sketch.trace),
    spanId: spanId(sketch.span ?? 1),
    ...(sketch.parent === undefined ? {} : { parentSpanId: spanId(sketch.parent) }),
    name: `GET ${sketch.route ?? "/cart"}`,
    kind: KINDS[sketch.kind ?? "server"],
    startTimeUnixNano: toNanos(start),
    endTimeUnixNano: toNanos(start + (sketch.durationMs ?? 10)),
    attributes: toAttributes({
      "http.request.method": isServer ? "GET" : undefined,
      "http.route": isServer ? (sketch.route ?? "/cart") : undefined,
      "http.response.status_code": sketch.status ?? (isServer ? 200 : undefined),
      ...sketch.attributes,
    }),
    ...(sketch.spanStatus === undefined ? {} : { status: { code: 2 } }),
    ...(sketch.exception === undefined
      ? {}
      : {
          events: [{ name: "exception", timeUnixNano: toNanos(start), attributes: toAttributes({ "exception.type": sketch.exception }) }],
        }),
  };
}

function toPayload(signal: Payload["signal"], request: unknown): Payload {
  return { signal, encoding: "json", bytes: new TextEncoder().encode(JSON.stringify(request)) };
}

/** One trace payload with the sketched spans, each under its own resource. */
export function spans(...sketches: readonly SpanSketch[]): Payload {
  const resourceSpans = sketches.map((sketch) => ({ resource: toResource(sketch), scopeSpans: [{ spans: [toSpan(sketch)] }] }));
  return toPayload("traces", { resourceSpans });
}

/** One log payload with the sketched records. */
export function logs(...sketches: readonly LogSketch[]): Payload {
  const resourceLogs = sketches.map((sketch) => ({
    resource: toResource(sketch),
    scopeLogs: [
      {
        logRecords: [
          {
            timeUnixNano: toNanos(sketch.atMs ?? NOON),
            severityNumber: sketch.severity ?? 9,
            body: { stringValue: sketch.body ?? "a line" },
            ...(sketch.trace === undefined ? {} : { traceId: traceId(sketch.trace) }),
            ...(sketch.span === undefined ? {} : { spanId: spanId(sketch.span) }),
          },
        ],
      },
    ],
  }));
  return toPayload("logs", { resourceLogs });
}

/** One metric payload with one gauge. */
export function gauge(name: string, value: number, options: { readonly atMs?: number; readonly service?: string } = {}): Payload {
  const dataPoints = [{ timeUnixNano: toNanos(options.atMs ?? NOON), asDouble: value }];
  const metrics = [{ name, unit: "1", gauge: { dataPoints } }];
  return toPayload("metrics", { resourceMetrics: [{ resource: toResource(options), scopeMetrics: [{ metrics }] }] });
}

/** What a guarded service counts instead of sending spans of its successes; `countedBy` is what its resource says. */
export function durations(
  countedBy: string,
  ...counted: readonly { readonly status: number; readonly count: number; readonly meanMs: number }[]
): Payload {
  const text = (key: string, value: string): unknown => ({ key, value: { stringValue: value } });
  const dataPoints = counted.map(({ status, count, meanMs }) => ({
    timeUnixNano: toNanos(NOON + 10_000),
    count: String(count),
    sum: (count * meanMs) / 1000,
    scale: 3,
    attributes: [
      text("http.route", "/cart"),
      text("http.request.method", "GET"),
      { key: "http.response.status_code", value: { intValue: String(status) } },
    ],
  }));
  const metrics = [{ name: "http.server.request.duration", unit: "s", exponentialHistogram: { aggregationTemporality: 1, dataPoints } }];
  const attributes = [text("service.name", "shop"), text("service.version", "1"), text("faultline.counted_by", countedBy)];
  return toPayload("metrics", { resourceMetrics: [{ resource: { attributes }, scopeMetrics: [{ metrics }] }] });
}

/** A payload of text that is no OTLP. */
export function malformed(text: string, signal: Payload["signal"] = "traces"): Payload {
  return { signal, encoding: "json", bytes: new TextEncoder().encode(text) };
}

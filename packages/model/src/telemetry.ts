/** One attribute value of OpenTelemetry's AnyValue; bytes arrive as base64 text, maps and mixed arrays as JSON text. */
export type AttributeValue = string | number | boolean | readonly string[] | readonly number[] | readonly boolean[];

/** Attributes by their semantic-convention name. Objects without a prototype, so that a key such as `__proto__` is data. */
export type Attributes = { readonly [name: string]: AttributeValue | undefined };

/** Who emitted a piece of telemetry. One object is shared by everything that came from the same process. */
export type Resource = {
  /** `service.name`; `unknown_service` when the sender did not say. */
  readonly service: string;
  /** `service.version`. */
  readonly version?: string;
  /** `service.instance.id`, else the pod or host name. */
  readonly instance?: string;
  /** `cloud.region`, else `cloud.availability_zone`, else `faultline.region`. */
  readonly region?: string;
  readonly attributes: Attributes;
};

/** OpenTelemetry's span kinds. */
export type SpanKind = "unspecified" | "internal" | "server" | "client" | "producer" | "consumer";

/** OpenTelemetry's span status. Many senders never set it. */
export type SpanStatus = "unset" | "ok" | "error";

/** One timed event inside a span; an exception is the event named `exception`. */
export type SpanEvent = { readonly name: string; readonly timeMs: number; readonly attributes: Attributes };

/** A link from a span to another trace, as messaging and batches make them. */
export type SpanLink = { readonly traceId: string; readonly spanId: string };

/**
 * One OpenTelemetry span. Times are Unix milliseconds with a fraction; a double keeps 0.25 µs there.
 * Ids are lower-case hex, 32 and 16 characters.
 */
export type Span = {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: SpanKind;
  readonly startMs: number;
  readonly endMs: number;
  readonly status: SpanStatus;
  readonly statusMessage?: string;
  readonly attributes: Attributes;
  readonly events: readonly SpanEvent[];
  readonly links: readonly SpanLink[];
  readonly resource: Resource;
};

/** One OpenTelemetry log record. `severity` is OpenTelemetry's number: 9 INFO, 13 WARN, 17 ERROR, 0 unknown. */
export type LogRecord = {
  readonly timeMs: number;
  readonly severity: number;
  readonly body: string;
  readonly eventName?: string;
  readonly traceId?: string;
  readonly spanId?: string;
  readonly attributes: Attributes;
  readonly resource: Resource;
};

/** One number of a metric: a gauge's or sum's value, or a histogram's mean with its `count`. */
export type MetricPoint = {
  readonly name: string;
  readonly unit: string;
  readonly timeMs: number;
  readonly value: number;
  readonly count?: number;
  readonly attributes: Attributes;
  readonly resource: Resource;
};

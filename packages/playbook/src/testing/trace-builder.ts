import type { AttributeValue, LogRecord, Observations, Resource, Span, SpanKind, SpanStatus } from "@faultline/model";

/** What a test specifies of one span. Everything else gets a sensible default. */
export type SpanSketch = {
  readonly service: string;
  readonly kind?: SpanKind;
  readonly name?: string;
  /** Offset from the trace's start, and duration, ms. */
  readonly at?: number;
  readonly takes?: number;
  readonly code?: number;
  readonly status?: SpanStatus;
  readonly message?: string;
  readonly attributes?: Readonly<Record<string, AttributeValue>>;
  readonly exception?: { readonly type: string; readonly message: string; readonly stack?: string };
  readonly logs?: readonly { readonly severity: number; readonly body: string; readonly attributes?: LogRecord["attributes"] }[];
  readonly version?: string;
  readonly instance?: string;
  readonly region?: string;
  readonly calls?: readonly SpanSketch[];
};

const START_MS = 1_700_000_000_000;

/** Hand-made traces for tests: sketch a request as a tree of spans, get observations. */
export class TraceBuilder {
  readonly #spans: Span[] = [];
  readonly #logs: LogRecord[] = [];
  readonly #resources = new Map<string, Resource>();
  #traces = 0;

  /** Adds one trace, one second after the previous one. */
  trace(root: SpanSketch): this {
    this.#traces += 1;
    this.#add(root, { traceId: this.#traces.toString(16).padStart(32, "0"), startMs: START_MS + this.#traces * 1000 });
    return this;
  }

  /** Adds the same trace `count` times; the sketch may depend on the index. */
  traces(count: number, sketch: (index: number) => SpanSketch): this {
    for (let index = 0; index < count; index += 1) this.trace(sketch(index));
    return this;
  }

  /** The observations with everything that was added. */
  observations(rest: Partial<Observations> = {}): Observations {
    return { spans: this.#spans, logs: this.#logs, metrics: [], changes: [], exchanges: [], ...rest };
  }

  #add(sketch: SpanSketch, parent: { readonly traceId: string; readonly startMs: number; readonly spanId?: string }): void {
    const spanId = (this.#spans.length + 1).toString(16).padStart(16, "0");
    const startMs = parent.startMs + (sketch.at ?? 1);
    const endMs = startMs + (sketch.takes ?? 10);
    const resource = this.#resourceOf(sketch);
    const { exception } = sketch;
    this.#spans.push({
      traceId: parent.traceId,
      spanId,
      ...(parent.spanId === undefined ? {} : { parentSpanId: parent.spanId }),
      name: sketch.name ?? "operation",
      kind: sketch.kind ?? "server",
      startMs,
      endMs,
      status: sketch.status ?? ((sketch.code ?? 0) >= 500 ? "error" : "unset"),
      ...(sketch.message === undefined ? {} : { statusMessage: sketch.message }),
      attributes: { ...(sketch.code === undefined ? {} : { "http.response.status_code": sketch.code }), ...sketch.attributes },
      events: exception === undefined ? [] : [{ name: "exception", timeMs: endMs - 1, attributes: toAttributes(exception) }],
      links: [],
      resource,
    });
    for (const { severity, body, attributes = {} } of sketch.logs ?? []) {
      this.#logs.push({ timeMs: endMs - 1, severity, body, traceId: parent.traceId, spanId, attributes, resource });
    }
    for (const call of sketch.calls ?? []) this.#add(call, { traceId: parent.traceId, startMs, spanId });
  }

  #resourceOf({ service, version, instance, region }: SpanSketch): Resource {
    const key = `${service} ${version} ${instance} ${region}`;
    const known = this.#resources.get(key);
    if (known !== undefined) return known;
    const resource: Resource = {
      service,
      ...(version === undefined ? {} : { version }),
      ...(instance === undefined ? {} : { instance }),
      ...(region === undefined ? {} : { region }),
      attributes: {},
    };
    this.#resources.set(key, resource);
    return resource;
  }
}

function toAttributes({ type, message, stack }: { type: string; message: string; stack?: string }): Record<string, string> {
  return { "exception.type": type, "exception.message": message, ...(stack === undefined ? {} : { "exception.stacktrace": stack }) };
}

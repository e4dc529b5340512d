/** `createGuard`: connects capture, redaction, answers and export. Nothing that goes wrong in here reaches the host. */
import { channel } from "node:diagnostics_channel";
import { performance } from "node:perf_hooks";
import { canEnter, enterExchange, findCurrentExchange, runInExchange } from "./capture/context.ts";
import { watchOutgoingCalls } from "./capture/outgoing.ts";
import type { MetricSource } from "./capture/metric-source.ts";
import type { Journal } from "./capture/journal.ts";
import { watchProcess } from "./capture/process-hooks.ts";
import { recordLine } from "./capture/flight-recorder.ts";
import { toErrorType, writeFailure, writeLoneFailure, writeSuccess } from "./capture/record.ts";
import { watchRuntime, type Runtime } from "./capture/runtime.ts";
import { type Configuration, type GuardOptions, parseOptions } from "./configuration.ts";
import { type Ending, Exchange, type ExchangeOwner, type HostView } from "./exchange.ts";
import { createDurations, type DurationKey, type Durations } from "./export/durations.ts";
import { type ExportCounts, Exporter } from "./export/exporter.ts";
import { writeAttributes } from "./export/otlp-json.ts";
import { openSpool, type Spool } from "./export/spool.ts";
import { createTransport, type Transport } from "./export/transport.ts";
import { createRedactor } from "./redact/index.ts";
import { rememberClean, type RememberingRedactor, sealRedactor } from "./redaction.ts";
import type { ErrorRule } from "./respond/error-facts.ts";

/** Counters of one guard. `internalErrors` should stay 0; each is also published on the channel `faultline:guard:error`. */
export type GuardCounts = ExportCounts & { readonly internalErrors: number };

const errors = channel("faultline:guard:error");
const METRICS_MS = 10_000;
const CLOSE_TIMEOUT_MS = 5_000;

function openSpoolQuietly(settings: Configuration["spool"], onDamaged: () => void): Spool | undefined {
  try {
    return settings === undefined ? undefined : openSpool(settings.directory, settings.limitBytes, onDamaged);
  } catch {
    // A read-only file system: the guard works from memory, and a drop is counted when that is full.
    return undefined;
  }
}

const nowhere: Transport = { send: () => Promise.resolve({ kind: "accepted" }), close: () => undefined };

/** One guard of one service. Made by `createGuard`, used by the adapters. */
export class Guard implements ExchangeOwner {
  readonly service: string;
  readonly bodyLimitBytes: number;
  /** Rules that are asked before the built-in ones when an answer is written. */
  readonly rules: readonly ErrorRule[];
  readonly #configuration: Configuration;
  readonly #redactor: RememberingRedactor;
  readonly #exporter: Exporter;
  readonly #durations: Durations;
  readonly #runtime: Runtime;
  readonly #sources = new Set<MetricSource>();
  readonly #stops: (() => void)[] = [];
  #journal: Journal | undefined;
  #internalErrors = 0;

  /** `configuration` is the parsed form of `options`. */
  constructor(options: GuardOptions, configuration: Configuration) {
    this.#configuration = configuration;
    this.service = configuration.service;
    this.bodyLimitBytes = configuration.bodyLimitBytes;
    this.rules = configuration.rules;
    this.#redactor = rememberClean(
      options.redactor === undefined
        ? createRedactor(options.redaction)
        : sealRedactor(options.redactor, () => this.countError(new Error("the redactor failed"))),
    );
    const { endpoint } = configuration;
    const resource = writeAttributes(configuration.resource);
    this.#exporter = new Exporter({
      ...configuration,
      resource,
      transport: options.transport ?? (endpoint === undefined ? nowhere : createTransport(endpoint, configuration.headers)),
      spool: openSpoolQuietly(configuration.spool, () => this.#exporter.drop("damaged-spool", 0)),
    });
    this.#durations = createDurations(Date.now());
    this.#runtime = watchRuntime();
    this.#journal = this.shield(() =>
      options.journal?.({
        service: this.service,
        resource,
        redactPath: (path) => this.#redactor.redactUrl(path),
        adopt: (record, told) => this.#exporter.adopt(record, told),
      }),
    );
    this.#watch();
  }

  #watch(): void {
    const metrics = setInterval(() => this.shield(() => this.#sendMetrics()), METRICS_MS);
    metrics.unref();
    this.#stops.push(
      () => clearInterval(metrics),
      () => this.#runtime.close(),
    );
    if (this.#configuration.context) {
      this.#stops.push(watchOutgoingCalls(this));
    }
    if (!this.#configuration.processHooks) return;
    this.#stops.push(
      watchProcess({
        onUncaught: (thrown, origin) => this.shield(() => this.#recordUncaught(thrown, origin)),
        onEnd: () => {
          this.shield(() => this.#exporter.spoolNow());
          this.shield(() => this.#journal?.settle());
        },
      }),
    );
  }

  /** Counts and publishes an error of the guard's own, for a caller that has caught one. Never throws. */
  countError(error: unknown): void {
    this.#internalErrors += 1;
    try {
      if (errors.hasSubscribers) errors.publish({ guard: this, error });
    } catch {
      // A subscriber that throws is not the host's problem either.
    }
  }

  /** Runs the guard's own code: what it throws is counted and published, and the host goes on. */
  shield<T>(run: () => T): T | undefined {
    try {
      return run();
    } catch (error) {
      this.countError(error);
      return undefined;
    }
  }

  /** Begins an exchange. */
  begin<Request>(view: HostView<Request>, request: Request): Exchange<Request> {
    const exchange = new Exchange(this, view, request);
    if (this.#journal !== undefined) this.shield(() => this.#journal?.open(exchange as Exchange));
    return exchange;
  }

  /** Runs the host's code in the context of an exchange, so that its calls, log lines and uncaught exceptions find it. */
  run<T>(exchange: Exchange<never> | Exchange, work: () => T): T {
    return this.#configuration.context ? runInExchange(exchange as Exchange, work) : work();
  }

  /**
   * Like `run`, for work that is the last thing one of Node's own callbacks does, and does for this exchange only, such as the HTTP parser's callback for a
   * request. The context then ends together with that callback, which is cheaper than ending it here.
   */
  runLast<T>(exchange: Exchange, work: () => T): T {
    if (!canEnter || !this.#configuration.context) return this.run(exchange, work);
    enterExchange(exchange);
    return work();
  }

  /** The exchange that runs now, if it is this guard's. */
  current(): Exchange | undefined {
    const exchange = findCurrentExchange();
    return exchange?.owner === this ? exchange : undefined;
  }

  /** Ends an exchange: counts it, and reports it when it failed or hid a failure. */
  finish(exchange: Exchange, status: number | undefined, isAborted: boolean): void {
    if (exchange.isFinished) return;
    exchange.isFinished = true;
    try {
      this.#finish(exchange, status, isAborted);
    } catch (error) {
      this.countError(error);
      this.#exporter.drop("record-failed", 0);
    }
    // A reported failure still needs them: it is written down later.
    if (!exchange.isReported) exchange.bodyChunks = exchange.lines = exchange.flags = undefined;
    if (this.#journal !== undefined) this.shield(() => this.#journal?.close(exchange));
  }

  #finish(exchange: Exchange, status: number | undefined, isAborted: boolean): void {
    const endMs = performance.now();
    const isFailure = isFailed(exchange, status, isAborted);
    const ending: Ending = { status, isFailure, isAborted, endMs };
    exchange.ending = ending;
    exchange.route ??= this.#readRoute(exchange);
    const isTold = isFailure || hidesFailure(exchange, status);
    const { successSpans } = this.#configuration;
    // Sampled by the trace id, so that every service of a trace decides alike.
    const isSent = isTold || (successSpans > 0 && Number.parseInt(exchange.trace.traceId.slice(-7), 16) / 0x10000000 < successSpans);
    const key = toDurationKey(exchange, ending, isSent);
    this.#durations.record(key, endMs - exchange.startMs);
    if (isTold) this.#report(exchange, ending, key);
    else if (isSent) this.#exporter.offerUncounted({ spans: writeSuccess(exchange, ending, this.#durations.describe(key)) });
  }

  /** Reports something that was thrown after the exchange had ended and was counted. */
  tellLate(exchange: Exchange): void {
    const { ending } = exchange;
    if (ending === undefined || isExcused(exchange)) return;
    const isFailure = isFailed(exchange, ending.status, ending.isAborted);
    this.shield(() => this.#report(exchange, { ...ending, isFailure, endMs: performance.now(), isLate: true }));
  }

  /** Reads the route; a router that cannot be read costs the route, not the record. */
  #readRoute(exchange: Exchange): string | undefined {
    try {
      return exchange.view.route(exchange.request);
    } catch (error) {
      this.countError(error);
      return undefined;
    }
  }

  #report(exchange: Exchange, ending: Ending, key?: DurationKey): void {
    if (exchange.isReported) return;
    exchange.isReported = true;
    exchange.route ??= this.#readRoute(exchange);
    // What changes later is read now, the rest when failures are written down. The copy keeps a call that is still open as it was at the failure.
    exchange.calls = exchange.calls?.map((call) => ({ ...call }));
    const address = exchange.view.clientAddress(exchange.request);
    const state = {
      runtime: this.#runtime.writeNow(ending.endMs),
      sources: this.#readSources(),
      address,
      shared: this.#durations.describe(key ?? toDurationKey(exchange, ending, true)),
    };
    this.#exporter.offer(() => this.shield(() => writeFailure(exchange, ending, { redactor: this.#redactor, state })));
  }

  /** The state of pools, dependencies and other sources at this moment. */
  #readSources(): Record<string, string | number> | undefined {
    if (this.#sources.size === 0) return undefined;
    const read = [...this.#sources].map((source) => this.shield(() => source.readNow?.()));
    return Object.assign({}, ...read) as Record<string, string | number>;
  }

  #sendMetrics(): void {
    const nowMs = Date.now();
    const durations = this.#durations.take(nowMs);
    const metrics = [
      ...(durations === undefined ? [] : [durations]),
      ...this.#runtime.takeMetrics(nowMs),
      ...[...this.#sources].flatMap((source) => this.shield(() => source.takeMetrics(nowMs)) ?? []),
    ];
    this.#exporter.offerUncounted({ metrics });
  }

  #recordUncaught(thrown: unknown, origin: string): void {
    const exchange = this.current();
    if (exchange === undefined) {
      // With several guards in a process, only the one that owns the exchange reports it, so that it is reported once.
      if (findCurrentExchange() === undefined) this.#offerLone(thrown, { origin, severity: 21 });
      return;
    }
    exchange.fail(thrown);
    exchange.set("faultline.uncaught", origin);
    this.#report(exchange, { status: undefined, isFailure: true, isAborted: true, endMs: performance.now(), isLate: exchange.isFinished });
    // It is reported now, so the next process must not report it again.
    this.#journal?.close(exchange);
  }

  /** Reports an error that was handled, or that belongs to no request. Inside an exchange it becomes part of that exchange's record. */
  capture(thrown: unknown): void {
    const exchange = this.current();
    if (exchange !== undefined) return exchange.fail(thrown);
    this.#offerLone(thrown, { origin: "capture", severity: 17 });
  }

  #offerLone(thrown: unknown, told: { readonly origin: string; readonly severity: number }): void {
    const record = this.shield(() => writeLoneFailure(thrown, this.#redactor, told));
    this.#exporter.offer(() => record);
  }

  /** Adds a log line to the flight recorder of the current request. `severity` as in OpenTelemetry: 5 DEBUG, 9 INFO, 13 WARN, 17 ERROR. */
  note(severity: number, text: string): void {
    const exchange = this.current();
    if (exchange !== undefined && !exchange.isFinished) exchange.lines = recordLine(exchange.lines, severity, text);
  }

  /** Reads `source`, such as `metricsOf(dependency)` or `poolsOf(pools)`, for metrics and at failures, until the returned function is called. */
  watch(source: MetricSource): () => void {
    this.#sources.add(source);
    return () => void this.#sources.delete(source);
  }

  /** The ids to stamp a log line with; undefined outside of a request. */
  logContext(): { readonly request_id: string; readonly trace_id: string; readonly span_id: string } | undefined {
    const exchange = this.current();
    return exchange && { request_id: exchange.requestId, trace_id: exchange.trace.traceId, span_id: exchange.trace.spanId };
  }

  /** What has become of the failures so far: captured = delivered + pending + spooled + dropped. */
  counts(): GuardCounts {
    return { ...structuredClone(this.#exporter.counts), internalErrors: this.#internalErrors };
  }

  /** Sends what is pending; resolves when it is delivered, spooled or dropped. */
  async flush(): Promise<void> {
    this.shield(() => this.#sendMetrics());
    await this.#exporter.flush();
  }

  /** Sends or spools the rest and stops watching. Takes at most 5 s. */
  async close(): Promise<void> {
    this.shield(() => this.#sendMetrics());
    await this.#exporter.close(CLOSE_TIMEOUT_MS);
    for (const stop of this.#stops.splice(0)) this.shield(stop);
    this.shield(() => this.#journal?.end());
  }
}

/** True when it only threw because its client had left. */
function isExcused(exchange: Exchange): boolean {
  return exchange.isExcused?.(exchange.thrown) === true;
}

function toDurationKey(exchange: Exchange, ending: Ending, isSent: boolean): DurationKey {
  const { view, request, route, otel } = exchange;
  return {
    route,
    method: view.method(request),
    status: ending.status ?? 0,
    scheme: view.scheme(request),
    errorType: toErrorType(exchange, ending),
    // Where OpenTelemetry runs in this process, its span is the one that is sent.
    hasSpan: otel === undefined ? isSent : otel.sampled,
  };
}

function isFailed(exchange: Exchange, status: number | undefined, isAborted: boolean): boolean {
  if ((status ?? 0) >= 500) return true;
  return exchange.hasThrown && (isAborted || status === undefined) && !isExcused(exchange);
}

/** An answer below 400 over an error that was thrown, or over a call that failed: a success that hides a failure. */
function hidesFailure(exchange: Exchange, status: number | undefined): boolean {
  if (exchange.hasThrown && (status ?? 400) < 400 && !isExcused(exchange)) return true;
  const calls = exchange.calls;
  return calls !== undefined && calls.some((call) => call.errorType !== undefined && (call.status ?? 500) >= 500);
}

/** Makes a guard. Throws a ConfigurationError when an option is wrong; from then on it never throws. */
export function createGuard(options: GuardOptions): Guard {
  const configuration = parseOptions(options);
  const guard = new Guard(options, configuration);
  if (configuration.announce) {
    const where = options.transport === undefined ? (configuration.endpoint?.origin ?? "nowhere") : "a transport of yours";
    const spool = configuration.spool === undefined ? "no spool" : `spool ${configuration.spool.directory}`;
    process.stderr.write(`faultline: guarding ${configuration.service}, failures go to ${where}, ${spool}\n`);
  }
  return guard;
}

/** Writes what a scene's services would have sent: OTLP/JSON lines, each as its runtime writes them. */
import type { Dice } from "../incidents/generator/dice.ts";
import type { App, Attributes, Line, Step, Thrown, Trouble, Visit } from "./plan.ts";
import { pathOf } from "./runtime.ts";
import { RUNTIMES } from "./runtimes.ts";

type Value = { stringValue: string } | { intValue: string } | { doubleValue: number } | { boolValue: boolean };
type KeyValue = { readonly key: string; readonly value: Value };
type SpanJson = Readonly<Record<string, unknown>>;

const SERVER = 2;
const CLIENT = 3;
const PRODUCER = 4;
const CONSUMER = 5;
const ERROR = 2;

/** Attributes as OTLP/JSON writes them: whole numbers as strings. */
export function toKeyValues(attributes: Attributes): readonly KeyValue[] {
  return Object.entries(attributes).map(([key, value]) => ({ key, value: toValue(value) }));
}

function toValue(value: string | number | boolean): Value {
  if (typeof value === "string") return { stringValue: value };
  if (typeof value === "boolean") return { boolValue: value };
  return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value };
}

/** A group of OTLP/JSON lines by signal. */
export type Telemetry = { readonly traces: string[]; readonly logs: string[]; readonly metrics: string[] };

/** Collects what the services of one system send. Times are Unix ms. */
export class Pen {
  readonly telemetry: Telemetry = { traces: [], logs: [], metrics: [] };
  readonly #dice: Dice;

  constructor(dice: Dice) {
    this.#dice = dice;
  }

  /** Writes a whole request, beginning at its front service, and returns the time when it ended. */
  request(visit: Visit, startMs: number): number {
    return this.#visit(visit, { traceId: this.#hex(32), startMs });
  }

  /** A log record that belongs to no request. */
  line(app: App, { line, timeMs, traceId, spanId }: { line: Line; timeMs: number; traceId?: string; spanId?: string }): void {
    const time = nanos(timeMs + (app.skewMs ?? 0));
    const record = {
      timeUnixNano: time,
      observedTimeUnixNano: time,
      severityNumber: line.severity,
      severityText: line.severity >= 21 ? "FATAL" : line.severity >= 17 ? "ERROR" : line.severity >= 13 ? "WARN" : "INFO",
      body: { stringValue: line.body },
      attributes: toKeyValues(line.attributes ?? {}),
      ...(traceId === undefined ? {} : { traceId, spanId, flags: 1 }),
    };
    const scopeLogs = [{ scope: { name: line.scope ?? "" }, logRecords: [record] }];
    this.telemetry.logs.push(JSON.stringify({ resourceLogs: [{ resource: this.#resource(app), scopeLogs }] }));
  }

  /** Points of a gauge. */
  gauge(
    app: App,
    {
      name,
      unit,
      points,
      attributes,
    }: { name: string; unit: string; points: readonly (readonly [number, number])[]; attributes: Attributes },
  ): void {
    const dataPoints = points.map(([timeMs, value]) => ({
      attributes: toKeyValues(attributes),
      startTimeUnixNano: nanos(points[0]?.[0] ?? timeMs),
      timeUnixNano: nanos(timeMs),
      asDouble: value,
    }));
    const scopeMetrics = [{ scope: { name: "" }, metrics: [{ name, unit, gauge: { dataPoints } }] }];
    this.telemetry.metrics.push(JSON.stringify({ resourceMetrics: [{ resource: this.#resource(app), scopeMetrics }] }));
  }

  #hex(length: number): string {
    return Array.from({ length }, () => this.#dice.whole(0, 15).toString(16)).join("");
  }

  #resource({ service, runtime, version, instance, zone, resource }: App) {
    if (resource !== undefined) return { attributes: toKeyValues(resource) };
    return {
      attributes: toKeyValues({
        "service.name": service,
        ...(version === undefined ? {} : { "service.version": version }),
        ...(instance === undefined ? {} : { "service.instance.id": instance, "k8s.pod.name": instance, "host.name": instance }),
        ...(zone === undefined ? {} : { "cloud.region": zone.slice(0, -1), "cloud.availability_zone": zone }),
        ...RUNTIMES[runtime].sdk,
      }),
    };
  }

  #span(app: App, scope: string, span: SpanJson & { startMs: number; endMs: number; attributes: Attributes }): void {
    const { startMs, endMs, attributes, ...rest } = span;
    const skewMs = app.skewMs ?? 0;
    const json = {
      ...rest,
      startTimeUnixNano: nanos(startMs + skewMs),
      endTimeUnixNano: nanos(endMs + skewMs),
      attributes: toKeyValues(attributes),
      flags: 257,
    };
    const scopeSpans = [{ scope: { name: scope }, spans: [json] }];
    this.telemetry.traces.push(JSON.stringify({ resourceSpans: [{ resource: this.#resource(app), scopeSpans }] }));
  }

  #visit(visit: Visit, { traceId, parentSpanId, startMs }: { traceId: string; parentSpanId?: string; startMs: number }): number {
    const { app, thrown, lines = [], steps = [], rpc } = visit;
    const spanId = this.#hex(16);
    let atMs = startMs + (visit.ms ?? this.#dice.whole(3, 14));
    for (const step of steps) atMs = this.#step(app, step, { traceId, parentSpanId: spanId, startMs: atMs });
    const endMs = atMs + this.#dice.whole(1, 3);
    if (app.isSilent === true) return endMs;
    const runtime = RUNTIMES[app.runtime];
    const told = thrown === undefined ? undefined : (thrown.told ?? runtime.told);
    const isFailed = rpc === undefined ? visit.status >= 500 : [2, 4, 12, 13, 14, 15].includes(rpc.code);
    const isRoot = parentSpanId === undefined;
    this.#span(app, rpc === undefined ? runtime.scopes.server : runtime.scopes.rpc, {
      traceId,
      spanId,
      ...(isRoot ? {} : { parentSpanId }),
      name: rpc === undefined ? runtime.serverName(visit.method ?? "GET", runtime.route(visit.route)) : `${rpc.service}/${rpc.method}`,
      kind: SERVER,
      startMs,
      endMs,
      attributes: serverAttributes(visit),
      events: thrown !== undefined && (told === "span" || told === "both") ? [exceptionEvent(thrown, endMs - 1 + (app.skewMs ?? 0))] : [],
      status: isFailed ? { code: ERROR, message: runtime.serverStatusText(thrown) } : {},
    });
    const words = [...lines, ...(thrown !== undefined && told !== "span" ? [runtime.logException(thrown, visit)] : [])];
    for (const line of words) this.line(app, { line, timeMs: endMs - 1, traceId, spanId });
    return endMs;
  }

  #step(app: App, step: Step, at: { traceId: string; parentSpanId: string; startMs: number }): number {
    if (step.kind === "call") return this.#call(app, step, at);
    const runtime = RUNTIMES[app.runtime];
    const endMs = at.startMs + (step.ms ?? this.#dice.whole(1, 6));
    const { trouble, system, host } = step;
    if (app.isSilent === true) return endMs;
    const isStore = step.kind === "store";
    this.#span(app, runtime.scopes.store(system), {
      traceId: at.traceId,
      spanId: this.#hex(16),
      parentSpanId: at.parentSpanId,
      name: isStore
        ? `${step.statement.split(" ")[0] ?? ""} shop`
        : step.kind === "send"
          ? `${step.topic} publish`
          : `${step.topic} process`,
      kind: isStore ? CLIENT : step.kind === "send" ? PRODUCER : CONSUMER,
      startMs: at.startMs,
      endMs,
      attributes: isStore
        ? storeAttributes(step, runtime.isOld)
        : {
            "messaging.system": system,
            "messaging.destination.name": step.topic,
            "messaging.operation": step.kind === "send" ? "publish" : "process",
            "server.address": host,
          },
      ...troubleOf(trouble, { app, endMs }),
    });
    return endMs;
  }

  #call(app: App, step: Extract<Step, { kind: "call" }>, at: { traceId: string; parentSpanId: string; startMs: number }): number {
    const { to, trouble } = step;
    const runtime = RUNTIMES[app.runtime];
    const spanId = this.#hex(16);
    const hasSpan = app.isSilent !== true;
    const inner =
      step.isUnreached === true
        ? at.startMs
        : this.#visit(to, { traceId: at.traceId, parentSpanId: hasSpan ? spanId : at.parentSpanId, startMs: at.startMs + 1 });
    const endMs = step.ms === undefined ? Math.max(inner, at.startMs) + 1 : at.startMs + step.ms;
    if (!hasSpan) return endMs;
    const isFailed = trouble !== undefined || (to.rpc === undefined ? to.status >= 400 : to.rpc.code !== 0);
    const told = troubleOf(trouble, { app, endMs });
    this.#span(app, to.rpc === undefined ? runtime.scopes.client : runtime.scopes.rpc, {
      traceId: at.traceId,
      spanId,
      parentSpanId: at.parentSpanId,
      name: to.rpc === undefined ? runtime.clientName(to.method ?? "GET") : `${to.rpc.service}/${to.rpc.method}`,
      kind: CLIENT,
      startMs: at.startMs,
      endMs,
      attributes: { ...clientAttributes(step, runtime.isOld), ...step.attributes },
      events: told.events,
      status: isFailed ? { code: ERROR, message: told.status.message ?? to.rpc?.message ?? "" } : {},
    });
    return endMs;
  }
}

function nanos(ms: number): string {
  return `${Math.round(ms * 1000)}000`;
}

function exceptionEvent({ type, message, stack }: Thrown, timeMs: number) {
  const attributes = toKeyValues({ "exception.type": type, "exception.message": message, "exception.stacktrace": stack });
  return { name: "exception", timeUnixNano: nanos(timeMs), attributes };
}

function troubleOf(trouble: Trouble | undefined, { app, endMs }: { app: App; endMs: number }) {
  if (trouble === undefined) return { events: [], status: {} as { code?: number; message?: string } };
  const runtime = RUNTIMES[app.runtime];
  const thrown = { ...trouble, stack: `${trouble.type}: ${trouble.message}` };
  return {
    events: runtime.recordsClientErrors ? [exceptionEvent(thrown, endMs + (app.skewMs ?? 0))] : [],
    status: { code: ERROR, message: runtime.clientStatusText(trouble) },
  };
}

function serverAttributes(visit: Visit): Attributes {
  const { app, status, route, method = "GET", rpc, attributes = {} } = visit;
  const { isOld, serverExtras, route: toRoute } = RUNTIMES[app.runtime];
  const extras = { ...serverExtras?.(visit), ...attributes };
  const host = app.host ?? app.service;
  if (rpc !== undefined)
    return {
      "rpc.system": "grpc",
      "rpc.service": rpc.service,
      "rpc.method": rpc.method,
      "rpc.grpc.status_code": rpc.code,
      "server.address": host,
      ...extras,
    };
  const failed = status >= 500 && !isOld ? { "error.type": String(status) } : {};
  if (app.runtime === "envoy")
    return {
      "http.method": method,
      "http.url": `http://${host}${pathOf(visit)}`,
      "http.status_code": String(status),
      "http.protocol": "HTTP/1.1",
      component: "proxy",
      node_id: `sidecar~10.4.2.17~${app.service}-6c5d9f7b8d-x2x9k.shop~shop.svc.cluster.local`,
      "guid:x-request-id": "6f1d2f7e-13a4-9d0b-8a51-2f9c0c9f9a31",
      ...(status >= 500 ? { error: "true" } : {}),
      ...extras,
    };
  if (isOld)
    return {
      "http.method": method,
      "http.scheme": "http",
      "http.host": `${host}:8080`,
      "http.target": pathOf(visit),
      "http.route": toRoute(route),
      "http.flavor": "1.1",
      "net.host.name": host,
      "net.host.port": 8080,
      "http.status_code": status,
      ...extras,
    };
  return {
    "http.request.method": method,
    "url.scheme": "http",
    "url.path": pathOf(visit),
    "http.route": toRoute(route),
    "server.address": host,
    "server.port": 8080,
    "network.protocol.version": "1.1",
    "user_agent.original": "okhttp/4.12.0",
    "http.response.status_code": status,
    ...failed,
    ...extras,
  };
}

function clientAttributes({ to, trouble, isUnreached }: Extract<Step, { kind: "call" }>, isOld: boolean): Attributes {
  const host = to.app.host ?? to.app.service;
  const { method = "GET", rpc } = to;
  const isAnswered =
    trouble === undefined ||
    (isUnreached !== true && to.status >= 400 && to.app.isSilent !== true && !/[Tt]imeout|deadline|EOF|reset/.test(trouble.message));
  if (rpc !== undefined)
    return {
      "rpc.system": "grpc",
      "rpc.service": rpc.service,
      "rpc.method": rpc.method,
      "rpc.grpc.status_code": rpc.code,
      "server.address": host,
      "server.port": 9090,
    };
  const path = pathOf(to);
  if (isOld)
    return {
      "http.method": method,
      "http.url": `http://${host}:8080${path}`,
      "net.peer.name": host,
      "net.peer.port": 8080,
      ...(isAnswered ? { "http.status_code": to.status } : {}),
    };
  const status = isAnswered
    ? { "http.response.status_code": to.status, ...(to.status >= 400 ? { "error.type": String(to.status) } : {}) }
    : { "error.type": trouble?.type ?? "" };
  return {
    "http.request.method": method,
    "url.full": `http://${host}:8080${path}`,
    "server.address": host,
    "server.port": 8080,
    ...status,
  };
}

function storeAttributes({ system, host, statement, trouble, code }: Extract<Step, { kind: "store" }>, isOld: boolean): Attributes {
  const operation = statement.split(" ")[0] ?? "";
  if (isOld)
    return {
      "db.system": system,
      "db.name": "shop",
      "db.user": "shop",
      "db.statement": statement,
      "db.operation": operation,
      "net.peer.name": host,
      "net.peer.port": system === "redis" ? 6379 : 5432,
    };
  return {
    "db.system.name": system,
    "db.namespace": "shop",
    "db.query.text": statement,
    "db.operation.name": operation,
    "server.address": host,
    ...(code === undefined ? {} : { "db.response.status_code": code }),
    ...(trouble === undefined ? {} : { "error.type": code ?? trouble.type }),
  };
}

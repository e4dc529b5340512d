/** Loads that nobody tunes a collector for: each is what some sender does by mistake, taken to where it hurts. */
import { encodeLogs, encodeMetrics, encodeTraces } from "@faultline/formats/otlp-encode";
import type { Attributes, LogRecord, MetricPoint, Resource, Span } from "@faultline/model";

/** One load: the path it is sent to and its `round`-th body. */
export type Load = { readonly name: string; readonly path: string; readonly next: (round: number) => Uint8Array };

const DAY_MS = 86_400_000;
const MIB = 1 << 20;

function toId(number: number, length: 16 | 32): string {
  return (number + 1).toString(16).padStart(length, "0");
}

function toResource(attributes: Attributes = {}): Resource {
  const service = String(attributes["service.name"] ?? "shop");
  return { service, attributes: { "service.name": service, ...attributes } };
}

type Sketch = Partial<Pick<Span, "kind" | "status" | "attributes" | "resource" | "startMs" | "parentSpanId">>;

const SHOP = toResource();

function toSpan(trace: number, span: number, sketch: Sketch = {}): Span {
  const { startMs = Date.now() - 20, ...rest } = sketch;
  const ids = { traceId: toId(trace, 32), spanId: toId(span, 16) };
  return {
    ...ids,
    name: "x",
    kind: "internal",
    startMs,
    endMs: startMs + 10,
    status: "unset",
    attributes: {},
    events: [],
    links: [],
    resource: SHOP,
    ...rest,
  };
}

function list<T>(count: number, make: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => make(index));
}

function traces(name: string, make: (round: number) => readonly Span[]): Load {
  return { name, path: "/v1/traces", next: (round) => encodeTraces(make(round)) };
}

function server(attributes: Attributes = {}, more: Sketch = {}): Sketch {
  const route = { "http.route": "/cart", "http.request.method": "GET", "http.response.status_code": 200 };
  return { kind: "server", attributes: { ...route, ...attributes }, ...more };
}

function point(name: string, more: Partial<MetricPoint>): MetricPoint {
  return { name, unit: "1", timeMs: Date.now(), value: 1, attributes: {}, resource: SHOP, ...more };
}

function log(more: Partial<LogRecord>): LogRecord {
  return { timeMs: Date.now(), severity: 9, body: "a line", attributes: {}, resource: SHOP, ...more };
}

function logs(name: string, make: (round: number) => readonly LogRecord[]): Load {
  return { name, path: "/v1/logs", next: (round) => encodeLogs(make(round)) };
}

function metrics(name: string, make: (round: number) => readonly MetricPoint[]): Load {
  return { name, path: "/v1/metrics", next: (round) => encodeMetrics(make(round)) };
}

/** Dates at random, from 1970 to 2099. */
function anyDate(index: number): number {
  return ((index * 2_654_435_761) % 47_000) * DAY_MS + (index % 1_440) * 60_000;
}

/** The last thirty days, at random. */
function anyRecentDate(index: number): number {
  return Date.now() - ((index * 2_654_435_761) % (30 * DAY_MS));
}

const LONG = "x".repeat(MIB);
const MANY_ATTRIBUTES: Attributes = Object.fromEntries(list(10_000, (index) => [`attribute.${index}`, index]));

/** See above. */
export const LOADS: readonly Load[] = [
  traces("spans of sixty bytes, each its own trace", (round) => list(2_000, (index) => toSpan(round * 2_000 + index, 1))),
  traces("traces of a hundred tiny spans", (round) => list(2_000, (index) => toSpan(round * 20 + Math.floor(index / 100), index))),
  traces("failing traces of 50,000 spans, the failing one last", (round) =>
    list(2_500, (index) => {
      const number = (round % 20) * 2_500 + index;
      return toSpan(Math.floor(round / 20), number, number === 49_999 ? server({ "http.response.status_code": 500 }) : {});
    }),
  ),
  traces("each span with a resource of its own", (round) =>
    list(1_000, (index) => toSpan(round, index, { resource: toResource({ "service.instance.id": `pod-${round}-${index}` }) })),
  ),
  traces("10,000 attributes a span, one in ten failing", (round) =>
    list(10, (index) => toSpan(round * 10 + index, 1, server(MANY_ATTRIBUTES, index === 0 ? { status: "error" } : {}))),
  ),
  traces("values of a mebibyte, all failing", (round) =>
    list(8, (index) => toSpan(round, index, server({ "http.request.body": LONG }, { status: "error" }))),
  ),
  traces("a new route with every span", (round) =>
    list(500, (index) => toSpan(round * 500 + index, 1, server({ "http.route": `/cart/${round * 500 + index}` }))),
  ),
  traces("a new service with every span", (round) =>
    list(500, (index) =>
      toSpan(round * 500 + index, 1, server({}, { resource: toResource({ "service.name": `function-${round * 500 + index}` }) })),
    ),
  ),
  traces("a new version with every span", (round) =>
    list(500, (index) => {
      const version = `build-${round * 500 + index}`;
      return toSpan(round * 500 + index, 1, server({}, { resource: { ...toResource({ "service.version": version }), version } }));
    }),
  ),
  traces("spans of any date from 1970 to 2099, one in fifty failing", (round) =>
    list(500, (index) => {
      const number = round * 500 + index;
      return toSpan(number, 1, server({ "http.response.status_code": index % 50 === 0 ? 500 : 200 }, { startMs: anyDate(number) }));
    }),
  ),
  traces("spans of any minute of the last thirty days", (round) =>
    list(500, (index) => toSpan(round * 500 + index, 1, server({}, { startMs: anyRecentDate(round * 500 + index) }))),
  ),
  traces("everything fails", (round) =>
    list(300, (index) =>
      toSpan(round * 60 + Math.floor(index / 5), index, index % 5 === 0 ? server({ "http.response.status_code": 500 }) : {}),
    ),
  ),
  logs("logs without a trace", () => list(1_000, () => log({}))),
  logs("errors without a trace, each of its own service", (round) =>
    list(1_000, (index) => log({ severity: 17, resource: toResource({ "service.name": `function-${round * 1_000 + index}` }) })),
  ),
  logs("logs of ever new traces", (round) => list(1_000, (index) => log({ traceId: toId(round * 1_000 + index, 32) }))),
  metrics("a new metric series with every point", (round) =>
    list(1_000, (index) => point("queue.depth", { attributes: { "queue.name": `queue-${round * 1_000 + index}` } })),
  ),
  metrics("points of any date", (round) =>
    list(1_000, (index) =>
      point("queue.depth", { timeMs: index % 2 === 0 ? anyDate(round + index) : anyRecentDate(round * 1_000 + index) }),
    ),
  ),
  metrics("a series of a mebibyte", (round) => list(8, (index) => point(`queue.${round * 8 + index}`, { attributes: { name: LONG } }))),
];

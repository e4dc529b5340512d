/** A shop's half hour, as its telemetry: good traffic on six routes, and faults of several kinds. Same seed, same data. */
import type { Payload, Store } from "@faultline/collector/store";
import { encodeTraces } from "@faultline/formats/otlp-encode";
import type { Attributes, Change, Observations, Resource, Span, SpanEvent } from "@faultline/model";
import { diagnose } from "@faultline/playbook";
import { createRandom } from "../rig/seeded-random.ts";

function toHex(random: () => number, digits: number): string {
  return Array.from({ length: digits }, () => Math.floor(random() * 16).toString(16)).join("");
}

/** One hop of a request, client side first: what its server span says, and how long its caller waited for it. */
export type HopSketch = {
  readonly service: string;
  readonly version?: string;
  readonly region?: string;
  readonly route: string;
  readonly method?: string;
  readonly status: number;
  readonly attributes?: Attributes;
  readonly exception?: { readonly type: string; readonly message: string; readonly stack?: string };
};

function toEvents(exception: HopSketch["exception"], timeMs: number): readonly SpanEvent[] {
  if (exception === undefined) return [];
  const { type, message, stack } = exception;
  const attributes = { "exception.type": type, "exception.message": message, ...(stack && { "exception.stacktrace": stack }) };
  return [{ name: "exception", timeMs, attributes }];
}

function toResource({ service, version, region = "eu-west-1" }: HopSketch): Resource {
  const instance = `${service}-7d9f`;
  const attributes = {
    "service.name": service,
    "service.version": version,
    "service.instance.id": instance,
    "cloud.region": region,
  };
  return { service, ...(version === undefined ? {} : { version }), instance, region, attributes };
}

/** The spans of one request through its hops: a server span each, and a client span for every call in between. */
export function sketchTrace(hops: readonly HopSketch[], startMs: number, random: () => number): readonly Span[] {
  const traceId = toHex(random, 32);
  const spans: Span[] = [];
  let parentSpanId: string | undefined;
  let [fromMs, endMs] = [startMs, startMs + 20 + random() * 60 * hops.length];
  for (const [index, hop] of hops.entries()) {
    const { route, method = "GET", status } = hop;
    const resource = toResource(hop);
    const base = { traceId, events: [], links: [], resource };
    const span: Span = {
      ...base,
      spanId: toHex(random, 16),
      ...(parentSpanId === undefined ? {} : { parentSpanId }),
      name: `${method} ${route}`,
      kind: "server",
      startMs: fromMs,
      endMs,
      status: status >= 500 ? "error" : "unset",
      attributes: {
        "http.request.method": method,
        "http.route": route,
        "url.path": route,
        "http.response.status_code": status,
        ...hop.attributes,
      },
      events: toEvents(hop.exception, endMs - 1),
    };
    spans.push(span);
    parentSpanId = span.spanId;
    const next = hops[index + 1];
    if (next === undefined) break;
    [fromMs, endMs] = [fromMs + 2 + random() * 4, endMs - 2 - random() * 4];
    const call: Span = {
      ...base,
      spanId: toHex(random, 16),
      parentSpanId,
      name: next.method ?? "GET",
      kind: "client",
      startMs: fromMs,
      endMs,
      status: next.status >= 400 ? "error" : "unset",
      attributes: {
        "http.request.method": next.method ?? "GET",
        "server.address": next.service,
        "http.response.status_code": next.status,
      },
    };
    spans.push(call);
    parentSpanId = call.spanId;
    [fromMs, endMs] = [fromMs + 1, endMs - 1];
  }
  return spans;
}

/** Spans as an exporter would send them. */
export function toTracePayload(spans: readonly Span[]): Payload {
  return { signal: "traces", encoding: "protobuf", bytes: encodeTraces(spans) };
}

const STACK = `TypeError: Cannot read properties of undefined (reading 'rate')
    at toLocalPrice (file:///app/dist/pricing/convert.js:41:27)
    at quoteItems (file:///app/dist/pricing/quote.js:18:12)
    at Array.map (<anonymous>)
    at quote (file:///app/dist/routes/quotes.js:33:24)
    at Layer.handleRequest (/app/node_modules/router/lib/layer.js:152:17)
    at next (/app/node_modules/router/lib/route.js:157:13)
    at process.processTicksAndRejections (node:internal/process/task_queues:105:5)`;

type Scenario = {
  /** Failing requests, and good ones of the same route. */
  readonly failing: number;
  readonly good: number;
  readonly fromMs: number;
  readonly toMs: number;
  readonly sketch: (isFailing: boolean, random: () => number) => readonly HopSketch[];
};

function pick<T>(values: readonly [T, ...T[]], random: () => number): T {
  return values[Math.floor(random() * values.length)] ?? values[0];
}

/** Orders in yen fail: nobody published a rate. */
function sketchQuote(isFailing: boolean, random: () => number): readonly HopSketch[] {
  const currency = isFailing ? "JPY" : pick(["EUR", "USD", "GBP"], random);
  const body = JSON.stringify({ items: [{ sku: `sku-${Math.floor(random() * 90)}`, quantity: 2 }], currency, email: "[redacted:email]" });
  const captured: Attributes = isFailing
    ? {
        "http.request.header.content-type": ["application/json"],
        "http.request.header.authorization": ["[redacted:token:3fa9c1]"],
        "http.request.header.user-agent": ["shop-app/8.2 (ios)"],
        "http.request.body.content": body,
      }
    : {};
  const exception = { type: "TypeError", message: "Cannot read properties of undefined (reading 'rate')", stack: STACK };
  return [
    { service: "gateway", version: "1.9.0", route: "/api/quotes", method: "POST", status: isFailing ? 500 : 200 },
    { service: "storefront", version: "2.4.1", route: "/api/quotes", method: "POST", status: isFailing ? 502 : 200 },
    {
      service: "orders",
      version: "5.0.3",
      route: "/quotes",
      method: "POST",
      status: isFailing ? 500 : 200,
      attributes: { "shop.currency": currency, "shop.items": 1 + Math.floor(random() * 5), ...captured },
      ...(isFailing ? { exception } : {}),
    },
  ];
}

/** The American storefront has a new release without its secret. */
function sketchHome(isFailing: boolean, random: () => number): readonly HopSketch[] {
  const region = isFailing ? "us-east-1" : pick(["eu-west-1", "eu-west-1", "ap-south-1"], random);
  const exception = { type: "ConfigurationError", message: "SESSION_SECRET is not set" };
  return [
    { service: "gateway", version: "1.9.0", region, route: "/", status: isFailing ? 500 : 200 },
    {
      service: "storefront",
      version: isFailing ? "2.5.0" : "2.4.1",
      region,
      route: "/",
      status: isFailing ? 500 : 200,
      ...(isFailing ? { exception } : {}),
    },
  ];
}

/** Payments answers 502, and nothing behind it sends telemetry. */
function sketchPayment(isFailing: boolean): readonly HopSketch[] {
  return [
    { service: "gateway", version: "1.9.0", route: "/api/checkout", method: "POST", status: isFailing ? 502 : 201 },
    { service: "orders", version: "5.0.3", route: "/checkout", method: "POST", status: isFailing ? 502 : 201 },
    { service: "payments", version: "3.3.0", route: "/charges", method: "POST", status: isFailing ? 502 : 201 },
  ];
}

function sketchBrowsing(_: boolean, random: () => number): readonly HopSketch[] {
  const route = pick(["/api/items", "/api/items/{id}", "/api/cart", "/search"], random);
  return [
    { service: "gateway", version: "1.9.0", route, status: 200 },
    { service: "storefront", version: "2.4.1", route, status: 200 },
  ];
}

/** What the fixture put into a store. */
export type Fixture = { readonly fingerprints: readonly string[]; readonly traceIds: readonly string[] };

/** Fills a store with half an hour that ends at `nowMs`, diagnoses the faults as the watcher would, and saves them. */
export async function fillStore(store: Store, nowMs: number, seed = 1): Promise<Fixture> {
  const random = createRandom(seed);
  const minute = 60_000;
  const deploys: readonly Change[] = [
    {
      kind: "deploy",
      service: "storefront",
      version: "2.5.0",
      previousVersion: "2.4.1",
      region: "us-east-1",
      timeMs: nowMs - 7 * minute,
      source: "declared",
      description: "9f3c2e1 new session cookies",
    },
    { kind: "config", service: "gateway", timeMs: nowMs - 12 * minute, source: "declared", description: "pretty error pages" },
  ];
  for (const change of deploys) await store.appendChange(change);
  const scenarios: readonly Scenario[] = [
    { failing: 61, good: 320, fromMs: nowMs - 11 * minute, toMs: nowMs - 5000, sketch: sketchQuote },
    { failing: 184, good: 500, fromMs: nowMs - 7 * minute, toMs: nowMs - 2000, sketch: sketchHome },
    { failing: 4, good: 240, fromMs: nowMs - 13 * minute, toMs: nowMs - 9 * minute, sketch: sketchPayment },
    { failing: 0, good: 900, fromMs: nowMs - 14 * minute, toMs: nowMs, sketch: sketchBrowsing },
  ];
  const fingerprints: string[] = [];
  const traceIds: string[] = [];
  for (const scenario of scenarios) {
    const { failing, good } = await appendScenario(store, scenario, { nowMs, random });
    const [first] = failing;
    if (first === undefined) continue;
    const spans = [...failing.flat(), ...good.slice(0, 100).flat()];
    fingerprints.push(await saveDiagnosis(store, { spans, changes: deploys, failing }));
    traceIds.push(first[0]?.traceId ?? "");
  }
  await store.flush();
  return { fingerprints, traceIds };
}

type Appended = { readonly failing: readonly (readonly Span[])[]; readonly good: readonly (readonly Span[])[] };
type When = { readonly nowMs: number; readonly random: () => number };

async function appendScenario(store: Store, scenario: Scenario, { nowMs, random }: When): Promise<Appended> {
  const failing = Array.from({ length: scenario.failing }, () => {
    const atMs = scenario.fromMs + (scenario.toMs - scenario.fromMs) * random();
    return sketchTrace(scenario.sketch(true, random), atMs, random);
  }).sort((a, b) => (a[0]?.startMs ?? 0) - (b[0]?.startMs ?? 0));
  const good = Array.from({ length: scenario.good }, () =>
    sketchTrace(scenario.sketch(false, random), nowMs - 14.5 * 60_000 * random(), random),
  );
  for (const part of [failing, good]) if (part.length > 0) await store.append(toTracePayload(part.flat()));
  return { failing, good };
}

type Observed = Pick<Observations, "spans" | "changes"> & { readonly failing: readonly (readonly Span[])[] };

/** Diagnoses failing traces against good ones and saves the fault; resolves to its fingerprint. */
export async function saveDiagnosis(store: Store, { spans, changes, failing }: Observed): Promise<string> {
  const diagnosis = diagnose({ spans, changes, logs: [], metrics: [], exchanges: [] });
  const times = failing.map((trace) => trace[0]?.startMs ?? 0);
  const entry = failing[0]?.[0];
  const origin = failing[0]?.findLast((span) => span.kind === "server");
  const fingerprint = `fixture-${origin?.resource.service ?? ""}-${failing.length}`;
  await store.assignFault(
    failing.map((trace) => trace[0]?.traceId ?? ""),
    fingerprint,
  );
  const exception = origin?.events[0]?.attributes;
  await store.saveFault({
    fingerprint,
    title:
      exception === undefined
        ? `502 on ${String(entry?.attributes["http.route"])}`
        : `${String(exception["exception.type"])}: ${String(exception["exception.message"])}`,
    service: origin?.resource.service ?? "",
    route: String(origin?.attributes["http.route"]),
    firstSeenMs: Math.min(...times),
    lastSeenMs: Math.max(...times),
    count: failing.length,
    state: "open",
    diagnosis,
    diagnosedAtMs: Math.max(...times) + 1500,
  });
  return fingerprint;
}

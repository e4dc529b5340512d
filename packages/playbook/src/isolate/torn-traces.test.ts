import type { Span } from "@faultline/model";
import { describe, expect, it } from "vitest";
import { diagnose } from "../playbook.ts";
import { type SpanSketch, TraceBuilder } from "../testing/trace-builder.ts";

const BUG = { type: "TypeError", message: "Cannot read properties of undefined (reading 'sku')" };
/** What a caller throws because of its callee's answer. */
const ANSWERED = { type: "BackendError", message: "cart answered 500" };

const cart = (isBad: boolean): SpanSketch => ({
  service: "cart",
  name: "GET /cart",
  at: 2,
  takes: 20,
  code: isBad ? 500 : 200,
  calls: [{ service: "cart", kind: "internal", name: "handler", at: 1, takes: 18, ...(isBad ? { exception: BUG } : {}) }],
});

/** shop > its handler > its call > cart > cart's handler; `answers` is what shop makes of it. */
function request(isBad: boolean, answers: number): SpanSketch {
  const call: SpanSketch = {
    service: "shop",
    kind: "client",
    name: "call",
    at: 3,
    takes: 26,
    status: isBad ? "error" : "unset",
    attributes: { "server.address": "cart", "http.response.status_code": isBad ? 500 : 200 },
    calls: [cart(isBad)],
  };
  const handler: SpanSketch = { service: "shop", kind: "internal", name: "handler", at: 1, takes: 32, calls: [call] };
  return {
    service: "shop",
    name: "GET /checkout",
    takes: 40,
    code: isBad ? answers : 200,
    attributes: { "http.route": "/checkout" },
    ...(isBad && answers >= 500 ? { exception: ANSWERED } : {}),
    calls: [handler],
  };
}

/** What is said of thirty good and twelve bad requests of which the spans that are picked never came. */
function diagnoseWithout(isLost: IsLost, answers = 500) {
  const { spans } = new TraceBuilder()
    .traces(30, () => request(false, answers))
    .traces(12, () => request(true, answers))
    .observations();
  const left = spans.filter((span, index) => !isLost(span, index));
  const { path, verdict, causes, scope } = diagnose({ spans: left, logs: [], metrics: [], changes: [], exchanges: [] });
  return { verdict, cause: causes[0]?.cause, fates: path.map(({ service, fate }) => `${service} ${fate}`), scope };
}

/** The span, as one whose parent never came where it is to be torn off. */
function tearOff(span: Span, isTornOff: boolean): Span {
  return isTornOff ? { ...span, parentSpanId: `f${span.spanId.slice(1)}` } : span;
}

type IsLost = (span: Span, index: number) => boolean;

const of =
  (service: string, name: string): IsLost =>
  (span) =>
    span.resource.service === service && span.name === name;
const shopsBesidesEntry: IsLost = ({ resource, kind }) => resource.service === "shop" && kind !== "server";
const callsAndCart: IsLost = ({ resource, kind }) => resource.service === "cart" || kind === "client";
const shopsOfTheLastFew: IsLost = ({ resource }, index) => resource.service === "shop" && index > 190;
const twoOfThreeHomes: IsLost = ({ name }, index) => name === "GET /home" && index % 3 > 0;

describe("a failure whose spans were partly lost", () => {
  it.each<[string, IsLost]>([
    ["the call", of("shop", "call")],
    ["what did the call", of("shop", "handler")],
    ["both", shopsBesidesEntry],
  ])("is followed to where it was made without %s", (_, isLost) => {
    expect(diagnoseWithout(isLost)).toMatchObject({
      verdict: "diagnosed",
      cause: "unhandled-exception",
      fates: ["shop propagated", "cart created"],
    });
  });

  it("is followed to the service that its error names, which is not blamed for its caller's exception", () => {
    const { cause, fates } = diagnoseWithout(callsAndCart);
    expect(fates).toEqual(["shop propagated", "cart created"]);
    expect(cause).not.toBe("unhandled-exception");
  });

  it("is the client's, however often a part whose caller other traces show failed where that caller is not to be seen", () => {
    const banners: SpanSketch = { service: "banners", name: "GET /top", at: 2, code: 500, exception: BUG };
    const home: SpanSketch = { service: "shop", name: "GET /home", code: 200, takes: 30, calls: [banners] };
    const { spans } = new TraceBuilder()
      .traces(30, () => home)
      .traces(12, (index) => request(index % 2 === 0, 500))
      .observations();
    const left = spans.filter((span, index) => !twoOfThreeHomes(span, index));
    const { scope } = diagnose({ spans: left, logs: [], metrics: [], changes: [], exchanges: [] });
    expect([scope.service, scope.route]).toEqual(["shop", "/checkout"]);
  });

  it("stays hidden where the answer was good in every request that is whole", () => {
    const { cause } = diagnoseWithout(shopsOfTheLastFew, 200);
    expect(cause).toBe("masked-by-middleware");
  });

  it("is that of a database whose span ended without a status, if the error is from its driver", () => {
    const query = { kind: "client", name: "SELECT", at: 4, takes: 6 } as const;
    const asked: SpanSketch = { ...query, service: "shop", attributes: { "db.system.name": "postgresql", "server.address": "orders-db" } };
    const good: SpanSketch = { service: "shop", name: "GET /orders", code: 200, takes: 20, calls: [asked] };
    const deadlock = { type: "PG::TRDeadlockDetected", message: "ERROR:  deadlock detected" };
    const { spans } = new TraceBuilder()
      .traces(30, () => good)
      .traces(12, () => ({ ...good, code: 500, exception: deadlock }))
      .observations();
    const { path, causes } = diagnose({ spans, logs: [], metrics: [], changes: [], exchanges: [] });
    expect(path.map(({ service, fate }) => `${service} ${fate}`)).toEqual(["shop propagated", "orders-db created"]);
    expect(causes[0]?.cause).toBe("database-failure");
  });

  it.each([
    ["a mapping", { type: "EmptyResultError", message: "Incorrect result size of postgres: expected 1, actual 0" }],
    ["a conversion", { type: "ValueError", message: "cannot convert psycopg2 Decimal" }],
  ])("is no database's where %s only speaks of its driver, and good calls have no status either", (_, exception) => {
    const asked: SpanSketch = { service: "shop", kind: "client", at: 4, takes: 6, attributes: { "db.system.name": "postgresql" } };
    const good: SpanSketch = { service: "shop", name: "GET /orders", code: 200, takes: 20, calls: [asked] };
    const { spans } = new TraceBuilder()
      .traces(30, () => good)
      .traces(12, () => ({ ...good, code: 500, exception }))
      .observations();
    const { path } = diagnose({ spans, logs: [], metrics: [], changes: [], exchanges: [] });
    expect(path.map(({ service, fate }) => `${service} ${fate}`)).toEqual(["shop created"]);
  });

  it("is not that of a call that was handled, beside a defect", () => {
    const lookUp: SpanSketch = { service: "shop", kind: "internal", at: 2, takes: 4, exception: ANSWERED };
    const handler: SpanSketch = { service: "shop", kind: "internal", at: 8, takes: 4, exception: BUG };
    const { spans } = new TraceBuilder()
      .traces(30, () => ({ service: "shop", name: "GET /orders", code: 200, takes: 20 }))
      .traces(12, () => ({ service: "shop", name: "GET /orders", code: 500, takes: 20, calls: [handler, lookUp] }))
      .observations();
    const { path } = diagnose({ spans, logs: [], metrics: [], changes: [], exchanges: [] });
    expect(path.map(({ service, fate }) => `${service} ${fate}`)).toEqual(["shop created"]);
  });

  it("is of the call that failed, whatever the process called meanwhile by a span that was lost", () => {
    const stock: SpanSketch = { service: "shop", kind: "client", at: 12, takes: 30, attributes: { "server.address": "stock" } };
    const pay: SpanSketch = {
      service: "shop",
      kind: "client",
      takes: 180,
      status: "error",
      message: "connect ECONNREFUSED 10.0.0.9:8080",
      attributes: { "server.address": "payments" },
    };
    const { spans } = new TraceBuilder()
      .traces(12, () => ({
        service: "shop",
        name: "GET /checkout",
        takes: 200,
        code: 500,
        calls: [pay, { service: "shop", kind: "internal", name: "lost", at: 10, takes: 40, calls: [stock] }],
      }))
      .observations();
    const left = spans.filter(({ name }) => name !== "lost");
    const { path } = diagnose({ spans: left, logs: [], metrics: [], changes: [], exchanges: [] });
    expect(path.map(({ service, fate }) => `${service} ${fate}`)).toEqual(["shop propagated", "payments created"]);
  });

  it.each<[string, Partial<SpanSketch>]>([
    ["requests of clients that send no spans", { kind: "server" }],
    ["messages of a producer that sends no spans", { kind: "consumer" }],
  ])("is that of many %s, and not of the few that a caller hid", (_, rest) => {
    const orders: SpanSketch = { service: "orders", name: "orders", at: 2, ...rest };
    const failing: SpanSketch = { ...orders, status: "error", code: 500, exception: BUG };
    const report: SpanSketch = { service: "report", name: "GET /report", code: 200, takes: 40, calls: [failing] };
    const { spans } = new TraceBuilder()
      .traces(30, () => orders)
      .traces(40, () => failing)
      .traces(2, () => report)
      .observations();
    const left = spans.map((span, index) => tearOff(span, index < 70));
    const { path, scope } = diagnose({ spans: left, logs: [], metrics: [], changes: [], exchanges: [] });
    expect([scope.failing, path.map(({ service, fate }) => `${service} ${fate}`)]).toEqual([40, ["orders created"]]);
  });

  it.each<[string, number, Partial<SpanSketch>]>([
    ["one within the other, by one process", 1, { kind: "internal" }],
    ["one within the other, by two services", 2, { kind: "server" }],
    ["one after the other", 1, { kind: "internal", takes: 0.5 }],
  ])("is told of thousands of spans, %s", (_, services, rest) => {
    const parts = Array.from({ length: 5000 }, (_each, index): SpanSketch => {
      return { service: `part-${index % services}`, name: "part", at: index / 8, takes: 5000 - index / 4, ...rest };
    });
    const { spans } = new TraceBuilder()
      .trace({ service: "part-0", name: "GET /all", takes: 9000, code: 500, calls: parts })
      .observations();
    const torn = spans.map((span) => tearOff(span, span.name === "part"));
    expect(diagnose({ spans: torn, logs: [], metrics: [], changes: [], exchanges: [] }).scope.failing).toBe(1);
  });
});

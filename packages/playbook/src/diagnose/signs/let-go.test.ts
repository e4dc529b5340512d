import type { LogRecord, MetricPoint } from "@faultline/model";
import { NO_OBSERVATIONS } from "@faultline/model";
import { describe, expect, it, vi } from "vitest";
import { readActivity } from "../../isolate/processes/process-activity.ts";
import { diagnose } from "../../playbook.ts";
import { type SpanSketch, TraceBuilder } from "../../testing/trace-builder.ts";

vi.mock(import("../../isolate/processes/process-activity.ts"), async (original) => {
  const actual = await original();
  return { ...actual, readActivity: vi.fn(actual.readActivity) };
});

const FULL = { exception: { type: "Error", message: "timeout exceeded when trying to connect" } };
const ask = (orders: SpanSketch, more: Partial<SpanSketch> = {}): SpanSketch => ({
  service: "storefront",
  name: "POST /checkout",
  code: Number(orders.code),
  takes: 800,
  attributes: { "http.route": "/checkout" },
  calls: [{ service: "storefront", kind: "client", name: "POST", code: Number(orders.code), takes: 790, calls: [orders] }],
  ...more,
});
const good: SpanSketch = { service: "orders", name: "POST /orders", code: 200, takes: 30 };
const full: SpanSketch = { ...good, code: 500, takes: 710, ...FULL };
/** Traces begin a second after one another: the last six are all sent in one instant, eight seconds after anything before them. */
const burst = new TraceBuilder().traces(20, () => ask(good)).traces(6, (index) => ask(full, { at: 8_000 - index * 1_000 }));
const spread = new TraceBuilder().traces(20, () => ask(good)).traces(12, (index) => ask(index % 2 === 0 ? full : good, { takes: 900 }));

/** The storefront's own measurement, at the end of all. */
const delay = (service: string, seconds: number): MetricPoint => ({
  name: "nodejs.eventloop.delay.max",
  unit: "s",
  value: seconds,
  timeMs: 1_700_000_030_000,
  attributes: {},
  resource: { service, attributes: {} },
});
const judge = (builder: TraceBuilder, ...metrics: readonly MetricPoint[]) => diagnose(builder.observations({ metrics }));

describe("a pool that many requests reached at once", () => {
  it("is not the cause if their sender had stood still and released them", () => {
    const diagnosis = judge(burst, delay("storefront", 7));
    expect(diagnosis.verdict).toBe("inconclusive");
    expect(diagnosis.causes.find(({ cause }) => cause === "pool-exhausted")?.against[0]?.statement).toContain("storefront moved again");
    expect(diagnosis.missing.map(({ what }) => what).join()).toContain("kept its caller busy");
  });

  it("is the cause if nobody measured such a stall, or somebody else did", () => {
    const others = [judge(burst), judge(burst, delay("storefront", 0.02)), judge(burst, delay("orders", 7))];
    expect(others.map(({ causes }) => causes[0]?.cause)).toEqual(["pool-exhausted", "pool-exhausted", "pool-exhausted"]);
  });

  it("is not the cause either if the sender's own spans show the stop, on whichever route, and how many came after it", () => {
    const invoice: SpanSketch = {
      service: "storefront",
      name: "GET /invoice",
      code: 200,
      takes: 7_000,
      attributes: { "http.route": "/invoice" },
    };
    const sent = (count: number) =>
      new TraceBuilder()
        .traces(20, () => ask(good))
        .trace({ ...invoice, at: 990 })
        .traces(count, (index) => ask(full, { at: 7_000 - index * 1_000 }));
    expect(judge(sent(3)).causes[0]?.cause).toBe("pool-exhausted");
    const diagnosis = judge(sent(6));
    expect(diagnosis.verdict).toBe("inconclusive");
    const against = diagnosis.causes.find(({ cause }) => cause === "pool-exhausted")?.against[0];
    expect(against?.measured).toBe("7000 ms in GET /invoice, then 6 requests within 500 ms; 6 of 6 were sent right after such a stop");
  });

  it("is the cause if the sender worked all the time", () => {
    const diagnosis = judge(spread, delay("storefront", 7));
    expect([diagnosis.verdict, diagnosis.causes[0]?.cause]).toEqual(["diagnosed", "pool-exhausted"]);
  });
});

describe("a pool whose connections were all waiting for one database", () => {
  const query = (more: Partial<SpanSketch>): SpanSketch => ({
    service: "orders",
    code: 500,
    takes: 800,
    attributes: { "http.route": "/orders" },
    calls: [
      {
        service: "orders",
        kind: "client",
        status: "error",
        attributes: { "db.system.name": "postgresql", "server.address": "orders-db" },
        ...more,
      },
    ],
  });

  it("is how the database's silence showed", () => {
    const diagnosis = diagnose(
      new TraceBuilder()
        .traces(12, () => ({ ...good, attributes: { "http.route": "/orders" } }))
        .trace(query({ takes: 9_000, message: "Query read timeout" }))
        .traces(6, () => query({ takes: 700, message: "timeout exceeded when trying to connect" }))
        .observations(),
    );
    expect([diagnosis.suspects[0]?.service, diagnosis.causes[0]?.cause]).toEqual(["orders-db", "dependency-timeout"]);
  });
});

describe("the search for a stop before each of many failures", () => {
  it("reads what the processes did once, not at every failure", () => {
    vi.mocked(readActivity).mockClear();
    const logs = Array.from({ length: 200 }, (_, index): LogRecord => ({
      timeMs: 1_700_000_000_000 + index * 100,
      severity: 17,
      body: "request errored",
      attributes: {
        "exception.type": "TypeError",
        "exception.message": "x is undefined",
        "url.path": "/orders",
        "http.request.method": "GET",
      },
      traceId: `request-${index}`,
      resource: { service: "orders", attributes: {} },
    }));
    const exchanges = logs.map(({ timeMs, traceId = "" }) => ({
      observer: { kind: "proxy", name: "nginx" } as const,
      method: "GET",
      path: "/orders",
      status: 500,
      timeMs,
      traceId,
    }));
    const { scope } = diagnose({ ...NO_OBSERVATIONS, logs, exchanges });
    expect(scope.failing).toBe(200);
    expect(vi.mocked(readActivity).mock.calls.length).toBeLessThan(5);
  });
});

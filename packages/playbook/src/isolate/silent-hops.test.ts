import type { Observations } from "@faultline/model";
import { describe, expect, it } from "vitest";
import { diagnose } from "../playbook.ts";
import { type SpanSketch, TraceBuilder } from "../testing/trace-builder.ts";

const thrown = { type: "TypeError", message: "x is not a function" };

/** gateway -> shop -> orders, where orders fails in one way or another. */
function request(orders: Partial<SpanSketch>, shopCode: number): SpanSketch {
  const callOrders: SpanSketch = {
    service: "shop",
    kind: "client",
    takes: 50,
    code: orders.code ?? 200,
    attributes: { "server.address": "orders" },
    calls: [{ service: "orders", code: 200, takes: 40, attributes: { "http.route": "/orders" }, ...orders }],
  };
  const shop: SpanSketch = { service: "shop", code: shopCode, takes: 60, attributes: { "http.route": "/" }, calls: [callOrders] };
  return {
    service: "gateway",
    code: shopCode,
    takes: 80,
    attributes: { "http.route": "/" },
    calls: [{ service: "gateway", kind: "client", takes: 70, code: shopCode, attributes: { "server.address": "shop" }, calls: [shop] }],
  };
}

function observe(orders: Partial<SpanSketch>, { shopCode, without }: { shopCode: number; without: string }): Observations {
  const all = new TraceBuilder()
    .traces(10, () => request({}, 200))
    .traces(5, () => request(orders, shopCode))
    .observations();
  return { ...all, spans: all.spans.filter(({ resource }) => resource.service !== without) };
}

describe("a hop that sends no telemetry", () => {
  it("is walked through if what it caused is known", () => {
    const diagnosis = diagnose(observe({ code: 500, exception: thrown }, { shopCode: 502, without: "shop" }));
    expect(diagnosis.path.map(({ service, fate }) => `${service} ${fate}`)).toEqual([
      "gateway propagated",
      "shop remapped",
      "orders created",
    ]);
    expect(diagnosis.causes[0]?.cause).toBe("unhandled-exception");
    expect(diagnosis.missing.map(({ what }) => what)).toContain("any telemetry of shop");
  });

  it("is seen to mask what failed behind it", () => {
    const diagnosis = diagnose(observe({ code: 500, exception: thrown }, { shopCode: 200, without: "shop" }));
    expect(diagnosis.path.map(({ service, fate }) => `${service} ${fate}`)).toEqual(["gateway clean", "shop masked", "orders created"]);
  });

  it("leaves the verdict open if the trail ends there", () => {
    const diagnosis = diagnose(observe({ code: 500, exception: thrown }, { shopCode: 502, without: "orders" }));
    expect(diagnosis.verdict).toBe("inconclusive");
    expect(diagnosis.suspects[0]?.service).toBe("orders");
    expect(diagnosis.missing.map(({ what }) => what)).toContain("any telemetry of orders");
  });

  it("is said to be in front if only what it called is known", () => {
    const diagnosis = diagnose(observe({ code: 500, exception: thrown }, { shopCode: 502, without: "gateway" }));
    expect(diagnosis.suspects[0]?.service).toBe("orders");
    expect(diagnosis.missing.map(({ what }) => what).join()).toContain("what calls shop");
  });

  // A server's span ends when its client goes away, and says 200 for want of an answer.
  const left = { service: "shop", code: 200, takes: 15, attributes: { "http.route": "/" } };
  const gaveUp: SpanSketch = { service: "gateway", kind: "client", takes: 70, status: "error", message: "shop timed out" };
  const front = (call: SpanSketch): SpanSketch => ({
    ...left,
    service: "gateway",
    calls: [{ ...call, attributes: { "server.address": "shop" } }],
  });

  it("hid nothing if the client had left before the failure, and neither did the hop in front", () => {
    const orders: SpanSketch = { service: "orders", code: 500, at: 30, exception: thrown, attributes: { "http.route": "/orders" } };
    const callOrders: SpanSketch = { service: "shop", kind: "client", takes: 60, code: 500, calls: [orders] };
    const all = new TraceBuilder().traces(5, () => front({ ...gaveUp, calls: [{ ...left, calls: [callOrders] }] })).observations();
    const { path, causes } = diagnose(all);
    expect(path.map(({ service, fate }) => `${service} ${fate}`)).toEqual(["gateway clean", "shop clean", "orders created"]);
    expect(causes[0]?.cause).toBe("unhandled-exception");
  });

  it("is not where a failure is observed, since nobody observed it there", () => {
    const orders: SpanSketch = { service: "orders", code: 201, at: 30, attributes: { "http.route": "/orders" } };
    const all = new TraceBuilder().traces(5, () => front({ ...gaveUp, calls: [{ ...left, calls: [orders] }] })).observations();
    const spans = all.spans.filter(({ resource }) => resource.service !== "shop");
    expect(diagnose({ ...all, spans })).toMatchObject({ verdict: "inconclusive", causes: [], scope: { failing: 0 } });
  });
});

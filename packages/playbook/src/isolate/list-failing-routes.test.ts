import type { Exchange } from "@faultline/model";
import { describe, expect, it } from "vitest";
import { type SpanSketch, TraceBuilder } from "../testing/trace-builder.ts";
import { listFailingRoutes } from "./list-failing-routes.ts";

const request = (service: string, route: string, code: number): SpanSketch => ({
  service,
  name: `GET ${route}`,
  code,
  attributes: { "http.route": route },
});

describe("the routes that fail", () => {
  const cascade = { ...request("gateway", "/cart", 502), calls: [request("storefront", "/price", 500)] };
  const builder = new TraceBuilder()
    .traces(2, () => cascade)
    .trace(request("gateway", "/orders", 500))
    .trace(request("gateway", "/orders", 200));

  it("are where clients met the failures, once for each trace, the most frequent first", () => {
    expect(listFailingRoutes(builder.observations())).toEqual([
      { service: "gateway", route: "/cart", failing: 2 },
      { service: "gateway", route: "/orders", failing: 1 },
    ]);
  });

  it("are those of the given window", () => {
    const { spans } = builder.observations();
    const latest = Math.max(...spans.map(({ startMs }) => startMs));
    expect(listFailingRoutes(builder.observations(), { fromMs: latest, toMs: Infinity })).toEqual([]);
  });

  it("are those of access logs if there are no spans", () => {
    const exchange: Exchange = { path: "/pay", status: 502, observer: { kind: "proxy", name: "nginx" } };
    const observations = new TraceBuilder().observations({ exchanges: [exchange, { ...exchange, status: 200 }] });
    expect(listFailingRoutes(observations)).toEqual([{ service: "nginx", route: "/pay", failing: 1 }]);
  });

  it("of an access log have the same names as in a diagnosis: without the values in a path, and by the hop that logged them", () => {
    const exchanges = [7, 8].map((id): Exchange => ({
      method: "GET",
      path: `/orders/${id}`,
      status: 502,
      service: "orders",
      observer: { kind: "proxy", name: "nginx" },
    }));
    const observations = new TraceBuilder().observations({ exchanges });
    expect(listFailingRoutes(observations)).toEqual([{ service: "nginx", route: "/orders/{id}", failing: 2 }]);
  });
});

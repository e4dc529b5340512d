import { describe, expect, it } from "vitest";
import { diagnose } from "./playbook.ts";
import { type SpanSketch, TraceBuilder } from "./testing/trace-builder.ts";

const good: SpanSketch = {
  service: "storefront",
  name: "GET /cart",
  code: 200,
  attributes: { "http.route": "/cart", "http.request.method": "GET" },
};

/** A failing request of `/cart`, with good ones beside it. */
function failing(sketch: Partial<SpanSketch>) {
  return new TraceBuilder()
    .traces(20, () => good)
    .traces(5, () => ({ ...good, code: 500, takes: 100, ...sketch }))
    .observations();
}

function call(sketch: Partial<SpanSketch>): SpanSketch {
  return { service: "storefront", kind: "client", name: "GET", takes: 90, ...sketch };
}

describe("diagnose", () => {
  it("finds no failure in healthy traces", () => {
    const diagnosis = diagnose(new TraceBuilder().traces(30, () => good).observations());
    expect(diagnosis).toMatchObject({ verdict: "inconclusive", causes: [], suspects: [], scope: { failing: 0 } });
  });

  it("blames the service whose own code threw", () => {
    const diagnosis = diagnose(
      failing({ exception: { type: "TypeError", message: "Cannot read properties of undefined (reading 'price')" } }),
    );
    expect(diagnosis.verdict).toBe("diagnosed");
    expect(diagnosis.suspects[0]?.service).toBe("storefront");
    expect(diagnosis.causes[0]?.cause).toBe("unhandled-exception");
    expect(diagnosis.scope).toMatchObject({ failing: 5, succeeding: 20, route: "/cart" });
    expect(diagnosis.guard.now.length).toBeGreaterThan(0);
  });

  it("follows a failure through three services to the one that created it", () => {
    const inventory: SpanSketch = {
      service: "inventory",
      code: 500,
      takes: 20,
      exception: { type: "TypeError", message: "x is not a function" },
    };
    const orders: SpanSketch = {
      service: "orders",
      code: 502,
      takes: 60,
      calls: [{ ...call({ code: 500 }), service: "orders", takes: 30, calls: [inventory] }],
    };
    const diagnosis = diagnose(failing({ calls: [call({ code: 502, calls: [orders] })] }));
    expect(diagnosis.path.map(({ service, fate }) => `${service} ${fate}`)).toEqual([
      "storefront remapped",
      "orders remapped",
      "inventory created",
    ]);
    expect(diagnosis.suspects[0]?.service).toBe("inventory");
  });

  it("blames a third party without telemetry that answered 500", () => {
    const diagnosis = diagnose(failing({ calls: [call({ code: 500, attributes: { "server.address": "api.payments.example" } })] }));
    expect(diagnosis.suspects[0]?.service).toBe("api.payments.example");
    expect(diagnosis.causes[0]?.cause).toBe("third-party-failure");
  });

  it("does not blame a call that a retry saved", () => {
    const flaky = call({ code: 503, takes: 5, at: 1, attributes: { "server.address": "cache" } });
    const saved = call({ code: 200, takes: 5, at: 10, attributes: { "server.address": "cache" } });
    const diagnosis = diagnose(failing({ calls: [flaky, saved], exception: { type: "TypeError", message: "x is undefined" } }));
    expect(diagnosis.suspects[0]?.service).toBe("storefront");
  });

  it("finds the handler that hid a failure behind a 200", () => {
    const orders: SpanSketch = { service: "orders", code: 500, takes: 20, exception: { type: "Error", message: "boom" } };
    const diagnosis = diagnose(failing({ code: 200, calls: [call({ code: 500, calls: [orders] })] }));
    expect(diagnosis.path.map(({ fate }) => fate)).toEqual(["masked", "created"]);
    expect(diagnosis.causes[0]?.cause).toBe("masked-by-middleware");
  });

  it("follows a time-out to the query that held everything up", () => {
    const query: SpanSketch = {
      service: "orders",
      kind: "client",
      takes: 900,
      at: 5,
      status: "error",
      message: "canceling statement due to statement timeout",
      attributes: { "db.system.name": "postgresql", "server.address": "db" },
    };
    const orders: SpanSketch = { service: "orders", code: 500, takes: 950, calls: [query] };
    const diagnosis = diagnose(
      failing({
        takes: 990,
        code: 504,
        calls: [call({ takes: 980, status: "error", attributes: { "error.type": "TimeoutError" }, calls: [orders] })],
      }),
    );
    expect(diagnosis.suspects[0]?.service).toBe("db");
    expect(diagnosis.causes[0]?.cause).toBe("dependency-timeout");
  });

  it("gives the same answer twice, bit for bit", () => {
    const observations = failing({ exception: { type: "TypeError", message: "x is undefined" } });
    expect(JSON.stringify(diagnose(observations))).toBe(JSON.stringify(diagnose(observations)));
  });
});

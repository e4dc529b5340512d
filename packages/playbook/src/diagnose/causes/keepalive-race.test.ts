import { describe, expect, it } from "vitest";
import { diagnose } from "../../playbook.ts";
import { type SpanSketch, TraceBuilder } from "../../testing/trace-builder.ts";

const ROUTE = { "http.route": "/api/orders/:id", "http.request.method": "GET" };
const STOREFRONT = { "server.address": "storefront" };

/** A gateway's request as the gateway saw it: its call to a storefront that sends no telemetry, and the answer it made of that. */
function forwarded(call: Partial<SpanSketch>, answer: Partial<SpanSketch>): SpanSketch {
  const sent: SpanSketch = { service: "gateway", kind: "client", name: "GET", attributes: STOREFRONT, ...call };
  return { service: "gateway", name: "GET /api/orders/:id", attributes: ROUTE, calls: [sent], ...answer };
}

function good(takes: number): SpanSketch {
  return forwarded({ takes, code: 200 }, { takes: takes + 2, code: 200 });
}

/** As the demo's gateway tells it: the error of its client span, and what it declares in its own answer. */
function reset(takes: number): SpanSketch {
  return forwarded(
    { takes, status: "error", message: "socket hang up", attributes: { ...STOREFRONT, "error.type": "ECONNRESET" } },
    {
      takes: takes + 2,
      code: 502,
      attributes: { ...ROUTE, "http.response.header.proxy-status": ["shop-gateway; error=connection_terminated"] },
    },
  );
}

function diagnoseResets(waitsMs: readonly number[], goodMs: number) {
  const builder = new TraceBuilder().traces(40, () => good(goodMs));
  for (const waitMs of waitsMs) builder.trace(reset(waitMs));
  return diagnose(builder.observations());
}

describe("a reset connection", () => {
  it("is a race with the server's idle time-out if it comes at once", () => {
    const diagnosis = diagnoseResets([1.2, 0.9, 2.4, 1.1, 1.7], 8);
    expect(diagnosis.verdict).toBe("diagnosed");
    expect(diagnosis.causes[0]?.cause).toBe("keepalive-race");
  });

  it("is a race as well if the way is long and the reset comes within one round trip", () => {
    const diagnosis = diagnoseResets([118, 121, 119, 120], 180);
    expect(diagnosis.verdict).toBe("diagnosed");
    expect(diagnosis.causes[0]?.cause).toBe("keepalive-race");
  });

  it("is not a race if the callee had begun the request, since the callee then broke it off", () => {
    const cut = { status: "error", message: "read ECONNRESET", takes: 30, attributes: STOREFRONT } as const;
    const served: SpanSketch = { service: "storefront", name: "GET /", code: 200, takes: 25 };
    const builder = new TraceBuilder().traces(20, () => good(40));
    builder.traces(6, () => forwarded({ ...cut, calls: [served] }, { takes: 32, code: 502 }));
    const diagnosis = diagnose(builder.observations());
    expect(diagnosis.path.map(({ service, fate }) => `${service} ${fate}`)).toEqual(["gateway propagated", "storefront created"]);
    expect(diagnosis.causes[0]?.cause).toBe("dependency-error");
  });

  it("is not a cause by itself if new connections are refused as well: the process died, and how is missing", () => {
    const refused = { takes: 1, status: "error", message: "connect ECONNREFUSED 10.0.0.7:80", attributes: STOREFRONT } as const;
    const builder = new TraceBuilder().traces(20, () => good(8)).traces(4, () => reset(1.2));
    builder.traces(4, () => forwarded(refused, { takes: 3, code: 502 }));
    const diagnosis = diagnose(builder.observations());
    expect(diagnosis.causes.find(({ cause }) => cause === "connection-refused")?.confidence).toBeLessThan(0.5);
    expect(diagnosis.missing.map(({ what }) => what).join()).toContain("how the process of storefront ended");
  });

  // A storefront that stood still for seconds closes its idle connections when it wakes, with the requests that had come on them.
  it("is not a race after a wait: with the callee's telemetry missing, nothing is named", () => {
    const diagnosis = diagnoseResets([2_911, 2_640, 2_207, 1_803, 1_322, 871], 8);
    expect(diagnosis.verdict).toBe("inconclusive");
    expect(diagnosis.missing.map(({ what }) => what)).toContain("any telemetry of storefront");
    expect(diagnosis.suspects[0]?.service).toBe("storefront");
  });
});

import { describe, expect, it } from "vitest";
import { diagnose } from "../../playbook.ts";
import type { EntryFilter } from "../occurrence.ts";
import { type SpanSketch, TraceBuilder } from "../../testing/trace-builder.ts";

/** `front` calls `back`: what the client span of the call says, and what `back` itself says, where it sends telemetry. */
function call(client: Partial<SpanSketch>, callee?: Partial<SpanSketch>): SpanSketch {
  const behind: readonly SpanSketch[] = callee === undefined ? [] : [{ service: "back", code: 200, takes: 20, ...callee }];
  const attributes = { "server.address": "back", ...client.attributes };
  return { service: "front", kind: "client", name: "GET /stock", takes: 30, calls: behind, ...client, attributes };
}

function request(code: number, calls: readonly SpanSketch[], rest: Partial<SpanSketch> = {}): SpanSketch {
  return { service: "front", name: "GET /pay", code, takes: 100, calls, ...rest, attributes: { "http.route": "/pay", ...rest.attributes } };
}

const good = request(200, [call({ code: 200 }, {})]);
const boom = { exception: { type: "Error", message: "boom" } };
const reset = { status: "error", message: "read ECONNRESET" } as const;
const gaveUp = { status: "error", message: "request timed out", takes: 90 } as const;

/** `service fate` of each hop, client side first, of five such requests among twenty good ones. */
function pathOf(failing: SpanSketch, succeeding = good, scope: EntryFilter = {}): string {
  const observations = new TraceBuilder()
    .traces(20, () => succeeding)
    .traces(5, () => failing)
    .observations();
  return diagnose(observations, { scope })
    .path.map(({ service, fate }) => `${service} ${fate}`)
    .join(" > ");
}

describe("where the walk along a failing path ends", () => {
  it("ends at a hop that raised the error itself", () => {
    expect(pathOf(request(500, [call({ code: 200 }, {})], boom))).toBe("front created");
    expect(pathOf(request(500, [call({ code: 500 }, { code: 500, ...boom })]))).toBe("front propagated > back created");
  });

  it("says remapped if the status changed on the way to the client", () => {
    expect(pathOf(request(502, [call({ code: 500 }, { code: 500, ...boom })]))).toBe("front remapped > back created");
  });

  it("says remapped, without blaming the callee, if a refusal became a server error", () => {
    expect(pathOf(request(500, [call({ code: 404, status: "error" }, { code: 404 })]))).toBe("front remapped > back clean");
  });

  it("says masked if a failure below ended in a good answer", () => {
    expect(pathOf(request(200, [call({ code: 500 }, { code: 500, ...boom })]))).toBe("front masked > back created");
  });

  it("ends at a callee without telemetry, whether it answered or not", () => {
    expect(pathOf(request(503, [call({ code: 503 })]), request(200, [call({ code: 200 })]))).toBe("front propagated > back created");
    expect(pathOf(request(500, [call({ ...reset })]), request(200, [call({ code: 200 })]))).toBe("front propagated > back created");
  });

  it("follows the time of a request that its own server ended because it took too long", () => {
    const overrun = { exception: { type: "Rack::Timeout::RequestTimeoutException", message: "Request ran for longer than 15000ms" } };
    const query = (takes: number) => ({
      ...call({}),
      takes,
      attributes: { "db.system.name": "postgresql", "server.address": "orders-db" },
    });
    const slow = request(500, [query(14_900)], { ...overrun, takes: 15_000 });
    expect(pathOf(slow, request(200, [query(20)]))).toBe("front propagated > orders-db created");
    const inside = request(500, [call({ code: 200, takes: 14_900 }, { code: 200, takes: 14_890 })], { ...overrun, takes: 15_000 });
    expect(pathOf(inside)).toBe("front propagated > back created");
    const busy = request(500, [query(900)], { ...overrun, takes: 15_000 });
    expect(pathOf(busy, request(200, [query(20)]))).toBe("front created");
  });

  it("names no cause of such a request if nothing visible took the time", () => {
    const overrun = request(500, [], {
      exception: { type: "FatalError", message: "Maximum execution time of 30 seconds exceeded" },
      takes: 30_000,
    });
    const observations = new TraceBuilder()
      .traces(20, () => request(200, []))
      .traces(5, () => overrun)
      .observations();
    const { verdict, missing } = diagnose(observations);
    expect(verdict).toBe("inconclusive");
    expect(missing.map(({ what }) => what).join()).toContain("what front did in that time");
  });

  it("names what is in between if the callee's answer was not the one that the caller got", () => {
    expect(pathOf(request(502, [call({ code: 502 }, { code: 200 })]))).toBe(
      "front propagated > intermediary before back created > back clean",
    );
    const addressed = call({ code: 502, attributes: { "server.address": "gateway.internal" } }, { code: 500, ...boom });
    expect(pathOf(request(502, [addressed]))).toBe("front propagated > gateway.internal remapped > back created");
  });

  it("ends at the caller if the callee answered well and in time, and the call failed nevertheless", () => {
    const unread = { status: "error", message: "the answer could not be decoded" } as const;
    expect(pathOf(request(500, [call(unread, { code: 200 })]))).toBe("front created > back clean");
  });

  it("ends at a callee that began the request and broke the connection, whatever it noted about its answer", () => {
    expect(pathOf(request(500, [call(reset, { code: 200 })]))).toBe("front propagated > back created");
  });

  it("goes where the time went if the caller gave up on work that was still in progress", () => {
    expect(pathOf(request(504, [call(gaveUp, { takes: 300 })]))).toBe("front propagated > back created");
    const query: SpanSketch = { service: "back", kind: "client", takes: 280, attributes: { "db.system.name": "postgresql" } };
    expect(pathOf(request(504, [call(gaveUp, { takes: 300, calls: [query] })]))).toBe(
      "front propagated > back propagated > postgresql created",
    );
  });

  it("ends at a callee that began the request when its caller had nearly given up", () => {
    expect(pathOf(request(504, [call(gaveUp, { at: 70, takes: 5 })]))).toBe("front propagated > back created");
  });

  it("ends at the caller if the request never left it", () => {
    expect(pathOf(request(500, [call({ status: "error", message: "timeout exceeded when trying to connect" })]))).toBe("front created");
  });
});

describe("which of several calls is blamed", () => {
  const failed = (rest: Partial<SpanSketch>) => call({ code: 500, ...rest }, { code: 500, ...boom });

  it("is not one that a later try repaired", () => {
    expect(pathOf(request(500, [failed({ at: 1 }), call({ at: 50, code: 200 }, {})], boom))).toMatch(/^front created/);
  });

  it("is not one that fails in good requests as well", () => {
    const optional = call({ name: "GET /advice", code: 500, attributes: { "server.address": "advice" } });
    expect(pathOf(request(500, [optional], boom), request(200, [optional]))).toMatch(/^front created/);
  });

  it("is one that good requests only survived by another try", () => {
    const saved = request(200, [failed({ at: 1 }), call({ at: 50, code: 200 }, {})]);
    expect(pathOf(request(500, [failed({ at: 1 })], boom), saved, { service: "front", route: "/pay" })).toBe(
      "front propagated > back created",
    );
  });

  it("is the one that ended last, and of two that end together the longer one", () => {
    const other = (rest: Partial<SpanSketch>) => call({ code: 500, attributes: { "server.address": "other" }, ...rest });
    expect(pathOf(request(500, [other({ at: 1, takes: 10 }), failed({ at: 20 })]))).toBe("front propagated > back created");
    expect(pathOf(request(500, [failed({ at: 20 }), other({ at: 1, takes: 49 })]))).toBe("front propagated > other created");
  });
});

describe("a walk without end", () => {
  it("stops if a trace nests deeper than any real one", () => {
    let deep = request(500, []);
    for (let depth = 0; depth < 100; depth += 1) deep = request(500, [call({ code: 500, calls: [deep] })]);
    expect(pathOf(deep)).toMatch(/^front propagated/);
  });
});

/** Traces that no request should make, and some do: calls in a circle, and tens of thousands of spans inside of each other. */
import type { Exchange, Observations, Resource, Span } from "@faultline/model";
import { describe, expect, it } from "vitest";
import { diagnose } from "../playbook.ts";

const START_MS = 1_700_000_000_000;
const LASTS_MS = 1_000_000;
const FAILED = { "http.response.status_code": 500, "http.route": "/orders", "http.request.method": "GET" };

/** One trace, written span by span. */
class Trace {
  readonly spans: Span[] = [];
  readonly #resources = new Map<string, Resource>();

  add(service: string, kind: Span["kind"], { parentSpanId, inside = 0 }: { parentSpanId?: string; inside?: number }): string {
    const resource = this.#resources.get(service) ?? { service, attributes: {} };
    this.#resources.set(service, resource);
    const spanId = (this.spans.length + 1).toString(16).padStart(16, "0");
    this.spans.push({
      traceId: "a".repeat(32),
      spanId,
      ...(parentSpanId === undefined ? {} : { parentSpanId }),
      name: "GET /orders",
      kind,
      startMs: START_MS + inside,
      endMs: START_MS + LASTS_MS - inside,
      status: "error",
      attributes: kind === "internal" ? {} : { ...FAILED, "server.address": "stock" },
      events: [],
      links: [],
      resource,
    });
    return spanId;
  }

  diagnose() {
    const observations: Observations = { spans: this.spans, logs: [], metrics: [], changes: [], exchanges: [] as readonly Exchange[] };
    return diagnose(observations);
  }
}

describe("a trace of unusual depth", () => {
  it("is followed as far as requests go where services call each other in a circle", () => {
    const trace = new Trace();
    let parentSpanId = trace.add("front", "server", {});
    for (let at = 0; at < 5_000; at += 1) {
      const call = trace.add(`hop-${at % 3}`, "client", { parentSpanId, inside: at });
      parentSpanId = trace.add(`hop-${(at + 1) % 3}`, "server", { parentSpanId: call, inside: at });
    }
    const { path, scope } = trace.diagnose();
    expect(scope.failing).toBe(1);
    expect(path.at(0)?.service).toBe("front");
  });

  it("is read where ten thousand spans of one service lie inside of each other, and a part is torn off", () => {
    const trace = new Trace();
    let parentSpanId = trace.add("front", "server", {});
    for (let at = 0; at < 10_000; at += 1) parentSpanId = trace.add("front", "internal", { parentSpanId, inside: at });
    trace.add("front", "client", { parentSpanId, inside: 10_000 });
    trace.add("stock", "server", { parentSpanId: "lost", inside: 10_001 });
    const { path } = trace.diagnose();
    expect([path.at(0)?.service, path.at(-1)?.service]).toEqual(["front", "stock"]);
  });
});

import type { Attributes, MetricPoint } from "@faultline/model";
import { describe, expect, it } from "vitest";
import { diagnose } from "../../playbook.ts";
import { type SpanSketch, TraceBuilder } from "../../testing/trace-builder.ts";

const REPORTED_MS = 1_700_000_006_000;

/** How long a process's event loop stood still, as it says itself. */
function late(service: string, delayMs: number, attributes: Attributes = {}): MetricPoint {
  return {
    name: "nodejs.eventloop.delay.max",
    unit: "ms",
    value: delayMs,
    timeMs: REPORTED_MS,
    attributes: {},
    resource: { service, attributes },
  };
}

/** The shop waits two seconds in vain for somebody who sends no spans. */
function waitFor(address: string, metrics: readonly MetricPoint[], machine: Attributes = {}) {
  const call: SpanSketch = {
    service: "shop",
    kind: "client",
    name: "GET",
    takes: 2_000,
    status: "error",
    message: "timed out",
    attributes: { "server.address": address },
  };
  const page: SpanSketch = { service: "shop", name: "GET /", code: 504, takes: 2_005, calls: [call] };
  const { spans, ...rest } = new TraceBuilder().traces(4, () => page).observations({ metrics });
  return diagnose({ ...rest, spans: spans.map((span) => ({ ...span, resource: { ...span.resource, attributes: machine } })) });
}

describe("services that stand still together", () => {
  it("leave open who is at fault, and say that their machine may be", () => {
    const own = late("orders", 5_000);
    expect(waitFor("orders", [own])).toMatchObject({ verdict: "diagnosed", causes: [{ cause: "resource-exhausted" }] });
    const { verdict, missing } = waitFor("orders", [own, late("payments", 4_800)]);
    expect(verdict).toBe("inconclusive");
    expect(missing.map(({ what }) => what).join()).toContain("processor time of the machine that orders and payments share");
  });

  it("are distinguished from a short pause of another, and from another machine", () => {
    expect(waitFor("orders", [late("orders", 5_000), late("payments", 700)]).verdict).toBe("diagnosed");
    const elsewhere = late("payments", 4_800, { "k8s.node.name": "n2" });
    expect(waitFor("orders", [late("orders", 5_000), elsewhere], { "k8s.node.name": "n1" }).verdict).toBe("diagnosed");
  });

  it("excuse a third party that gave no answer in time", () => {
    expect(waitFor("api.payco.example", []).causes[0]).toMatchObject({ cause: "third-party-failure" });
    expect(waitFor("api.payco.example", [late("payments", 4_800)]).verdict).toBe("inconclusive");
  });
});

import type { Span } from "@faultline/model";
import { describe, expect, it } from "vitest";
import { diagnose } from "../../playbook.ts";
import { TraceBuilder } from "../../testing/trace-builder.ts";

/** A shop that sends messages, and workers that fail on them in traces of their own. */
function observe(link: (sent: readonly Span[], index: number) => readonly Span[]) {
  const sent = new TraceBuilder()
    .traces(5, () => ({
      service: "shop",
      code: 202,
      attributes: { "http.route": "/orders" },
      calls: [{ service: "shop", kind: "producer", attributes: { "messaging.system": "kafka" } }],
    }))
    .observations().spans;
  const worked = new TraceBuilder()
    .traces(5, () => ({
      service: "worker",
      kind: "consumer",
      name: "orders process",
      status: "error",
      exception: { type: "TypeError", message: "x" },
    }))
    .observations().spans;
  const producers = sent.filter(({ kind }) => kind === "producer");
  const consumers = worked.map((span, index) => {
    const links = link(producers, index).map(({ traceId, spanId }) => ({ traceId, spanId }));
    return { ...span, traceId: `c${span.traceId.slice(1)}`, spanId: `c${span.spanId.slice(1)}`, links };
  });
  return { spans: [...sent, ...consumers], logs: [], metrics: [], changes: [], exchanges: [] };
}

describe("links to other traces", () => {
  it("lead from a failing consumer to the sender of the message, which had answered before", () => {
    const diagnosis = diagnose(observe((sent, index) => sent.slice(index, index + 1)));
    expect(diagnosis.path.map(({ service, fate }) => `${service} ${fate}`)).toEqual(["shop clean", "worker created"]);
    expect(diagnosis.causes[0]?.cause).toBe("unhandled-exception");
  });

  it("give a batch of several messages no single cause", () => {
    const diagnosis = diagnose(observe((sent) => sent));
    expect(diagnosis.path.map(({ service, fate }) => `${service} ${fate}`)).toEqual(["worker created"]);
  });

  it("are left alone if the other trace is missing", () => {
    const diagnosis = diagnose(observe((sent) => sent.slice(0, 1).map((span) => ({ ...span, traceId: "f".repeat(32) }))));
    expect(diagnosis.path.map(({ service, fate }) => `${service} ${fate}`)).toEqual(["worker created"]);
  });
});

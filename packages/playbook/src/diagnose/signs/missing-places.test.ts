import type { Change } from "@faultline/model";
import { describe, expect, it } from "vitest";
import { diagnose } from "../../playbook.ts";
import { type SpanSketch, TraceBuilder } from "../../testing/trace-builder.ts";

const MESSAGE = "org.apache.kafka.common.errors.TimeoutException: Topic orders-v2 not present in metadata after 60000 ms.";

const request = (topic: string, sketch: Partial<SpanSketch> = {}): SpanSketch => ({
  service: "shop",
  name: "POST /orders",
  code: 201,
  takes: 60_010,
  attributes: { "http.route": "/orders" },
  calls: [
    {
      service: "shop",
      kind: "producer",
      name: `${topic} publish`,
      takes: 60_000,
      attributes: { "messaging.system": "kafka", "messaging.destination.name": topic, "server.address": "kafka" },
      ...sketch,
    },
  ],
});

/** Thirty good requests, and twenty that wait in vain for a topic; a setting may have been changed in between. */
function diagnoseWait(topicBefore: string, settings: readonly Partial<Change>[] = []) {
  const built = new TraceBuilder()
    .traces(30, () => request(topicBefore, { takes: 4 }))
    .traces(20, () => ({ ...request("orders-v2", { status: "error", message: MESSAGE }), code: 500 }))
    .observations();
  const onsetMs = built.spans.map(({ startMs }) => startMs).sort((a, b) => a - b)[60] ?? 0;
  const changes = settings.map((more): Change => ({ kind: "config", service: "shop", timeMs: onsetMs - 1, source: "declared", ...more }));
  const { verdict, causes } = diagnose({ ...built, changes });
  return [verdict, causes[0]?.cause];
}

describe("a topic that Kafka's client waits for in vain", () => {
  it("may be one that nobody created, or one whose brokers are away", () =>
    expect(diagnoseWait("orders")).toEqual(["inconclusive", "dependency-timeout"]));

  it("is there, where good requests wrote to it", () => expect(diagnoseWait("orders-v2")).toEqual(["diagnosed", "dependency-timeout"]));

  it("is a setting if one was changed before it", () => expect(diagnoseWait("orders", [{}])).toEqual(["diagnosed", "bad-configuration"]));
});

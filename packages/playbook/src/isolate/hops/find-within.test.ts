import type { Span } from "@faultline/model";
import { describe, expect, it } from "vitest";
import { assembleTraces } from "../../trace/assemble-traces.ts";
import { type SpanSketch, TraceBuilder } from "../../testing/trace-builder.ts";
import { findWithin } from "./find-within.ts";

const rootsOf = (spans: readonly Span[]) => assembleTraces(spans.filter(({ name }) => name !== "lost")).flatMap(({ roots }) => roots);

/** `cause > request` for each request that is found to have been caused by a call whose span, 10 ms after the start, was lost. */
function withinIn(torn: Partial<SpanSketch>, front: Partial<SpanSketch> = {}): readonly string[] {
  const request: SpanSketch = { service: "orders", name: "torn", at: 5, takes: 20, ...torn };
  const lost: SpanSketch = { service: "front", name: "lost", kind: "client", at: 10, calls: [request] };
  const { spans } = new TraceBuilder()
    .trace({ service: "front", name: "entry", takes: 100, ...front, calls: [lost, ...(front.calls ?? [])] })
    .observations();
  return [...findWithin(rootsOf(spans))].map(([node, roots]) => `${node.span.name} > ${roots.map(({ span }) => span.name).join()}`);
}

const BESIDE: SpanSketch = { service: "beside", kind: "server", name: "beside", at: 12, takes: 60 };

describe("a request whose caller's span was lost", () => {
  it("belongs to the span that was at work meanwhile", () => {
    expect(withinIn({})).toEqual(["entry > torn"]);
  });

  it("belongs to the innermost of them, a failure to one that failed", () => {
    expect(withinIn({}, { calls: [BESIDE] })).toEqual(["beside > torn"]);
    expect(withinIn({ code: 500 }, { code: 500, calls: [BESIDE] })).toEqual(["entry > torn"]);
    expect(withinIn({ code: 500 }, { code: 500, calls: [{ ...BESIDE, code: 502 }] })).toEqual(["beside > torn"]);
  });

  it("belongs to no span that ended before it did, to a millisecond", () => {
    expect(withinIn({ takes: 86 })).toEqual(["entry > torn"]);
    expect(withinIn({ takes: 87 })).toEqual([]);
  });

  it.each<[string, Partial<SpanSketch>]>([
    ["its own service", { service: "front" }],
    ["whoever wrote a message that it consumes", { kind: "consumer" }],
  ])("does not belong to %s", (_, torn) => {
    expect(withinIn(torn)).toEqual([]);
  });

  it("belongs to nobody if every part of its trace is torn off", () => {
    const { spans } = new TraceBuilder()
      .trace({ service: "front", name: "lost", calls: [BESIDE, { service: "orders", name: "torn", at: 20 }] })
      .observations();
    expect(findWithin(rootsOf(spans)).size).toBe(0);
  });
});

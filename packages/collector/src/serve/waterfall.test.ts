import type { Span } from "@faultline/model";
import { assembleTrace } from "@faultline/playbook";
import { describe, expect, it } from "vitest";
import { toWaterfall } from "./waterfall.ts";

function span(spanId: string, parentSpanId: string | undefined, more: Partial<Span> = {}): Span {
  return {
    traceId: "t",
    spanId,
    ...(parentSpanId === undefined ? {} : { parentSpanId }),
    name: spanId,
    kind: "server",
    startMs: 1000,
    endMs: 1100,
    status: "unset",
    attributes: {},
    events: [],
    links: [],
    resource: { service: spanId, attributes: {} },
    ...more,
  };
}

const waterfall = (spans: readonly Span[], origin?: string) => toWaterfall(assembleTrace("t", spans, { logs: [], exchanges: [] }), origin);

describe("a waterfall", () => {
  it("draws parents before children and siblings by time, however they arrived", () => {
    const { rows } = waterfall([
      span("late", "root", { startMs: 1050 }),
      span("early", "root", { startMs: 1010 }),
      span("root", undefined),
    ]);
    expect(rows.map(({ spanId, depth, offsetMs }) => [spanId, depth, offsetMs])).toEqual([
      ["root", 0, 0],
      ["early", 1, 10],
      ["late", 1, 50],
    ]);
  });

  it("has the deepest failing span in view, or the one of the service that made the failure", () => {
    const spans = [
      span("front", undefined, { status: "error" }),
      span("middle", "front", { status: "error" }),
      span("back", "middle", { attributes: { "http.response.status_code": 503 } }),
    ];
    expect(waterfall(spans).failingSpanId).toBe("back");
    expect(waterfall(spans, "middle").failingSpanId).toBe("middle");
    expect(waterfall(spans, "elsewhere").failingSpanId).toBe("back");
  });

  it("says which parents never arrived", () => {
    expect(waterfall([span("orphan", "gone")])).toMatchObject({ missingParents: ["gone"], leftOut: 0 });
  });

  it("stays bounded for a trace of ten thousand nested spans", () => {
    const nested = Array.from({ length: 10_000 }, (_, index) => span(String(index), String(index - 1)));
    const { rows, leftOut } = waterfall(nested);
    expect([rows.length, leftOut]).toEqual([2000, 8000]);
  });

  it("of nothing is empty", () => {
    expect(waterfall([])).toEqual({ startMs: 0, durationMs: 0, rows: [], leftOut: 0, missingParents: [] });
  });
});

import type { WaterfallRow } from "@faultline/model";
import { describe, expect, it } from "vitest";
import { chooseRows, toBar, toTicks } from "./choose-rows.ts";

const row = (spanId: string, parentSpanId: string | undefined, more: Partial<WaterfallRow> = {}): WaterfallRow => ({
  spanId,
  ...(parentSpanId === undefined ? {} : { parentSpanId }),
  depth: parentSpanId === undefined ? 0 : 1,
  service: "orders",
  name: "work",
  kind: "internal",
  offsetMs: 0,
  durationMs: 1,
  skewMs: 0,
  status: "unset",
  failed: false,
  attributes: {},
  events: [],
  ...more,
});

const wide = [row("root", undefined), ...Array.from({ length: 500 }, (_, index) => row(`child-${index}`, "root"))];

describe("the rows of a long trace", () => {
  it("are all of a short one", () => {
    const short = [row("root", undefined), row("a", "root")];
    expect(chooseRows(short, undefined)).toEqual(short);
  });

  it("are the failing spans, the way to them and a few neighbours", () => {
    const rows = [...wide, row("deep", "child-400", { depth: 2, failed: true })];
    const chosen = chooseRows(rows, undefined).map(({ spanId }) => spanId);
    expect(chosen).toEqual(["root", "child-0", "child-1", "child-2", "child-400", "deep"]);
  });

  it("hold the span that was asked for even when it did not fail", () => {
    expect(chooseRows(wide, "child-333").map(({ spanId }) => spanId)).toContain("child-333");
  });

  it("stay few when everything failed", () => {
    const allFailed = wide.map((each) => ({ ...each, failed: true }));
    expect(chooseRows(allFailed, undefined).length).toBeLessThanOrEqual(80);
  });

  it("end when spans are each other's parents", () => {
    const rows = [...wide, row("x", "y", { failed: true }), row("y", "x")];
    expect(chooseRows(rows, undefined).map(({ spanId }) => spanId)).toContain("x");
  });
});

describe("a bar of the waterfall", () => {
  it("stays on its track and can be seen, whatever the clocks say", () => {
    expect(toBar(row("a", undefined, { offsetMs: 25, durationMs: 50 }), 100)).toEqual({ left: "25.00%", width: "50.00%" });
    expect(toBar(row("a", undefined, { offsetMs: -10, durationMs: 0 }), 100)).toEqual({ left: "0.00%", width: "0.50%" });
    expect(toBar(row("a", undefined, { offsetMs: 500, durationMs: 900 }), 100)).toEqual({ left: "99.50%", width: "0.50%" });
    expect(toBar(row("a", undefined, { offsetMs: 0, durationMs: 0 }), 0)).toEqual({ left: "0.00%", width: "0.50%" });
  });

  it.each([
    [100, [0, 20, 40, 60, 80, 100]],
    [0, [0]],
    [7, [0, 2, 4, 6]],
  ])("is read against round times: a trace of %d ms", (traceMs, ticks) => {
    expect(toTicks(traceMs)).toEqual(ticks);
  });
});

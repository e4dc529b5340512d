import { describe, expect, it } from "vitest";
import { assembleTraces } from "../trace/assemble-traces.ts";
import { type SpanSketch, TraceBuilder } from "../testing/trace-builder.ts";
import { findDeviations } from "./find-deviations.ts";

type Habit = { readonly log?: string; readonly severity?: number; readonly ownMs?: number; readonly gapMs?: number };

/** A request through two services without any status; the callee has habits. */
function request({ log = "c.CartService#31 cart found", severity = 9, ownMs = 5, gapMs = 2 }: Habit = {}): SpanSketch {
  const cart: SpanSketch = { service: "cart", name: "/cart/{id}", at: gapMs / 2, takes: ownMs, logs: [{ severity, body: log }] };
  return {
    service: "shop",
    name: "/checkout",
    takes: ownMs + gapMs + 10,
    calls: [{ service: "shop", kind: "client", takes: ownMs + gapMs, calls: [cart] }],
  };
}

const START_MS = 1_700_000_000_000;

/** Suspects when the window begins after `before` requests. */
function suspects(before: number, build: (builder: TraceBuilder) => TraceBuilder) {
  const { spans, logs } = build(new TraceBuilder().traces(before, () => request())).observations();
  const window = { fromMs: START_MS + before * 1000 + 500, toMs: Infinity };
  return findDeviations({ paths: assembleTraces(spans, logs), metrics: [], window });
}

describe("finding what deviates without any failure", () => {
  it("finds nothing if everything stays as it was", () => {
    expect(suspects(20, (builder) => builder.traces(20, () => request()))).toEqual([]);
  });

  it("names the service whose usual log line is missing", () => {
    const found = suspects(20, (builder) => builder.traces(20, () => request({ log: "c.CartService#40 fallback" })));
    expect(found[0]).toMatchObject({ suspect: { service: "cart" } });
    expect(found[0]?.deviations[0]?.kind).toMatch(/missing|new/);
  });

  it("names the service that logs a new error", () => {
    const found = suspects(20, (builder) => builder.traces(6, () => request({ log: "c.CartService#50 no cart", severity: 17 })));
    expect(found[0]).toMatchObject({ suspect: { service: "cart" } });
    expect(found[0]?.deviations[0]?.kind).toEqual("new-error");
  });

  it.each([
    ["slow", { ownMs: 300 }],
    ["far", { gapMs: 300 }],
  ])("distinguishes a service that is %s from the opposite", (kind, habit) => {
    const found = suspects(20, (builder) => builder.traces(20, () => request(habit)));
    expect(found[0]?.suspect.service).toBe("cart");
    expect(found[0]?.deviations[0]?.kind).toBe(kind);
  });

  describe("of a service that few requests need", () => {
    const code = (gapMs: number): SpanSketch => ({
      service: "shop",
      name: "/login",
      takes: 17 + gapMs,
      calls: [
        {
          service: "shop",
          kind: "client",
          takes: 5 + gapMs,
          calls: [{ service: "codes", name: "/code/{id}", at: gapMs / 2, takes: 5 }],
        },
      ],
    });
    const play = (before: number, gapMs: number) => {
      const builder = new TraceBuilder().traces(20, () => request()).traces(before, () => code(2));
      const { spans, logs } = builder
        .traces(20, () => request())
        .traces(3, () => code(gapMs))
        .observations();
      const window = { fromMs: START_MS + (20 + before) * 1000 + 500, toMs: Infinity };
      return findDeviations({ paths: assembleTraces(spans, logs), metrics: [], window });
    };

    it("takes a way that is many times longer than whole requests for no chance", () => {
      const [found] = play(1, 900);
      expect([found?.suspect.service, found?.deviations[0]?.kind]).toEqual(["codes", "far"]);
    });

    it("sees such a way where the service was not called before", () => {
      const [found] = play(0, 900);
      expect([found?.suspect.service, found?.deviations[0]?.kind]).toEqual(["codes", "always-far"]);
    });

    it("says nothing where the way is a little longer", () => expect(play(1, 30)).toEqual([]));
  });

  it("does not take a change in the traffic's mix for a fault", () => {
    const mixed = (builder: TraceBuilder, share: number) =>
      builder.traces(30, (index) => request({ log: `c.CartService#${31 + Math.floor((index % 10) / share)} a` }));
    const { spans, logs } = mixed(mixed(new TraceBuilder(), 3), 7).observations();
    expect(
      findDeviations({ paths: assembleTraces(spans, logs), metrics: [], window: { fromMs: START_MS + 30_500, toMs: Infinity } }),
    ).toEqual([]);
  });

  it("says nothing if there is too little to compare with", () => {
    expect(suspects(3, (builder) => builder.traces(1, () => request({ ownMs: 900 })))).toEqual([]);
  });
});

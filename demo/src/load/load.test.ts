import { describe, expect, it } from "vitest";
import { findRoute } from "../gateway/routes.ts";
import { createRandom, drawGapMs } from "./random.ts";
import { drawRequest, ORDINARY_SHARES, type TrafficKind } from "./traffic.ts";

describe("the load", () => {
  it("sends the same requests for the same seed, and others for another", () => {
    const draw = (seed: number) => Array.from({ length: 20 }, createRandom(seed));
    expect(draw(7)).toEqual(draw(7));
    expect(draw(7)).not.toEqual(draw(8));
  });

  it("keeps the mean rate of its Poisson arrivals", () => {
    const random = createRandom(3);
    const gapsMs = Array.from({ length: 20_000 }, () => drawGapMs(random, 50));
    const meanMs = gapsMs.reduce((sum, gapMs) => sum + gapMs, 0) / gapsMs.length;
    expect(meanMs).toBeGreaterThan(19);
    expect(meanMs).toBeLessThan(21);
  });

  it("has ordinary shares that add up to one", () => {
    const sum = Object.values(ORDINARY_SHARES).reduce((total, share) => total + share, 0);
    expect(sum).toBeCloseTo(1, 9);
  });

  it("sends only what the gateway has a route for", () => {
    const random = createRandom(5);
    const kinds = [...Object.keys(ORDINARY_SHARES), "quoteInYen", "largeReview", "recommendToEarly", "longInvoice"] as TrafficKind[];
    const unknown = kinds
      .map((kind) => drawRequest(kind, random).path)
      .filter((path) => findRoute(new URL(path, "http://shop").pathname) === undefined);
    expect(unknown).toEqual([]);
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { detectServerErrors } from "./detect-server-errors.ts";
import { testFisherExact } from "./fisher-exact.ts";
import { toWilsonInterval } from "./wilson-interval.ts";

const WINDOW = { fromMs: 0, toMs: 60_000 };
const stateOf = (failing: number, total: number, before?: { failing: number; total: number }) =>
  detectServerErrors([{ route: "/cart", failing, total, ...(before === undefined ? {} : { before }) }], WINDOW)[0]?.state;

describe("detecting a server-error problem", () => {
  it("does not fire on 3 of 4, because percentages of small numbers are noise", () => {
    expect(stateOf(3, 4)).toBe("too-few");
  });

  it("fires when failures are certainly above what is tolerated", () => {
    expect(stateOf(12, 200)).toBe("firing");
    expect(stateOf(3, 200)).toBe("quiet");
  });

  it("stays quiet if the same scope always failed as often", () => {
    expect(stateOf(12, 200, { failing: 120, total: 2000 })).toBe("quiet");
    expect(stateOf(12, 200, { failing: 0, total: 2000 })).toBe("firing");
  });

  it("says why, with the counts", () => {
    const [detection] = detectServerErrors([{ failing: 12, total: 200, before: { failing: 0, total: 2000 } }], WINDOW);
    expect(detection?.because).toContain("12 of 200 failed against 0 of 2000 before");
  });
});

describe("Wilson's interval", () => {
  it("agrees with published values", () => {
    const { lower, upper } = toWilsonInterval(5, 50);
    expect(lower).toBeCloseTo(0.0435, 4);
    expect(upper).toBeCloseTo(0.2136, 4);
  });

  it("holds the ratio between its bounds, inside 0 to 1", () => {
    fc.assert(
      fc.property(fc.nat(10_000), fc.nat(10_000), (a, b) => {
        const { ratio, lower, upper } = toWilsonInterval(Math.min(a, b), Math.max(a, b, 1));
        expect(lower).toBeGreaterThanOrEqual(0);
        expect(upper).toBeLessThanOrEqual(1);
        expect(ratio).toBeGreaterThanOrEqual(lower - 1e-12);
        expect(ratio).toBeLessThanOrEqual(upper + 1e-12);
      }),
    );
  });
});

describe("Fisher's exact test", () => {
  it("agrees with the lady tasting tea", () => {
    expect(testFisherExact({ hits: 3, total: 4, otherHits: 1, otherTotal: 4 })).toBeCloseTo(17 / 70, 12);
    expect(testFisherExact({ hits: 4, total: 4, otherHits: 0, otherTotal: 4 })).toBeCloseTo(1 / 70, 12);
  });

  it("stays a probability for counts of millions", () => {
    const p = testFisherExact({ hits: 1200, total: 1_000_000, otherHits: 1000, otherTotal: 1_000_000 });
    expect(p).toBeGreaterThan(0);
    expect(p).toBeLessThan(0.001);
  });
});

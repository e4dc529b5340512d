import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decideRollout } from "./decide-rollout.ts";
import { createRandom } from "../../../../tests/rig/seeded-random.ts";

const arm = (failing: number, total: number) => ({ failing, total });

function drawArm(random: () => number, total: number, ratio: number) {
  let failing = 0;
  for (let i = 0; i < total; i++) failing += Number(random() < ratio);
  return arm(failing, total);
}

describe("deciding whether a version may have more traffic", () => {
  it("rolls back on 5 of 300 against 0 of 2700", () => {
    const decision = decideRollout(arm(0, 2700), arm(5, 300));
    expect(decision).toMatchObject({ kind: "roll-back" });
    expect(decision.pValue).toBeCloseTo(9.7e-6, 6);
  });

  it("waits on 4 of 600 against 0 of 600 and says for how many more requests", () => {
    const decision = decideRollout(arm(0, 600), arm(4, 600));
    expect(decision).toMatchObject({ kind: "wait", needMore: expect.any(Number) });
    expect(decision.pValue).toBeCloseTo(0.062, 3);
  });

  it("promotes a canary that is certainly within the margin", () => {
    expect(decideRollout(arm(3, 9000), arm(0, 1000)).kind).toBe("promote");
  });

  it("never promotes without requests, whatever the baseline did", () => {
    fc.assert(
      fc.property(fc.nat(1e6), fc.nat(1e6), (a, b) => {
        expect(decideRollout(arm(Math.min(a, b), Math.max(a, b)), arm(0, 0)).kind).toBe("wait");
      }),
    );
  });

  it.each([arm(Number.NaN, 10), arm(-1, 10), arm(11, 10), arm(0.5, 10), arm(1, Number.POSITIVE_INFINITY)])(
    "waits on counts that cannot be used: %o",
    (counts) => {
      expect(decideRollout(arm(0, 1000), counts)).toMatchObject({ kind: "wait", because: expect.stringContaining("cannot be used") });
    },
  );

  it("asks for the names if neither version has had a request", () => {
    expect(decideRollout(arm(0, 0), arm(0, 0))).toMatchObject({ kind: "wait", because: expect.stringContaining("called so?") as string });
    expect(decideRollout(arm(0, 9), arm(0, 0))).toMatchObject({ kind: "wait", because: "the canary has had no requests" });
  });

  it("waits if both versions fail alike, because something behind both is broken", () => {
    expect(decideRollout(arm(500, 1000), arm(55, 100))).toMatchObject({
      kind: "wait",
      because: expect.stringContaining("both versions fail"),
    });
  });

  it("rolls back within a few requests if every one of them fails", () => {
    expect(decideRollout(arm(0, 500), arm(4, 4)).kind).toBe("roll-back");
  });

  it("does not promote early on the number of requests that it asked for", () => {
    const decision = decideRollout(arm(0, 5000), arm(0, 120));
    expect(decision.kind).toBe("wait");
    const { needMore = 0 } = decision as Extract<typeof decision, { kind: "wait" }>;
    expect(decideRollout(arm(0, 5000), arm(0, 120 + needMore)).kind).toBe("promote");
  });

  it("rolls back at most 1 % of 1000 releases that are as good as their baseline, at 20 to 20,000 requests", () => {
    const random = createRandom(1);
    let rolledBack = 0;
    for (let release = 0; release < 1000; release++) {
      const total = Math.round(20 * 1000 ** random());
      const ratio = random() * 0.05;
      rolledBack += Number(decideRollout(drawArm(random, total, ratio), drawArm(random, total, ratio)).kind === "roll-back");
    }
    expect(rolledBack).toBeLessThanOrEqual(10);
  });

  it("catches one more percentage point of server errors at 5,000 requests in at least 95 of 100 releases", () => {
    const random = createRandom(2);
    const decisions = Array.from({ length: 100 }, () => decideRollout(drawArm(random, 5000, 0.005), drawArm(random, 5000, 0.015)).kind);
    expect(decisions.filter((kind) => kind === "roll-back").length).toBeGreaterThanOrEqual(95);
    expect(decisions).not.toContain("promote");
  });

  it("spends less on each further look, so that looking often does not roll back a good release", () => {
    const random = createRandom(3);
    let rolledBack = 0;
    for (let release = 0; release < 200; release++) {
      let [baseline, canary] = [arm(0, 0), arm(0, 0)];
      let stopped = false;
      for (let look = 1; look <= 50; look++) {
        const [more, moreCanary] = [drawArm(random, 100, 0.02), drawArm(random, 100, 0.02)];
        baseline = arm(baseline.failing + more.failing, baseline.total + more.total);
        canary = arm(canary.failing + moreCanary.failing, canary.total + moreCanary.total);
        stopped ||= decideRollout(baseline, canary, { look }).kind === "roll-back";
      }
      rolledBack += Number(stopped);
    }
    expect(rolledBack).toBeLessThanOrEqual(4);
  });
});

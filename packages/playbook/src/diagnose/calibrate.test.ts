import { describe, expect, it } from "vitest";
import { calibrate } from "./calibrate.ts";

describe("the confidence of a cause", () => {
  it("rises with its share of the weights, without a jump, and never to certainty", () => {
    const shares = Array.from({ length: 1_001 }, (_, index) => index / 1_000);
    const confidences = shares.map(calibrate);
    expect(confidences).toEqual(confidences.toSorted((a, b) => a - b));
    expect(Math.max(...confidences.slice(1).map((each, index) => each - Number(confidences[index])))).toBeLessThan(0.02);
    expect(Math.max(...confidences)).toBeLessThan(1);
  });

  it("leaves alone what is not named", () => {
    expect([0, 0.2, 0.43].map((share) => Number(calibrate(share).toFixed(9)))).toEqual([0, 0.2, 0.43]);
  });

  it("says of few incidents that were all right less than of many", () => {
    expect([0.47, 0.52, 0.57, 0.9].map((share) => Number(calibrate(share).toFixed(3)))).toEqual([0.857, 0.95, 0.979, 0.98]);
  });
});

import { describe, expect, it } from "vitest";
import { Series } from "./series.ts";

function fill(seconds: number, everyMs: number): Series {
  const series = new Series();
  for (let timeMs = 0; timeMs < seconds * 1000; timeMs += everyMs) series.add(timeMs);
  return series;
}

const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0);

describe("a series over time", () => {
  it.each([100, 2846, 71_287, 400_001])("shows even traffic of %i s as even, in whole numbers that add up", (seconds) => {
    const series = fill(seconds, 500);
    const steps = series.resample(0, seconds * 1000, 48);
    expect(sum(steps)).toBe(series.total);
    expect(steps.every(Number.isInteger)).toBe(true);
    const mean = series.total / 48;
    expect(Math.min(...steps)).toBeGreaterThan(mean * 0.9 - 2);
    expect(Math.max(...steps)).toBeLessThan(mean * 1.1 + 2);
  });

  it("keeps a burst where it was", () => {
    const series = fill(3600, 60_000);
    series.add(1_800_500, 1000);
    const steps = series.resample(0, 3_600_000, 48);
    expect(steps.findIndex((count) => count === Math.max(...steps))).toBe(24);
  });

  it("has all its counts in one step if everything happened at once", () => {
    const series = new Series();
    series.add(5000, 7);
    expect(sum(series.resample(5000, 5001, 48))).toBe(7);
  });
});

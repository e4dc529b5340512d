import { describe, expect, it } from "vitest";
import { Sample } from "./sample.ts";

function sampleOf(count: number, toValue: (index: number) => number): Sample {
  const sample = new Sample();
  for (let index = 0; index < count; index += 1) sample.add(toValue(index));
  return sample;
}

describe("a sample", () => {
  it("keeps quantiles of a long stream within a few per cent", () => {
    const sample = sampleOf(100_000, (index) => index % 1000);
    expect(sample.count).toBe(100_000);
    expect(sample.quantile(0.5)).toBeGreaterThan(450);
    expect(sample.quantile(0.5)).toBeLessThan(550);
  });

  it("weighs a merged sample by what it represents, not by what it kept", () => {
    const many = sampleOf(100_000, () => 1);
    const few = sampleOf(200, () => 9);
    many.merge(few);
    expect(many.count).toBe(100_200);
    expect(many.quantile(0.9)).toBe(1);
    const other = sampleOf(200, () => 9);
    other.merge(sampleOf(100_000, () => 1));
    expect(other.quantile(0.9)).toBe(1);
  });
});

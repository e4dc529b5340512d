import { describe, expect, it } from "vitest";
import { formatUtc } from "./format-utc.ts";

const asPlatform = (timeMs: number): string => new Date(timeMs).toISOString().slice(0, 19).replace("T", " ");

describe("a time in a check", () => {
  it("is written as the platform writes it, including leap days and ends of years", () => {
    const days = Array.from(
      { length: 60_000 },
      (_, index) => Date.UTC(1960, 0, 1) + index * 86_400_000 + ((index * 7_919_317) % 86_400_000),
    );
    expect(days.map(formatUtc)).toEqual(days.map(asPlatform));
  });

  it("stays within its second", () => {
    const second = Date.UTC(2024, 1, 29, 23, 59, 59);
    expect([second, second + 999.9, second + 1_000].map(formatUtc)).toEqual([
      "2024-02-29 23:59:59",
      "2024-02-29 23:59:59",
      "2024-03-01 00:00:00",
    ]);
  });
});

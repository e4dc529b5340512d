import { describe, expect, it } from "vitest";
import { readRetention } from "./read-retention.ts";

const DAY_MS = 86_400_000;

describe("what the collector keeps", () => {
  it("is left to the store where nothing is said", () => expect(readRetention(undefined, undefined)).toEqual({}));

  it("is failing traces for so many days, and counts for at least as many", () => {
    expect(readRetention("7", undefined)).toEqual({ failingMs: 7 * DAY_MS, countsMs: 90 * DAY_MS });
    expect(readRetention("365", undefined)).toEqual({ failingMs: 365 * DAY_MS, countsMs: 365 * DAY_MS });
  });

  it.each([
    ["500MiB", 500 * 2 ** 20],
    ["10gib", 10 * 2 ** 30],
    ["1.5 GiB", 1.5 * 2 ** 30],
    ["64MiB", 64 * 2 ** 20],
  ])("is at most %s", (size, maxBytes) => expect(readRetention(undefined, size)).toEqual({ maxBytes }));

  it.each(["", "0", "-1", "1.5", "3651", "week", "1e2"])("refuses %j days", (days) => {
    expect(() => readRetention(days, undefined)).toThrow(`--keep-days takes a whole number from 1 to 3650; got "${days}"`);
  });

  it.each(["", "5", "63MiB", "10GB", "-1GiB", "NaNGiB", "1e3GiB"])("refuses the size %j", (size) => {
    expect(() => readRetention(undefined, size)).toThrow(`as 500MiB or 10GiB; got "${size}"`);
  });
});

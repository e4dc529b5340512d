import { describe, expect, it } from "vitest";
import { findTimeouts, KNOWN_TIMEOUTS, nameTimeouts } from "./known-timeouts.ts";

describe("default time-outs that a latency betrays", () => {
  it("names every hop that gives up after that long with that status, each once", () => {
    expect(nameTimeouts(60_040, 504)).toBe("nginx, AWS ALB or Kong");
    expect(nameTimeouts(29_000, 504)).toBe("Amazon API Gateway (REST)");
  });

  it("names nobody for another status or a latency further away", () => {
    expect(nameTimeouts(60_040, 500)).toBeUndefined();
    expect(nameTimeouts(57_000, 504)).toBeUndefined();
    expect(findTimeouts(57_000, 504)).toEqual([]);
  });

  it("lists them by length", () => {
    const lengths = KNOWN_TIMEOUTS.map(({ ms }) => ms);
    expect(lengths).toEqual(lengths.toSorted((a, b) => a - b));
  });
});

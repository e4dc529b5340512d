import { afterEach, describe, expect, it } from "vitest";
import { readCollectorClock, toCollectorTime } from "./collector-clock.ts";

const NOW_MS = Date.parse("Sat, 21 Nov 2026 02:00:00 GMT");
const HOUR_MS = 3_600_000;
afterEach(() => readCollectorClock(new Date(NOW_MS).toUTCString(), NOW_MS));

describe("the collector's clock", () => {
  it.each([HOUR_MS, -HOUR_MS])("is the one that counts where the viewer's is off by %i ms", (offMs) => {
    readCollectorClock(new Date(NOW_MS).toUTCString(), NOW_MS + offMs);
    expect(Math.abs(toCollectorTime(NOW_MS + offMs) - NOW_MS)).toBeLessThanOrEqual(1000);
  });

  it("is the viewer's own where the two agree to the second, or an answer says nothing", () => {
    readCollectorClock(new Date(NOW_MS).toUTCString(), NOW_MS + 900);
    expect(toCollectorTime(NOW_MS)).toBe(NOW_MS);
    readCollectorClock(null, NOW_MS);
    readCollectorClock("soon", NOW_MS);
    expect(toCollectorTime(NOW_MS)).toBe(NOW_MS);
  });
});

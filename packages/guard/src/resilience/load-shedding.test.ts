import { describe, expect, it } from "vitest";
import { decideShedding, LoadShedder } from "./load-shedding.ts";

const LIMITS = { eventLoopDelayMs: 100, heapRatio: 0.8, inFlight: 10 };
const CALM = { eventLoopDelayMs: 0, heapRatio: 0, inFlight: 0 };

describe("load shedding", () => {
  it("refuses the least important first", () => {
    const busy = { ...CALM, inFlight: 8 };
    expect([decideShedding(busy, LIMITS, "low"), decideShedding(busy, LIMITS, "normal")]).toEqual(["inFlight", undefined]);
    const busier = { ...CALM, eventLoopDelayMs: 120 };
    expect([decideShedding(busier, LIMITS, "normal"), decideShedding(busier, LIMITS, "critical")]).toEqual(["eventLoopDelayMs", undefined]);
    expect(decideShedding({ ...CALM, heapRatio: 0.995 }, LIMITS, "critical")).toBe("heapRatio");
  });

  it("counts who is in and lets others in as they leave", () => {
    const shedder = new LoadShedder({ inFlight: 2 });
    shedder.enter();
    shedder.enter();
    expect(() => shedder.enter()).toThrow("load is shed");
    shedder.leave();
    shedder.enter();
    expect(shedder.shed).toBe(1);
    shedder.close();
  });
});

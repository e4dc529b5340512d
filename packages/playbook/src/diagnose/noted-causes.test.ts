import type { Exchange } from "@faultline/model";
import { describe, expect, it } from "vitest";
import type { Judgement } from "../isolate/judgement.ts";
import type { Occurrence } from "../isolate/occurrence.ts";
import { nameNotedCauses } from "./noted-causes.ts";

describe("what an intermediary noted", () => {
  it("is never so sure that its weight is no number", () => {
    const noted = { cause: "no-healthy-upstream", code: "UH", meaning: "no healthy upstream", confidence: 1 } as const;
    const exchange = { noted, observer: { name: "edge" }, madeBy: { hop: "observer", because: "", confidence: 1 } } as unknown as Exchange;
    const occurrence = { path: { exchanges: [exchange], roots: [] } } as unknown as Occurrence;
    const [named] = nameNotedCauses([{ occurrence, judgement: {} as Judgement }], []);
    expect(named?.cause).toBe("no-healthy-upstream");
    expect(named?.evidence.weight).toBeLessThan(10);
  });
});

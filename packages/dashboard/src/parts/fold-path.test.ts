import type { Fate, HopAccount } from "@faultline/model";
import { describe, expect, it } from "vitest";
import { foldPath } from "./fold-path.ts";

const toPath = (fates: readonly Fate[]): readonly HopAccount[] =>
  fates.map((fate, index) => ({ hop: `${index}`, service: `s${index}`, operation: "GET /", status: "500", fate, evidence: [] }));
const passed = (count: number): readonly Fate[] => Array.from({ length: count }, () => "propagated");

describe("a long path", () => {
  it("is shown whole up to fourteen hops, and where no run is worth folding", () => {
    expect(foldPath(toPath([...passed(13), "created"])).folded).toEqual([]);
    const mixed = Array.from({ length: 6 }, () => [...passed(4), "remapped"] as const).flat();
    expect(foldPath(toPath(mixed)).folded).toEqual([]);
  });

  it("folds the longest run that passed the failure on, and keeps its ends and every other fate in sight", () => {
    const path = toPath(["remapped", ...passed(5), "masked", ...passed(32), "created"]);
    const { before, folded, after } = foldPath(path);
    expect([...before, ...folded, ...after]).toEqual(path);
    expect(folded).toHaveLength(28);
    expect(after.map(({ fate }) => fate)).toEqual(["propagated", "propagated", "created"]);
    expect(before.map(({ fate }) => fate).filter((fate) => fate !== "propagated")).toEqual(["remapped", "masked"]);
  });
});

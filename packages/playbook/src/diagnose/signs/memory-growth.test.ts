import type { MetricPoint } from "@faultline/model";
import { describe, expect, it } from "vitest";
import { findMemoryGrowth, reportsMemory } from "./memory-growth.ts";

const MIB = 1_048_576;
const points = (values: readonly number[], name = "v8js.memory.heap.used"): readonly MetricPoint[] =>
  values.map((value, index) => ({
    name,
    unit: "By",
    timeMs: index * 1000,
    value: value * MIB,
    attributes: {},
    resource: { service: "shop", instance: "a", attributes: {} },
  }));

describe("memory that leaks", () => {
  it("is recognised if it keeps growing, even if the process was restarted after it", () => {
    expect(findMemoryGrowth(points([20, 31, 44, 62, 80, 18, 19]), "shop")?.measured).toBe("v8js.memory.heap.used: 20.0 MiB to 80.0 MiB");
  });

  it("is not recognised in the swing of a garbage collector, a limit, or another service", () => {
    expect(findMemoryGrowth(points([20, 45, 21, 44, 20, 46, 22]), "shop")).toBeUndefined();
    expect(findMemoryGrowth(points([20, 31, 44, 62, 80], "v8js.heap.limit"), "shop")).toBeUndefined();
    expect(findMemoryGrowth(points([20, 31, 44, 62, 80]), "cart")).toBeUndefined();
    const reserved = ["v8js.memory.heap.space.size", "v8js.memory.heap.space.physical_size", "jvm.memory.committed"];
    expect(reserved.every((name) => findMemoryGrowth(points([68, 90, 120, 160, 193], name), "shop") === undefined)).toBe(true);
  });

  it("is the sum of what a process reports in parts", () => {
    const parts = [...points([10, 15, 22, 30, 40]), ...points([10, 16, 22, 32, 40])];
    expect(findMemoryGrowth(parts, "shop")?.measured).toContain("20.0 MiB to 80.0 MiB");
  });
});

describe("whether a service reports its memory", () => {
  it("is decided by metrics of its own that are no limits", () => {
    expect(reportsMemory(points([10]), "shop")).toBe(true);
    expect([reportsMemory([], "shop"), reportsMemory(points([10]), "cart"), reportsMemory(points([10], "memory.limit"), "shop")]).toEqual([
      false,
      false,
      false,
    ]);
  });
});

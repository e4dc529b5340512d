import { describe, expect, it } from "vitest";
import { guardFetch } from "../adapters/fetch.ts";
import { createGuard } from "../guard.ts";
import { createCollected } from "../testing/collected.ts";
import { Dependency } from "./dependency.ts";
import { metricsOf } from "./dependency-metrics.ts";

type Point = {
  readonly asInt?: string;
  readonly asDouble?: number;
  readonly attributes: readonly { key: string; value: { stringValue: string } }[];
};
type Metric = {
  readonly name: string;
  readonly sum?: { readonly isMonotonic: boolean; dataPoints: readonly Point[] };
  readonly gauge?: { dataPoints: readonly Point[] };
};

/** Each point as the dependency's name and the number. */
function readPoints(metric: Metric | undefined): unknown[] {
  const points = metric?.sum?.dataPoints ?? metric?.gauge?.dataPoints ?? [];
  return points.map((point) => [point.attributes[0]?.value.stringValue, point.asInt ?? point.asDouble]);
}

describe("the state of a dependency", () => {
  it("goes out as metrics, and into the record of a request that fails meanwhile", async () => {
    const collected = createCollected();
    const guard = createGuard({ service: "shop", transport: collected, spool: false, announce: false });
    const stock = new Dependency("stock", { breaker: { minimumCalls: 2 } });
    const stop = guard.watch(metricsOf(stock, new Dependency("payments")));
    guard.watch({
      takeMetrics: () => {
        throw new Error("a source of the user's that is broken");
      },
    });
    const handler = guardFetch(
      guard,
      () => stock.call(() => Promise.reject(Object.assign(new Error("refused"), { code: "ECONNREFUSED" }))),
      { route: "/" },
    );
    for (let serial = 0; serial < 3; serial++) await handler(new Request("http://shop.example/"));
    await guard.flush();
    const metrics = collected.metrics as unknown as readonly Metric[];
    const sums = (name: string): string[] =>
      metrics.filter((metric) => metric.name === `faultline.dependency.${name}`).map((metric) => readPoints(metric).flat().join(" "));
    expect(sums("calls")).toEqual(["stock 3", "payments 0"]);
    expect(sums("faults")).toEqual(["stock 2", "payments 0"]);
    expect(sums("refused")).toEqual(["stock 1", "payments 0"]);
    const circuits = metrics.filter((metric) => metric.name === "faultline.dependency.circuit").flatMap(readPoints);
    expect(circuits).toEqual([
      ["stock", 2],
      ["payments", 0],
    ]);
    expect(metrics.find((metric) => metric.name === "faultline.dependency.deadlines_exceeded")?.sum?.isMonotonic).toBe(true);
    expect(collected.spans.map((span) => span.attributes["faultline.circuits.open"])).toEqual([undefined, "stock", "stock"]);
    expect(guard.counts().internalErrors).toBeGreaterThan(0);
    stop();
    await guard.close();
  });
});

import type { Change, MetricPoint } from "@faultline/model";
import { describe, expect, it } from "vitest";
import { findOnsetSigns, type OnsetGround } from "./onset-signs.ts";

const AT = 1_700_000_000_000;
const onset = { atMs: AT, fromMs: AT, toMs: AT + 50, before: { failing: 0, total: 30 }, after: { failing: 30, total: 30 } };

/** Thirty requests before the onset and thirty after it, so many ms apart. */
const pace = (beforeMs: number, afterMs: number): readonly number[] => [
  ...Array.from({ length: 30 }, (_, index) => AT - (30 - index) * beforeMs),
  ...Array.from({ length: 30 }, (_, index) => AT + index * afterMs),
];

const restart = (change: Partial<Change>): OnsetGround["changes"][number] => ({
  change: { kind: "restart", service: "ledger", timeMs: AT - 900, source: "declared", ...change },
  beforeOnsetMs: 900,
});

/** Values a second apart, five before the onset and the rest since. */
const metric = (name: string, values: readonly number[], service = "ledger"): readonly MetricPoint[] =>
  values.map((value, index) => ({
    name,
    unit: "1",
    value,
    timeMs: AT + (index - 5) * 1_000,
    attributes: {},
    resource: { service, attributes: {} },
  }));

const LOOP = "nodejs.eventloop.utilization";
const WAITERS = "db.client.connection.pending_requests";

describe("what else changed as failures began", () => {
  it.each<[string, Partial<OnsetGround>, readonly string[]]>([
    ["a restart of a service on the path", { changes: [restart({})] }, ["restart"]],
    ["no restart of another service", { changes: [restart({ service: "banners" })] }, []],
    ["no deploy, which is weighed by itself", { changes: [restart({ kind: "deploy" })] }, []],
    ["traffic that grew fivefold", { timesMs: pace(200, 40) }, ["traffic"]],
    ["no traffic that stayed", { timesMs: pace(40, 40) }, []],
    ["no traffic that fell", { timesMs: pace(40, 200) }, []],
    ["no traffic of which too little was seen", { timesMs: pace(200, 40).slice(15) }, []],
    ["no traffic that had grown long before", { timesMs: [AT - 60_000, AT - 50_000, ...pace(40, 40)] }, []],
    ["a share that became full", { metrics: metric(LOOP, [0.1, 0.2, 0.1, 0.2, 0.1, 1, 0.99, 1]) }, ["saturation"]],
    ["no share that was full before", { metrics: metric(LOOP, [0.9, 1, 0.9, 1, 0.9, 1, 0.99, 1]) }, []],
    ["no single peak", { metrics: metric(LOOP, [0.1, 0.2, 0.1, 0.2, 0.1, 0.3, 1, 0.2]) }, []],
    ["waiters where there were none", { metrics: metric(WAITERS, [0, 0, 0, 0, 0, 6, 7, 9]) }, ["saturation"]],
    ["no metric of a service that is not on the path", { metrics: metric(LOOP, [0.1, 0.2, 0.1, 0.2, 0.1, 1, 1, 1], "banners") }, []],
    ["no metric of anything unlimited", { metrics: metric("orders.ratio", [0.1, 0.2, 0.1, 0.2, 0.1, 1, 1, 1]) }, []],
  ])("is %s", (_, ground, expected) => {
    const found = findOnsetSigns({ onset, services: ["ledger", "shop"], changes: [], metrics: [], ...ground });
    expect(found.map(({ kind }) => kind)).toEqual(expected);
  });

  it("gives both rates, and the causes that it may support", () => {
    const [found] = findOnsetSigns({ onset, services: [], changes: [], metrics: [], timesMs: pace(200, 40) });
    expect(found?.evidence.measured).toContain("5.0 requests/s right before, 26 right after");
    expect(found?.causes).toContain("pool-exhausted");
  });
});

import type { MetricPoint } from "@faultline/model";
import { describe, expect, it } from "vitest";
import { diagnose } from "../../playbook.ts";
import { type SpanSketch, TraceBuilder } from "../../testing/trace-builder.ts";

const MIB = 1_048_576;

/** What the demo's storefront measured after its start, before its event loop stood still for the first time. */
const STARTED = [15.9, 20.5, 27.3, 25.1, 32.7, 40.3] as const;

const LATE: SpanSketch = {
  service: "gateway",
  name: "GET /cart",
  code: 504,
  takes: 3010,
  attributes: { "http.route": "/cart" },
  calls: [
    {
      service: "gateway",
      kind: "client",
      name: "GET",
      takes: 3000,
      status: "error",
      message: "storefront timed out after 3000 ms",
      attributes: { "error.type": "ETIMEDOUT", "server.address": "storefront" },
    },
  ],
};
const GOOD: SpanSketch = {
  service: "gateway",
  name: "GET /cart",
  code: 200,
  takes: 20,
  attributes: { "http.route": "/cart" },
  calls: [
    {
      service: "gateway",
      kind: "client",
      name: "GET",
      takes: 15,
      attributes: { "server.address": "storefront" },
      calls: [{ service: "storefront", name: "GET /cart", code: 200, takes: 12 }],
    },
  ],
};

/** What processes measured every two seconds, the sixth time shortly before the failure of the 31st request. */
function judge(storefront: readonly number[], gateway: readonly number[]) {
  const observed = new TraceBuilder()
    .traces(30, () => GOOD)
    .traces(1, () => LATE)
    .observations();
  const failedMs = observed.spans.reduce((latest, { endMs }) => Math.max(latest, endMs), 0);
  const report = (name: string, service: string, values: readonly number[]): readonly MetricPoint[] =>
    values.map((value, index) => ({
      name,
      unit: "By",
      timeMs: failedMs - 11_500 + index * 2000,
      value: value * MIB,
      attributes: {},
      resource: { service, attributes: {} },
    }));
  const metrics = [...report("v8js.memory.heap.used", "storefront", storefront), ...report("v8js.memory.heap.used", "gateway", gateway)];
  return diagnose({ ...observed, metrics });
}

describe("memory that grew while a service was late", () => {
  it.each<readonly [string, readonly number[], gateway: number]>([
    ["where its process started anew behind the failure", [...STARTED, 18, 19], 8],
    ["where its process grew further behind it", [...STARTED, 46, 53], 8],
    ["where nothing more is heard of its process, and of others", STARTED, 10],
  ])("is the cause %s", (_, values, gateway) => {
    expect(
      judge(
        values,
        Array.from({ length: gateway }, () => 30),
      ),
    ).toMatchObject({
      verdict: "diagnosed",
      causes: [{ cause: "memory-leak" }],
    });
  });

  it("is a guess and no verdict while its process may be busy and has not reported yet", () => {
    const { causes } = judge(STARTED, [30, 30, 30, 30, 30, 30, 30]);
    expect(causes.filter(({ confidence }) => confidence >= 0.5)).toEqual([]);
    expect(causes.map(({ cause }) => cause)).toContain("memory-leak");
  });
});

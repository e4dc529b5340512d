import { describe, expect, it } from "vitest";
import { diagnose } from "../../playbook.ts";
import { TraceBuilder } from "../../testing/trace-builder.ts";

describe("a caller that sends no telemetry", () => {
  const observations = new TraceBuilder()
    .traces(8, () => ({
      service: "gateway",
      code: 504,
      calls: [{ service: "gateway", kind: "client", calls: [{ service: "shop", code: 200 }] }],
    }))
    .observations();

  it("is named as missing if nothing behind it failed", () => {
    const behind = { ...observations, spans: observations.spans.filter(({ resource }) => resource.service === "shop") };
    const diagnosis = diagnose(behind);
    expect(diagnosis).toMatchObject({ verdict: "inconclusive", scope: { failing: 0 } });
    expect(diagnosis.missing.map(({ what }) => what).join()).toContain("what calls shop");
  });

  it("is not missed if every request begins with what was sent", () => {
    const good = new TraceBuilder().traces(8, () => ({ service: "shop", code: 200 })).observations();
    expect(diagnose(good).missing).toEqual([]);
  });
});

import type { Diagnosis, FaultAnswer } from "@faultline/model";
import { describe, expect, it } from "vitest";
import { writeIncidentReport } from "./incident-report.ts";

const AT_MS = Date.UTC(2026, 10, 21, 2, 10, 5);
const ORIGIN = "http://10.0.0.9:4318";

const DIAGNOSIS: Diagnosis = {
  verdict: "diagnosed",
  scope: { service: "storefront", route: "/", window: { fromMs: AT_MS, toMs: AT_MS + 1000 }, failing: 184, succeeding: 100 },
  path: [
    { hop: "1", service: "gateway", operation: "GET /", status: "500", fate: "propagated", evidence: [] },
    { hop: "2", service: "storefront", operation: "GET /", status: "500", fate: "created", evidence: [] },
  ],
  suspects: [],
  causes: [
    {
      cause: "bad-configuration",
      confidence: 0.94,
      evidence: [{ statement: "the error names a missing setting", measured: "SESSION_SECRET is not set", source: "span", weight: 4 }],
      against: [],
    },
    { cause: "bad-deploy", confidence: 0.05, evidence: [], against: [] },
  ],
  ruledOut: [],
  missing: [{ what: "the log", wouldTell: "more" }],
  next: [{ check: "Compare the two", command: "npx faultline gate --service storefront --baseline 1 --canary 2" }, { check: "Look" }],
  guard: { now: [{ what: "Set the value", where: "storefront" }], prevent: [] },
};

function answer(rest: Partial<FaultAnswer> = {}, title = "ConfigurationError: SESSION_SECRET is not set"): FaultAnswer {
  return {
    fault: {
      fingerprint: "f/1",
      title,
      service: "storefront",
      route: "/",
      firstSeenMs: AT_MS,
      lastSeenMs: AT_MS + 60_000,
      count: 1184,
      state: "open",
      sentence: "storefront makes the failures: bad configuration (94 % sure).",
    },
    diagnosis: DIAGNOSIS,
    series: { fromMs: 0, stepMs: 1, total: [], failing: [] },
    changes: [
      {
        kind: "deploy",
        service: "storefront",
        version: "2",
        previousVersion: "1",
        timeMs: AT_MS - 5000,
        source: "declared",
        description: "new cookies",
      },
      { kind: "deploy", service: "storefront", version: "3", timeMs: AT_MS + 5000, source: "declared" },
    ],
    failing: [{ traceId: "t1", spanId: "s1", timeMs: AT_MS, service: "gateway", method: "GET", route: "/", status: 500, durationMs: 3 }],
    contrast: [],
    compared: { failing: 0, succeeding: 0 },
    ...rest,
  };
}

describe("a fault as an incident report", () => {
  it("says what fails, since when, how much, why, what changed before it, and what to do", () => {
    const report = writeIncidentReport(answer(), ORIGIN);
    for (const part of [
      "# storefront makes the failures: bad configuration (94 % sure).",
      "**1,184** failing requests, first 2026-11-21 02:10:05 UTC, last 2026-11-21 02:11:05 UTC",
      "184 of 284 requests in scope, 65 %",
      "| storefront | GET / | 500 | created |",
      "**bad-configuration**, 94 % sure; else bad-deploy 5.0 %",
      "- the error names a missing setting (SESSION\\_SECRET is not set)",
      "- 2026-11-21 02:10:00 UTC deploy of storefront 2, before it 1: new cookies",
      "1. Compare the two",
      `npx faultline gate --service storefront --baseline 1 --canary 2 --collector ${ORIGIN}`,
      "- Set the value (storefront)",
      `${ORIGIN}/faults/f%2F1`,
      `${ORIGIN}/traces/t1?span=s1`,
    ])
      expect(report).toContain(part);
  });

  it("does not name what changed after the first failure as before it", () => {
    expect(writeIncidentReport(answer(), ORIGIN)).not.toContain("storefront 3");
  });

  it("is whole without a diagnosis and without traces", () => {
    const { diagnosis: _none, ...rest } = answer({ failing: [], changes: [] });
    const report = writeIncidentReport(rest, ORIGIN);
    expect(report).toContain("**1,184** failing requests");
    expect(report).not.toContain("undefined");
    expect(report.match(/^## /gm)).toBe(null);
  });

  it("lets captured text be text: no markup, no mention, no fence of its own, no line of its own, nothing endless", () => {
    const report = writeIncidentReport(
      answer({}, `# x](http://evil) **b** @everyone <img> \`a\`\n## own heading ${"long ".repeat(2000)}`),
      ORIGIN,
    );
    expect(report).not.toMatch(/^## own heading/m);
    expect(report).not.toMatch(/(?<!\\)\]\(http/);
    expect(report).not.toContain("@everyone");
    expect(report).not.toContain("<img>");
    expect(report.length).toBeLessThan(6000);
  });
});

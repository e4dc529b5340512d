import { describe, expect, it } from "vitest";
import { CAUSES, type Diagnosis } from "./diagnosis.ts";
import { describeCause, describeDiagnosis } from "./diagnosis-sentence.ts";

const DIAGNOSIS: Diagnosis = {
  verdict: "diagnosed",
  scope: { service: "storefront", route: "POST /checkout", window: { fromMs: 0, toMs: 1 }, failing: 12, succeeding: 188 },
  path: [{ hop: "payments", service: "payments", operation: "POST /charge", status: "504", fate: "created", evidence: [] }],
  suspects: [{ service: "payments", score: 1 }],
  causes: [{ cause: "dependency-timeout", confidence: 0.912, evidence: [], against: [] }],
  ruledOut: [],
  missing: [],
  next: [],
  guard: { now: [], prevent: [] },
};

it("claims of no healthy backend only that they are too few, for one bad of two fails some requests as well", () => {
  expect(describeCause("no-healthy-upstream")).toBe("too few healthy backends");
});

describe("a diagnosis in one sentence", () => {
  it("names origin, symptom, cause and certainty", () => {
    expect(describeDiagnosis(DIAGNOSIS)).toBe(
      "payments makes the failures on POST /checkout of storefront: it did not answer in time (91 % sure).",
    );
  });

  it("says that it is inconclusive and what is missing", () => {
    const open: Diagnosis = {
      ...DIAGNOSIS,
      verdict: "inconclusive",
      causes: [],
      missing: [{ what: "spans of inventory", wouldTell: "who failed" }],
    };
    expect(describeDiagnosis(open)).toBe(
      "Inconclusive: payments most likely makes the failures on POST /checkout of storefront, but why does not show; missing: spans of inventory.",
    );
    expect(describeDiagnosis({ ...open, suspects: [] })).toContain("which hop makes the failures");
    expect(describeDiagnosis({ ...open, path: [] })).toContain("which hop makes the failures");
  });

  it("begins with a capital where a hop has only a description, and writes a name as it is", () => {
    const of = (service: string): string => describeDiagnosis({ ...DIAGNOSIS, suspects: [{ service, score: 1 }] });
    expect(of("the app behind api.example")).toMatch(/^The app behind api\.example makes the failures/);
    expect(of("iOrders")).toMatch(/^iOrders makes/);
  });

  it("names a service once that makes the failures of its own route", () =>
    expect(describeDiagnosis({ ...DIAGNOSIS, suspects: [{ service: "storefront", score: 1 }] })).toBe(
      "storefront makes the failures on POST /checkout: it did not answer in time (91 % sure).",
    ));

  it("does not speak of failures where a service is only slower than before", () => {
    const scope = { window: { fromMs: 0, toMs: 1 }, failing: 0, succeeding: 9 };
    expect(describeDiagnosis({ ...DIAGNOSIS, verdict: "inconclusive", scope })).toBe(
      "Nothing failed, but payments does not behave as before.",
    );
  });

  it("says when nothing failed", () => {
    const healthy: Diagnosis = {
      ...DIAGNOSIS,
      verdict: "inconclusive",
      suspects: [],
      causes: [],
      scope: { window: { fromMs: 0, toMs: 1 }, failing: 0, succeeding: 9 },
    };
    expect(describeDiagnosis(healthy)).toBe("Nothing failed.");
  });

  it("has its own words for every cause", () => {
    expect(new Set(CAUSES.map(describeCause)).size).toBe(CAUSES.length);
  });
});

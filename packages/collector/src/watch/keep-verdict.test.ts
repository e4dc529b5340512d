import type { Diagnosis, Evidence } from "@faultline/model";
import { describe, expect, it } from "vitest";
import { type Judged, keepVerdict } from "./keep-verdict.ts";

const EVIDENCE: Evidence = { statement: "it answered other calls at that time", measured: "9 of 9", source: "span", weight: 3 };

const judged = (rest: Partial<Diagnosis>, at: number): Judged => ({
  diagnosis: {
    verdict: "inconclusive",
    scope: { window: { fromMs: 0, toMs: 1 }, failing: 1, succeeding: 0 },
    path: [],
    suspects: [],
    causes: [],
    ruledOut: [],
    missing: [],
    next: [],
    guard: { now: [], prevent: [] },
    ...rest,
  },
  diagnosedAtMs: at + 1_000,
  judgedFromMs: at,
});
const cause = (confidence: number, against: readonly Evidence[] = []) =>
  ({ cause: "dependency-timeout", confidence, evidence: [EVIDENCE], against }) as const;
const EARLIER = judged({ verdict: "diagnosed", causes: [cause(0.95)] }, 10_000);

describe("a verdict, and a judgement of newer failures", () => {
  it.each<readonly [string, Partial<Diagnosis>]>([
    ["lead to the same with less", { causes: [cause(0.4)] }],
    ["lead to nothing", { ruledOut: [{ cause: "dependency-timeout", because: "not seen: a call that takes too long" }] }],
  ])("stays with its time where they %s, and says so once", (_, rest) => {
    const once = keepVerdict(EARLIER, judged(rest, 900_000));
    const twice = keepVerdict(once, judged(rest, 950_000));
    expect(twice).toEqual(once);
    expect(once).toMatchObject({ diagnosedAtMs: 11_000, judgedFromMs: 10_000, diagnosis: { verdict: "diagnosed" } });
    expect(once.diagnosis.missing).toEqual([
      {
        what: "evidence in the newest failures, which tell less than earlier ones",
        wouldTell: "whether the verdict of 1970-01-01 00:00:11 UTC holds for them",
      },
    ]);
  });

  it.each<readonly [string, Partial<Diagnosis>, at: number]>([
    ["that decides as well", { verdict: "diagnosed", causes: [{ ...cause(0.9), cause: "database-failure" }] }, 900_000],
    ["that looked at the same failures and more", { causes: [cause(0.4)] }, 10_000],
    ["that saw what speaks against it", { causes: [cause(0.4, [EVIDENCE])] }, 900_000],
    ["that rules it out", { ruledOut: [{ cause: "dependency-timeout", because: "it answered other calls (9 of 9)" }] }, 900_000],
  ])("gives way to one %s", (_, rest, at) => {
    const newer = judged(rest, at);
    expect(keepVerdict(EARLIER, newer)).toBe(newer);
  });

  it("stands alone where nothing was decided before", () => {
    const newer = judged({}, 900_000);
    expect([keepVerdict({}, newer), keepVerdict(judged({}, 10_000), newer)]).toEqual([newer, newer]);
  });
});

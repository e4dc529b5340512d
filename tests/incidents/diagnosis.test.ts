/**
 * What the diagnosis reaches on the recorded incidents, exactly: the set is stored and the diagnosis deterministic, so one incident less is
 * a regression. Of the unread half only totals are told; which incidents they are is nobody's business.
 */
import { fileURLToPath } from "node:url";
import { diagnose } from "@faultline/playbook";
import { beforeAll, describe, expect, it } from "vitest";
import { listIncidents } from "./incident.ts";
import { type Marks, markDiagnosis } from "./score-incident.ts";

/**
 * How many incidents each half has, and in how many of them each answer is right; of false blame, how many at most. The first two batches
 * are counted by themselves as well, so that what a later batch teaches costs nothing that was there.
 */
const REACHED = [
  {
    half: "read",
    batches: [1, 2],
    incidents: 222,
    symptom: 220,
    creator: 205,
    path: 202,
    verdict: 214,
    firstThree: 206,
    honest: 12,
    falseBlame: 0,
  },
  {
    half: "read",
    batches: [3],
    incidents: 42,
    symptom: 42,
    creator: 39,
    path: 39,
    verdict: 42,
    firstThree: 39,
    honest: 3,
    falseBlame: 0,
  },
  {
    half: "unread",
    batches: [1, 2],
    incidents: 222,
    symptom: 221,
    creator: 204,
    path: 201,
    verdict: 209,
    firstThree: 205,
    honest: 12,
    falseBlame: 1,
  },
  {
    half: "unread",
    batches: [3],
    incidents: 42,
    symptom: 41,
    creator: 39,
    path: 39,
    verdict: 39,
    firstThree: 37,
    honest: 3,
    falseBlame: 0,
  },
] as const;

const FIRST_THREE: readonly (number | undefined)[] = [1, 2, 3];

describe.each(REACHED)("the diagnosis of the incidents of the $half half, batches $batches", (reached) => {
  let marks: readonly Marks[] = [];
  const count = (isSo: (each: Marks) => boolean | undefined): number => marks.filter((each) => isSo(each) === true).length;

  beforeAll(() => {
    marks = listIncidents(fileURLToPath(new URL(".", import.meta.url)))
      .filter(({ facts }) => facts.half === reached.half && new Set<number>(reached.batches).has(facts.batch ?? 1))
      .map((incident) => markDiagnosis(diagnose(incident.load()), incident.expected));
  }, 300_000);

  it("is made for every incident", () => expect(marks.length).toBe(reached.incidents));
  it("finds the symptom", () => expect(count(({ isDetected }) => isDetected)).toBeGreaterThanOrEqual(reached.symptom));
  it("names the creating hop", () => expect(count(({ isCreatorRight }) => isCreatorRight)).toBeGreaterThanOrEqual(reached.creator));
  it("knows what every hop did", () => expect(count(({ isPathRight }) => isPathRight)).toBeGreaterThanOrEqual(reached.path));
  it("is right in its verdict", () => expect(count(({ isRight }) => isRight)).toBeGreaterThanOrEqual(reached.verdict));
  it("has the cause among its first three", () =>
    expect(count(({ causeRank }) => FIRST_THREE.includes(causeRank))).toBeGreaterThanOrEqual(reached.firstThree));
  it("says what is missing where evidence is", () => expect(count(({ isHonest }) => isHonest)).toBeGreaterThanOrEqual(reached.honest));
  it("blames nothing falsely more often", () => expect(count(({ isFalseBlame }) => isFalseBlame)).toBeLessThanOrEqual(reached.falseBlame));
});

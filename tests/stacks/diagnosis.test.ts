/**
 * Exactly what the diagnosis reaches on the written incidents, as in `tests/incidents/diagnosis.test.ts`. The unread half is reported in
 * totals only; its misses were read once, after its first sight was counted.
 */
import { diagnose } from "@faultline/playbook";
import { beforeAll, describe, expect, it } from "vitest";
import { type Marks, markDiagnosis } from "../incidents/score-incident.ts";
import { listStackIncidents } from "./stack-incidents.ts";

/** How many incidents of each half are right in each answer; of false blame, how many at most. */
const REACHED = [
  { batch: 4, half: "read", incidents: 39, symptom: 39, creator: 35, path: 35, verdict: 39, firstThree: 35, honest: 1, falseBlame: 0 },
  { batch: 4, half: "unread", incidents: 39, symptom: 39, creator: 33, path: 33, verdict: 38, firstThree: 32, honest: 2, falseBlame: 0 },
  { batch: 5, half: "read", incidents: 52, symptom: 52, creator: 41, path: 41, verdict: 50, firstThree: 42, honest: 4, falseBlame: 0 },
  { batch: 5, half: "unread", incidents: 52, symptom: 52, creator: 47, path: 47, verdict: 52, firstThree: 47, honest: 1, falseBlame: 0 },
  { batch: 6, half: "read", incidents: 52, symptom: 50, creator: 42, path: 42, verdict: 50, firstThree: 42, honest: 2, falseBlame: 0 },
  { batch: 6, half: "unread", incidents: 53, symptom: 47, creator: 46, path: 46, verdict: 50, firstThree: 45, honest: 1, falseBlame: 0 },
  { batch: 7, half: "read", incidents: 27, symptom: 27, creator: 19, path: 19, verdict: 26, firstThree: 18, honest: 1, falseBlame: 0 },
  { batch: 7, half: "unread", incidents: 28, symptom: 28, creator: 22, path: 22, verdict: 28, firstThree: 22, honest: 0, falseBlame: 0 },
  { batch: 8, half: "read", incidents: 29, symptom: 29, creator: 24, path: 24, verdict: 29, firstThree: 24, honest: 2, falseBlame: 0 },
  { batch: 8, half: "unread", incidents: 30, symptom: 30, creator: 23, path: 23, verdict: 30, firstThree: 24, honest: 1, falseBlame: 0 },
  { batch: 9, half: "read", incidents: 61, symptom: 60, creator: 50, path: 50, verdict: 61, firstThree: 50, honest: 3, falseBlame: 0 },
  { batch: 9, half: "unread", incidents: 49, symptom: 49, creator: 34, path: 34, verdict: 47, firstThree: 34, honest: 3, falseBlame: 0 },
  { batch: 10, half: "read", incidents: 53, symptom: 53, creator: 45, path: 45, verdict: 51, firstThree: 45, honest: 4, falseBlame: 0 },
  { batch: 10, half: "unread", incidents: 75, symptom: 73, creator: 63, path: 63, verdict: 72, firstThree: 63, honest: 5, falseBlame: 0 },
  { batch: 11, half: "read", incidents: 65, symptom: 65, creator: 54, path: 54, verdict: 56, firstThree: 53, honest: 3, falseBlame: 0 },
  { batch: 11, half: "unread", incidents: 75, symptom: 75, creator: 57, path: 57, verdict: 66, firstThree: 56, honest: 6, falseBlame: 0 },
  { batch: 12, half: "read", incidents: 46, symptom: 46, creator: 32, path: 32, verdict: 41, firstThree: 29, honest: 6, falseBlame: 0 },
  { batch: 12, half: "unread", incidents: 44, symptom: 43, creator: 37, path: 37, verdict: 36, firstThree: 35, honest: 2, falseBlame: 0 },
  { batch: 13, half: "read", incidents: 40, symptom: 40, creator: 28, path: 28, verdict: 34, firstThree: 27, honest: 3, falseBlame: 0 },
  { batch: 13, half: "unread", incidents: 57, symptom: 57, creator: 45, path: 45, verdict: 43, firstThree: 37, honest: 2, falseBlame: 5 },
] as const;

const FIRST_THREE: readonly (number | undefined)[] = [1, 2, 3];

describe.each(REACHED)("the diagnosis of the written incidents of the $half half of batch $batch", (reached) => {
  let marks: readonly Marks[] = [];
  const count = (isSo: (each: Marks) => boolean | undefined): number => marks.filter((each) => isSo(each) === true).length;

  beforeAll(() => {
    marks = listStackIncidents()
      .filter(({ facts }) => facts.half === reached.half && facts.batch === reached.batch)
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
  it("blames hardly ever what it should not", () =>
    expect(count(({ isFalseBlame }) => isFalseBlame)).toBeLessThanOrEqual(reached.falseBlame));
});

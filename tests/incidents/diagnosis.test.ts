/** What the diagnosis reaches on the incidents whose seeds may be read. The other half is counted by `npm run bench -- diagnosis`. */
import { fileURLToPath } from "node:url";
import { diagnose } from "@faultline/playbook";
import { beforeAll, describe, expect, it } from "vitest";
import { type Incident, listIncidents } from "./incident.ts";
import { type Marks, markDiagnosis } from "./score-incident.ts";

/** Shares that were reached once and are not given up. */
const REACHED = { detected: 0.96, creator: 0.97, path: 0.95, cause: 0.88, notBlamed: 0.95 };

let marks: readonly Marks[] = [];
let incidents: readonly Incident[] = [];

function shareOf(isSo: (each: Marks) => boolean | undefined): number {
  const judged = marks.map(isSo).filter((each) => each !== undefined);
  return judged.filter(Boolean).length / judged.length;
}

describe("the diagnosis of recorded incidents", () => {
  beforeAll(() => {
    incidents = listIncidents(fileURLToPath(new URL(".", import.meta.url))).filter(({ facts }) => facts.half === "read");
    marks = incidents.map((incident) => markDiagnosis(diagnose(incident.load()), incident.expected));
  });

  it("reads every incident", () => expect(incidents.length).toBeGreaterThan(15));
  it("finds the symptom", () => expect(shareOf(({ isDetected }) => isDetected)).toBeGreaterThanOrEqual(REACHED.detected));
  it("names the creating hop", () => expect(shareOf(({ isCreatorRight }) => isCreatorRight)).toBeGreaterThanOrEqual(REACHED.creator));
  it("knows what every hop did", () => expect(shareOf(({ isPathRight }) => isPathRight)).toBeGreaterThanOrEqual(REACHED.path));
  it("is right in its verdict", () => expect(shareOf(({ isRight }) => isRight)).toBeGreaterThanOrEqual(REACHED.cause));
  it("blames nothing falsely", () => expect(shareOf(({ isFalseBlame }) => !isFalseBlame)).toBeGreaterThanOrEqual(REACHED.notBlamed));
});

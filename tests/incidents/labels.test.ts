/** Whether the stored set is what it says: enough of everything, in both halves, and each fault known to be there. */
import { fileURLToPath } from "node:url";
import { CAUSES } from "@faultline/model";
import { describe, expect, it } from "vitest";
import { halfOf, listIncidents } from "./incident.ts";

const incidents = listIncidents(fileURLToPath(new URL(".", import.meta.url)));
const LEAST = { ofACause: 8, negatives: 60 };

describe("the recorded incidents", () => {
  it.each(CAUSES)("show %s at least eight times, half of them unread", (cause) => {
    const halves = incidents.filter(({ facts }) => facts.scenario === cause).map(({ facts }) => facts.half);
    expect(halves.length).toBeGreaterThanOrEqual(LEAST.ofACause);
    expect(halves.filter((half) => half === "unread").length * 2).toBe(halves.length);
  });

  it("have at least sixty whose obvious answer is wrong", () =>
    expect(incidents.filter(({ facts }) => facts.negative !== undefined).length).toBeGreaterThanOrEqual(LEAST.negatives));

  it("give a seed one incident, and its half by the seed", () => {
    expect(new Set(incidents.map(({ facts }) => `${facts.scenario} ${facts.seed}`)).size).toBe(incidents.length);
    expect(incidents.filter(({ facts }) => facts.half !== halfOf(facts.seed))).toEqual([]);
  });

  it("say by what the fault is known to be there, since they are asked for it", () => {
    const asked = incidents
      .filter(({ facts }) => facts.batch !== undefined)
      .filter(({ expected }) => expected.diagnose.verdict !== "healthy");
    expect(asked.length).toBeGreaterThan(0);
    for (const { facts } of asked) expect(facts.proof?.count).toBeGreaterThan(0);
  });
});

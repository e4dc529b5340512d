import { beforeAll, describe, expect, it } from "vitest";
import { type BadInputReport, compareBadInput, runPlantedBugs } from "../../benchmarks/bad-input/compare.ts";
import { createHostileRequests, createValidRequests } from "../../benchmarks/bad-input/requests.ts";

const SEED = 20_261_121;

describe("forty naive endpoints on four frameworks", () => {
  let report: BadInputReport;
  beforeAll(async () => {
    report = await compareBadInput([...createHostileRequests(SEED, 6_000), ...createValidRequests(SEED, 800)]);
    console.log(`seed ${SEED}`, report);
  });

  it("answer no hostile input with a server error, and what was one with the right 4xx", () => {
    expect(report.examples).toEqual([]);
    expect(report.guardedServerErrors).toBe(0);
    expect(report.turned).toBe(report.bareServerErrors);
    expect(report.bareServerErrors).toBeGreaterThan(2_000);
  });

  it("refuse nothing that is valid, and say nothing that helps an attacker", () => {
    expect(report.validRefused).toBe(0);
    expect(report.badBodies).toBe(0);
    expect(report.counts).toMatchObject({ internalErrors: 0, dropped: {} });
  });
});

describe("twenty bugs of the service's own", () => {
  it("stay a 500 on each framework, and are reported once", async () => {
    const bugs = await runPlantedBugs();
    expect(bugs.wrong).toEqual([]);
    expect(bugs).toMatchObject({ planted: 80, stayed: 80, reportedOnce: 80 });
  });
});

import type { Change, OverviewAnswer, OverviewRow } from "@faultline/model";
import { describe, expect, it } from "vitest";
import { compareReleases } from "./compare-releases.ts";
import { filterOverview, listValues } from "./filter-overview.ts";

const RATIO = { ratio: 0, lower: 0, upper: 0 };

function row(name: string, [total, failing]: readonly [number, number], region = "eu"): OverviewRow {
  const [service = "", version = ""] = name.split(" ");
  const series = { fromMs: 0, stepMs: 10, total: [total, 1], failing: [failing, 0] };
  return { service, route: "/", version, region, total, failing, errorRatio: RATIO, state: "quiet", series };
}

const release = (version: string, timeMs: number, previousVersion = "1"): Change => ({
  kind: "deploy",
  service: "shop",
  version,
  previousVersion,
  timeMs,
  source: "declared",
});

const ROWS = [row("shop 1", [300, 0]), row("shop 2", [40, 30]), row("shop 2", [10, 0], "us"), row("pay 9", [7, 1])];
const OVERVIEW: OverviewAnswer = {
  window: { fromMs: 0, toMs: 20 },
  total: 1000,
  failing: 99,
  errorRatio: RATIO,
  series: { fromMs: 0, stepMs: 5, total: [1, 2, 3, 4], failing: [0, 0, 0, 0] },
  rows: ROWS,
  leftOut: { rows: 0, total: 0, failing: 0 },
  faults: ["shop", "pay"].map((service) => ({
    fingerprint: service,
    title: "",
    service,
    route: "/",
    firstSeenMs: 0,
    lastSeenMs: 0,
    count: 1,
    state: "open",
  })),
  changes: [release("2", 5), { ...release("3", 9), service: "pay" }],
};

describe("an overview that is narrowed", () => {
  it("is itself without a filter", () => expect(filterOverview(OVERVIEW, {})).toBe(OVERVIEW));

  it("counts and draws what its rows make together, with the faults and changes of the service", () => {
    const { total, failing, series, rows, faults, changes } = filterOverview(OVERVIEW, { service: "shop", version: "2" });
    expect([total, failing, rows.length]).toEqual([50, 30, 2]);
    expect(series).toEqual({ fromMs: 0, stepMs: 10, total: [50, 2], failing: [30, 0] });
    expect(faults.map(({ fingerprint }) => fingerprint)).toEqual(["shop"]);
    expect(changes.map(({ version }) => version)).toEqual(["2"]);
  });

  it("is empty, not broken, where nothing fits", () => {
    expect(filterOverview(OVERVIEW, { service: "nobody" })).toMatchObject({ total: 0, rows: [], series: { total: [], failing: [] } });
  });

  it("offers of each name the values that the rest of the filter leaves", () => {
    expect(listValues(ROWS, "version", {})).toEqual(["1", "2", "9"]);
    expect(listValues(ROWS, "version", { service: "shop", version: "1" })).toEqual(["1", "2"]);
    expect(listValues(ROWS, "region", { version: "1" })).toEqual(["eu"]);
  });
});

describe("the releases of a window", () => {
  it("stand against the version before them, newest first, a rollout in steps once and at its first step", () => {
    expect(compareReleases([release("2", 7), release("2", 5), release("1", 9, "2")], ROWS)).toEqual([
      {
        service: "shop",
        version: "1",
        previousVersion: "2",
        timeMs: 9,
        now: { total: 300, failing: 0 },
        before: { total: 50, failing: 30 },
      },
      {
        service: "shop",
        version: "2",
        previousVersion: "1",
        timeMs: 5,
        now: { total: 50, failing: 30 },
        before: { total: 300, failing: 0 },
      },
    ]);
  });

  it("are not compared where nothing went to the new version, or nothing stood before it", () => {
    const { previousVersion: _none, ...first } = release("2", 3);
    expect(compareReleases([release("7", 1), first, release("2", 4, "2")], ROWS)).toEqual([]);
  });
});

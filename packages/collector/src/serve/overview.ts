import type { OverviewAnswer, OverviewRow, Window } from "@faultline/model";
import { detectServerErrors, toWilsonInterval } from "@faultline/playbook/detect";
import type { CountRow, Store } from "../store/contract.ts";
import { dropEchoes } from "./changes.ts";
import { chooseSteps, toCountSeries } from "./count-series.ts";
import type { DisplayRedactor } from "./display-redactor.ts";
import { toFaultListing } from "./fault-listing.ts";

/** The chart is finer than the strips of the rows: one row has little room, and there may be hundreds of them. */
const CHART_STEPS = 90;
const ROW_STEPS = 30;
const MOST_ROWS = 200;
const MOST_FAULTS = 100;
const MOST_CHANGES = 200;

/** What fails where, over time: route × version × region with counts and bounds, the faults, and the changes of the window. */
export async function composeOverview(store: Store, asked: Window, redactor: DisplayRedactor): Promise<OverviewAnswer> {
  const { stepMs, window } = chooseSteps(asked, CHART_STEPS);
  const strips = chooseSteps(asked, ROW_STEPS);
  const [all, counts, faults, changes] = await Promise.all([
    store.count({ window, stepMs, groupBy: [] }),
    store.count({ window: strips.window, stepMs: strips.stepMs, groupBy: ["service", "route", "version", "region"] }),
    store.listFaults({ limit: MOST_FAULTS }),
    store.listChanges(window),
  ]);
  const series = toCountSeries(all, window, stepMs);
  const [total, failing] = [sum(series.total), sum(series.failing)];
  const groups = rankGroups(counts);
  const shown = groups.slice(0, MOST_ROWS).map((group) => toRow(group, strips.window, strips.stepMs));
  const rest = groups.slice(MOST_ROWS);
  const leftOut = { rows: rest.length, total: sum(rest.map((row) => row.total)), failing: sum(rest.map((row) => row.failing)) };
  return {
    window,
    total,
    failing,
    errorRatio: toWilsonInterval(failing, total),
    series,
    rows: shown,
    leftOut,
    faults: faults.map((fault) => redactor.redactListing(toFaultListing(fault))),
    changes: dropEchoes(changes).slice(0, MOST_CHANGES),
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

/** The counts of one route, version and region. */
type Group = {
  readonly group: CountRow["group"];
  readonly steps: CountRow[];
  total: number;
  failing: number;
  p99Ms: number;
};

/** Groups that most surely fail first, then the busiest. */
function rankGroups(counts: readonly CountRow[]): readonly Group[] {
  const ranked = sumGroups(counts).map((group) => ({
    group,
    lower: group.failing === 0 ? 0 : toWilsonInterval(group.failing, group.total).lower,
  }));
  ranked.sort((a, b) => b.lower - a.lower || b.group.failing - a.group.failing || b.group.total - a.group.total);
  return ranked.map(({ group }) => group);
}

/** By the object that a group's rows share: their names would have to be put together for each of thousands. */
function sumGroups(counts: readonly CountRow[]): readonly Group[] {
  const groups = new Map<CountRow["group"], Group>();
  for (const row of counts) {
    let group = groups.get(row.group);
    if (group === undefined) groups.set(row.group, (group = { group: row.group, steps: [], total: 0, failing: 0, p99Ms: 0 }));
    group.steps.push(row);
    group.total += row.total;
    group.failing += row.failing;
    if (row.p99Ms !== undefined && row.p99Ms > group.p99Ms) group.p99Ms = row.p99Ms;
  }
  return [...groups.values()];
}

function toRow({ group, steps, total, failing, p99Ms }: Group, window: Window, stepMs: number): OverviewRow {
  const { service, route, version, region } = group;
  const [detection] = detectServerErrors([{ failing, total }], window);
  return {
    service: service ?? "",
    route: route ?? "",
    ...(version === undefined || version === "" ? {} : { version }),
    ...(region === undefined || region === "" ? {} : { region }),
    total,
    failing,
    errorRatio: detection?.errorRatio ?? toWilsonInterval(failing, total),
    state: detection?.state ?? "too-few",
    ...(p99Ms > 0 ? { p99Ms } : {}),
    series: toCountSeries(steps, window, stepMs),
  };
}

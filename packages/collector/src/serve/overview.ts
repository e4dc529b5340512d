import type { OverviewAnswer, OverviewRow, Window } from "@faultline/model";
import { detectServerErrors, toWilsonInterval } from "@faultline/playbook/detect";
import type { CountRow, Store } from "../store/contract.ts";
import { dropEchoes } from "./changes.ts";
import { chooseSteps, toCountSeries } from "./count-series.ts";
import type { DisplayRedactor } from "./display-redactor.ts";
import { toFaultListing } from "./fault-listing.ts";

/** The chart has more steps than the strips in the rows: a row has little room, and there may be hundreds of rows. */
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
  const groups = sumGroups(counts);
  const first = takeFirst(groups);
  const rows = listSteps(first, counts).map(([group, steps]) => toRow(group, steps, strips));
  return {
    window,
    total,
    failing,
    errorRatio: toWilsonInterval(failing, total),
    series,
    rows,
    leftOut: {
      rows: groups.length - first.length,
      total: sumOf(groups, "total") - sumOf(first, "total"),
      failing: sumOf(groups, "failing") - sumOf(first, "failing"),
    },
    faults: faults.map((fault) => redactor.redactListing(toFaultListing(fault))),
    changes: dropEchoes(changes).slice(0, MOST_CHANGES),
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

/** The counts of one route, version and region. */
type Group = { readonly group: CountRow["group"]; total: number; failing: number; p99Ms: number };

function sumOf(groups: readonly Group[], what: "total" | "failing"): number {
  return groups.reduce((total, group) => total + group[what], 0);
}

/** Groups rows by the group object that they share, which avoids building a key for each of thousands. */
function sumGroups(counts: readonly CountRow[]): readonly Group[] {
  const groups = new Map<CountRow["group"], Group>();
  for (const row of counts) {
    let group = groups.get(row.group);
    if (group === undefined) groups.set(row.group, (group = { group: row.group, total: 0, failing: 0, p99Ms: 0 }));
    group.total += row.total;
    group.failing += row.failing;
    if (row.p99Ms !== undefined && row.p99Ms > group.p99Ms) group.p99Ms = row.p99Ms;
  }
  return [...groups.values()];
}

type Ranked = { readonly group: Group; readonly lower: number };

function compareRanked(a: Ranked, b: Ranked): number {
  return b.lower - a.lower || b.group.failing - a.group.failing || b.group.total - a.group.total;
}

/** The groups to show: first those that most certainly fail, then the busiest. Only these few of possibly tens of thousands are sorted. */
function takeFirst(groups: readonly Group[]): readonly Group[] {
  let taken: Ranked[] = [];
  let last: Ranked | undefined;
  for (const group of groups) {
    const ranked = { group, lower: group.failing === 0 ? 0 : toWilsonInterval(group.failing, group.total).lower };
    if (last !== undefined && compareRanked(last, ranked) <= 0) continue;
    taken.push(ranked);
    if (taken.length < 2 * MOST_ROWS) continue;
    taken = taken.sort(compareRanked).slice(0, MOST_ROWS);
    last = taken.at(-1);
  }
  return taken
    .sort(compareRanked)
    .slice(0, MOST_ROWS)
    .map(({ group }) => group);
}

/** Each group with its counts over time. */
function listSteps(groups: readonly Group[], counts: readonly CountRow[]): readonly (readonly [Group, readonly CountRow[]])[] {
  const steps = new Map<CountRow["group"], CountRow[]>(groups.map(({ group }) => [group, []]));
  for (const row of counts) steps.get(row.group)?.push(row);
  return groups.map((group) => [group, steps.get(group.group) ?? []]);
}

function toRow(
  { group, total, failing, p99Ms }: Group,
  steps: readonly CountRow[],
  { window, stepMs }: { readonly window: Window; readonly stepMs: number },
): OverviewRow {
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

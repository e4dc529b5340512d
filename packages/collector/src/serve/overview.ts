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
  const rows = toRows(counts, strips.window, strips.stepMs);
  const shown = rows.slice(0, MOST_ROWS);
  const rest = rows.slice(MOST_ROWS);
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

/** One row a group, those that most surely fail first, then the busiest. */
function toRows(counts: readonly CountRow[], window: Window, stepMs: number): readonly OverviewRow[] {
  const groups = new Map<string, CountRow[]>();
  for (const row of counts) {
    const { service, route, version, region } = row.group;
    const key = `${service}\u0000${route}\u0000${version}\u0000${region}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [row]);
    else group.push(row);
  }
  const rows = [...groups.values()].map((group) => toRow(group, window, stepMs));
  return rows.sort((a, b) => b.errorRatio.lower - a.errorRatio.lower || b.failing - a.failing || b.total - a.total);
}

function toRow(group: readonly CountRow[], window: Window, stepMs: number): OverviewRow {
  const { service, route, version, region } = group[0]?.group ?? {};
  const series = toCountSeries(group, window, stepMs);
  const [total, failing] = [sum(series.total), sum(series.failing)];
  const [detection] = detectServerErrors([{ failing, total }], window);
  const slowest = Math.max(...group.map((row) => row.p99Ms ?? 0));
  return {
    service: service ?? "",
    route: route ?? "",
    ...(version === undefined || version === "" ? {} : { version }),
    ...(region === undefined || region === "" ? {} : { region }),
    total,
    failing,
    errorRatio: detection?.errorRatio ?? toWilsonInterval(failing, total),
    state: detection?.state ?? "too-few",
    ...(slowest > 0 ? { p99Ms: slowest } : {}),
    series,
  };
}

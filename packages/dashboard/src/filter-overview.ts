import type { CountSeries, OverviewAnswer, OverviewRow } from "@faultline/model";

/** What the overview is filtered by; an absent member matches everything. */
export type OverviewFilter = { readonly service?: string; readonly version?: string; readonly region?: string };

/** The members that an overview can be filtered by, in the order of the form's fields. */
export const FILTER_NAMES = ["service", "version", "region"] as const;

/** The sorted values of one member among the rows that match the rest of a filter, so that no choice leads to an empty page. */
export function listValues(rows: readonly OverviewRow[], name: (typeof FILTER_NAMES)[number], filter: OverviewFilter): readonly string[] {
  const { [name]: _own, ...rest } = filter;
  return [...new Set(rows.filter((row) => fits(row, rest)).flatMap((row) => row[name] ?? []))].sort();
}

/** The overview reduced to the rows that match a filter, with their counts and series added up. */
export function filterOverview(overview: OverviewAnswer, filter: OverviewFilter): OverviewAnswer {
  if (FILTER_NAMES.every((name) => filter[name] === undefined)) return overview;
  const rows = overview.rows.filter((row) => fits(row, filter));
  return {
    ...overview,
    rows,
    total: rows.reduce((sum, row) => sum + row.total, 0),
    failing: rows.reduce((sum, row) => sum + row.failing, 0),
    series: addSeries(rows) ?? { ...overview.series, total: [], failing: [] },
    changes: overview.changes.filter(
      (change) =>
        (filter.service === undefined || change.service === filter.service) &&
        (filter.region === undefined || change.region === undefined || change.region === filter.region),
    ),
    faults: overview.faults.filter((fault) => filter.service === undefined || fault.service === filter.service),
  };
}

function fits(row: OverviewRow, filter: OverviewFilter): boolean {
  return FILTER_NAMES.every((name) => filter[name] === undefined || row[name] === filter[name]);
}

/** Adds up the series of rows, which all have the same steps. */
function addSeries([first, ...others]: readonly OverviewRow[]): CountSeries | undefined {
  if (first === undefined) return undefined;
  const { series } = first;
  const add = (name: "total" | "failing"): readonly number[] =>
    series[name].map((count, step) => others.reduce((sum, row) => sum + (row.series[name][step] ?? 0), count));
  return { ...series, total: add("total"), failing: add("failing") };
}

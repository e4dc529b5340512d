import type { CountSeries, OverviewAnswer, OverviewRow } from "@faultline/model";

/** What the overview is narrowed to; an absent one is any. */
export type OverviewFilter = { readonly service?: string; readonly version?: string; readonly region?: string };

/** The names that an overview can be narrowed by, in the order of its form. */
export const FILTER_NAMES = ["service", "version", "region"] as const;

/** The values of one name among the rows that fit the rest of a filter, in order: none of them leads to an empty page. */
export function listValues(rows: readonly OverviewRow[], name: (typeof FILTER_NAMES)[number], filter: OverviewFilter): readonly string[] {
  const { [name]: _own, ...rest } = filter;
  return [...new Set(rows.filter((row) => fits(row, rest)).flatMap((row) => row[name] ?? []))].sort();
}

/** The overview as it is for a filter: its rows, and the counts and the line that these rows make together. */
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

/** All rows of an overview have the same steps. */
function addSeries([first, ...others]: readonly OverviewRow[]): CountSeries | undefined {
  if (first === undefined) return undefined;
  const { series } = first;
  const add = (name: "total" | "failing"): readonly number[] =>
    series[name].map((count, step) => others.reduce((sum, row) => sum + (row.series[name][step] ?? 0), count));
  return { ...series, total: add("total"), failing: add("failing") };
}

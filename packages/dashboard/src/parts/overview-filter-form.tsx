import type { OverviewRow } from "@faultline/model";
import type { ReactNode } from "react";
import { FILTER_NAMES, listValues, type OverviewFilter } from "../filter-overview.ts";
import { shorten } from "../format.ts";
import { navigate, toOverviewAddress } from "../router.ts";
import type { TimeRange } from "../time-range.ts";
import { Link } from "./link.tsx";

type Props = { readonly rows: readonly OverviewRow[]; readonly range: TimeRange; readonly filter: OverviewFilter };

const MOST_SIGNS = 60;

/** Filters the overview by service, version or region. The choice is part of the address, so that a link includes it. */
export function OverviewFilterForm({ rows, range, filter }: Props): ReactNode {
  const isNarrowed = FILTER_NAMES.some((name) => filter[name] !== undefined);
  const choices = FILTER_NAMES.map((name) => ({ name, values: listValues(rows, name, filter) }));
  if (!isNarrowed && choices.every(({ values }) => values.length < 2)) return null;
  return (
    <form className="filter overview-filter" aria-label="Narrow the overview" onSubmit={(event) => event.preventDefault()}>
      {choices.map(({ name, values }) => (
        <label key={name}>
          <span>{name}</span>
          <select
            name={name}
            value={filter[name] ?? ""}
            onChange={(event) => {
              const { [name]: _old, ...rest } = filter;
              const { value } = event.currentTarget;
              navigate(toOverviewAddress(range, value === "" ? rest : { ...rest, [name]: value }), { replace: true });
            }}
          >
            <option value="">any</option>
            {[...new Set([...values, ...(filter[name] === undefined ? [] : [filter[name]])])].map((value) => (
              <option key={value} value={value}>
                {shorten(value, MOST_SIGNS)}
              </option>
            ))}
          </select>
        </label>
      ))}
      {isNarrowed && <Link to={toOverviewAddress(range, {})}>Show all</Link>}
    </form>
  );
}

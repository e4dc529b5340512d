import type { FailingAnswer, FaultsAnswer, HealthAnswer } from "@faultline/model";
import { type FormEvent, type ReactNode, useState } from "react";
import { FailingTable } from "../parts/failing-table.tsx";
import { Field } from "../parts/field.tsx";
import { Link } from "../parts/link.tsx";
import { Empty, Failed, Loading } from "../parts/page-state.tsx";
import { readTimeFields, TimeFields } from "../parts/time-fields.tsx";
import { navigate } from "../router.ts";
import { useResource } from "../use-resource.ts";

const FIELDS = ["service", "route", "version", "region", "fingerprint"] as const;

/** How many requests the API lists when the address has no limit. */
const MOST_LISTED = 100;

function isNarrowed(filter: URLSearchParams): boolean {
  return FIELDS.some((name) => filter.has(name));
}

function isTimed(filter: URLSearchParams): boolean {
  return filter.has("from") || filter.has("to");
}

/** The faults of the same time range. */
function toFaultsPath(filter: URLSearchParams): string {
  const times = new URLSearchParams([...filter].filter(([name]) => name === "from" || name === "to"));
  return `/api/faults${times.size === 0 ? "" : `?${times.toString()}`}`;
}

/** The failing requests of the last day or of a chosen time, filtered. The filter is part of the address, so that a link includes it. */
export function FailingPage({ query }: { readonly query: string }): ReactNode {
  const filter = new URLSearchParams(query);
  // On a phone the form would fill the first screen before a single request is shown.
  const [isOpen, setOpen] = useState(() => filter.size > 0 || matchMedia("(min-width: 641px)").matches);
  const order = filter.get("order") ?? "newest";
  const most = Number(filter.get("limit") ?? MOST_LISTED);
  const [answer] = useResource<FailingAnswer>(`/api/failing?${filter.toString()}`);
  const [faults] = useResource<FaultsAnswer>(toFaultsPath(filter));
  const apply = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const ends = readTimeFields(form);
    for (const name of ["from", "to"] as const) form.set(name, ends[name]);
    const kept = [...form].filter((pair): pair is [string, string] => typeof pair[1] === "string" && pair[1] !== "");
    const next = new URLSearchParams(kept.map(([name, value]) => [name, value.trim()]));
    if (next.get("order") === "newest") next.delete("order");
    navigate(`/failing${next.size === 0 ? "" : `?${next.toString()}`}`);
  };
  return (
    <>
      <header className="page-head">
        <h1 tabIndex={-1}>Failing requests</h1>
      </header>
      <details className="filter-fold" open={isOpen} onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary>Narrow down</summary>
        <form className="filter failing-filter" onSubmit={apply} key={query}>
          {FIELDS.map((name) => (
            <Field key={name} name={name} value={filter.get(name) ?? ""} />
          ))}
          <TimeFields from={filter.get("from") ?? ""} to={filter.get("to") ?? ""} />
          <label>
            <span>order</span>
            <select name="order" defaultValue={order}>
              <option>newest</option>
              <option>slowest</option>
            </select>
          </label>
          <button type="submit">Filter</button>
          {(isNarrowed(filter) || isTimed(filter)) && <Link to="/failing">Show all</Link>}
        </form>
      </details>
      {answer.kind === "loading" && <Loading what="failing requests" />}
      {answer.kind === "failed" && <Failed problem={answer.problem} />}
      {answer.kind === "ready" && answer.value.failing.length === 0 && (
        <NoneListed
          hasNames={isNarrowed(filter)}
          title={`No request${isNarrowed(filter) ? " that fits this filter" : ""} failed in ${isTimed(filter) ? "that time" : "the last 24 hours"}.`}
        />
      )}
      {answer.kind === "ready" && answer.value.failing.length > 0 && (
        <Listed failing={answer.value.failing} faults={faults.kind === "ready" ? faults.value.faults : []} order={order} most={most} />
      )}
    </>
  );
}

/** Where nothing was ever received, the absence of failures is no good news. */
function NoneListed({ title, hasNames }: { readonly title: string; readonly hasNames: boolean }): ReactNode {
  const [health] = useResource<HealthAnswer>("/api/health");
  const isSilent = health.kind === "ready" && health.value.accepted === 0;
  if (!isSilent)
    return (
      <Empty title={title}>
        {hasNames && (
          <p>
            A filter takes whole names, as the overview writes them, of any service that answered with an error. A request that an older
            version of the collector stored is found by the first of them alone.
          </p>
        )}
      </Empty>
    );
  return (
    <Empty title="Nothing has arrived yet.">
      <p>
        So nothing can be said of failures. <Link to="/">How to send telemetry</Link>
      </p>
    </Empty>
  );
}

type ListedProps = FailingAnswer & FaultsAnswer & { readonly order: string; readonly most: number };

function Listed({ failing, faults, order, most }: ListedProps): ReactNode {
  return (
    <>
      <FailingTable failing={failing} faults={new Map(faults.map(({ fingerprint, title }) => [fingerprint, title]))} />
      {failing.length >= most && (
        <p className="muted">
          These are the {order} {most}; narrow down or name a time to see others.
        </p>
      )}
    </>
  );
}

import type { FailingAnswer } from "@faultline/model";
import type { FormEvent, ReactNode } from "react";
import { FailingTable } from "../parts/failing-table.tsx";
import { Field } from "../parts/field.tsx";
import { Empty, Failed, Loading } from "../parts/page-state.tsx";
import { navigate } from "../router.ts";
import { useResource } from "../use-resource.ts";

const FIELDS = ["service", "route", "version", "region", "fingerprint"] as const;

/** Failing requests of the last day, filtered; the filter is the address, so that it can be sent to someone. */
export function FailingPage({ query }: { readonly query: string }): ReactNode {
  const filter = new URLSearchParams(query);
  const [answer] = useResource<FailingAnswer>(`/api/failing?${filter.toString()}`);
  const apply = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const kept = [...new FormData(event.currentTarget)].filter(
      (pair): pair is [string, string] => typeof pair[1] === "string" && pair[1] !== "",
    );
    const next = new URLSearchParams(kept.map(([name, value]) => [name, value.trim()]));
    if (next.get("order") === "newest") next.delete("order");
    navigate(`/failing${next.size === 0 ? "" : `?${next.toString()}`}`);
  };
  return (
    <>
      <header className="page-head">
        <h1 tabIndex={-1}>Failing requests</h1>
      </header>
      <form className="filter" onSubmit={apply} key={query}>
        {FIELDS.map((name) => (
          <Field key={name} name={name} value={filter.get(name) ?? ""} />
        ))}
        <label>
          <span>order</span>
          <select name="order" defaultValue={filter.get("order") ?? "newest"}>
            <option>newest</option>
            <option>slowest</option>
          </select>
        </label>
        <button type="submit">Filter</button>
      </form>
      {answer.kind === "loading" && <Loading what="failing requests" />}
      {answer.kind === "failed" && <Failed problem={answer.problem} />}
      {answer.kind === "ready" && answer.value.failing.length === 0 && (
        <Empty
          title={
            filter.size === 0 ? "No request failed in the last 24 hours." : "No request that fits this filter failed in the last 24 hours."
          }
        />
      )}
      {answer.kind === "ready" && answer.value.failing.length > 0 && <FailingTable failing={answer.value.failing} />}
    </>
  );
}

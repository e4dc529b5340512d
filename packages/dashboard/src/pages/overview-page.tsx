import type { FaultListing, FaultsAnswer, OverviewAnswer } from "@faultline/model";
import { type ReactNode, useEffect, useMemo, useState } from "react";
import { toCollectorTime } from "../collector-clock.ts";
import { compareReleases } from "../compare-releases.ts";
import { FILTER_NAMES, filterOverview, type OverviewFilter } from "../filter-overview.ts";
import { formatCount, formatRatio, formatTime } from "../format.ts";
import { useLive } from "../live.ts";
import { mergeFault, orderFaults } from "../merge-fault.ts";
import { Captured } from "../parts/captured-text.tsx";
import { CountChart } from "../parts/count-chart.tsx";
import { Command } from "../parts/copy-button.tsx";
import { DemoPanel } from "../parts/demo-panel.tsx";
import { FaultList } from "../parts/fault-list.tsx";
import { OverviewFilterForm } from "../parts/overview-filter-form.tsx";
import { OverviewTable } from "../parts/overview-table.tsx";
import { Empty, Failed, Loading, Stale } from "../parts/page-state.tsx";
import { ReleaseFigure } from "../parts/release-figure.tsx";
import { TimeChoice } from "../parts/time-choice.tsx";
import { navigate, toOverviewAddress } from "../router.ts";
import { type TimeRange, toBetween, toRangeQuery } from "../time-range.ts";
import { type Resource, useResource } from "../use-resource.ts";

const EVERY_MS = 10_000;
/** The largest number of faults that the collector lists. */
const MOST_LISTED = 100;

type Choice = { readonly range: TimeRange; readonly filter: OverviewFilter };

/** What fails where at a glance, and the faults behind it, now or at a past time. */
export function OverviewPage({ range, filter }: Choice): ReactNode {
  const { overview, faults, nowMs } = useOverview(range);
  const toAddress = (other: TimeRange): string => toOverviewAddress(other, filter);
  const isLive = range.kind === "last";
  if (isLive && overview.kind === "ready" && overview.value.total === 0 && faults.length === 0) return <Nothing />;
  const whole = overview.kind === "ready" ? { ...overview.value, faults } : undefined;
  const value = whole === undefined ? undefined : filterOverview(whole, filter);
  return (
    <>
      <header className="page-head">
        {overview.kind !== "failed" && <h1 tabIndex={-1}>{value === undefined ? "Overview" : toHeadline(value, filter, isLive)}</h1>}
        <TimeChoice {...{ range, nowMs, toAddress }} />
      </header>
      {overview.kind === "loading" && <Loading what="the overview" />}
      {overview.kind === "failed" && <Failed isPage problem={overview.problem} />}
      {whole !== undefined && <OverviewFilterForm rows={whole.rows} range={range} filter={filter} />}
      {overview.kind === "ready" && <Stale problem={overview.problem} />}
      {value !== undefined && (
        <CountChart
          series={value.series}
          changes={value.changes}
          onSelect={({ fromMs, toMs }) => navigate(toAddress(toBetween(fromMs, toMs)))}
        />
      )}
      {isLive && value !== undefined && <DemoPanel isFirst={faults.length === 0} />}
      {whole !== undefined && value !== undefined && <Findings {...{ whole, value, range, nowMs }} />}
    </>
  );
}

type FindingsProps = {
  readonly whole: OverviewAnswer;
  readonly value: OverviewAnswer;
  readonly range: TimeRange;
  readonly nowMs: number;
};

function Findings({ whole, value, range, nowMs }: FindingsProps): ReactNode {
  return (
    <>
      <ReleaseFigure releases={compareReleases(value.changes, whole.rows)} nowMs={nowMs} />
      <section>
        <h2>Faults</h2>
        {value.faults.length === 0 ? (
          <Empty title={range.kind === "last" ? "No fault so far." : "No fault at that time."} />
        ) : (
          <FaultList faults={value.faults} nowMs={nowMs} />
        )}
      </section>
      <section>
        <h2>What fails where</h2>
        <OverviewTable overview={value} range={range} />
      </section>
    </>
  );
}

type Overview = { readonly overview: Resource<OverviewAnswer>; readonly faults: readonly FaultListing[]; readonly nowMs: number };

/** The last minutes are fetched again on live events; a past time is fetched once, with its own faults, and does not change. */
function useOverview(range: TimeRange): Overview {
  const isLive = range.kind === "last";
  const [ownMs, setOwnMs] = useState(() => Date.now());
  const query = isLive ? `minutes=${range.minutes}` : toRangeQuery(range).toString();
  const [overview, refresh] = useResource<OverviewAnswer>(`/api/overview?${query}`);
  const [listing] = useResource<FaultsAnswer>(isLive ? undefined : `/api/faults?${query}`);
  const [changed, setChanged] = useState<readonly FaultListing[]>([]);
  useLive((message) => {
    if (message.kind === "fault") setChanged((faults) => mergeFault(faults, message.fault).slice(0, MOST_LISTED));
    if (isLive) refresh();
  });
  useEffect(() => {
    const timer = setInterval(() => {
      setOwnMs(Date.now());
      if (isLive) refresh();
    }, EVERY_MS);
    return () => clearInterval(timer);
  }, [isLive, refresh]);
  const faults = useMemo(() => {
    if (!isLive) return listing.kind === "ready" ? orderFaults(listing.value.faults) : [];
    return toFaults(overview.kind === "ready" ? overview.value.faults : [], changed);
  }, [isLive, listing, overview, changed]);
  const isWhole = isLive || listing.kind === "ready" || overview.kind === "failed";
  return { overview: isWhole ? overview : listing, faults, nowMs: toCollectorTime(ownMs) };
}

/** Merges the faults of an answer with those of later events; each event may be newer or older than the answer. */
function toFaults(answered: readonly FaultListing[], changed: readonly FaultListing[]): readonly FaultListing[] {
  const known = new Map(answered.map((fault) => [fault.fingerprint, fault]));
  for (const fault of changed) {
    const old = known.get(fault.fingerprint);
    if (old === undefined || fault.lastSeenMs > old.lastSeenMs || (fault.diagnosedAtMs ?? 0) > (old.diagnosedAtMs ?? 0)) {
      known.set(fault.fingerprint, fault);
    }
  }
  return orderFaults([...known.values()]);
}

function toHeadline({ total, failing, errorRatio, faults, window }: OverviewAnswer, filter: OverviewFilter, isLive: boolean): ReactNode {
  const open = faults.filter((fault) => !isLive || fault.state === "open").length;
  const kind = isLive ? "open " : "";
  const known = open === 0 ? `No ${kind}fault` : open === 1 ? `1 ${kind}fault` : `${open} ${kind}faults`;
  const names = FILTER_NAMES.flatMap((name) => filter[name] ?? []);
  return (
    <>
      {open >= MOST_LISTED ? `${MOST_LISTED} ${kind}faults or more` : known}
      <span className="headline-rest">
        {formatCount(failing)} of {formatCount(total)} answers of{" "}
        {names.length === 0 ? "all services" : <Captured text={names.join(", ")} />} were server errors
        {failing > 0 &&
          names.length === 0 &&
          `, ${formatRatio(errorRatio.ratio)} (${formatRatio(errorRatio.lower)} to ${formatRatio(errorRatio.upper)})`}
        {failing > 0 && names.length > 0 && `, ${formatRatio(failing / total)}`}
        {!isLive && `, ${formatTime(window.fromMs)} to ${formatTime(window.toMs)}`}
      </span>
    </>
  );
}

function Nothing(): ReactNode {
  return (
    <>
      <DemoPanel isFirst />
      <Empty isPage title="Nothing has arrived yet.">
        <p>Point an OpenTelemetry exporter at this address; failing requests show here within seconds.</p>
        <Command text={`export OTEL_EXPORTER_OTLP_ENDPOINT=${location.origin}\nexport OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf`} />
        <p>No services at hand? In a checkout of Faultline a demo shop fails in ten ways:</p>
        <Command text="npm start" />
      </Empty>
    </>
  );
}

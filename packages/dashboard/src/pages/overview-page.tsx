import type { FaultListing, OverviewAnswer } from "@faultline/model";
import { type ReactNode, useEffect, useMemo, useState } from "react";
import { toCollectorTime } from "../collector-clock.ts";
import { compareReleases } from "../compare-releases.ts";
import { FILTER_NAMES, filterOverview, type OverviewFilter } from "../filter-overview.ts";
import { formatCount, formatRatio } from "../format.ts";
import { useLive } from "../live.ts";
import { mergeFault, orderFaults } from "../merge-fault.ts";
import { Captured } from "../parts/captured-text.tsx";
import { CountChart } from "../parts/count-chart.tsx";
import { Command } from "../parts/copy-button.tsx";
import { DemoPanel } from "../parts/demo-panel.tsx";
import { FaultList } from "../parts/fault-list.tsx";
import { Link } from "../parts/link.tsx";
import { OverviewFilterForm } from "../parts/overview-filter-form.tsx";
import { OverviewTable } from "../parts/overview-table.tsx";
import { Empty, Failed, Loading, Stale } from "../parts/page-state.tsx";
import { ReleaseFigure } from "../parts/release-figure.tsx";
import { toOverviewAddress, WINDOWS } from "../router.ts";
import { useResource } from "../use-resource.ts";

const EVERY_MS = 10_000;
const WINDOW_NAMES: Readonly<Record<number, string>> = { 15: "15 min", 60: "1 h", 360: "6 h", 1440: "24 h" };

type Choice = { readonly minutes: number; readonly filter: OverviewFilter };

/** At a glance: what fails where, and the faults behind it. */
export function OverviewPage({ minutes, filter }: Choice): ReactNode {
  const [ownMs, setOwnMs] = useState(() => Date.now());
  const [overview, refresh] = useOverview(minutes);
  const [changed, setChanged] = useState<readonly FaultListing[]>([]);
  useLive((message) => {
    if (message.kind === "fault") setChanged((faults) => mergeFault(faults, message.fault).slice(0, 100));
    refresh();
  });
  useEffect(() => {
    const timer = setInterval(() => {
      setOwnMs(Date.now());
      refresh();
    }, EVERY_MS);
    return () => clearInterval(timer);
  }, [refresh]);
  const faults = useMemo(() => toFaults(overview.kind === "ready" ? overview.value.faults : [], changed), [overview, changed]);
  if (overview.kind === "loading") return <Loading what="the overview" />;
  if (overview.kind === "failed") return <Failed isPage problem={overview.problem} />;
  const whole = { ...overview.value, faults };
  if (whole.total === 0 && faults.length === 0) return <Nothing />;
  const value = filterOverview(whole, filter);
  const nowMs = toCollectorTime(ownMs);
  return (
    <>
      <header className="page-head">
        <h1 tabIndex={-1}>{toHeadline(value, filter)}</h1>
        <WindowChoice minutes={minutes} filter={filter} />
      </header>
      <OverviewFilterForm rows={whole.rows} minutes={minutes} filter={filter} />
      <Stale problem={overview.problem} />
      <CountChart series={value.series} changes={value.changes} />
      <DemoPanel />
      <ReleaseFigure releases={compareReleases(value.changes, whole.rows)} nowMs={nowMs} />
      <section>
        <h2>Faults</h2>
        {value.faults.length === 0 ? <Empty title="No fault so far." /> : <FaultList faults={value.faults} nowMs={nowMs} />}
      </section>
      <section>
        <h2>What fails where</h2>
        <OverviewTable overview={value} />
      </section>
    </>
  );
}

/** The window ends now, always: the collector fills in the end, the page says how long it is by where it begins. */
function useOverview(minutes: number): ReturnType<typeof useResource<OverviewAnswer>> {
  return useResource<OverviewAnswer>(`/api/overview?minutes=${minutes}`);
}

/** What the collector said, with what it told since: an event may be newer than the answer, or older. */
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

/** The collector names no more faults than these. */
const MOST_LISTED = 100;

function toHeadline({ total, failing, errorRatio, faults }: OverviewAnswer, filter: OverviewFilter): ReactNode {
  const open = faults.filter((fault) => fault.state === "open").length;
  const known = open === 0 ? "No open fault" : open === 1 ? "1 open fault" : `${open} open faults`;
  const names = FILTER_NAMES.flatMap((name) => filter[name] ?? []);
  return (
    <>
      {open >= MOST_LISTED ? `${MOST_LISTED} open faults or more` : known}
      <span className="headline-rest">
        {formatCount(failing)} of {formatCount(total)} answers of{" "}
        {names.length === 0 ? "all services" : <Captured text={names.join(", ")} />} were server errors
        {failing > 0 &&
          names.length === 0 &&
          `, ${formatRatio(errorRatio.ratio)} (${formatRatio(errorRatio.lower)} to ${formatRatio(errorRatio.upper)})`}
        {failing > 0 && names.length > 0 && `, ${formatRatio(failing / total)}`}
      </span>
    </>
  );
}

function WindowChoice({ minutes, filter }: Choice): ReactNode {
  return (
    <nav className="windows" aria-label="Time window">
      {WINDOWS.map((each) => (
        <Link key={each} to={toOverviewAddress(each, filter)} current={each === minutes}>
          {WINDOW_NAMES[each]}
        </Link>
      ))}
    </nav>
  );
}

function Nothing(): ReactNode {
  return (
    <>
      <DemoPanel />
      <Empty isPage title="Nothing has arrived yet.">
        <p>Point an OpenTelemetry exporter at this address; failing requests show here within seconds.</p>
        <Command text={`export OTEL_EXPORTER_OTLP_ENDPOINT=${location.origin}\nexport OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf`} />
        <p>No services at hand? In a checkout of Faultline a demo shop fails in ten ways:</p>
        <Command text="npm start" />
      </Empty>
    </>
  );
}

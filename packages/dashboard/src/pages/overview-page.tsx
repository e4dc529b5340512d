import type { FaultListing, OverviewAnswer } from "@faultline/model";
import { type ReactNode, useEffect, useMemo, useState } from "react";
import { formatCount, formatRatio } from "../format.ts";
import { useLive } from "../live.ts";
import { mergeFault, orderFaults } from "../merge-fault.ts";
import { CountChart } from "../parts/count-chart.tsx";
import { Command } from "../parts/copy-button.tsx";
import { DemoPanel } from "../parts/demo-panel.tsx";
import { FaultList } from "../parts/fault-list.tsx";
import { Link } from "../parts/link.tsx";
import { OverviewTable } from "../parts/overview-table.tsx";
import { Empty, Failed, Loading, Stale } from "../parts/page-state.tsx";
import { WINDOWS } from "../router.ts";
import { useResource } from "../use-resource.ts";

const EVERY_MS = 10_000;
const WINDOW_NAMES: Readonly<Record<number, string>> = { 15: "15 min", 60: "1 h", 360: "6 h", 1440: "24 h" };

/** At a glance: what fails where, and the faults behind it. */
export function OverviewPage({ minutes }: { readonly minutes: number }): ReactNode {
  const [nowMs, setNowMs] = useState(() => Date.now());
  const [overview, refresh] = useOverview(minutes);
  const [changed, setChanged] = useState<readonly FaultListing[]>([]);
  useLive((message) => {
    if (message.kind === "fault") setChanged((faults) => mergeFault(faults, message.fault).slice(0, 100));
    refresh();
  });
  useEffect(() => {
    const timer = setInterval(() => {
      setNowMs(Date.now());
      refresh();
    }, EVERY_MS);
    return () => clearInterval(timer);
  }, [refresh]);
  const faults = useMemo(() => toFaults(overview.kind === "ready" ? overview.value.faults : [], changed), [overview, changed]);
  if (overview.kind === "loading") return <Loading what="the overview" />;
  if (overview.kind === "failed") return <Failed isPage problem={overview.problem} />;
  const { value } = overview;
  if (value.total === 0 && faults.length === 0) return <Nothing />;
  return (
    <>
      <header className="page-head">
        <h1 tabIndex={-1}>{toHeadline(value, faults)}</h1>
        <WindowChoice minutes={minutes} />
      </header>
      <Stale problem={overview.problem} />
      <CountChart series={value.series} changes={value.changes} />
      <DemoPanel />
      <section>
        <h2>Faults</h2>
        {faults.length === 0 ? <Empty title="No fault so far." /> : <FaultList faults={faults} nowMs={nowMs} />}
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

function toHeadline({ total, failing, errorRatio }: OverviewAnswer, faults: readonly FaultListing[]): ReactNode {
  const open = faults.filter((fault) => fault.state === "open").length;
  const known = open === 0 ? "No open fault" : open === 1 ? "1 open fault" : `${open} open faults`;
  return (
    <>
      {known}
      <span className="headline-rest">
        {formatCount(failing)} of {formatCount(total)} answers of all services were server errors
        {failing > 0 && `, ${formatRatio(errorRatio.ratio)} (${formatRatio(errorRatio.lower)} to ${formatRatio(errorRatio.upper)})`}
      </span>
    </>
  );
}

function WindowChoice({ minutes }: { readonly minutes: number }): ReactNode {
  return (
    <nav className="windows" aria-label="Time window">
      {WINDOWS.map((each) => (
        <Link key={each} to={each === WINDOWS[0] ? "/" : `/?minutes=${each}`} current={each === minutes}>
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

import type { Diagnosis, Fate, FaultAnswer } from "@faultline/model";
import { type ReactNode, useEffect, useMemo, useRef, useState } from "react";
import { addressCollector } from "../address-collector.ts";
import { formatCount, formatTime, shorten } from "../format.ts";
import { writeIncidentReport } from "../incident-report.ts";
import { useLive } from "../live.ts";
import { Captured } from "../parts/captured-text.tsx";
import { ContrastFigure } from "../parts/contrast-figure.tsx";
import { Command, CopyButton } from "../parts/copy-button.tsx";
import { CountChart } from "../parts/count-chart.tsx";
import { CauseAccounts, MissingList, RuledOut } from "../parts/cause-accounts.tsx";
import { FailingTable } from "../parts/failing-table.tsx";
import { GuardPlanFigure } from "../parts/guard-plan.tsx";
import { HopEvidence, HopPath } from "../parts/hop-path.tsx";
import { Link } from "../parts/link.tsx";
import { Empty, Failed, Loading, Stale } from "../parts/page-state.tsx";
import { Exceptions, RequestFigure } from "../parts/request-figure.tsx";
import { Waterfall } from "../parts/waterfall.tsx";
import { toTraceAddress } from "../router.ts";
import { tellChangeBefore } from "../tell-origin.ts";
import { useResource } from "../use-resource.ts";

type Props = {
  readonly fingerprint: string;
  /** The failing request to show as the example, named by an alert's link. */
  readonly traceId?: string | undefined;
};

/** A fault's story, top to bottom: the verdict, the path, one failing request, why, what differs, since when, and what to do. */
export function FaultPage({ fingerprint, traceId }: Props): ReactNode {
  const query = traceId === undefined ? "" : `?trace=${encodeURIComponent(traceId)}`;
  const [answer, refresh] = useResource<FaultAnswer>(`/api/faults/${encodeURIComponent(fingerprint)}${query}`);
  useLive((message) => {
    if (message.kind === "reset" || (message.kind === "fault" && message.fault.fingerprint === fingerprint)) refresh();
  });
  if (answer.kind === "loading") return <Loading what="the fault" />;
  if (answer.kind === "failed") {
    return (
      <Failed isPage problem={answer.problem}>
        {answer.problem.status === 404 && (
          <p>
            Old faults are removed with their telemetry. <Link to="/">All faults</Link>
          </p>
        )}
      </Failed>
    );
  }
  const { value } = answer;
  return (
    <>
      <Verdict value={value} />
      <Stale problem={answer.problem} />
      {isExpired(value) && (
        <p className="stale">
          Its traces are no longer kept: the verdict stands as it was, and commands that name a trace do not find it any more.
        </p>
      )}
      {value.diagnosis === undefined && <Empty title="Being diagnosed: the verdict shows here by itself." />}
      {value.diagnosis !== undefined && value.diagnosis.path.length > 0 && (
        <section>
          <h2>Path</h2>
          <HopPath path={value.diagnosis.path} />
          <HopEvidence path={value.diagnosis.path} />
        </section>
      )}
      <Example value={value} isAsked={traceId !== undefined} />
      {value.diagnosis !== undefined && <Why diagnosis={value.diagnosis} />}
      <Difference value={value} />
      <section>
        <h2>Over time</h2>
        {isExpired(value) && value.series.total.every((count) => count === 0) ? (
          <Empty title="The counts of that time are no longer kept." />
        ) : (
          <CountChart series={value.series} changes={value.changes} />
        )}
      </section>
      {value.diagnosis !== undefined && <WhatToDo diagnosis={value.diagnosis} />}
      <FailingRequests value={value} />
    </>
  );
}

function FailingRequests({ value: { fault, failing } }: { readonly value: FaultAnswer }): ReactNode {
  return (
    <section>
      <h2>
        Failing requests{" "}
        {failing.length > 0 && failing.length < fault.count && (
          <span className="aside">
            {failing.length} newest;{" "}
            <Link to={`/failing?${new URLSearchParams({ fingerprint: fault.fingerprint }).toString()}`}>
              more of the {formatCount(fault.count)}
            </Link>
          </span>
        )}
      </h2>
      {failing.length === 0 ? <Empty title="Their traces are no longer kept." /> : <FailingTable failing={failing} />}
    </section>
  );
}

/** A message may have thousands of characters; the whole of it is shown with the exception. */
const MOST_CRUMB_SIGNS = 160;
const MOST_CHANGE_SIGNS = 80;

function Verdict({ value }: { readonly value: FaultAnswer }): ReactNode {
  const { fault, diagnosis } = value;
  const changed = tellChangeBefore(value.changes, diagnosis?.path ?? [], fault.firstSeenMs);
  const tag = fault.state === "resolved" ? "resolved" : (fault.verdict ?? "open");
  return (
    <header className="page-head verdict">
      <p className="crumbs">
        <Link to="/">Overview</Link> / <Captured text={shorten(fault.title, MOST_CRUMB_SIGNS)} />
      </p>
      <h1 tabIndex={-1}>
        <Captured text={fault.sentence ?? fault.title} />
      </h1>
      <p className="facts">
        <span className={`tag tag-${tag}`}>{tag}</span>
        {fault.cause !== undefined && <span className="tag tag-cause">{fault.cause}</span>}
        <span>
          <b>{formatCount(fault.count)}</b> failures
        </span>
        {diagnosis !== undefined && diagnosis.scope.failing + diagnosis.scope.succeeding > 0 && (
          <span>
            {formatCount(diagnosis.scope.failing)} of {formatCount(diagnosis.scope.failing + diagnosis.scope.succeeding)} requests meanwhile
          </span>
        )}
        <span>
          first {formatTime(fault.firstSeenMs)}
          {changed !== undefined && (
            <b>
              , <Captured text={shorten(changed, MOST_CHANGE_SIGNS)} />
            </b>
          )}
        </span>
        <span>last {formatTime(fault.lastSeenMs)}</span>
        {fault.resolvedInVersion !== undefined && <span>resolved in {fault.resolvedInVersion}</span>}
        <CopyButton text={() => writeIncidentReport(value, location.origin)} label="Copy as report" />
        {!isExpired(value) && <CopyButton text={() => findReproduction(value)} label="Copy test command" />}
      </p>
      {diagnosis !== undefined && <FirstCheck next={diagnosis.next} />}
    </header>
  );
}

/** The first check, on the first screen: somebody woken by an alert acts on it before reading further. */
function FirstCheck({ next: [first, ...others] }: Pick<Diagnosis, "next">): ReactNode {
  if (first === undefined) return null;
  return (
    <div className="first-check">
      <p>
        <b>Check first</b> <Captured text={first.check} />
        {others.length > 0 && (
          <a className="aside" href="#next-checks">
            {others.length === 1 ? "one more check" : `${others.length} more checks`}
          </a>
        )}
      </p>
      {first.command !== undefined && <Command text={first.command} />}
    </div>
  );
}

/** The command that turns a failing request into a test. The diagnosis names the most suitable request. */
function findReproduction({ fault, diagnosis }: FaultAnswer): string {
  const named = diagnosis?.next.find(({ command }) => command?.startsWith("npx faultline prove "))?.command;
  return addressCollector(named ?? `npx faultline prove ${fault.fingerprint} --as node:test`, location.origin);
}

/** True when retention has removed the telemetry that the verdict is based on. */
function isExpired({ failing, example, diagnosis }: FaultAnswer): boolean {
  return diagnosis !== undefined && failing.length === 0 && example === undefined;
}

type ExampleProps = { readonly value: FaultAnswer; readonly isAsked: boolean };

/** Keeps the first example while the page is open: live updates must not replace what somebody is reading. */
function Example({ value: { fault, example: newest, diagnosis }, isAsked }: ExampleProps): ReactNode {
  const [held] = useState(newest);
  const example = held ?? newest;
  const place = useRef<HTMLElement>(null);
  useEffect(() => {
    if (isAsked) place.current?.scrollIntoView({ block: "start" });
  }, [isAsked]);
  const fates = useMemo(() => new Map<string, Fate>((diagnosis?.path ?? []).map((hop) => [hop.service, hop.fate])), [diagnosis]);
  if (example === undefined) return null;
  return (
    <>
      <section ref={place}>
        <h2>
          One failing request{" "}
          <Link className="aside" to={toTraceAddress(example.traceId, example.failingSpanId, fault.fingerprint)}>
            trace {example.traceId.slice(0, 8)}
          </Link>
        </h2>
        <Waterfall key={example.traceId} trace={example} fates={fates} />
      </section>
      <div className="columns">
        <section>
          <h2>Exception</h2>
          <Exceptions exceptions={example.exceptions} />
        </section>
        <section>
          <h2>Request, redacted</h2>
          <RequestFigure request={example.request} />
        </section>
      </div>
    </>
  );
}

function Why({ diagnosis }: { readonly diagnosis: Diagnosis }): ReactNode {
  return (
    <section>
      <h2>Evidence</h2>
      <CauseAccounts diagnosis={diagnosis} />
      <MissingList missing={diagnosis.missing} />
      <RuledOut ruledOut={diagnosis.ruledOut} />
    </section>
  );
}

function Difference({ value: { contrast, compared } }: { readonly value: FaultAnswer }): ReactNode {
  if (compared.failing === 0) return null;
  return (
    <section>
      <h2>
        What differs from good requests{" "}
        <span className="aside">
          {compared.failing} failing against {compared.succeeding} good traces of the same route
        </span>
      </h2>
      {contrast.length === 0 ? (
        <p className="muted">
          {compared.succeeding < 3
            ? "Too few good requests of this route are kept to compare with."
            : "Nothing that failing and good requests both carry separates them."}
        </p>
      ) : (
        <>
          <p className="legend">
            <span className="key-failing">failing</span>
            <span className="key-good">good</span>
          </p>
          <div className="contrasts">
            {contrast.map((each) => (
              <ContrastFigure key={each.attribute} contrast={each} compared={compared} />
            ))}
          </div>
        </>
      )}
    </section>
  );
}

function WhatToDo({ diagnosis }: { readonly diagnosis: Diagnosis }): ReactNode {
  return (
    <>
      <section>
        <h2 id="next-checks">Next checks</h2>
        <ol className="checks">
          {diagnosis.next.map((next) => (
            <li key={next.check}>
              <p>
                <Captured text={next.check} />
              </p>
              {next.command !== undefined && <Command text={next.command} />}
            </li>
          ))}
        </ol>
      </section>
      <GuardPlanFigure plan={diagnosis.guard} />
    </>
  );
}

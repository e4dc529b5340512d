import type { TraceAnswer } from "@faultline/model";
import type { ReactNode } from "react";
import { formatCount, formatDuration, formatTime, shorten } from "../format.ts";
import { Captured } from "../parts/captured-text.tsx";
import { CopyButton } from "../parts/copy-button.tsx";
import { Link } from "../parts/link.tsx";
import { ExchangeTable, LogTable } from "../parts/log-table.tsx";
import { Failed, Loading } from "../parts/page-state.tsx";
import { Exceptions, RequestFigure } from "../parts/request-figure.tsx";
import { Waterfall } from "../parts/waterfall.tsx";
import { toFaultAddress } from "../router.ts";
import { tellOrigin } from "../tell-origin.ts";
import { useResource } from "../use-resource.ts";

/** The full error is shown with the exceptions. */
const MOST_ORIGIN_SIGNS = 200;

type Props = {
  readonly traceId: string;
  readonly spanId?: string | undefined;
  /** The fault that the trace is an example of, if the reader came from one. */
  readonly fingerprint?: string | undefined;
};

/** A whole trace: its spans over time, exceptions, logs, and the access logs of intermediaries. */
export function TracePage({ traceId, spanId, fingerprint }: Props): ReactNode {
  const [answer] = useResource<TraceAnswer>(`/api/traces/${encodeURIComponent(traceId)}`);
  if (answer.kind === "loading") return <Loading what="the trace" />;
  if (answer.kind === "failed") {
    return (
      <Failed isPage problem={answer.problem}>
        {answer.problem.status === 404 && (
          <p>
            Old traces are removed, and of good ones only a few are kept. <Link to="/failing">Failing requests</Link>
          </p>
        )}
      </Failed>
    );
  }
  const trace = answer.value;
  const focusId = trace.rows.some((row) => row.spanId === spanId) ? spanId : undefined;
  return (
    <>
      <Head trace={trace} fingerprint={fingerprint} />
      <section>
        <Waterfall key={focusId} trace={trace} focusId={focusId} />
      </section>
      <div className="columns">
        <section>
          <h2>Exceptions</h2>
          <Exceptions exceptions={trace.exceptions} />
        </section>
        <section>
          <h2>Request, redacted</h2>
          <RequestFigure request={trace.request} />
        </section>
      </div>
      <LogTable logs={trace.logs} />
      <ExchangeTable exchanges={trace.exchanges} />
    </>
  );
}

type HeadProps = Pick<Props, "fingerprint"> & { readonly trace: TraceAnswer };

function Head({ trace, fingerprint }: HeadProps): ReactNode {
  const services = new Set(trace.rows.map((row) => row.service));
  const [root] = trace.rows;
  const origin = tellOrigin(trace);
  return (
    <header className="page-head">
      <p className="crumbs">
        <Link to="/">Overview</Link> /{" "}
        {fingerprint === undefined ? <Link to="/failing">Failing requests</Link> : <Link to={toFaultAddress(fingerprint)}>its fault</Link>}{" "}
        / trace
      </p>
      <h1 tabIndex={-1}>
        <Captured text={root === undefined ? "A trace without spans" : `${root.service}: ${root.name}`} />
      </h1>
      <p className="facts">
        <span>{formatTime(trace.startMs)}</span>
        <span>{formatDuration(trace.durationMs)}</span>
        <span>
          {formatCount(trace.rows.length + trace.leftOut)} spans in {services.size === 1 ? "1 service" : `${services.size} services`}
        </span>
        <code className="trace-id">{trace.traceId}</code>
        <CopyButton text={trace.traceId} label="Copy id" />
      </p>
      {origin !== undefined && (
        <p className="began">
          <b>Failed first</b> <Captured text={shorten(origin, MOST_ORIGIN_SIGNS)} />
        </p>
      )}
    </header>
  );
}

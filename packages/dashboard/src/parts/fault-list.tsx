import type { FaultListing } from "@faultline/model";
import type { ReactNode } from "react";
import { formatAgo, formatCompact, formatTime } from "../format.ts";
import { toFaultAddress } from "../router.ts";
import { Captured, Clamped } from "./captured-text.tsx";
import { Link } from "./link.tsx";

/** Faults, each as its verdict: what a person reads first. */
export function FaultList({ faults, nowMs }: { readonly faults: readonly FaultListing[]; readonly nowMs: number }): ReactNode {
  return (
    <ol className="faults" aria-label="Faults, newest and loudest first">
      {faults.map((fault) => (
        <li key={fault.fingerprint} className={`fault fault-${fault.state}`}>
          <div className="fault-count" title={`${fault.count} failing requests`}>
            <b>{formatCompact(fault.count)}</b>
            <span>{fault.count === 1 ? "failure" : "failures"}</span>
          </div>
          <div className="fault-text">
            <p className="fault-sentence">
              <Link to={toFaultAddress(fault.fingerprint)}>
                <Captured text={fault.sentence ?? fault.title} />
              </Link>
            </p>
            <p className="fault-facts">
              {toTag(fault)}
              {fault.sentence !== undefined && (
                <span className="fault-title">
                  <Captured text={fault.title} />
                </span>
              )}
              <Clamped text={`${fault.service} ${fault.route}`} />
            </p>
          </div>
          <div className="fault-times">
            <span title={formatTime(fault.lastSeenMs)}>{formatAgo(fault.lastSeenMs, nowMs)}</span>
            <span className="muted" title={formatTime(fault.firstSeenMs)}>
              first {formatAgo(fault.firstSeenMs, nowMs)}
            </span>
          </div>
        </li>
      ))}
    </ol>
  );
}

function toTag({ state, verdict, cause }: FaultListing): ReactNode {
  if (state === "resolved") return <span className="tag tag-resolved">resolved</span>;
  if (verdict === undefined) return <span className="tag">being diagnosed</span>;
  return verdict === "inconclusive" ? (
    <span className="tag tag-open">inconclusive</span>
  ) : (
    <span className="tag tag-cause">{cause ?? "diagnosed"}</span>
  );
}

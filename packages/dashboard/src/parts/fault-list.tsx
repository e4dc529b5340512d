import type { FaultListing } from "@faultline/model";
import { type ReactNode, useState } from "react";
import { formatAgo, formatCompact, formatTime } from "../format.ts";
import { toFaultAddress } from "../router.ts";
import { Captured, Clamped } from "./captured-text.tsx";
import { Link } from "./link.tsx";

type Props = { readonly faults: readonly FaultListing[]; readonly nowMs: number };

/** Longer lists are folded, so that the table below stays within reach; a few more faults are not worth a button. */
const MOST_SHOWN = 12;
const NOT_WORTH_FOLDING = 3;

/** Faults, each shown by its verdict, which a person reads first. */
export function FaultList({ faults, nowMs }: Props): ReactNode {
  const [isWhole, setWhole] = useState(false);
  const isLong = faults.length > MOST_SHOWN + NOT_WORTH_FOLDING;
  return (
    <>
      <Faults faults={isLong && !isWhole ? faults.slice(0, MOST_SHOWN) : faults} nowMs={nowMs} />
      {isLong && (
        <button type="button" className="quiet" aria-expanded={isWhole} onClick={() => setWhole(!isWhole)}>
          {isWhole ? "Show fewer" : `Show ${faults.length - MOST_SHOWN} more faults`}
        </button>
      )}
    </>
  );
}

function Faults({ faults, nowMs }: Props): ReactNode {
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

import type { FailingExchange } from "@faultline/model";
import type { ReactNode } from "react";
import { formatDuration, formatTime } from "../format.ts";
import { toFaultAddress, toTraceAddress } from "../router.ts";
import { Clamped } from "./captured-text.tsx";
import { Link } from "./link.tsx";

/** The titles of faults by their fingerprints. */
type FaultTitles = ReadonlyMap<string, string>;

type Props = {
  readonly failing: readonly FailingExchange[];
  /** The names of the faults, where the requests may belong to several. */
  readonly faults?: FaultTitles;
};

const NO_FAULTS: FaultTitles = new Map();

/** What failed: a link to the fault; without one the error's type, if that says more than the status next to it. */
function tellError({ errorType, fingerprint = "", status }: FailingExchange, faults: FaultTitles): ReactNode {
  const title = faults.get(fingerprint);
  if (title !== undefined)
    return (
      <Link to={toFaultAddress(fingerprint)}>
        <Clamped text={title} />
      </Link>
    );
  return errorType === undefined || errorType === String(status) ? undefined : <Clamped text={errorType} />;
}

/** Failing requests, each a link to its trace with the failing span in view. */
export function FailingTable({ failing, faults = NO_FAULTS }: Props): ReactNode {
  // Behind a gateway most errors are raised further in; a column of nothing but dashes is left out.
  const hasErrors = failing.some((each) => tellError(each, faults) !== undefined);
  return (
    <div className="scroll" tabIndex={0} role="region" aria-label="Failing requests">
      <table className="rows failing-rows">
        <thead>
          <tr>
            <th scope="col">Time</th>
            <th scope="col">Request</th>
            <th scope="col">Status</th>
            <th scope="col">Service</th>
            <th scope="col">Version</th>
            <th scope="col">Region</th>
            {hasErrors && <th scope="col">Error</th>}
            <th scope="col" className="number">
              Took
            </th>
          </tr>
        </thead>
        <tbody>
          {failing.map((each) => (
            <tr key={`${each.traceId} ${each.spanId}`}>
              <td className="time">{formatTime(each.timeMs)}</td>
              <td className="route">
                <Link to={toTraceAddress(each.traceId, each.spanId, each.fingerprint)}>
                  <Clamped text={`${each.method} ${each.route}`} />
                </Link>
              </td>
              <td>
                <span className={`status status-${Math.floor(each.status / 100)}`}>{each.status === 0 ? "none" : each.status}</span>
              </td>
              <td className="service">
                <Clamped text={each.service} />
              </td>
              <td className="version">
                <Clamped text={each.version ?? "–"} />
              </td>
              <td className="region">
                <Clamped text={each.region ?? "–"} />
              </td>
              {hasErrors && <td className="error-type">{tellError(each, faults) ?? "–"}</td>}
              <td className="number">{formatDuration(each.durationMs)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

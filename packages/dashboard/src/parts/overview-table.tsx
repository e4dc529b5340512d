import type { OverviewAnswer, OverviewRow } from "@faultline/model";
import { type ReactNode, useState } from "react";
import { formatCompact, formatCount, formatDuration } from "../format.ts";
import { Captured, Clamped } from "./captured-text.tsx";
import { CountStrip } from "./count-strip.tsx";
import { type TimeRange, toRangeQuery } from "../time-range.ts";
import { Link } from "./link.tsx";
import { RatioFigure } from "./ratio-figure.tsx";

const MOST_QUIET = 5;
const STATES: Readonly<Record<OverviewRow["state"], string>> = {
  firing: "certainly failing",
  quiet: "not more than tolerated",
  "too-few": "too few requests to say",
};

type Props = { readonly overview: OverviewAnswer; readonly range: TimeRange };

/** Route × version × region, the most certainly failing first. Healthy rows are folded after the first few. */
export function OverviewTable({ overview, range }: Props): ReactNode {
  const [isWhole, setWhole] = useState(false);
  const failing = overview.rows.filter((row) => row.failing > 0).length;
  const shown = isWhole ? overview.rows : overview.rows.slice(0, failing + MOST_QUIET);
  const hidden = overview.rows.length - shown.length;
  if (overview.rows.length === 0) return <p className="muted">No request in this window.</p>;
  return (
    <>
      <div className="scroll" tabIndex={0} role="region" aria-label="What fails where">
        <table className="rows overview-rows">
          <thead>
            <tr>
              <th scope="col">Route</th>
              <th scope="col">Version</th>
              <th scope="col">Region</th>
              <th scope="col" className="number">
                Failed
              </th>
              <th scope="col">Share, with 95 % bounds</th>
              <th scope="col">Over time</th>
              <th scope="col" className="number" title="The slowest step's 99th percentile">
                p99
              </th>
            </tr>
          </thead>
          <tbody>
            {shown.map((row) => (
              <Row key={`${row.service} ${row.route} ${row.version ?? ""} ${row.region ?? ""}`} row={row} range={range} />
            ))}
          </tbody>
        </table>
      </div>
      {(hidden > 0 || isWhole) && (
        <button type="button" className="quiet" onClick={() => setWhole(!isWhole)}>
          {isWhole ? "Show fewer" : `Show ${hidden} more without failures`}
        </button>
      )}
      {overview.leftOut.rows > 0 && (
        <p className="muted">
          {formatCount(overview.leftOut.rows)} more rows with {formatCount(overview.leftOut.failing)} of{" "}
          {formatCount(overview.leftOut.total)} requests failed are not shown.
        </p>
      )}
    </>
  );
}

function Row({ row, range }: { readonly row: OverviewRow; readonly range: TimeRange }): ReactNode {
  // A past time links to its own failing requests, a window up to now to those of the last day.
  const query = range.kind === "between" ? toRangeQuery(range) : new URLSearchParams();
  query.set("service", row.service);
  query.set("route", row.route);
  if (row.version !== undefined) query.set("version", row.version);
  if (row.region !== undefined) query.set("region", row.region);
  return (
    <tr className={`state-${row.state}`}>
      <th scope="row" className="route">
        <span className="clamp" title={`${row.service} ${row.route}`}>
          <span className="service">
            <Captured text={row.service} />
          </span>{" "}
          {row.failing > 0 ? (
            <Link to={`/failing?${query.toString()}`}>
              <Captured text={row.route} />
            </Link>
          ) : (
            <Captured text={row.route} />
          )}
        </span>
      </th>
      <td className="version">
        <Clamped text={row.version ?? "–"} />
      </td>
      <td className="region">
        <Clamped text={row.region ?? "–"} />
      </td>
      <td className="number" title={`${formatCount(row.failing)} of ${formatCount(row.total)}`}>
        {row.failing > 0 ? <b>{formatCompact(row.failing)}</b> : 0}
        <span className="muted"> / {formatCompact(row.total)}</span>
      </td>
      <td title={STATES[row.state]}>
        <RatioFigure ratio={row.errorRatio} state={row.state} />
      </td>
      <td>
        <CountStrip series={row.series} label={`${row.service} ${row.route}`} />
      </td>
      <td className="number">{row.p99Ms === undefined ? "–" : formatDuration(row.p99Ms)}</td>
    </tr>
  );
}

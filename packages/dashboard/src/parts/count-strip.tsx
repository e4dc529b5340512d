import type { CountSeries } from "@faultline/model";
import type { ReactNode } from "react";
import { formatCount } from "../format.ts";
import { toStripPaths } from "./strip-paths.ts";

/** A word-sized chart: a grey line where there was traffic, and red bars as high as the share of it that failed. */
export function CountStrip({ series, label }: { readonly series: CountSeries; readonly label: string }): ReactNode {
  const steps = series.total.length;
  const { traffic, failing } = toStripPaths(series);
  const failed = series.failing.reduce((sum, count) => sum + count, 0);
  return (
    <svg
      className="strip"
      viewBox={`0 0 ${steps} 20`}
      preserveAspectRatio="none"
      role="img"
      aria-label={`${label}: ${formatCount(failed)} failed`}
    >
      <path d={traffic} className="strip-traffic" />
      <path d={failing} className="strip-failing" />
    </svg>
  );
}

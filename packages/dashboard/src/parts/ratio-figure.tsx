import type { Interval } from "@faultline/model";
import type { ReactNode } from "react";
import { formatRatio } from "../format.ts";

/** A square-root scale, because small ratios are the interesting ones: 1 % is a tenth of the track. */
function toPosition(ratio: number): string {
  return `${(Math.sqrt(Math.min(1, Math.max(0, ratio))) * 100).toFixed(2)}%`;
}

/** A ratio with its 95 % bounds: a bar between the bounds with a dot, and the same in words for screen readers. */
export function RatioFigure({ ratio: { ratio, lower, upper }, state }: { readonly ratio: Interval; readonly state: string }): ReactNode {
  const bounds = `${formatRatio(lower)} to ${formatRatio(upper)}`;
  return (
    <span className={`ratio ratio-${state}`} title={`${formatRatio(ratio)} failed; 95 % sure that it is ${bounds}`}>
      <span className="ratio-number">{formatRatio(ratio)}</span>
      <span className="ratio-track" aria-hidden="true">
        <span className="ratio-bar" style={{ left: toPosition(lower), right: `calc(100% - ${toPosition(upper)})` }} />
        <span className="ratio-dot" style={{ left: toPosition(ratio) }} />
      </span>
      <span className="unseen">, between {bounds}</span>
    </span>
  );
}

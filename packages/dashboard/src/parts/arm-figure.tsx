import type { ArmCounts, Interval } from "@faultline/model";
import type { ReactNode } from "react";
import { formatCount, formatRatio } from "../format.ts";
import { Captured } from "./captured-text.tsx";

/** One arm of a rollout; `ratio` is absent while it has no requests. */
type Arm = { readonly name: string; readonly counts: ArmCounts; readonly ratio: Interval | undefined };

/** The axis ends at a round share that leaves room for both arms, so that they can be compared. */
const AXIS_ENDS = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1];

/** The failing shares of two versions with their bounds, one below the other on the same linear axis. */
export function ArmFigure({ arms }: { readonly arms: readonly Arm[] }): ReactNode {
  const most = Math.max(...arms.map(({ ratio }) => ratio?.upper ?? 0));
  const end = AXIS_ENDS.find((each) => each >= most) ?? 1;
  return (
    <section>
      <h2>
        Failing share <span className="aside">with 95 % bounds</span>
      </h2>
      <div className="arms">
        {arms.map((arm) => (
          <ArmRow key={arm.name} arm={arm} end={end} />
        ))}
        <p className="arm-axis" aria-hidden="true">
          <span>0 %</span>
          <span>{formatRatio(end / 2)}</span>
          <span>{formatRatio(end)}</span>
        </p>
      </div>
    </section>
  );
}

function ArmRow({ arm: { name, counts, ratio }, end }: { readonly arm: Arm; readonly end: number }): ReactNode {
  const at = (share: number) => `${Math.min(100, (share / end) * 100).toFixed(2)}%`;
  return (
    <div className="arm">
      <h3>
        <Captured text={name} />
      </h3>
      <p>
        <b>{formatCount(counts.failing)}</b> of {formatCount(counts.total)} failed
        {ratio === undefined
          ? ": no requests yet"
          : `, ${formatRatio(ratio.ratio)} (${formatRatio(ratio.lower)} to ${formatRatio(ratio.upper)})`}
      </p>
      <span className="arm-track" aria-hidden="true">
        {ratio !== undefined && (
          <>
            <span className="arm-bounds" style={{ left: at(ratio.lower), right: `calc(100% - ${at(ratio.upper)})` }} />
            <span className="arm-dot" style={{ left: at(ratio.ratio) }} />
          </>
        )}
      </span>
    </div>
  );
}

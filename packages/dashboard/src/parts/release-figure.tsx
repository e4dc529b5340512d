import type { ArmCounts } from "@faultline/model";
import type { ReactNode } from "react";
import type { ReleaseComparison } from "../compare-releases.ts";
import { formatAgo, formatCount, formatRatio, formatTime } from "../format.ts";
import { Captured } from "./captured-text.tsx";
import { Link } from "./link.tsx";

type Props = { readonly releases: readonly ReleaseComparison[]; readonly nowMs: number };

const MOST_SHOWN = 4;

/** The releases of the window with their failing shares and those of the versions before; each links to the exact decision. */
export function ReleaseFigure({ releases, nowMs }: Props): ReactNode {
  if (releases.length === 0) return null;
  return (
    <section>
      <h2>Since the last releases</h2>
      <ul className="since">
        {releases.slice(0, MOST_SHOWN).map(({ service, version, previousVersion, timeMs, now, before }) => (
          <li key={`${service} ${version} ${previousVersion}`} className={isWorse(now, before) ? "since-worse" : undefined}>
            <Link to={`/rollout?${new URLSearchParams({ baseline: previousVersion, canary: version, service }).toString()}`}>
              <Captured text={`${service} ${previousVersion} → ${version}`} />
            </Link>
            <span>
              <b>{describe(now)}</b>, before {describe(before)}
            </span>
            <span className="muted" title={formatTime(timeMs)}>
              {formatAgo(timeMs, nowMs)}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function describe({ failing, total }: ArmCounts): string {
  return total === 0 ? "no request" : `${formatCount(failing)} of ${formatCount(total)} failed, ${formatRatio(failing / total)}`;
}

/** Only a visual hint; the page behind the link has the exact test. */
function isWorse(now: ArmCounts, before: ArmCounts): boolean {
  return now.failing > 0 && now.failing * Math.max(1, before.total) > 2 * before.failing * now.total;
}

import type { Change } from "@faultline/model";
import type { ReactNode } from "react";
import { formatTime } from "../format.ts";
import { Captured } from "./captured-text.tsx";
import { Link } from "./link.tsx";

const MOST_RELEASES = 12;

/** Releases with a predecessor, newest first; each links to its comparison. */
export function ReleaseList({ changes }: { readonly changes: readonly Change[] }): ReactNode {
  const releases = changes
    .filter((change) => change.version !== undefined && change.previousVersion !== undefined)
    .sort((a, b) => b.timeMs - a.timeMs)
    .slice(0, MOST_RELEASES);
  if (releases.length === 0) return <p className="muted">No release with one before it was seen in the last 24 hours.</p>;
  return (
    <ul className="releases">
      {releases.map(({ service, version = "", previousVersion = "", timeMs }) => (
        <li key={`${service} ${version} ${timeMs}`}>
          <Link to={`/rollout?${new URLSearchParams({ baseline: previousVersion, canary: version, service }).toString()}`}>
            <Captured text={`${service} ${previousVersion} → ${version}`} />
          </Link>{" "}
          <span className="muted">{formatTime(timeMs)}</span>
        </li>
      ))}
    </ul>
  );
}

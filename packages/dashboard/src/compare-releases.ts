import type { ArmCounts, Change, OverviewRow } from "@faultline/model";

/** A release within the window, with the request counts of its version and of the previous one in that window. */
export type ReleaseComparison = {
  readonly service: string;
  readonly version: string;
  readonly previousVersion: string;
  readonly timeMs: number;
  readonly now: ArmCounts;
  readonly before: ArmCounts;
};

/**
 * Compares each release of a window with the version before it, by the counts of the window's rows, newest first. A version that is
 * rolled out in steps is one release, dated by its first step; a release whose new version had no requests is left out.
 */
export function compareReleases(changes: readonly Change[], rows: readonly OverviewRow[]): readonly ReleaseComparison[] {
  const releases = new Map<string, ReleaseComparison>();
  for (const { service, version, previousVersion, timeMs } of [...changes].sort((a, b) => a.timeMs - b.timeMs)) {
    if (version === undefined || previousVersion === undefined || version === previousVersion) continue;
    const key = JSON.stringify([service, version, previousVersion]);
    if (releases.has(key)) continue;
    const count = (wanted: string): ArmCounts => countVersion(rows, service, wanted);
    const now = count(version);
    if (now.total > 0) releases.set(key, { service, version, previousVersion, timeMs, now, before: count(previousVersion) });
  }
  return [...releases.values()].sort((a, b) => b.timeMs - a.timeMs);
}

function countVersion(rows: readonly OverviewRow[], service: string, version: string): ArmCounts {
  const own = rows.filter((row) => row.service === service && row.version === version);
  return { total: own.reduce((sum, row) => sum + row.total, 0), failing: own.reduce((sum, row) => sum + row.failing, 0) };
}

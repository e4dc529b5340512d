import type { ArmCounts, Change, OverviewRow } from "@faultline/model";

/** A release of the window with what its version and the one before it have answered in the window. */
export type ReleaseComparison = {
  readonly service: string;
  readonly version: string;
  readonly previousVersion: string;
  readonly timeMs: number;
  readonly now: ArmCounts;
  readonly before: ArmCounts;
};

/**
 * The releases of a window, newest first, each against the version before it, by the counts of the window's rows. A version that is
 * rolled out in steps is one release, at its first step; one whose new version has answered nothing is left out.
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

import type { Change } from "@faultline/model";

/** The longest time between a deploy's declaration and its first telemetry, in either order. */
const SAME_MS = 30 * 60_000;

/** Leaves out changes inferred from telemetry that were also declared, so that one deploy is one line in a chart. */
export function dropEchoes(changes: readonly Change[]): readonly Change[] {
  const declared = changes.filter((change) => change.source === "declared");
  return changes.filter((change) => change.source === "declared" || !declared.some((each) => isSame(each, change)));
}

function isSame(a: Change, b: Change): boolean {
  const isSamePlace = a.region === undefined || b.region === undefined || a.region === b.region;
  return a.kind === b.kind && a.service === b.service && a.version === b.version && isSamePlace && Math.abs(a.timeMs - b.timeMs) < SAME_MS;
}

import type { FaultListing } from "@faultline/model";

/** Puts a changed fault into a list in place of its older state, and sorts the list again. */
export function mergeFault(faults: readonly FaultListing[], changed: FaultListing): readonly FaultListing[] {
  return orderFaults([changed, ...faults.filter((fault) => fault.fingerprint !== changed.fingerprint)]);
}

/** Sorts faults: open ones first, then by the minute when they were last seen, then by count. */
export function orderFaults(faults: readonly FaultListing[]): readonly FaultListing[] {
  const minute = (fault: FaultListing): number => Math.floor(fault.lastSeenMs / 60_000);
  return [...faults].sort(
    (a, b) =>
      Number(a.state === "resolved") - Number(b.state === "resolved") ||
      minute(b) - minute(a) ||
      b.count - a.count ||
      b.lastSeenMs - a.lastSeenMs,
  );
}

import type { FaultListing } from "@faultline/model";

/** Puts a fault that just changed into a list: it replaces its older self and the list is in order again. */
export function mergeFault(faults: readonly FaultListing[], changed: FaultListing): readonly FaultListing[] {
  return orderFaults([changed, ...faults.filter((fault) => fault.fingerprint !== changed.fingerprint)]);
}

/** Open ones first; of those, what was seen in the same minute counts as equally new, and the louder one comes first. */
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

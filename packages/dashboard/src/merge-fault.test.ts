import type { FaultListing } from "@faultline/model";
import { describe, expect, it } from "vitest";
import { mergeFault, orderFaults } from "./merge-fault.ts";

const fault = (fingerprint: string, lastSeenMs: number, count: number): FaultListing => ({
  fingerprint,
  title: fingerprint,
  service: "orders",
  route: "/",
  firstSeenMs: 0,
  lastSeenMs,
  count,
  state: "open",
});

describe("the list of faults", () => {
  it("shows the newest first, and of equally new ones the loudest", () => {
    const faults = [
      fault("old and loud", 1, 900),
      fault("quiet", 120_500, 2),
      fault("loud", 120_100, 50),
      { ...fault("done", 180_000, 9), state: "resolved" as const },
    ];
    expect(orderFaults(faults).map((each) => each.fingerprint)).toEqual(["loud", "quiet", "old and loud", "done"]);
  });

  it("holds a fault once, as it was told last", () => {
    const merged = mergeFault([fault("a", 60_000, 1), fault("b", 60_000, 2)], fault("a", 60_001, 3));
    expect(merged.map(({ fingerprint, count }) => [fingerprint, count])).toEqual([
      ["a", 3],
      ["b", 2],
    ]);
  });
});

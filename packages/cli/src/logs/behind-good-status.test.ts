import { createLineReader } from "@faultline/formats/access-log";
import { expect, it } from "vitest";
import { buildReport } from "./report/build-report.ts";
import { Tally } from "./tally/tally.ts";

it("reports gRPC errors behind 200 apart from server errors", () => {
  const tally = new Tally({ fromMs: undefined, toMs: undefined });
  const reader = createLineReader({ context: { nowMs: Date.UTC(2026, 10, 22), zoneOffsetMinutes: 0 } });
  for (const status of ["0", "14", "14", "5"]) {
    const line = JSON.stringify({
      start_time: "2026-11-21T10:00:00Z",
      method: "POST",
      path: "/shop.Pay/Charge",
      response_code: 200,
      response_flags: "-",
      grpc_status: status,
    });
    tally.add(reader.read(line), line, "envoy.log");
  }
  tally.finish();
  const report = buildReport(tally, { files: ["envoy.log"], top: 10 });
  expect(report.errors.count).toBe(0);
  expect(report.patterns).toMatchObject([{ pattern: "behind-good-status", evidence: { measured: "2 of 4 requests" } }]);
});

import { describe, expect, it } from "vitest";
import { createLineReader, toFlatRecord } from "./index.ts";

const request = { method: "GET", path: "/a", status: 200 };

function readDuration(members: object): unknown {
  const reader = createLineReader({ context: { nowMs: Date.UTC(2026, 10, 22), zoneOffsetMinutes: 0 } });
  const record = toFlatRecord(reader.read(JSON.stringify({ ...request, ...members })));
  expect(record).toMatchObject({ "url.path": "/a", "http.response.status_code": 200 });
  return record?.["duration_ms"];
}

describe("a member that is called as a duration", () => {
  it.each([
    ["the milliseconds of a Python record's time", { asctime: "2026-11-21 10:00:00,123", levelname: "INFO", msecs: 123.4 }],
    ["the same beside no time", { ts: "2026-11-21T10:00:00Z", relativeCreated: 9001.2, msecs: 7 }],
    ["a time in milliseconds", { time_ms: 1_795_255_200_123 }],
    ["a time in milliseconds as text", { time_ms: "1795255200123" }],
    ["text in a unit that nothing tells", { request_time: "5" }],
  ])("is none where it is %s", (_, members) => {
    expect(readDuration(members)).toBeUndefined();
  });

  it.each([
    ["msecs", { ts: "1795359868", msecs: 1300 }, 1300],
    ["time_ms", { time_ms: 1250 }, 1250],
    ["request_time", { request_time: "5.000" }, 5000],
  ])("is one by %s alone", (_, members, durationMs) => {
    expect(readDuration(members)).toBe(durationMs);
  });
});

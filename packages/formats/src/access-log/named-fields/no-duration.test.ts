import { describe, expect, it } from "vitest";
import { createLineReader, toFlatRecord } from "../index.ts";

const request = { method: "GET", path: "/a", status: 200 };

function readDuration(members: object): unknown {
  const reader = createLineReader({ context: { nowMs: Date.UTC(2026, 10, 22), zoneOffsetMinutes: 0 } });
  const record = toFlatRecord(reader.read(JSON.stringify({ ...request, ...members })));
  expect(record).toMatchObject({ "url.path": "/a", "http.response.status_code": 200 });
  return record?.["duration_ms"];
}

describe("a member with the name of a duration", () => {
  it.each([
    ["the milliseconds of a Python record's time", { asctime: "2026-11-21 10:00:00,123", levelname: "INFO", msecs: 123.4 }],
    ["the same beside no time", { ts: "2026-11-21T10:00:00Z", relativeCreated: 9001.2, msecs: 7 }],
    ["a time in milliseconds", { time_ms: 1_795_255_200_123 }],
    ["a time in milliseconds as text", { time_ms: "1795255200123" }],
    ["text in a unit that nothing tells", { request_time: "5" }],
  ])("is none if it is %s", (_, members) => {
    expect(readDuration(members)).toBeUndefined();
  });

  it.each([
    ["msecs", { ts: "1795359868", msecs: 1300 }, 1300],
    ["time_ms", { time_ms: 1250 }, 1250],
    ["request_time", { request_time: "5.000" }, 5000],
  ])("is one with %s alone", (_, members, durationMs) => {
    expect(readDuration(members)).toBe(durationMs);
  });
});

const ofNginx = { remote_addr: "10.0.0.1", time_iso8601: "2026-11-21T10:00:00+00:00", body_bytes_sent: 8 };
const ofDatadog = { "http.url_details.path": "/a", "network.client.ip": "10.0.0.1" };

describe("a duration without a unit", () => {
  it.each([
    ["text with three decimals beside nginx's own names", { ...ofNginx, latency: "0.013" }, 13],
    ["a number beside them", { ...ofNginx, total_time: 1.5 }, 1500],
    ["the same where the upstream's time has its usual short name", { urt: "0.012", elapsed: "0.013" }, 13],
    ["the same where the time is in the family's layout", { date: "21/Nov/2026:10:00:00 +0000", took: "0.120" }, 120],
    ["a name that says its unit", { request_time_us: 1887 }, 1.887],
    ["the same in seconds", { latency_s: "0.235" }, 235],
    ["the second that the upstream took too", { ...ofNginx, request_time: 12, upstream_response_time: "12.000" }, 12_000],
    ["a logger's milliseconds beside who answered it", { upstream_addr: "10.0.0.2:80", response_time: 12.5 }, 12.5],
    ["the same beside the size", { bodyBytesSent: 8, responseTime: 12.345 }, 12.345],
    ["the same as text, with words", { msg: "proxied", upstream_addr: "10.0.0.2:80", response_time: "12.500" }, 12.5],
    ["the same beside a time of its own, with words", { msg: "proxied", upstream_response_time: 11.5, response_time: 12.5 }, 12.5],
    ["HAProxy's milliseconds, whatever its operators call them", { termination_state: "sH", total_response_time: "+30002" }, 30_002],
    ["nanoseconds beside what Datadog calls the parts of a URL", { ...ofDatadog, duration: "959623041" }, 959.623041],
  ])("is in nginx's seconds, or in the unit of its own software: %s", (_, members, durationMs) => {
    expect(readDuration(members)).toBe(durationMs);
  });

  it.each([
    ["whole numbers, as httpd's microseconds", { ...ofNginx, request_time: "685" }],
    ["the same as a number", { remote_addr: "10.0.0.1", server_name: "a", req_time: 685 }],
    ["the same under another name", { ...ofNginx, latency: 45 }],
    ["more decimals than nginx writes", { ...ofNginx, elapsed: "0.01324" }],
    ["a fraction that nothing says is nginx's", { level: "info", latency: 12.5 }],
    ["the total beside what was searched for", { term: "shoes", total_time: 0.012 }],
    ["the same of a gateway's", { upstream_status: 200, latency: 12.5 }],
    ["whole numbers that only agree", { ...ofNginx, request_time: 685, upstream_response_time: 685 }],
  ])("stays unknown: %s", (_, members) => {
    expect(readDuration(members)).toBeUndefined();
  });
});

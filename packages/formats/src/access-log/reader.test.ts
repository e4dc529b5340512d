import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { createLineReader, type FlatRecord, toFlatRecord } from "./index.ts";

type Sample = { readonly line: string; readonly record: FlatRecord };

const context = { nowMs: Date.UTC(2026, 10, 22), zoneOffsetMinutes: 0 };
const samples = readFileSync(new URL("fixtures/samples.jsonl", import.meta.url), "utf8")
  .trimEnd()
  .split("\n")
  .map((line): Sample => JSON.parse(line));

function readAll(...lines: string[]) {
  const reader = createLineReader({ context });
  return lines.map((line) => toFlatRecord(reader.read(line)));
}

describe("reading log lines of a mixed file", () => {
  const reader = createLineReader({ context });

  it.each(samples)("reads $line", ({ line, record }) => {
    expect(toFlatRecord(reader.read(line))).toEqual(record);
  });
});

describe("wrappers", () => {
  const inner = '10.0.0.1 - - [25/Oct/2016:14:49:33 +0200] "GET /d?x=1 HTTP/1.1" 502 612 "-" "M"';
  const [plain] = readAll(inner);

  it.each([
    ["a byte order mark and a carriage return", `\uFEFF${inner}\r`],
    ["terminal colours", `\u001B[32m${inner}\u001B[0m`],
    ["syslog RFC 3164", `<190>Nov 21 10:00:00 host nginx: ${inner}`],
    ["syslog RFC 3164 with a process id", `Nov  1 10:00:00 host nginx[12]: ${inner}`],
    ["syslog RFC 5424", `<190>1 2026-11-21T10:00:00.123Z host nginx 12 - - ${inner}`],
    ["syslog RFC 5424 with structured data", `<190>1 2026-11-21T10:00:00.123Z host nginx - - [a@1 b="c\\]"] ${inner}`],
    ["CRI", `2025-12-31T17:37:40.493035218+01:00 stdout F ${inner}`],
    ["Docker's json-file", JSON.stringify({ log: `${inner}\n`, stream: "stdout", time: "2016-10-25T12:49:33.1Z" })],
    ["Docker compose", `web-1  | ${inner}`],
    ["journald's JSON", JSON.stringify({ MESSAGE: inner, __REALTIME_TIMESTAMP: "1477399773000000", _SYSTEMD_UNIT: "nginx.service" })],
    ["a CloudWatch event", JSON.stringify({ timestamp: 1477399773000, message: inner, ingestionTime: 1477399774000 })],
    ["a CloudWatch export", `2016-10-25T12:49:33.000Z ${inner}`],
    ["kubectl --prefix", `[pod/web-5d7/nginx] ${inner}`],
    ["kubectl --timestamps", `2016-10-25T12:49:33.123456789Z ${inner}`],
    [
      "a shipper's own record",
      JSON.stringify({ "@timestamp": "2016-10-25T12:49:35Z", message: inner, agent: { type: "filebeat" }, log: { offset: 1 } }),
    ],
  ])("peels %s", (_, line) => {
    expect(readAll(line)).toEqual([plain]);
  });

  it("joins the pieces of a line that the container runtime cut, by stream", () => {
    const at = "2025-12-31T17:37:40.493035218Z";
    const records = readAll(
      `${at} stdout P ${inner.slice(0, 30)}`,
      `${at} stderr F 2021/08/26 16:52:45 [warn] 1#1: low`,
      `${at} stdout F ${inner.slice(30)}`,
    );
    expect(records[0]).toBeUndefined();
    expect(records[1]).toMatchObject({ format: "nginx-error" });
    expect(records[2]).toEqual(plain);
  });

  it("gives a line without a time the time of its wrapper", () => {
    const [record] = readAll("2025-12-31T17:37:40.5Z stdout F GET /x 500 12.345 ms - 21");
    expect(record).toMatchObject({ time: "2025-12-31T17:37:40.500Z", "http.response.status_code": 500, format: "morgan" });
  });

  it("puts syslog's dates, which have no year, before the present", () => {
    const december = createLineReader({ context: { nowMs: Date.UTC(2026, 0, 2), zoneOffsetMinutes: 0 } });
    const record = toFlatRecord(december.read("Dec 31 23:59:59 host app: GET /x 200 1.5 ms - 2"));
    expect(record).toMatchObject({ time: "2025-12-31T23:59:59.000Z" });
  });
});

describe("lines that no format reads", () => {
  it.each(["", "   ", "\r"])("include blank ones: %j", (line) => {
    expect(readAll(line)).toEqual([undefined]);
  });

  it.each(["hello world", "502 bad", '{"a":1}', "{broken", "500", '"GET / HTTP/1.1" 500', "[1,2,3]", "\u0000\u0001\u0002"])(
    "says so of %j",
    (line) => {
      expect(readAll(line)).toEqual([{ unparsed: line }]);
    },
  );
});

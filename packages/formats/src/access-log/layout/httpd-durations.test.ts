import { describe, expect, it } from "vitest";
import { judgeNamedDurations } from "../combined.ts";
import { createLineReader, toFlatRecord } from "../index.ts";

const MICROS = Array.from({ length: 40 }, (_, index) => (index % 20 === 19 ? 1_004_157 : 150 + ((index * 53) % 400)));
const toJson = (value: number) =>
  `{"time":"[21/Nov/2026:10:00:00 +0000]","client":"10.0.0.1","request":"GET /a HTTP/1.1","status":"200","bytes":"8","response_time":"${value}"}`;
const toPairs = (value: number) =>
  `time="[21/Nov/2026:10:00:00 +0000]", clientip=10.0.0.1, req="GET /a HTTP/1.1", duration=${value}, statusCode=200`;

function readLast(lines: readonly string[]): unknown {
  const context = { nowMs: Date.UTC(2026, 10, 22), zoneOffsetMinutes: 0, namedDurations: judgeNamedDurations(lines) };
  return toFlatRecord(createLineReader({ context }).read(lines[0] ?? ""))?.["duration_ms"];
}

describe("a whole number named as a duration, beside httpd's time", () => {
  it.each([
    ["JSON", toJson],
    ["pairs", toPairs],
  ])("is in microseconds if no request takes that many milliseconds: %s", (_, toLine) => {
    expect(readLast(MICROS.map(toLine))).toBe(0.15);
  });

  it("is in microseconds if each is at least a thousand", () => {
    expect(readLast(MICROS.map((value) => toPairs(value + 900)))).toBe(1.05);
  });

  it("is in milliseconds if many are too small for microseconds, and the others cannot be seconds", () => {
    const values = MICROS.map((value) => Math.min(Math.floor(value / 20) + 2, 900));
    expect(readLast(values.map(toPairs))).toBe(9);
  });

  it.each([
    ["could be either", MICROS.map((value) => value % 500)],
    ["are seconds as well as milliseconds", MICROS.map((value) => Math.floor(value / 1_000_000))],
    ["are fifteen", MICROS.slice(5, 20)],
  ])("has no known unit if the numbers %s", (_, values) => {
    expect(judgeNamedDurations(values.map(toPairs))).toBeUndefined();
  });

  it("has no known unit beside another program's time", () => {
    expect(
      judgeNamedDurations(MICROS.map((value) => toPairs(value).replace("[21/Nov/2026:10:00:00 +0000]", "2026-11-21T10:00:00Z"))),
    ).toBeUndefined();
    const other = '{"time":"2026-11-21T10:00:00Z","method":"GET","url":"/a","status":200,"response_time":150}';
    const context = { nowMs: 0, zoneOffsetMinutes: 0, namedDurations: judgeNamedDurations([...MICROS.map(toPairs), other]) };
    expect(toFlatRecord(createLineReader({ context }).read(other))).toMatchObject({ duration_ms: 150 });
  });
});

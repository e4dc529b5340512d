import { describe, expect, it } from "vitest";
import { DurationJudge } from "../combined.ts";
import { createLineReader, toFlatRecord } from "../index.ts";

type Request = { readonly second?: number; readonly value: number; readonly status?: number };

function toLine({ second = 0, value, status = 200 }: Request): string {
  const at = new Date(Date.UTC(2026, 10, 21, 10, 0, second)).toISOString().slice(11, 19);
  return `10.0.0.1 - - [21/Nov/2026:${at} +0000] "GET /a HTTP/1.1" ${status} 532 "-" "curl/8.0" ${value}`;
}

function judge(requests: readonly Request[]) {
  return new DurationJudge().add(requests.map(toLine)).unit;
}

function readDuration(line: string, wholeDurations?: "us" | "ms" | "unknown"): unknown {
  const context = { nowMs: Date.UTC(2026, 10, 22), zoneOffsetMinutes: 0, ...(wholeDurations === undefined ? {} : { wholeDurations }) };
  return toFlatRecord(createLineReader({ context }).read(line))?.["duration_ms"];
}

const many = Array.from({ length: 40 }, (_, index) => index);

describe("the unit of a file's whole numbers", () => {
  it("is microseconds for httpd's %D, even with a few requests that never came", () => {
    expect(judge(many.map((index) => ({ value: 240 + index * 1733 })))).toBe("us");
    expect(judge([...many.map((index) => ({ value: 240 + index * 1733 })), { value: 8, status: 408 }])).toBe("us");
    expect(judge([])).toBe("us");
  });

  it("is not judged by requests that a server refused, which takes no time", () => {
    const refused = Array.from({ length: 5 }, () => '10.0.0.1 - - [21/Nov/2026:10:00:00 +0000] "GARBAGE" 400 226 "-" "-" 18');
    expect(new DurationJudge().add([...many.map((index) => toLine({ value: 240 + index * 1733 })), ...refused]).unit).toBe("us");
  });

  it("is milliseconds if many are too small for microseconds and the median is too long for seconds", () => {
    expect(judge(many.map((index) => ({ value: (index % 7) ** 4 })))).toBe("ms");
  });

  it("is milliseconds if only these explain how late lines come", () => {
    const steady = many.map((index) => ({ second: index, value: 30 + index }));
    const late = [
      { second: 20, value: 21_400 },
      { second: 31, value: 11_200 },
    ];
    expect(judge([...steady, ...late])).toBe("ms");
    expect(judge([...steady, { second: 20, value: 21_400_000 }, { second: 31, value: 11_200_000 }])).toBe("us");
  });

  it("is judged by a number that is a separate word after status and size, not by a part of another word", () => {
    const judgeEnds = (end: string) =>
      new DurationJudge().add(many.map((index) => toLine({ value: index % 3 }).replace(/ \d+$/, end))).unit;
    expect([" 1", " [a]1", ' 1 "b"', " - 1"].map(judgeEnds)).toEqual(["unknown", "unknown", "unknown", "unknown"]);
    expect([" 0.001", " [1]", " 1a", " 10.0.0.1", ' "1"', "", " 1\r"].map(judgeEnds)).toEqual(["us", "us", "us", "us", "us", "us", "us"]);
    const common = many.map((index) => toLine({ value: index % 3 }).replace(' "-" "curl/8.0"', ""));
    expect(new DurationJudge().add(common).unit).toBe("unknown");
  });

  it("is unknown if nearly all are 0 or 1, which may be seconds or milliseconds", () => {
    expect(judge(many.map((index) => ({ value: Math.floor((index % 9) / 8) })))).toBe("unknown");
    expect(judge([{ value: 3 }])).toBe("unknown");
  });

  it("is used for reading a line, and its number is left out if the unit is unknown", () => {
    expect(readDuration(toLine({ value: 1204 }))).toBe(1.204);
    expect(readDuration(toLine({ value: 1204 }), "ms")).toBe(1204);
    expect(readDuration(toLine({ value: 1204 }), "unknown")).toBeUndefined();
    expect(readDuration(toLine({ value: 3 }))).toBeUndefined();
    expect(readDuration(`${toLine({ value: 2 })}/2310121`, "unknown")).toBe(2310.121);
  });
});

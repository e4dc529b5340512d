import { describe, expect, it } from "vitest";
import { judgeColumnOrder } from "./combined.ts";
import { createLineReader, toFlatRecord } from "./index.ts";

const toLine = (columns: string) => `10.0.0.1 - - [21/Nov/2026:10:00:00 +0000] "GET /a HTTP/1.1" ${columns} "-" "curl/8.0"`;
const sizeFirst = ["1532 200", "303 404", "0 304", "20431 200", "512 502", "- 304", "77 200", "9001 200", "64 500", "12 200"].map(toLine);
const context = { nowMs: Date.UTC(2026, 10, 22), zoneOffsetMinutes: 0 };

function readStatuses(lines: readonly string[]) {
  const reader = createLineReader({ context, columns: judgeColumnOrder(lines) });
  return lines.map((line) => toFlatRecord(reader.read(line))).map((record) => record?.["http.response.status_code"]);
}

describe("which column holds the status", () => {
  it("is the first in Apache's and nginx's own layouts, also where every size is a code in use", () => {
    expect(judgeColumnOrder(["200 1532", "304 0", "404 209"].map(toLine))).toBe("status-first");
    expect(judgeColumnOrder(["200 404", "404 499"].map(toLine))).toBe("status-first");
    expect(judgeColumnOrder([])).toBe("status-first");
    expect(readStatuses([toLine("404 499")])).toEqual([404]);
  });

  it("is the second where the first is seldom a code in use and the second always is", () => {
    expect(readStatuses(sizeFirst)).toEqual([200, 404, 304, 200, 502, 304, 200, 200, 500, 200]);
  });

  it("is not known in a short file, whose lines that read either way are then left unread", () => {
    expect(readStatuses(sizeFirst.slice(0, 2))).toEqual([undefined, undefined]);
  });

  it("is the first in a file with a few codes that somebody made up", () => {
    const lines = [...Array.from({ length: 20 }, () => toLine("200 1532")), toLine("799 200")];
    expect(readStatuses(lines).at(-2)).toBe(200);
  });

  it("stays the second behind a wrapper", () => {
    const lines = sizeFirst.map((line) => `Nov 21 10:00:00 web1 httpd[7]: ${line}`);
    expect(readStatuses(lines).slice(0, 3)).toEqual([200, 404, 304]);
  });
});

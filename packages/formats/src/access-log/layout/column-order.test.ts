import { describe, expect, it } from "vitest";
import { DurationJudge, judgeColumnOrder, straightenColumns } from "../combined.ts";
import { createLineReader, toFlatRecord } from "../index.ts";

const toLine = (columns: string) => `10.0.0.1 - - [21/Nov/2026:10:00:00 +0000] "GET /a HTTP/1.1" ${columns} "-" "curl/8.0"`;
const sizeFirst = ["1532 200", "303 404", "0 304", "20431 200", "512 502", "- 304", "77 200", "9001 200", "64 500", "12 200"].map(toLine);
const context = { nowMs: Date.UTC(2026, 10, 22), zoneOffsetMinutes: 0 };

function readStatuses(lines: readonly string[]) {
  const reader = createLineReader({ context, columns: judgeColumnOrder(lines) });
  return lines.map((line) => toFlatRecord(reader.read(line))).map((record) => record?.["http.response.status_code"]);
}

describe("which column holds the status", () => {
  it("is the first in Apache's and nginx's own layouts, even if every size is a code in use", () => {
    expect(judgeColumnOrder(["200 1532", "304 0", "404 209"].map(toLine))).toBe("status-first");
    expect(judgeColumnOrder(["200 404", "404 499"].map(toLine))).toBe("status-first");
    expect(judgeColumnOrder([])).toBe("status-first");
    expect(readStatuses([toLine("404 499")])).toEqual([404]);
  });

  it("is the second if the first is seldom a code in use and the second always is", () => {
    expect(readStatuses(sizeFirst)).toEqual([200, 404, 304, 200, 502, 304, 200, 200, 500, 200]);
  });

  it("is unknown in a short file, and lines that can be read both ways are left unread", () => {
    expect(readStatuses(sizeFirst.slice(0, 2))).toEqual([undefined, undefined]);
  });

  it("is the first in a file with a few invented codes", () => {
    const lines = [...Array.from({ length: 20 }, () => toLine("200 1532")), toLine("799 200")];
    expect(readStatuses(lines).at(-2)).toBe(200);
  });

  it("is still the second inside of a wrapper", () => {
    const lines = sizeFirst.map((line) => `Nov 21 10:00:00 web1 httpd[7]: ${line}`);
    expect(readStatuses(lines).slice(0, 3)).toEqual([200, 404, 304]);
  });
});

const targets = ["/", "/cart", "/missing", "/orders/7", "/health"];
const statuses = [200, 200, 404, 503, 204];
/** Requests that come again and again, each with a size of its own, how long it took in microseconds and what it weighed itself. */
const requests = Array.from({ length: 80 }, (_, index) => {
  const kind = index % targets.length;
  const size = statuses[kind] === 204 ? 0 : 153 + kind * 100;
  const us = Math.round(240 * 4 ** kind * 1.03 ** ((index * 37) % 79));
  const tail = Math.round(240 * 1.1 ** ((index * 37) % 79));
  return {
    target: targets[kind] ?? "/",
    status: statuses[kind] ?? 200,
    size,
    us,
    tail,
    drawn: 240 + ((index * 7919) % 9001),
    sent: 310 + kind,
  };
});
type Request = (typeof requests)[number];

const HEAD = '10.0.0.1 - - [21/Nov/2026:10:00:00 +0000] "GET';
const layouts = {
  "a duration alone": ({ target, status, us }: Request) => `${HEAD} ${target} HTTP/1.1" ${status} ${us} "-" "curl/8.0"`,
  "a duration before the size": ({ target, status, size, us }: Request) => `${HEAD} ${target} HTTP/1.1" ${status} ${us} ${size}`,
  "the request's length before the size": ({ target, status, size, sent }: Request) =>
    `${HEAD} ${target} HTTP/1.1" ${status} ${sent} ${size} "-" "curl/8.0"`,
  "the size alone": ({ target, status, size }: Request) => `${HEAD} ${target} HTTP/1.1" ${status} ${size} "-" "curl/8.0"`,
  "what was sent with headers, and a duration": ({ target, status, size, us }: Request) =>
    `${HEAD} ${target} HTTP/1.1" ${status} ${size + 220} ${us}`,
  "what was sent with headers, and whole milliseconds": ({ target, status, size, us }: Request) =>
    `${HEAD} ${target} HTTP/1.1" ${status} ${size + 220} ${status === 204 ? 0 : Math.floor(us / 1000)}`,
};

function readAll(lines: readonly string[]) {
  const columns = judgeColumnOrder(lines);
  const straight = lines.map((line) => straightenColumns(line, columns) ?? line);
  const reader = createLineReader({ context: { ...context, wholeDurations: new DurationJudge().add(straight).unit }, columns });
  return lines.map((line) => toFlatRecord(reader.read(line)));
}

describe("what follows a status", () => {
  it.each([
    ["a duration alone", "status-duration", (each: Request) => ({ duration_ms: each.us / 1000 })],
    ["a duration before the size", "status-duration", (each: Request) => ({ duration_ms: each.us / 1000, size: each.size })],
    ["the request's length before the size", "status-other-size", (each: Request) => ({ size: each.size })],
    ["the size alone", "status-first", (each: Request) => ({ size: each.size })],
    [
      "what was sent with headers, and a duration",
      "status-first",
      (each: Request) => ({ size: each.size + 220, duration_ms: each.us / 1000 }),
    ],
  ] as const)("is %s if the file shows it", (layout, order, toMembers) => {
    const lines = requests.map(layouts[layout]);
    expect(judgeColumnOrder(lines)).toBe(order);
    const read = readAll(lines).map((record) => ({
      status: record?.["http.response.status_code"],
      duration_ms: record?.["duration_ms"],
      size: record?.["http.response.body.size"],
    }));
    expect(read).toEqual(requests.map((each) => ({ status: each.status, duration_ms: undefined, size: undefined, ...toMembers(each) })));
  });

  it("is a size if whole seconds follow, which mostly repeat", () => {
    const toText = ({ target, status, size }: Request) =>
      `${HEAD} ${target} HTTP/1.1" ${status} ${size + 220} ${Number(status === 503) * 30 + Number(status === 200)}`;
    expect(judgeColumnOrder(requests.map(toText))).toBe("status-first");
  });

  it("is a size if whole milliseconds follow, even if answers without a body take none", () => {
    expect(judgeColumnOrder(requests.map(layouts["what was sent with headers, and whole milliseconds"]))).toBe("status-first");
  });

  it.each([
    ["anything up to some bound", ({ target, status, drawn }: Request) => `${HEAD} ${target} HTTP/1.1" ${status} ${drawn} "-" "curl/8.0"`],
    ["now and then very large", ({ target, status, tail }: Request) => `${HEAD} ${target} HTTP/1.1" ${status} ${tail} "-" "curl/8.0"`],
    [
      "whatever it is, with a duration behind it",
      ({ target, status, us }: Request) =>
        `${HEAD} ${target} HTTP/1.1" ${status} ${us} "-" "curl/8.0" 0.${String(us % 1000).padStart(3, "0")}`,
    ],
    [
      "whatever it is, with microseconds behind it",
      ({ target, status, us, drawn }: Request) => `${HEAD} ${target} HTTP/1.1" ${status} ${us} ${drawn}`,
    ],
    [
      "whatever it is, and nothing where there is no body",
      ({ target, status, us }: Request) => `${HEAD} ${target} HTTP/1.1" ${status} ${Number(status !== 204) * us} "-" "curl/8.0"`,
    ],
  ])("is a size in an invented log if it is %s", (_, toText) => {
    expect(judgeColumnOrder(requests.map(toText))).toBe("status-first");
  });

  it("is a size if the heads of answers without a body vary in length, because of cookies and the first TLS records", () => {
    const toText = ({ target, status, us, drawn }: Request) =>
      `${HEAD} ${target} HTTP/1.1" ${status} ${Number(status !== 204) * us + 180 + (drawn % 5003)} "-" "curl/8.0"`;
    expect(judgeColumnOrder(requests.map(toText))).toBe("status-first");
  });

  it("is not a duration if it is the size after it plus a head, however often both change", () => {
    const toText = ({ target, status, us, drawn }: Request) => {
      const size = Number(status !== 204) * us;
      return `${HEAD} ${target} HTTP/1.1" ${status} ${180 + (drawn % 5003) + size} ${size}`;
    };
    expect(judgeColumnOrder(requests.map(toText))).toBe("status-first");
  });

  it("is a size as long as too few answers repeat", () => {
    expect(judgeColumnOrder(requests.slice(0, 18).map(layouts["a duration alone"]))).toBe("status-first");
  });

  it("is a size if only pages never repeat, and errors always do", () => {
    const pages = requests.filter(({ status }) => status === 200).map((each) => ({ ...each, size: each.us }));
    const errors = requests.filter(({ status }) => status >= 400);
    expect(judgeColumnOrder([...pages, ...errors].map(layouts["the size alone"]))).toBe("status-first");
  });
});

/** What a file's lines tell together of the places in their operators' own layout. */
import { describe, expect, it } from "vitest";
import { judgeLayout } from "../combined.ts";
import { createLineReader, toFlatRecord } from "../index.ts";

/** One request after the other, as a server of httpd's or nginx's kind answers them; every eighth takes 120 ms, every tenth has no body. */
const ANSWERS = Array.from({ length: 40 }, (_, index) => {
  const status = index % 10 === 9 ? 204 : [200, 404, 502, 301][index % 4];
  return {
    second: String(index).padStart(2, "0"),
    path: `/items/${"x".repeat(index % 7)}${index}`,
    status: String(status),
    size: index % 10 === 9 ? "-" : String(300 + ((index * 7) % 50)),
    withHead: String(index % 10 === 9 ? 250 : 550 + ((index * 7) % 50)),
    micros: String(index % 8 === 7 ? 120_000 + index : 150 + ((index * 53) % 400)),
    upstream: index % 5 === 4 ? "-" : String(status),
    upstreamTime: index % 5 === 4 ? "-" : "0.000",
  };
});
type Answer = (typeof ANSWERS)[number];

const time = ({ second }: Answer) => `21/Nov/2026:10:00:${second} +0000`;

/** How the last of the lines is read in a file of all of them, and then the further ones. */
function readFile(toLine: (answer: Answer) => string, ...further: readonly string[]) {
  const lines = ANSWERS.map(toLine);
  const layout = judgeLayout([...lines, ...further]);
  const reader = createLineReader({ context: { nowMs: Date.UTC(2026, 10, 22), zoneOffsetMinutes: 0, layout } });
  return [...lines, ...further].map((line) => toFlatRecord(reader.read(line)) ?? {});
}

const STATUS = "http.response.status_code";
const SIZE = "http.response.body.size";
const UPSTREAM = "upstream.status_code";

describe("the column of the status", () => {
  it.each([
    [
      "behind a number that is a code in use now and then",
      (a: Answer, n: number) => `10.0.0.1 - - [${time(a)}] ${195 + n} "GET ${a.path} HTTP/1.1" ${a.status} ${a.size}`,
    ],
    [
      "before a number that is one",
      (a: Answer, n: number) => `[${time(a)}] 10.0.0.1 a.example ${a.status} "GET ${a.path} HTTP/1.1" ${480 + n} x`,
    ],
    ["before the request of a short row", (a: Answer, n: number) => `[${time(a)}] 10.0.0.1 ${a.status} GET ${a.path} ${195 + n}`],
    [
      "between semicolons before the request",
      (a: Answer, n: number) => `${time(a)};${a.status};10.0.0.1;GET ${a.path} HTTP/1.1;${195 + n}`,
    ],
    [
      "behind syslog's words",
      (a: Answer, n: number) => `Nov 21 10:00:00 lb1 haproxy[7]: [${time(a)}] 10.0.0.1 ${a.status} GET ${a.path} ${195 + n}`,
    ],
  ])("%s", (_, toLine) => {
    const read = readFile((answer) => toLine(answer, Number(answer.second)));
    expect(read.map((record) => String(record[STATUS]))).toEqual(ANSWERS.map(({ status }) => status));
  });

  it("is known for a request that its server could not read", () => {
    const [refused] = readFile(
      (a) => `10.0.0.1|${time(a)}|GET ${a.path} HTTP/1.1|${a.status}|0.001|${a.size}`,
      "10.0.0.1|21/Nov/2026:10:01:00 +0000|GARBAGE|400|0.000|157",
    ).slice(-1);
    expect(refused).toMatchObject({ [STATUS]: 400, "client.address": "10.0.0.1" });
    expect(refused).not.toHaveProperty(["url.path"]);
  });

  it("is unknown if two columns hold codes in use that differ", () => {
    const read = readFile(
      (a) => `[${time(a)}] 10.0.0.1 a.example ${a.status} "GET ${a.path} HTTP/1.1" 200 x`,
      '[21/Nov/2026:10:01:00 +0000] 10.0.0.1 a.example 500 "GET /a HTTP/1.1" 403 x',
    );
    expect(read.at(-1)).not.toHaveProperty([STATUS]);
  });

  it("is known if two columns agree, and unknown in rows where they differ", () => {
    const read = readFile((a) => `[${time(a)}] 10.0.0.1 a.example ${a.status} "GET ${a.path} HTTP/1.1" ${a.status} x`);
    expect(read.map((record) => String(record[STATUS]))).toEqual(ANSWERS.map(({ status }) => status));
    const lines = ANSWERS.map((a) => `[${time(a)}] 10.0.0.1 a.example ${a.status} "GET ${a.path} HTTP/1.1" ${a.status} x`);
    const layout = judgeLayout(lines);
    const reader = createLineReader({ context: { nowMs: Date.UTC(2026, 10, 22), zoneOffsetMinutes: 0, layout } });
    const apart = '[21/Nov/2026:10:01:00 +0000] 10.0.0.1 a.example 499 "GET /a HTTP/1.1" 200 x';
    expect(toFlatRecord(reader.read(apart))).not.toHaveProperty([STATUS]);
  });

  it("is unknown in a row where it is empty, whatever follows the request", () => {
    const read = readFile(
      (a) => `${time(a)}|10.0.0.1|GET ${a.path} HTTP/1.1|${195 + Number(a.second)}|${a.status}`,
      "21/Nov/2026:10:01:00 +0000|10.0.0.1|GET /a HTTP/1.1|202|-",
    );
    expect(read.at(-1)).not.toHaveProperty([STATUS]);
  });

  it.each([
    ["sizes of three digits", (a: Answer, n: number) => `${time(a)}|10.0.0.1|GET ${a.path} HTTP/1.1|${280 + ((n * 37) % 300)}|x`],
    ["milliseconds behind a short row", (a: Answer, n: number) => `10.0.0.1 [${time(a)}] GET ${a.path} ${190 + ((n * 37) % 300)}`],
    ["numbers of lines", (a: Answer, n: number) => `${time(a)}|10.0.0.1|GET ${a.path} HTTP/1.1|${400 + n}|x`],
  ])("does not exist if the only numbers are %s", (_, toLine) => {
    const read = readFile((answer) => toLine(answer, Number(answer.second)));
    expect(read.filter((record) => record[STATUS] !== undefined)).toEqual([]);
  });

  it("is read from a line that shows it, if another column holds only other numbers", () => {
    const [named, bare] = readFile(
      (a) => `10.0.0.1 [${time(a)}] ${400 + Number(a.second)} "GET ${a.path}" status=${a.status} x`,
      '10.0.0.1 [21/Nov/2026:10:01:00 +0000] 502 "GET /a" status=502 x',
      '10.0.0.1 [21/Nov/2026:10:01:00 +0000] 502 "GET /a" x x',
    ).slice(-2);
    expect(named).toMatchObject({ [STATUS]: 502 });
    expect(bare).not.toHaveProperty([STATUS]);
  });

  it("is not judged by fifteen lines", () => {
    expect(judgeLayout(ANSWERS.slice(0, 15).map((a) => `${time(a)};${a.status};10.0.0.1;GET ${a.path} HTTP/1.1;7`))).toBeUndefined();
  });

  it("is not needed if every line shows it", () => {
    expect(
      judgeLayout(ANSWERS.map((a) => `10.0.0.1 - - [${time(a)}] "GET ${a.path} HTTP/1.1" ${a.status} ${a.size} "-" "curl/8"`)),
    ).toBeUndefined();
  });
});

describe("the other columns", () => {
  it.each([
    [
      "between tabs before the size",
      (a: Answer) => ["10.0.0.1", `[${time(a)}]`, "GET", a.path, a.status, a.micros, a.size, "-"].join("\t"),
    ],
    ["beside other numbers", (a: Answer) => `10.0.0.1 - - [${time(a)}] "GET ${a.path} HTTP/1.1" ${a.status} ${a.size} 80 ${a.micros} 4711`],
    [
      "by a name",
      (a: Answer) => `10.0.0.1 - - [${time(a)}] "GET ${a.path} HTTP/1.1" ${a.status} ${a.size} "-" "x" port=80 duration=${a.micros}`,
    ],
  ])("give microseconds %s", (_, toLine) => {
    const read = readFile(toLine);
    expect(read.map((record) => Math.round(Number(record["duration_ms"]) * 1000))).toEqual(ANSWERS.map(({ micros }) => Number(micros)));
    expect(read.map((record) => String(record[SIZE]))).toEqual(ANSWERS.map(({ size }) => size.replace("-", "undefined")));
  });

  it.each([
    ["a size with its head", (a: Answer) => `${a.withHead} 4711`],
    ["the client's port", (a: Answer) => `${40_000 + Number(a.second) * 97} 4711`],
    ["a number by another name", (a: Answer) => `id=${a.micros} port=80`],
  ])("give no duration for %s", (_, toTail) => {
    const read = readFile((a) => `10.0.0.1 - - [${time(a)}] "GET ${a.path} HTTP/1.1" ${a.status} ${a.size} ${toTail(a)}`);
    expect(read.every((record) => record["duration_ms"] === undefined)).toBe(true);
  });

  it("take no milliseconds for microseconds", () => {
    const read = readFile((a) =>
      ["10.0.0.1", `[${time(a)}]`, "GET", a.path, a.status, String(Math.floor(Number(a.micros) / 1000)), a.size].join("\t"),
    );
    expect(read.every((record) => record["duration_ms"] === undefined)).toBe(true);
  });

  it("include the upstream's status, which is empty if no upstream was asked", () => {
    const read = readFile(
      (a) => `10.0.0.1 - - [${time(a)}] "GET ${a.path} HTTP/1.1" ${a.status} ${a.size} "-" "curl/8" 0.001 ${a.upstream}`,
    );
    expect(read.map((record) => String(record[UPSTREAM]))).toEqual(ANSWERS.map(({ upstream }) => upstream.replace("-", "undefined")));
  });

  it("include no upstream status if the number is always there", () => {
    const read = readFile((a) => `10.0.0.1 - - [${time(a)}] "GET ${a.path} HTTP/1.1" ${a.status} ${a.size} "-" "curl/8" 0.001 ${a.status}`);
    expect(read.every((record) => record[UPSTREAM] === undefined)).toBe(true);
  });

  it("include nginx's whole time, which is always there, and not that of its upstream", () => {
    const read = readFile(
      (a) => `10.0.0.1 - - [${time(a)}] "GET ${a.path} HTTP/1.1" ${a.status} ${a.size} "-" "curl/8" ${a.upstreamTime} x 0.001`,
    );
    expect(read.every((record) => record["duration_ms"] === 1)).toBe(true);
  });
});

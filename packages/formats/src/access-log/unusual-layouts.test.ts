/** Layouts that servers' manuals allow and few operators choose: fields in other places, names of the manual's own, several statuses. */
import { describe, expect, it } from "vitest";
import { createLineReader, toFlatRecord } from "./index.ts";

function read(line: string) {
  const reader = createLineReader({ context: { nowMs: Date.UTC(2026, 10, 23), zoneOffsetMinutes: 0 } });
  return toFlatRecord(reader.read(line));
}

const STATUS = "http.response.status_code";
const TIME = "[23/Nov/2026:10:00:00 +0000]";

describe("httpd's status before and after a redirect", () => {
  it("is read where both are the same", () => {
    expect(read(`shop.example 10.0.0.1 ${TIME} "PATCH /a HTTP/1.1" 503/503 627 "curl/8" 664 -`)).toMatchObject({
      [STATUS]: 503,
      "http.request.method": "PATCH",
      "url.path": "/a",
      "client.address": "10.0.0.1",
    });
  });

  it("is no number behind the agent where they differ", () => {
    expect(read(`shop.example 10.0.0.1 ${TIME} "PATCH /a HTTP/1.1" 200/503 627 "curl/8" 404 -`)).not.toMatchObject({ [STATUS]: 404 });
  });
});

describe("HAProxy's own names of its variables", () => {
  const record = { ci: "10.0.0.1", tr: "23/Nov/2026:10:00:00.701", ft: "fe", b: "be", s: "s1", TR: 0, Tw: 0, Tc: 1, Tr: 40, Ta: 41 };
  const told = { [STATUS]: 502, "http.request.method": "GET", "url.path": "/a", "client.address": "10.0.0.1", duration_ms: 41 };

  it("as JSON", () => {
    const line = { ...record, ST: 502, B: 144, tsc: "----", HM: "GET", HU: "/a?b=1", HV: "HTTP/1.1" };
    expect(read(JSON.stringify(line))).toMatchObject({ ...told, "http.response.body.size": 144, time: "2026-11-23T10:00:00.701Z" });
  });

  it("in pairs", () => {
    const pairs = 'ci=10.0.0.1 tr=23/Nov/2026:10:00:00.701 ft=fe b=be s=s1 ST=502 B=144 Ta=41 tsc=---- r="GET /a?b=1 HTTP/1.1"';
    expect(read(`Nov 23 10:00:00 lb1 haproxy[123]: ${pairs}`)).toMatchObject({ ...told, "url.query": "b=1" });
  });

  it("are nobody's without its client and its status", () => {
    expect(read(JSON.stringify({ ST: 502, HM: "GET", level: "info", msg: "x" }))).not.toHaveProperty([STATUS]);
  });
});

it("HAProxy's ten timers leave the client, the status and the size where they are", () => {
  const line = 'haproxy[9]: 10.0.0.1:44532 [23/Nov/2026:10:00:00.701] fe be/s1 0/3/0/3/0/1/40/2/44/47 502 144 92 ---- "GET /a HTTP/1.1"';
  expect(read(line)).toMatchObject({ [STATUS]: 502, "client.address": "10.0.0.1", "http.response.body.size": 144, "url.path": "/a" });
});

it("nginx's answers under their usual short names are an upstream's, whatever stands before the request", () => {
  const pairs = 'rt=0.003 uct="0.000" uht="0.003" urt="0.003" us="502" ubr=141';
  expect(read(`10.0.0.1:40682 2/1 ${TIME} -/- "GET /a HTTP/1.1" 502 11 ${pairs}`)).toMatchObject({
    [STATUS]: 502,
    duration_ms: 3,
    "upstream.status_code": 502,
  });
});

describe("members with a name of one letter", () => {
  const record = { t: "2026-11-23T10:00:00+00:00", ip: "10.0.0.1", m: "GET", u: "/a?b=1", s: 502, b: 11, d: 0.003 };

  it("are a request where all of them fit", () => {
    expect(read(JSON.stringify(record))).toMatchObject({ [STATUS]: 502, "http.request.method": "GET", "url.path": "/a" });
  });

  it.each([
    ["a code that no server answers", { ...record, s: 150 }],
    ["no method", { ...record, m: "hello" }],
    ["words", { ...record, msg: "done" }],
  ])("are no status with %s", (_, other) => {
    expect(read(JSON.stringify(other))).not.toHaveProperty([STATUS]);
  });
});

describe("development loggers", () => {
  it.each([
    ["Hono's", "--> GET /a?b=1 \u001B[31m502\u001B[0m 9ms"],
    ["Koa's", "  --> GET /a?b=1 502 9ms 12b"],
    ["Koa's of an error", "  xxx GET /a?b=1 502 9ms -"],
    ["morgan with the date of the web", "[Mon, 23 Nov 2026 10:00:00 GMT] GET /a?b=1 -> 502 (9 ms)"],
    ["gunicorn with its own words", "[<923>] GET /a?b=1 -> 502 in 0.009s (26 bytes)"],
  ])("%s", (_, line) => {
    expect(read(line)).toMatchObject({ [STATUS]: 502, "http.request.method": "GET", "url.path": "/a", duration_ms: 9 });
  });

  it("tell of no answer when a request begins", () => {
    expect(read("<-- GET /a?b=1")).not.toHaveProperty([STATUS]);
  });
});

it("a query may stand apart from its path", () => {
  const line = "23/Nov/2026:10:00:00 +0000 10.0.0.1 GET /a ?b=1 HTTP/1.1 502 144 0 be s1 ---- 0";
  expect(read(`Nov 23 10:00:00 lb1 haproxy[123]: ${line}`)).toMatchObject({ [STATUS]: 502, "url.path": "/a", "url.query": "b=1" });
});

it("a request ends with its last protocol where its query has one in quotes that the server did not escape", () => {
  const told = { [STATUS]: 404, "url.path": "/a", "url.query": 'x= HTTP/1.1"' };
  expect(read(`10.0.0.1 - - ${TIME} "GET /a?x= HTTP/1.1" HTTP/1.1" 404 8 "-" "curl/8.5.0"`)).toMatchObject(told);
});

it.each(["up_status", "upstreamStatus"])("an upstream's status may be called %s", (name) => {
  expect(read(`method=GET uri="/a" status=502 remote=10.0.0.1 ${name}=502`)).toMatchObject({ [STATUS]: 502, "upstream.status_code": 502 });
});

describe("pairs without a name that every record has", () => {
  it("are a request where they have a whole request line", () => {
    const pairs = ["src=10.0.0.1", "host=shop.example", "code=502", 'request="GET /a?b=1 HTTP/1.1"', "bytes_sent=8"];
    const told = { [STATUS]: 502, "http.request.method": "GET", "url.path": "/a", "client.address": "10.0.0.1" };
    expect(read(pairs.join(" | "))).toMatchObject({ ...told, "http.response.body.size": 8 });
    expect(read(`time_local="${TIME}", client="10.0.0.1", code="502", bytes_sent="8", req="GET /a HTTP/1.1"`)).toMatchObject(told);
  });

  it("are a settings file's without it", () => {
    expect(read("host=shop.example port=8080 code=502 request=/a")).not.toHaveProperty([STATUS]);
  });
});

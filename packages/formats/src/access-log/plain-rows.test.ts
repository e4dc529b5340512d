/** Rows without quotes around their request, as HAProxy and nginx write them under layouts of their operators' own. */
import { describe, expect, it } from "vitest";
import { createLineReader, toFlatRecord } from "./index.ts";

function read(line: string) {
  const reader = createLineReader({ context: { nowMs: Date.UTC(2026, 10, 22), zoneOffsetMinutes: 0 } });
  return toFlatRecord(reader.read(line));
}

const asked = { "http.request.method": "GET", "url.path": "/a", "http.response.status_code": 502, "client.address": "10.0.0.1" };
const syslog = "Nov 22 10:00:00 lb1 haproxy[123]: ";

describe("a request without quotes", () => {
  it.each([
    ["HAProxy's status before the request", `${syslog}[22/Nov/2026:10:00:00 +0000] 502 GET /a?b=200 12 10.0.0.1`],
    ["the same with its milliseconds", `${syslog}[22/Nov/2026:10:00:00.359] 502 GET /a 26 10.0.0.1`],
    ["HAProxy's backend and server before the request", `${syslog}10.0.0.1 22/Nov/2026:10:00:00 +0000 fe7 be/s1 GET /a 502 209 20`],
    ["the same without a server", `${syslog}10.0.0.1 22/Nov/2026:10:00:00 +0000 fe7 be/<NOSRV> GET /a 502 209 20`],
    ["nginx's seconds before it", `[22/Nov/2026:10:00:00 +0000] 10.0.0.1 0.023 GET /a 502 157 shop.example.com 0.023 10.0.0.2:80`],
    ["seconds and the status before it", `10.0.0.1 [2026-11-22T10:00:00+00:00] 0.001 502 GET /a 157 "0.000" "-"`],
    [
      "a host and the status before it",
      `10.0.0.1 [2026-11-22T10:00:00+00:00] shop.example.com 502 GET /a shop.example.com 10.0.0.2:80 200`,
    ],
  ])("%s", (_, line) => {
    expect(read(line)).toMatchObject(asked);
  });

  it.each([
    ["between others", `[22/Nov/2026:10:00:00 +0000] GET /a 502 157 10.0.0.2:80 0.003`],
    ["at the end", `[22/Nov/2026:10:00:00 +0000] GET /a 502 157 0.003 10.0.0.2:80`],
    ["a socket", `[22/Nov/2026:10:00:00 +0000] GET /a 502 157 unix:/run/a.sock`],
    ["before the time", `[22/Nov/2026:10:00:00 +0000] GET /a 502 157 10.0.0.2 0.003`],
  ])("does not take an upstream for the client: %s", (_, line) => {
    expect(read(line)).toMatchObject({ "url.path": "/a", "http.response.status_code": 502 });
    expect(read(line)).not.toHaveProperty(["client.address"]);
  });

  it("a request that HAProxy could not read", () => {
    const refused = { "http.response.status_code": 400, "client.address": "10.0.0.1" };
    expect(read(`${syslog}[22/Nov/2026:10:00:00 +0000] 400 <BADREQ> <BADREQ> 0 10.0.0.1`)).toMatchObject(refused);
    expect(read(`${syslog}10.0.0.1 22/Nov/2026:10:00:00 +0000 fe7 fe7/<NOSRV> <BADREQ> <BADREQ> 400 0 0`)).toMatchObject(refused);
    expect(read(`${syslog}10.0.0.1 - - [22/Nov/2026:10:00:00 +0000] <BADREQ> 400 0 "" "" 55560 982 fe8`)).toMatchObject(refused);
    const pairs = "frontend=fe12 size=0 code=400 backend=fe12 server=<NOSRV> client=10.0.0.1 method=<BADREQ> ta=0 path=<BADREQ>";
    expect(read(`${syslog}time="22/Nov/2026:10:00:00 +0000" ${pairs}`)).toMatchObject(refused);
  });

  it.each([
    ["two codes around it", `10.0.0.1 [22/Nov/2026:10:00:00 +0000] 502 GET /a 200 157`],
    ["a duration before it, and the status further behind", `[22/Nov/2026:10:00:00 +0000] 200 GET /a 12 502 10.0.0.1`],
    ["a duration that is a code in use, and the status behind", `[22/Nov/2026:10:00:00 +0000] 10.0.0.1 200 GET /a 502 157`],
    ["a call that a program made", `[22/Nov/2026:10:00:00 +0000] worker 10.0.0.2 502 GET /a 12`],
    ["a program's words behind it", `2026-11-22 10:00:00 10.0.0.1 502 GET /a failed after 3 tries`],
    ["a server behind, and nobody who asked", `[22/Nov/2026:10:00:00 +0000] 502 GET /a 157 10.0.0.2:80`],
    ["two addresses behind it", `[22/Nov/2026:10:00:00 +0000] 502 GET /a 10.0.0.2 10.0.0.1`],
    ["nobody who asked", `[22/Nov/2026:10:00:00 +0000] 502 GET /a 12`],
  ])("is not read if its status is unknown: %s", (_, line) => {
    expect(read(line)).not.toHaveProperty(["http.response.status_code"]);
  });

  it("one in quotes that HAProxy could not read", () => {
    const line = `${syslog}10.0.0.1:39704 2026-11-22T10:00:00Z "<BADREQ> <BADREQ> <BADREQ>" 400 0 0 fe0/<NOSRV> CR--`;
    expect(read(line)).toMatchObject({ "http.response.status_code": 400, "client.address": "10.0.0.1" });
  });

  it("a status by one of its longer names between bars", () => {
    const line = 'time_local="22/Nov/2026:10:00:00 +0000" | clientip="10.0.0.1" | response_status="502" | request="GET /a HTTP/1.1"';
    expect(read(line)).toMatchObject(asked);
  });

  it("a status by its name in capitals beside others between commas", () => {
    const line = 'datetime="[22/Nov/2026:10:00:00 +0000]", clientip=10.0.0.1, req="GET /a HTTP/1.1", vhost=a.example, statusCode=502';
    expect(read(line)).toMatchObject(asked);
  });
});

it("winston's line by printf, of a method that is not HTTP's own", () => {
  const line = "2026-11-22T11:44:58.214Z info: PURGE /a 502 2ms";
  expect(read(line)).toMatchObject({ "http.request.method": "PURGE", "http.response.status_code": 502 });
});

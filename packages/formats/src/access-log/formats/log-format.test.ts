import { describe, expect, it } from "vitest";
import { compileLogFormat, createLineReader, toFlatRecord } from "../index.ts";

function read(format: string, line: string) {
  const compiled = compileLogFormat(format);
  expect(compiled).toMatchObject({ ok: true });
  const custom = (compiled as Extract<typeof compiled, { ok: true }>).value;
  return toFlatRecord(createLineReader({ context: { nowMs: 0, zoneOffsetMinutes: 0 }, custom }).read(line));
}

describe("nginx's log_format", () => {
  it("reads any order of variables, with several upstream tries", () => {
    const format = `log_format timed '$time_iso8601 $status $request_time [$upstream_addr] ($upstream_status) '\n '"$request_method $request_uri" $request_id $remote_addr "$http_user_agent"';`;
    const line = `2026-11-21T10:00:00+01:00 200 1.250 [10.0.0.2:80, 10.0.0.3:80] (502, 200) "GET /a/b?c=d" 7f3a 2001:db8::1 "curl \\x22x\\x22"`;
    expect(read(format, line)).toEqual({
      time: "2026-11-21T09:00:00.000Z",
      "http.request.method": "GET",
      "url.path": "/a/b",
      "url.query": "c=d",
      "http.response.status_code": 200,
      "client.address": "2001:db8::1",
      "user_agent.original": 'curl "x"',
      duration_ms: 1250,
      "upstream.status_code": 200,
      request_id: "7f3a",
      format: "nginx-log-format",
    });
  });

  it("reads ${braces}, tabs and a trailing text", () => {
    expect(read("${status}\\t${request}\\tend", "504\tPOST /x HTTP/1.1\tend")).toMatchObject({
      "http.response.status_code": 504,
      "url.path": "/x",
    });
  });

  it("reads JSON by the format that was given, whatever its members are called", () => {
    const format = `log_format short escape=json '{"ts":"$msec","m":"$request_method","u":"$request_uri","s":$status,"t":$request_time,"a":"$http_user_agent"}';`;
    const line = '{"ts":"1795255200.610","m":"GET","u":"/a?b=1","s":502,"t":0.250,"a":"say \\"hi\\""}';
    expect(read(format, line)).toEqual({
      time: "2026-11-21T10:00:00.610Z",
      "http.request.method": "GET",
      "url.path": "/a",
      "url.query": "b=1",
      "http.response.status_code": 502,
      "user_agent.original": 'say "hi"',
      duration_ms: 250,
      format: "nginx-log-format",
    });
  });

  it("parts the host from the path that follows it without anything between", () => {
    expect(read("$status $request_method $scheme://$host$request_uri", "502 GET https://shop.example/a/b?c=d")).toMatchObject({
      "http.response.status_code": 502,
      "url.path": "/a/b",
      "url.query": "c=d",
    });
  });

  it("reads an agent without quotes up to the number that follows it", () => {
    expect(read("$status $http_user_agent $request_time", "502 Mozilla/5.0 (X; 500) Foo/1.0 0.004")).toMatchObject({
      "user_agent.original": "Mozilla/5.0 (X; 500) Foo/1.0",
      duration_ms: 4,
    });
  });

  it("says which fields cannot be told apart, and what has no fields", () => {
    expect(compileLogFormat("$status$request")).toMatchObject({ ok: false, error: expect.stringContaining("nothing between") });
    expect(compileLogFormat("hello")).toMatchObject({ ok: false });
    expect(compileLogFormat("$remote_addr [$time_local] $request")).toMatchObject({
      ok: false,
      error: expect.stringContaining("no status"),
    });
  });
});

describe("Apache's LogFormat", () => {
  it.each([
    [
      'LogFormat "%h %l %u %t \\"%r\\" %>s %O \\"%{Referer}i\\" \\"%{User-Agent}i\\" %D" timed',
      '10.0.0.1 - - [21/Nov/2026:10:00:00 +0000] "GET /a HTTP/1.1" 500 12 "-" "curl" 1234',
      1.234,
    ],
    [
      '%v:%p %h %t "%m %U%q %H" %s %B %T/%D',
      'a.example:80 10.0.0.1 [21/Nov/2026:10:00:00 +0000] "GET /a?b=1 HTTP/1.1" 500 12 0/1234',
      1.234,
    ],
    ['%a %t "%r" %>s %b %{ms}T', '10.0.0.1 [21/Nov/2026:10:00:00 +0000] "GET /a HTTP/1.1" 500 12 77', 77],
    ['%a %t "%r" %>s %b %T', '10.0.0.1 [21/Nov/2026:10:00:00 +0000] "GET /a HTTP/1.1" 500 12 3', 3000],
    ['ts="%{%Y-%m-%dT%H:%M:%S}t.%{msec_frac}t%{%z}t" %a "%U" %s %D', 'ts="2026-11-21T10:00:00.000+0000" 10.0.0.1 "/a" 500 77', 0.077],
    [
      '%{%Y-%m-%d %H:%M:%S}t %{X-Forwarded-For}i %h "%r" %s %{us}T',
      '2026-11-21 10:00:00 192.0.2.1, 192.0.2.2 10.0.0.1 "GET /a HTTP/1.1" 500 77',
      0.077,
    ],
    [
      '%(h)s %(l)s %(u)s %(t)s "%(r)s" %(s)s %(b)s "%(f)s" "%(a)s" %(M)s',
      '10.0.0.1 - - [21/Nov/2026:10:00:00 +0000] "GET /a HTTP/1.1" 500 12 "-" "curl" 77',
      77,
    ],
    ['%(t)s "%(m)s %(U)s" %(s)s %(D)s', '[21/Nov/2026:10:00:00 +0000] "GET /a" 500 77', 0.077],
    ['%(t)s "%(r)s" %(s)s %({x-request-id}i)s %(T)s %(L)s', '[21/Nov/2026:10:00:00 +0000] "GET /a HTTP/1.1" 500 7f3a 2 2.077125', 2077.125],
    ['%h %t "%r" %s %b "%{i,User-Agent}" %{ms}T', '10.0.0.1 [21/Nov/2026:10:00:00 +0000] "GET /a HTTP/1.1" 500 12 "curl" 77', 77],
    ['%a [%{%Y-%m-%dT%H:%M:%S%z}t] "%r" %>s %b %{us}T', '10.0.0.1 [2026-11-21T10:00:00+0000] "GET /a HTTP/1.1" 500 12 77', 0.077],
  ])("reads %s", (format, line, durationMs) => {
    expect(read(format, line)).toMatchObject({
      time: "2026-11-21T10:00:00.000Z",
      "http.response.status_code": 500,
      "url.path": "/a",
      duration_ms: durationMs,
    });
  });

  it("reads a path that httpd writes with its spaces, and does not take its first word for the method", () => {
    expect(read("%{%Y-%m-%dT%H:%M:%S}t %a %m %U%q %>s %D", '2026-11-22T08:34:37 10.0.0.9 GET /p q/"x"/y 201 1959')).toMatchObject({
      "http.request.method": "GET",
      "url.path": '/p q/"x"/y',
      "http.response.status_code": 201,
    });
    expect(read("%a %m %U %>s", "10.0.0.9 /p /q 201")).toEqual({ unparsed: "10.0.0.9 /p /q 201" });
  });
});

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

  it("reads JSON by the given format, whatever the names of its members", () => {
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

  it("separates the host from the path that directly follows it", () => {
    expect(read("$status $request_method $scheme://$host$request_uri", "502 GET https://shop.example/a/b?c=d")).toMatchObject({
      "http.response.status_code": 502,
      "url.path": "/a/b",
      "url.query": "c=d",
    });
  });

  it("reads an unquoted agent up to the number that follows it", () => {
    expect(read("$status $http_user_agent $request_time", "502 Mozilla/5.0 (X; 500) Foo/1.0 0.004")).toMatchObject({
      "user_agent.original": "Mozilla/5.0 (X; 500) Foo/1.0",
      duration_ms: 4,
    });
  });

  it("says which fields cannot be told apart, and which format has no fields", () => {
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

  it("reads a path that httpd writes with spaces, and does not take its first word for the method", () => {
    expect(read("%{%Y-%m-%dT%H:%M:%S}t %a %m %U%q %>s %D", '2026-11-22T08:34:37 10.0.0.9 GET /p q/"x"/y 201 1959')).toMatchObject({
      "http.request.method": "GET",
      "url.path": '/p q/"x"/y',
      "http.response.status_code": 201,
    });
    expect(read("%a %m %U %>s", "10.0.0.9 /p /q 201")).toEqual({ unparsed: "10.0.0.9 /p /q 201" });
  });
});

describe("HAProxy's log-format", () => {
  const common = {
    time: "2026-11-21T10:00:00.250Z",
    "http.request.method": "GET",
    "url.path": '/a"b',
    "url.query": "c=d",
    "http.response.status_code": 503,
    "http.response.body.size": 217,
    "client.address": "2001:db8::1",
    duration_ms: 31,
    format: "haproxy-log-format",
  };

  it.each([
    [
      "the manual's own, without captured headers, after which no second space is written",
      'log-format "%ci:%cp [%tr] %ft %b/%s %TR/%Tw/%Tc/%Tr/%Ta %ST %B %CC %CS %tsc %ac/%fc/%bc/%sc/%rc %sq/%bq %hr %hs %{+Q}r"',
      '2001:db8::1:36930 [21/Nov/2026:10:00:00.250] in shop/s1 0/0/1/30/31 503 217 - - ---- 1/1/0/0/0 0/0 "GET /a#22b?c=d HTTP/1.1"',
    ],
    [
      "the same with captured headers",
      String.raw`%ci:%cp\ [%tr]\ %ft\ %b/%s\ %TR/%Tw/%Tc/%Tr/%Ta\ %ST\ %B\ %CC\ %CS\ %tsc\ %ac/%fc/%bc/%sc/%rc\ %sq/%bq\ %hr\ %hs\ %{+Q}r`,
      '2001:db8::1:36930 [21/Nov/2026:10:00:00.250] in shop/s1 0/0/1/30/31 503 217 - - ---- 1/1/0/0/0 0/0 {shop.example|a b} {} "GET /a#22b?c=d HTTP/1.1"',
    ],
    [
      "JSON with expressions",
      `'{"ts":"%trl","src":"%[src]","m":"%[capture.req.method]","p":"%HP","q":"%HQ","status":%ST,"read":%B,"Ta":%Ta,"w":"%[var(txn.x),regsub([a-z],-)]"}'`,
      '{"ts":"21/Nov/2026:11:00:00.250 +0100","src":"2001:db8::1","m":"GET","p":"/a#22b","q":"?c=d","status":503,"read":217,"Ta":31,"w":"-"}',
    ],
    [
      "everything in quotes, and a date of the operators' own",
      '%{+Q}o %[date(0,ms),ms_ltime("%Y-%m-%d %H:%M:%S.%N")] %ci %HM %HU %ST %B %Tt %{-Q}pid',
      '"2026-11-21 10:00:00.250" "2001:db8::1" "GET" "/a#22b?c=d" "503" "+217" "+31" 7',
    ],
  ])("reads %s", (_, format, line) => {
    expect(read(format, line)).toEqual(common);
  });

  it.each([
    [
      "an item's own flag",
      String.raw`%ci [%tr] %ST %Ta %{+E,+Q}r ua=%{+E,+Q}[req.hdr(user-agent)] all=%{+E}r end`,
      String.raw`127.0.0.1 [22/Nov/2026:14:43:47.418] 503 7 "GET /x%22y?z=[1\]\w HTTP/1.1" ua="a \"b\" \c \] d" all=GET /x%22y?z=[1\]\w HTTP/1.1 end`,
    ],
    [
      "a flag for all that follow, with which texts alone are quoted",
      "%{+Q,+E}o %ci [%tr] %ST %Ta %HM %HP %HQ %[req.hdr(user-agent)]",
      String.raw`"127.0.0.1" [22/Nov/2026:14:43:47.418] 503 7 "GET" "/x%22y" "?z=[1\]\w" "a \"b\" \c \] d"`,
    ],
  ])("removes the escapes of +E, such as %s", (_, format, line) => {
    expect(read(format, line)).toEqual({
      time: "2026-11-22T14:43:47.418Z",
      "http.request.method": "GET",
      "url.path": "/x%22y",
      "url.query": String.raw`z=[1]\w`,
      "http.response.status_code": 503,
      "client.address": "127.0.0.1",
      "user_agent.original": String.raw`a "b" \c ] d`,
      duration_ms: 7,
      format: "haproxy-log-format",
    });
  });

  it("reads the objects of named items that HAProxy writes since 3.0", () => {
    const format =
      "%{+json}o %(client)ci %(at)trg %(method)HM %(http_request){+Q}r %(code:sint)ST %(read)B %(ms:sint)Ta %(x)[var(txn.x)] %(tries)rc %hr";
    const line =
      '{"client": "10.0.0.1", "at": "21/Nov/2026:10:00:00 +0000", "method": "GET", "http_request": "GET /a?b=1 HTTP/1.1", "code": 502, "read": "217", "ms": 31, "x": null, "tries": 0}';
    expect(read(format, line)).toEqual({
      time: "2026-11-21T10:00:00.000Z",
      "http.request.method": "GET",
      "url.path": "/a",
      "url.query": "b=1",
      "http.response.status_code": 502,
      "http.response.body.size": 217,
      "client.address": "10.0.0.1",
      duration_ms: 31,
      format: "haproxy-log-format",
    });
    expect(compileLogFormat("%{+json}o %(client)ci %ST")).toMatchObject({ ok: false, error: expect.stringContaining("no status") });
  });

  it("tells who answered, as for HAProxy's own layouts", () => {
    const compiled = compileLogFormat("%ci %b/%s %Tc/%Tr/%Ta %ST %tsc %rc %HM %HP");
    const custom = (compiled as Extract<typeof compiled, { ok: true }>).value;
    const parse = custom.create({ nowMs: 0, zoneOffsetMinutes: 0 });
    expect(parse("10.0.0.1 shop/s1 -1/-1/3004 503 SC-- 2 GET /a")).toMatchObject({
      exchange: { madeBy: { hop: "observer" }, upstream: [{ answered: false }, { answered: false }, { address: "shop/s1" }] },
    });
    expect(parse("10.0.0.1 shop/s1 1/30/31 502 ---- 0 GET /a")).toMatchObject({ exchange: { madeBy: { hop: "behind" } } });
    expect(parse("10.0.0.1 shop/<NOSRV> -1/-1/0 -1 CR-- 0 <BADREQ> <BADREQ>")).toEqual({
      kind: "exchange",
      format: "haproxy-log-format",
      exchange: {
        observer: { kind: "load-balancer", name: "haproxy" },
        clientAddress: "10.0.0.1",
        durationMs: 0,
        service: "shop",
        flags: "CR--",
      },
    });
  });
});

describe("uWSGI's log-format", () => {
  const common = {
    time: "2026-11-21T10:00:00.000Z",
    "http.request.method": "GET",
    "url.path": "/a b",
    "url.query": 'c="d"',
    "http.response.status_code": 500,
    "http.response.body.size": 37,
    "client.address": "10.0.0.1",
  };

  it.each([
    [
      'log-format = %(addr) - %(user) [%(ltime)] "%(method) %(uri) %(proto)" %(status) %(rsize) "%(referer)" "%(uagent)"',
      '10.0.0.1 - - [21/Nov/2026:11:00:00 +0100] "GET /a b?c="d" HTTP/1.1" 500 37 "-" "say "hi""',
      { "user_agent.original": 'say "hi"' },
    ],
    [
      '{"t":"%(ftime)","m":"%(method)","u":"%(uri)","s":%(status),"b":%(rsize),"ms":%(msecs),"x":"%(var.HTTP_X_FORWARDED_FOR)","c":"%(addr)","id":"%(var.HTTP_X_REQUEST_ID)"}',
      String.raw`{"t":"2026-11-21T10:00:00+0000","m":"GET","u":"/a b?c=\"d\"","s":500,"b":37,"ms":12,"x":"-","c":"10.0.0.1","id":"7f3a"}`,
      { duration_ms: 12, request_id: "7f3a" },
    ],
    [
      "[%(ctime)] %(addr) (%(proto) %(status)) %(method) %(uri) => %(rsize)+%(hsize) bytes in %(secs)s %(msecs) %(micros)",
      '[Sat Nov 21 10:00:00 2026] 10.0.0.1 (HTTP/1.1 500) GET /a b?c="d" => 37+39 bytes in 0.000198s 0 198',
      { duration_ms: 0.198 },
    ],
    ["%(time) %(addr) %(method) %(uri) %(status) %(rsize)", '1795255200 10.0.0.1 GET /a b?c="d" 500 37', {}],
  ])("reads %s", (format, line, own) => {
    expect(read(format, line)).toEqual({ ...common, ...own, format: "uwsgi-log-format" });
  });

  it("is not taken for gunicorn's, whose names have one letter", () => {
    expect(read('%(h)s "%(r)s" %(s)s', '10.0.0.1 "GET /a HTTP/1.1" 500')).toMatchObject({ format: "apache-log-format" });
  });
});

describe("quotes that a server did not escape", () => {
  it("end a field only before a number that the layout requires there", () => {
    const format = 'escape=none \'$remote_addr "$request" $status $body_bytes_sent "$http_user_agent" $request_time\'';
    expect(read(format, '10.0.0.1 "GET /a" b HTTP/1.1" 502 37 "say "hi" there" 0.004')).toMatchObject({
      "url.path": '/a" b',
      "http.response.status_code": 502,
      "http.response.body.size": 37,
      "user_agent.original": 'say "hi" there',
      duration_ms: 4,
    });
  });
});

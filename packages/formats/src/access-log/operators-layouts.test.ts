/** Lines of layouts that operators made up: fields where others write them, each named by what it looks like or by what stands beside it. */
import { describe, expect, it } from "vitest";
import { createLineReader, toFlatRecord } from "./index.ts";

function read(line: string) {
  const reader = createLineReader({ context: { nowMs: Date.UTC(2026, 10, 22), zoneOffsetMinutes: 0 } });
  return toFlatRecord(reader.read(line));
}

const combined = '10.0.0.1 - - [21/Nov/2026:10:00:00 +0000] "GET /a HTTP/1.1" 502 8 "-" "curl/8.0"';
const own = '10.0.0.1 [21/Nov/2026:10:00:00 +0000] "GET /a HTTP/1.1" 502 8';
const id = "2ef927f24d28ed244096ce2a4c0f7a37";
const asked = { "http.request.method": "GET", "url.path": "/a", "http.response.status_code": 502, "client.address": "10.0.0.1" };
const answered = { ...asked, "http.response.body.size": 8 };

describe("behind the combined format's fields", () => {
  it.each([
    ["nginx's seconds in brackets", `${combined} [189] [http] [0.013] [.] [43163] [0.015]`, { duration_ms: 15 }],
    ["seconds before the referrer", `${combined.replace('8 "-"', '8 0.013 "-"')} uct=0.001 scheme=http`, { duration_ms: 13 }],
    ["gunicorn's seconds with six decimals", `${combined} 0 - 9582 0.009582`, { duration_ms: 9.582 }],
    [
      "nginx's variables with their names before them",
      `${combined} "::1" 12340 upstream_response_time 0.11 request_time 0.12`,
      { duration_ms: 120 },
    ],
    ["httpd's seconds and microseconds in quotes", `${combined} "0/685" "www.example.com"`, { duration_ms: 0.685 }],
    ["the same beside what httpd sent", `${combined} 0/685 134 www.example.com - "-"`, { duration_ms: 0.685 }],
    ["nginx's id of the request", `${combined} [${id}] [0.013]`, { request_id: id, duration_ms: 13 }],
    ["a server behind and the status next to it", `${combined} 10.0.0.2:80 502 0.013`, { "upstream.status_code": 502, duration_ms: 13 }],
    ["the same with its time between", `${combined} 10.0.0.2:80 0.010 502 0.013`, { "upstream.status_code": 502, duration_ms: 13 }],
  ])("%s", (_, line, members) => {
    expect(read(line)).toMatchObject({ ...answered, "user_agent.original": "curl/8.0", ...members });
  });

  it("of two times that differ by a rounding the first, which is most often the whole", () => {
    expect(read(`${combined} 0.000 0.001`)).toMatchObject({ duration_ms: 0 });
    expect(read(`${combined} 0.011 0.013`)).toMatchObject({ duration_ms: 13 });
  });

  it.each(["latency", "timeTaken", "total_time", "elapsed"])("seconds by the name of %s", (name) => {
    expect(read(`${combined} ${name}="0.013" upstreamStatus="502"`)).toMatchObject({ duration_ms: 13, "upstream.status_code": 502 });
  });

  it("httpd's seconds and microseconds behind a row of an own layout, and no pair that says nothing", () => {
    expect(read(`${own} 0 0/670`)).toMatchObject({ duration_ms: 0.67 });
    expect(read(`${own} 0 0/0`)).not.toHaveProperty("duration_ms");
    expect(read(`${own} 0 1/670`)).not.toHaveProperty("duration_ms");
    expect(read(`${own} 0/670 0/671`)).not.toHaveProperty("duration_ms");
  });

  it("the status of the server behind by the names that it has beside nginx's short ones", () => {
    const asked = "time=2026-11-21T10:00:00+00:00 client=10.0.0.1 method=GET uri=/a status=502";
    expect(read(`${asked} urt=0.013 us=502`)).toMatchObject({ "upstream.status_code": 502 });
    expect(read(`${asked} backend_status=502`)).toMatchObject({ "upstream.status_code": 502 });
    expect(read(`${asked} us=502`)).not.toHaveProperty("upstream.status_code");
  });

  it("httpd's seconds and microseconds by a name", () => {
    expect(read(`${combined} total_time=0/685 xff=-`)).toMatchObject({ duration_ms: 0.685 });
    expect(read(`client=10.0.0.1, requestTime=0/685, method=GET, url="/a", status=502`)).toMatchObject({ duration_ms: 0.685 });
  });

  it("in milliseconds where their unit stands behind them", () => {
    expect(read(`${combined} latency=12.5 ms vhost=a`)).toMatchObject({ duration_ms: 12.5 });
    expect(read(`${combined} time_taken: 12.345 ms`)).toMatchObject({ duration_ms: 12.345 });
    expect(read(`${combined} rt=12.5 ms`)).toMatchObject({ duration_ms: 12.5 });
    expect(read(`${combined} latency=12.5`)).not.toHaveProperty("duration_ms");
  });

  it("not in what a client sent", () => {
    expect(read(`${combined} "a rt=0.500 b" 0.013`)).toMatchObject({ duration_ms: 13 });
  });

  it("a whole number by a name whose unit nothing tells is no duration", () => {
    expect(read(`${combined} "2026/11"`)).not.toHaveProperty("duration_ms");
    expect(read(`${combined} req_time:685 vhost:a`)).not.toHaveProperty("duration_ms");
    expect(read(`${combined} duration=685`)).not.toHaveProperty("duration_ms");
    expect(read(`${combined} duration=15ms vhost=a`)).toMatchObject({ duration_ms: 15 });
  });

  it("an id by its name", () => {
    expect(read(`${combined} uht="0.013" x_request_id="abc-1" rt="0.015"`)).toMatchObject({ request_id: "abc-1", duration_ms: 15 });
  });

  it("a code that stands next to nothing of another server's is none of its", () => {
    expect(read(`${combined} 0.013 200`)).not.toHaveProperty("upstream.status_code");
    // The client's own port and the size of its request.
    expect(read(`${combined} 10.0.0.1:51234 502 0.013`)).not.toHaveProperty("upstream.status_code");
    // The size of the answer behind, its time and its status.
    expect(read(`${combined.replace("502", "200")} 10.0.0.2:80 404 0.010 200`)).not.toHaveProperty("upstream.status_code");
  });

  it("two ids are of no request", () => {
    expect(read(`${combined} ${id} ${id.replace("2e", "3f")} 0.013`)).not.toHaveProperty("request_id");
  });
});

describe("other layouts", () => {
  it.each([
    [
      "an agent alone in quotes",
      `${own} 0.013 "python-requests/2.31.0"`,
      { "user_agent.original": "python-requests/2.31.0", duration_ms: 13 },
    ],
    ["an id in quotes", `${own} "${id}" "-" www.example.com`, { request_id: id }],
    [
      "the size behind a request that its status stands before",
      own.replace('"GET', '0.013 502 "GET').replace("502 8", "8") + ' "a"',
      { duration_ms: 13 },
    ],
    [
      "values in quotes between bars",
      `"10.0.0.1" | "21/Nov/2026:10:00:00 +0000" | "GET /a HTTP/1.1" | "502" | "8" | "${id}"`,
      { request_id: id },
    ],
    [
      "an agent between bars",
      "10.0.0.1|2026-11-21T10:00:00+00:00|GET /a HTTP/1.1|502|8|-|Go-http-client/1.1",
      { "user_agent.original": "Go-http-client/1.1" },
    ],
    [
      "a size behind nginx's seconds between bars",
      '"10.0.0.1" | "21/Nov/2026:10:00:00 +0000" | "GET" | "/a" | "502" | "0.013" | "8" | "curl/8.0"',
      { duration_ms: 13 },
    ],
    ["semicolons where a bar stands in the agent", "2026-11-21T10:00:00+00:00;10.0.0.1;GET;/a;502;8;-;a|b", {}],
    [
      "a time without brackets, and a status before the request",
      '2026-11-21T10:00:00+00:00 10.0.0.1 www.example.com 0.013 502 "GET /a HTTP/1.1" 8 -',
      { duration_ms: 13, time: "2026-11-21T10:00:00.000Z" },
    ],
    [
      "JSON with a short name for the status and a whole URL",
      '{"code":"502","request_line":"GET http://a.example/a HTTP/1.1","client_ip":"10.0.0.1","bytes_sent":"8"}',
      {},
    ],
    [
      "pairs between tabs",
      'client_ip=10.0.0.1\tmethod=GET\turi="/a"\thttp_status=502\tresp_bytes=8\tupstream_status=502',
      { "upstream.status_code": 502 },
    ],
    [
      "pairs between bars",
      'remote_ip="10.0.0.1" | request="GET /a HTTP/1.1" | body_bytes_sent="8" | status_code="502" | latency="0.013"',
      { duration_ms: 13 },
    ],
    [
      "a host between time and status",
      '10.0.0.1 [21/Nov/2026:10:00:00 +0000] www.example.com 502 "GET /a HTTP/1.1" 8 0.013',
      { duration_ms: 13 },
    ],
    [
      "what HAProxy's manual calls the size",
      '{"time":"21/Nov/2026:10:00:00 +0000","client":"10.0.0.1","http_status":502,"bytes_read":8,"Ta":26,"termination_state":"SH--","request":"GET /a HTTP/1.1"}',
      { duration_ms: 26 },
    ],
    [
      "JSON with a tab that a client sent",
      '{"time":"[21/Nov/2026:10:00:00 +0000]","remote":"10.0.0.1","method":"GET","path":"/a","status":502,"bytes":"8","agent":"a\tb"}',
      { "user_agent.original": "a\tb" },
    ],
    [
      "a server behind and its status between bars",
      "2026-11-21T10:00:00+00:00|10.0.0.1|GET /a HTTP/1.1|502|8|10.0.0.2:80|502",
      { "upstream.status_code": 502 },
    ],
  ])("%s", (_, line, members) => {
    expect(read(line)).toMatchObject({ ...answered, ...members });
  });

  it.each([
    [
      "a named duration between bars",
      '2026-11-21 10:00:00 | 10.0.0.1 | "GET /a HTTP/1.1" 502 | request_time=0.609 upstream_response_time=0.095',
      { duration_ms: 609 },
    ],
    [
      "a named status before the client",
      '[21/Nov/2026:10:00:00 +0000] [HTTP:502] [10.0.0.1] "GET /a HTTP/1.1" 0.013691',
      { duration_ms: 13.691 },
    ],
  ])("%s", (_, line, members) => {
    expect(read(line)).toMatchObject({ ...asked, ...members });
  });

  it.each([
    ["in quotes", '10.0.0.1 [21/Nov/2026:10:00:00 +0000] "GARBAGE" 400 157'],
    ["between bars", "21/Nov/2026:10:00:00 +0000|10.0.0.1|GARBAGE|400|157|-"],
  ])("what no server takes for a request, %s", (_, line) => {
    const record = read(line);
    expect(record).toMatchObject({ "http.response.status_code": 400, "client.address": "10.0.0.1", "http.response.body.size": 157 });
    expect(record).not.toHaveProperty("http.request.method");
  });

  it("a number in quotes behind a refused request is no request", () => {
    const record = read('[21/Nov/2026:10:00:00 +0000] 10.0.0.1 GET /a?b=7 400 "149" www.example.com "-" "-"');
    expect(record).toMatchObject({ "http.request.method": "GET", "url.path": "/a", "http.response.status_code": 400 });
  });
});

describe("an application's own words", () => {
  it.each([
    "2026-11-21 10:00:00|INFO|10.0.0.1|login|400|user bob",
    "2026-11-21 10:00:00,123 | WARN | 10.0.0.1 | retries | 408 | giving up",
    "2026-11-21T10:00:00Z;10.0.0.1;temperature;400;12",
    '"2026-11-21 10:00:00","10.0.0.1","amount","400","12"',
    '[2026-11-21T10:00:00+00:00] WARN 10.0.0.1 field "name" 400 characters is too long',
    '[21/Nov/2026:10:00:00 +0000] ERROR client 10.0.0.1 sent "size" 408 bytes',
    '2026-11-21T10:00:00Z 10.0.0.5 called upstream [ok] 502 "GET /x"',
    '2026-11-21T10:00:00Z 10.0.0.5 retry 3 500 "POST /orders" attempt',
    '[2026-11-21T10:00:00+00:00] WARN 10.0.0.1 joined "lobby" 400 12',
    "2026-11-21 10:00:00 svc/a 1/2/3/4/5 500 45011 done",
    '{"time":"2026-11-21T10:00:00Z","ip":"10.0.0.1","request":"createOrder","code":400}',
    '{"time":"2026-11-21T10:00:00Z","level":"warn","msg":"validation failed","request":"/orders","code":408}',
    '{"time":"2026-11-21T10:00:00Z","level":"info","path":"/a","msg":"sent","request":"r-17","code":400}',
  ])("are no request: %s", (line) => {
    const record = read(line);
    expect(record).not.toHaveProperty("http.response.status_code");
    expect(record).not.toHaveProperty("client.address");
  });

  it("are no answer of API Gateway's with a status in words", () => {
    expect(read('{"requestId":"a","status":"paid","responseLatency":"12"}')).not.toMatchObject({ format: "apigateway-access" });
  });

  it("are no request where they name the URL of a call", () => {
    const line = '{"time":"2026-11-21T10:00:00Z","level":"info","msg":"GET https://api.example.com/v1 HTTP/1.1","status":502}';
    expect(read(line)).not.toHaveProperty("url.path");
  });
});

describe("nginx's JSON without quotes around what is not there", () => {
  it("is read with tabs between its members", () => {
    const line = '{"remote_addr":"10.0.0.1",\t"upstream_addr":-,\t"status":"502",\t"request":"GET /a HTTP/1.1"}';
    expect(read(line)).toMatchObject(asked);
  });
});

describe("a user agent by its place alone", () => {
  it.each(["0.000", id, "10.0.0.2:80", "10.0.0.2, 10.0.0.3"])("is no number, address or id: %s", (value) => {
    expect(read(`${own} "-" "${value}"`)).not.toHaveProperty("user_agent.original");
  });

  it("is what has no product's look else", () => {
    expect(read(`${own} "-" "My Agent"`)).toMatchObject({ "user_agent.original": "My Agent" });
  });
});

describe("a time-out that nginx writes as a number", () => {
  it("lasts whole seconds", () => {
    const line =
      '{"time_local":"21/Nov/2026:10:00:00 +0000","remote_addr":"10.0.0.1","request":"GET /a HTTP/1.1","status":504,"request_time":60.000}';
    expect(read(line)).toMatchObject({ "http.response.status_code": 504, duration_ms: 60_000 });
  });
});

describe("HAProxy's five timers", () => {
  it("tell its line whatever the time and the order of what stands around them", () => {
    const line =
      '10.0.0.1:4297 2026-11-21T10:00:00Z fe3 be/s1 0/0/1/1/11 502 8 {Mozilla/5.0 (KHTML, like Gecko)|} SH-- 0/0 "GET /a HTTP/1.1"';
    expect(read(line)).toMatchObject({ ...answered, duration_ms: 11, format: "haproxy-http", time: "2026-11-21T10:00:00.000Z" });
    expect(read(line.replace("10.0.0.1:4297 2026-11-21T10:00:00Z", "2026-11-21 10:00:00 10.0.0.1:4297"))).toMatchObject(asked);
    expect(read(line.replace("10.0.0.1:", "2001:db8::1:"))).toMatchObject({ "client.address": "2001:db8::1" });
    expect(read(line.replace(/"GET.*/, '"<BADREQ>"').replace("be/s1", "fe3/<NOSRV>"))).toMatchObject({ "http.response.status_code": 502 });
  });
});

describe("what is refused in JSON", () => {
  it("is read by a short name of its status too", () => {
    const line = '{"code":"400","request_line":"GARBAGE","client_ip":"10.0.0.1","date":"2026-11-21T10:00:00+00:00","bytes_sent":"157"}';
    expect(read(line)).toMatchObject({ "http.response.status_code": 400, "client.address": "10.0.0.1" });
  });
});

describe("other notations of the named software", () => {
  it.each([
    [
      "a unit apart right behind the status",
      '10.0.0.1 - - [21/Nov/2026:10:00:00 +0000] "GET /a HTTP/1.0" 502 234 ms - - "curl/8.0"',
      { duration_ms: 234 },
    ],
    [
      "a request that is the whole of a record's words",
      '{"ts":"[21/Nov/2026:10:00:00 +0000]","level":"INFO","client_ip":"10.0.0.1","message":"GET /a HTTP/1.1","status":502,"duration_ms":42}',
      { duration_ms: 42 },
    ],
    [
      "a load balancer's client under the name that tables give it",
      '{"type":"http","time":"2026-11-21T10:00:00.1Z","client_port":"10.0.0.1:51444","target_processing_time":"0.001","elb_status_code":"502","request":"GET http://a:80/a HTTP/1.1"}',
      { format: "alb" },
    ],
    [
      "IIS' line in the record of a Windows container's monitor",
      '{"Source":"File","LogEntry":{"Logline":"2026-11-21 10:00:00 10.0.0.9 GET /a - 80 - 10.0.0.1 curl/8.0 - 502 0 0 1290","FileName":"u_ex.log"},"SchemaVersion":"1.0.0"}',
      { format: "iis", duration_ms: 1290 },
    ],
  ])("%s", (_, line, members) => {
    const record = read(line);
    expect(record).toMatchObject({ ...asked, ...members });
    expect(record).not.toHaveProperty("http.response.body.size");
  });

  it.each([
    ["pino-pretty's before its seventh version", "[1553698996235] INFO  (52887 on web1): request errored", "request errored"],
    [
      "httpd's of which a copy lost the time",
      "[mpm_event:error] [pid 1] AH00484: server reached MaxRequestWorkers setting",
      "AH00484: server reached MaxRequestWorkers setting",
    ],
    [
      "nginx's, set bold",
      "**2026/11/21 10:00:00 [error] 37#37: *248 connect() failed (111: Connection refused)",
      "connect() failed (111: Connection refused)",
    ],
  ])("a record: %s", (_, line, message) => {
    expect(read(line)).toMatchObject({ message });
  });
});

describe("zones by their letters", () => {
  const at = (zone: string) => read(combined.replace("+0000", zone))?.["time"];

  it("are read where they mean one offset", () => {
    expect(at("CDT")).toBe("2026-11-21T15:00:00.000Z");
    expect(at("CEST")).toBe("2026-11-21T08:00:00.000Z");
    expect(at("UTC")).toBe("2026-11-21T10:00:00.000Z");
  });

  it("leave the time out where they mean several", () => {
    expect(at("CST")).toBeUndefined();
    expect(at("IST")).toBeUndefined();
  });
});

describe("morgan and API Gateway with an operator's own choice of fields", () => {
  it("morgan's line between a time and tokens in brackets", () => {
    const line = "[2026-11-21 10:00:00] DELETE /a/1?b=2 502 - 12.34 ms [customer:some@example.com] [0 B]";
    const members = { "http.request.method": "DELETE", "url.path": "/a/1", "http.response.status_code": 502, duration_ms: 12.34 };
    expect(read(line)).toMatchObject({ ...members, time: "2026-11-21T10:00:00.000Z" });
  });

  it("a route and a latency with the request's id", () => {
    const line = '{"requestId":"Jk2","route":"POST /a","status":"503","responseLatency":"11"}';
    expect(read(line)).toMatchObject({
      "http.response.status_code": 503,
      request_id: "Jk2",
      duration_ms: 11,
      "http.request.method": "POST",
    });
  });

  it("a latency without the request's id", () => {
    const line = '{"status":"403","httpMethod":"POST","path":"/a","responseLatency":"11","integrationStatus":"-","responseLength":"101"}';
    expect(read(line)).toMatchObject({ "http.response.status_code": 403, duration_ms: 11, "http.response.body.size": 101 });
  });

  it("a source's request to icecast through HAProxy", () => {
    const line =
      '10.0.0.1:51472 [21/Nov/2026:10:00:00.501] cast servers/a 535/0/1/25/50561 200 19 - - cD-- 44/44/44/7/0 0/0 "SOURCE /104 ICE/1.0"';
    expect(read(line)).toMatchObject({ "http.request.method": "SOURCE", "url.path": "/104" });
  });
});

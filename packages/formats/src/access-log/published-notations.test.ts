/** Notations that lines have where people publish them: their own arrows and spaces, other loggers around a server's words, names of their own. */
import { describe, expect, it } from "vitest";
import { createLineReader, toFlatRecord } from "./index.ts";

function read(line: string) {
  const reader = createLineReader({ context: { nowMs: Date.UTC(2026, 10, 23), zoneOffsetMinutes: 0 } });
  return toFlatRecord(reader.read(line));
}

const STATUS = "http.response.status_code";
const FAMILY = "10.0.0.1 - - [22/Nov/2026:10:00:00 +0000]";

describe("an access line", () => {
  it.each([
    ["with two spaces behind its request", `${FAMILY} "GET /a HTTP/1.1"  502 157 "-" "curl/8"`],
    ["with a duration before its request and two spaces behind it", `${FAMILY} 18598 "GET /a HTTP/1.1"  502 157 "-" "curl/8"`],
    ["with an arrow and no time", `10.0.0.1 "GET /a HTTP/1.1" -> 502 upstream=10.0.0.2:80`],
    ["of a logger with the phrase of its status", "2026-11-22 10:00:00,000 ERROR django.request: GET /a 502 Bad Gateway [10.0.0.1]"],
  ])("%s", (_, line) => {
    expect(read(line)).toMatchObject({ "http.request.method": "GET", "url.path": "/a", [STATUS]: 502, "client.address": "10.0.0.1" });
  });

  it.each([
    ["OK", "POST /a 200 OK", 200],
    ["OK and a duration", "POST /a 200 OK 12ms", 200],
    ["another", "POST /a 500 Internal Server Error", 500],
    ["a short one", "POST /a 500 Error", 500],
  ])("ends with the phrase of its status: %s", (_, words, status) => {
    expect(read(`2026-11-22 10:00:00,000 INFO django.request: ${words}`)).toMatchObject({ "url.path": "/a", [STATUS]: status });
  });

  it.each(["POST /a 500 items", "POST /a 200 Records", "POST /a 500 USD"])("but not with what is counted: %s", (words) => {
    expect(read(`2026-11-22 10:00:00,000 INFO app: ${words}`)).not.toHaveProperty([STATUS]);
  });

  it.each(["up_status=502, 200", "ustatus=502, 200", "ustatus=502, 504, 200"])("calls what the server behind answered %s", (pair) => {
    expect(read(`${FAMILY} "GET /a HTTP/1.1" 200 13 uaddr=10.0.0.2:80, 10.0.0.3:80 ${pair} rt=0.004`)).toMatchObject({
      [STATUS]: 200,
      "upstream.status_code": 200,
      duration_ms: 4,
    });
  });

  it("of nginx in JSON has no status where its layout has none", () => {
    const line = { server_name: "a.example", upstream_addr: "10.0.0.2:80", request_method: "GET", upstream_status: "502" };
    expect(read(JSON.stringify(line))).toMatchObject({ "http.request.method": "GET", "upstream.status_code": 502, format: "nginx-json" });
  });
});

describe("Django's words", () => {
  it.each([
    ["in gunicorn's error log", "[2026-11-22 10:00:00 +0200] [41] [ERROR] Internal Server Error: /a"],
    ["in it, indented as it was quoted", "    [2026-11-22 10:00:00 +0200] [41] [ERROR] Internal Server Error: /a"],
    ["with nothing behind the client", "2026-11-22 10:00:00,000 ERROR django.request: Internal Server Error: /a [10.0.0.1] - "],
    ["in httpd's error log", "[Sun Nov 22 10:00:00 2026] [error] Internal Server Error: /a"],
    [
      "in httpd's error log behind its own",
      "[Sun Nov 22 10:00:00.123456 2026] [wsgi:error] [pid 7] [remote 10.0.0.1:5] Internal Server Error: /a",
    ],
  ])("%s", (_, line) => {
    expect(read(line)).toMatchObject({ "url.path": "/a", [STATUS]: 500 });
  });

  it("are none of an error that another module of httpd's wrote", () => {
    const line = "[Sun Nov 22 10:00:00.123456 2026] [php:error] [pid 7] [client 10.0.0.1:5] Not Found: /usr/share/a";
    expect(read(line)).not.toHaveProperty([STATUS]);
  });

  it("are none where no path follows", () => {
    expect(read("[2026-11-22 10:00:00 +0200] [41] [ERROR] Not Found: item 404")).not.toHaveProperty([STATUS]);
  });
});

describe("a program's words", () => {
  it.each([
    [
      "behind a level in brackets and a time",
      "[notice] 2026-11-22T10:00:00.229027Z couchdb@127.0.0.1 <0.30.0> -------- Index finished",
      "info",
    ],
    ["behind a level and a program with its process", "WARN kafka[5501]: disconnected from node 1 (10.0.3.11:9092)", "warn"],
  ])("%s", (_, line, level) => {
    expect(read(line)).toMatchObject({ "log.level": level, format: "text" });
  });
});

describe("a copy", () => {
  it("of CloudFront's line without its tabs", () => {
    const line =
      "2026-11-22 10:00:00 LAX3 2847 10.0.0.1 GET d1.cloudfront.net /a 502 https://a.example Mozilla/5.0... - - Error 3RTJ8X6KAF9Q1A== d1.cloudfront.net https 500 0.045";
    expect(read(line)).toMatchObject({ [STATUS]: 502, "url.path": "/a", "client.address": "10.0.0.1", duration_ms: 45 });
  });

  it("of nginx's error with the time of the day only", () => {
    const line = "10:00:00.000 [error] 32#32: *84209 upstream prematurely closed connection, client: 10.0.0.1, server: ";
    expect(read(line)).toMatchObject({ "client.address": "10.0.0.1", format: "nginx-error" });
  });

  it("of a record out of Elasticsearch", () => {
    const record = { "@timestamp": "2026-11-22T10:00:00Z", status: 502, request: "GET /a", request_time: 5.011, upstream_status: "502" };
    expect(read(JSON.stringify({ _index: "nginx", _id: "1", _source: record }))).toMatchObject({ [STATUS]: 502, "url.path": "/a" });
  });
});

describe("Serilog's line of a request", () => {
  const asked = { "http.request.method": "POST", "url.path": "/a", [STATUS]: 502, duration_ms: 1.58 };

  it.each([
    ["behind the time of the day and a short level in brackets", "17:32:55.217 [ERR] HTTP POST /a responded 502 in 1.58 ms"],
    ["behind the time of the day and a short level", "17:32:55 ERR HTTP POST /a responded 502 in 1.58 ms"],
    ["without HTTP's name and with a full stop", "[INFO] POST /a responded 502 in 1.58 ms."],
  ])("%s", (_, line) => {
    expect(read(line)).toMatchObject(asked);
  });

  it("is none where another responded", () => {
    expect(read("[INFO] pay.example responded 502 in 1.58 ms")).not.toHaveProperty([STATUS]);
  });
});

it("takes what a request cost for its milliseconds where the name says so", () => {
  const line = { ts: "2026-11-22T10:00:00Z", level: "INFO", msg: "request completed", method: "GET", path: "/a", status: 200, costMs: 12 };
  expect(read(JSON.stringify(line))).toMatchObject({ [STATUS]: 200, duration_ms: 12 });
});

describe("Serilog's compact records", () => {
  it("of a request", () => {
    const line = { "@t": "2026-11-22T10:00:00Z", "@mt": "HTTP {RequestMethod} responded", RequestMethod: "GET", RequestPath: "/a" };
    expect(read(JSON.stringify({ ...line, StatusCode: 502, Elapsed: 12.5 }))).toMatchObject({ [STATUS]: 502, "url.path": "/a" });
  });

  it("with their words rendered", () => {
    const line = { Timestamp: "2026-11-22T10:00:00Z", Level: "Error", RenderedMessage: 'HTTP "GET" "/a" responded 502 in 1.58 ms' };
    expect(read(JSON.stringify(line))).toMatchObject({ [STATUS]: 502, "url.path": "/a", duration_ms: 1.58 });
  });

  it("of anything else", () => {
    const line = { "@t": "2026-11-22T10:00:00Z", "@l": "Warning", "@m": "Executed action in 503.2ms", WeatherForecastId: 1 };
    expect(read(JSON.stringify(line))).toMatchObject({ "log.level": "warn", message: "Executed action in 503.2ms" });
  });
});

it.each([
  { manner: "between spaces", separator: " ", request: `"GET /a HTTP/1.1"`, code: 502 },
  { manner: "between tabs", separator: "\t", request: `"GET /a HTTP/1.1"`, code: 502 },
  { manner: "of what was no request", separator: " ", request: `"\\x16\\x03\\x01"`, code: 400 },
])("reads nginx's pairs whose names are its operators' own, $manner", ({ separator, request, code }) => {
  const pairs = [
    'datetime="2026-11-22T10:00:00+00:00"',
    "remote_ip=10.0.0.1",
    "response_size=157",
    "rt=0.009",
    `code=${code}`,
    `request=${request}`,
  ];
  expect(read(pairs.join(separator))).toMatchObject({ [STATUS]: code, "client.address": "10.0.0.1", time: "2026-11-22T10:00:00.000Z" });
});

describe("what people paste of other set-ups", () => {
  it.each([
    ["of Envoy under its operators' short names", { method: "GET", proto: "HTTP/2", rc: 502, rcd: "via_upstream", rf: "-" }],
    ["of a server that calls the method the request's type", { remote_addr: "10.0.0.1", request_type: "GET", uri: "/a", status: "502" }],
    ["of winston with words and no fields", { level: "info", message: "HTTP GET /a - 502", timestamp: "2026-11-22T10:00:00Z" }],
    ["of winston with an arrow", { level: "info", message: "GET /a -> 502", timestamp: "2026-11-22T10:00:00Z" }],
  ])("a record %s", (_, record) => {
    expect(read(JSON.stringify(record))).toMatchObject({ "http.request.method": "GET", [STATUS]: 502 });
  });

  it.each([
    ["what is counted", { level: "info", message: "HTTP GET /a - 502 items", timestamp: "2026-11-22T10:00:00Z" }],
    ["a number that no server answers", { level: "info", message: "HTTP GET /a - 150", timestamp: "2026-11-22T10:00:00Z" }],
    ["a return code of another program", { method: "GET", url: "/a", rc: 500, msg: "done", level: "info" }],
  ])("but no status from %s", (_, record) => {
    expect(read(JSON.stringify(record))).not.toHaveProperty([STATUS]);
  });

  it("a type of request that is no method", () => {
    const record = { remote_addr: "10.0.0.1", request_type: "login", uri: "/a", status: "502" };
    expect(read(JSON.stringify(record))).not.toHaveProperty(["http.request.method"]);
  });

  it("who asked, inside the request", () => {
    expect(read('{"status":502,"request":{"host":"a.example","uri":"/a","remote_addr":"10.0.0.1:5555"}}')).toMatchObject({
      [STATUS]: 502,
      "client.address": "10.0.0.1",
    });
  });

  it("Caddy's error logger without a status says a message", () => {
    const record = {
      level: "error",
      ts: 1790000000.5,
      logger: "http.log.error",
      msg: "dial: refused",
      request: { method: "GET", uri: "/a?b=1" },
    };
    expect(read(JSON.stringify(record))).toMatchObject({
      "log.level": "error",
      message: "dial: refused",
      "url.path": "/a",
      "url.query": "b=1",
      time: "2026-09-21T14:13:20.500Z",
      format: "caddy-error",
    });
  });

  it.each([
    [
      "a line of a server",
      `2026-11-22T10:00:00.123456789Z [inf]  ${FAMILY} "GET /a HTTP/1.1" 502 157`,
      { [STATUS]: 502, "client.address": "10.0.0.1" },
    ],
    ["a logger's own level", "2026-11-22T10:00:00.123Z [inf]  2026-11-22 10:00:00,000 WARN app: slow", { "log.level": "warn" }],
    ["words alone", "2026-11-22T10:00:00.123Z [err]  no such column", { "log.level": "error", message: "no such column" }],
  ])("inside what Railway writes before each line: %s", (_, line, told) => {
    expect(read(line)).toMatchObject(told);
  });

  it("Caddy's access logger that was told to select other members", () => {
    expect(read('{"ts":1790000000.5,"logger":"http.log.access.log0","status":502,"duration":0.0125}')).toMatchObject({
      [STATUS]: 502,
      duration_ms: 12.5,
      format: "caddy",
    });
  });

  it.each(["11/22/2026 10:00:00: ", "11/22/2026 10:00:00 "])("a date of the United States before a record: %s", (date) => {
    const record =
      '{ "requestId":"Q=", "ip": "10.0.0.1", "requestTime":"22/Nov/2026:10:00:00 +0000", "httpMethod":"GET", "routeKey":"$default", "status":"502" }';
    expect(read(date + record)).toMatchObject({ [STATUS]: 502, "client.address": "10.0.0.1", time: "2026-11-22T10:00:00.000Z" });
  });

  it.each(['[379b4af3-1]  502 Server Error for HTTP GET "/a?b=1"', '[379b4af3] 502 Server Error for HTTP GET "/a?b=1"'])(
    "WebFlux's words: %s",
    (message) => {
      const record = { "@timestamp": "2026-11-22T10:00:00Z", "log.level": "ERROR", message, "ecs.version": "1.2.0" };
      expect(read(JSON.stringify(record))).toMatchObject({ [STATUS]: 502, "http.request.method": "GET", "url.path": "/a" });
    },
  );

  it("an event in logfmt without a time and a level", () => {
    expect(read("type=audit event=USER_LOGIN correlation_id=abc-123 success=true")).toMatchObject({ format: "logfmt" });
  });
});

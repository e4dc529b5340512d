/** Numbers that stand where a status might, and are none of this program's answers: what a record does not certainly say stays unknown. */
import { describe, expect, it } from "vitest";
import { createLineReader, toFlatRecord } from "./index.ts";

function readStatus(line: string) {
  const reader = createLineReader({ context: { nowMs: Date.UTC(2026, 10, 23), zoneOffsetMinutes: 0 } });
  return toFlatRecord(reader.read(line))?.["http.response.status_code"];
}

const TIME = "2026-11-22T10:00:00Z";

describe("a record that names a status and a path", () => {
  it.each([
    ["a process' exit", `level=info msg="process exited" status=255 path=/usr/bin/foo`],
    ["the same as JSON", `{"level":"info","msg":"process exited","status":255,"path":"/usr/bin/foo"}`],
    ["a file's state", `time=${TIME} level=info msg="disk usage" path=/var/lib status=404`],
    ["a method of something else", `level=info msg="order updated" method=card path=/orders status=404`],
    ["a method without a path", `level=info msg="task state" status=500 method=POST`],
    ["a remote procedure", `{"level":"info","msg":"grpc","grpc.method":"Get","grpc.code":"OK","status":500,"path":"/svc/Get"}`],
  ])("does not tell of a request: %s", (_, line) => {
    expect(readStatus(line)).toBeUndefined();
  });

  it.each([
    ["by its method", `level=info msg=done method=GET path=/a status=404`],
    ["by how long it took", `{"level":"info","msg":"done","path":"/a","status":404,"duration_ms":12}`],
    ["by who asked", `level=info msg=done client=10.0.0.1 path=/a status=404`],
    ["by its status' name", `{"level":"info","msg":"done","path":"/a","statusCode":404}`],
    ["by its path's name", `level=info msg=done uri=/a status=404`],
    ["by an address without a host", `{"level":"error","msg":"request failed","url":"/a","status":404}`],
  ])("tells of one %s", (_, line) => {
    expect(readStatus(line)).toBe(404);
  });
});

describe("a record of a call", () => {
  it.each([
    ["that is tried again", `level=warn msg="retry" path=/v1/items attempt=2 status=503 method=GET`],
    ["that is tried again, as JSON", `{"level":"warn","msg":"retrying","method":"GET","path":"/v1","status":503}`],
    ["that goes out", `level=info msg="outgoing request" method=GET path=/v1 status=503`],
    ["of a library's, without its host", `{"level":"error","msg":"axios error","url":"/v1/items","status":503}`],
    ["that failed, without its host", `{"level":"error","msg":"Request failed with status code 503","url":"/v1/items","status":503}`],
    [
      "that a URL tells of",
      `{"level":"warn","msg":"https://a.example/outbound/x answered","url":"https://a.example/outbound/x","status":503}`,
    ],
    ["that was sent", `level=info msg="request sent" method=GET host=api.example.com path=/v1 status=503`],
    ["that was answered", `level=info msg="received response" method=GET path=/v1 status=503`],
    ["that delivered", `level=info msg="webhook delivered" method=POST path=/hook status=500`],
    ["by its side", `{"level":"error","msg":"done","method":"GET","path":"/v1","status":503,"span.kind":"client"}`],
    ["by its side in capitals", `{"msg":"done","level":"info","url.path":"/v1","http.response.status_code":503,"span.kind":"CLIENT"}`],
    [
      "by its side as OTLP has it",
      `{"msg":"done","level":"info","url.path":"/v1","http.response.status_code":503,"span_kind":"SPAN_KIND_CLIENT"}`,
    ],
    ["by its event's name", `{"level":"info","event":"outgoing_request_completed","method":"GET","path":"/v1","status":503}`],
    ["by its component", `{"level":"info","msg":"done","method":"GET","path":"/v1","status":503,"component":"http-client"}`],
    ["by its logger", `{"level":"info","msg":"GET /a 503","logger":"outbound"}`],
    ["by its logger before pairs", `2026-11-22 10:00:00 INFO [HttpClient] path=/v1 method=GET status=503`],
    ["by its words and a whole URL", `{"level":"error","msg":"call failed","method":"GET","url":"https://a.example/v1","statusCode":503}`],
    ["of a monitor", `{"level":"info","msg":"uptime check","url":"https://a.example/v1","status_code":500,"response_time":120}`],
    [
      "by the library that logs it",
      `{"timestamp":"${TIME}","target":"reqwest","fields":{"message":"response","status":503,"url":"https://a.example/v1"}}`,
    ],
    ["of a probe", `level=info target=https://a.example msg="Received HTTP response" status_code=503`],
    ["that failed", `level=error msg="failed to fetch" path=/v1 method=GET status=503`],
    ["that was answered otherwise than it should", `level=error msg="unexpected status code" path=/v1 method=GET status=503`],
    ["of which its words are an error", `{"level":"error","message":"Request failed with status code 503","response":{"status":503}}`],
    ["by the logger's name", `2026-11-22 10:00:00 INFO client: GET /v1/items 503`],
  ])("has another's status: %s", (_, line) => {
    expect(readStatus(line)).toBeUndefined();
  });

  it.each([
    ["words about sending an answer", `level=info msg="sent response" method=GET path=/v1 status=503`],
    [
      "a whole URL that was asked for",
      `{"level":"info","msg":"request completed","method":"GET","url":"https://a.example/v1","status":503}`,
    ],
    [
      "a path that has a caller's words",
      `{"level":"info","msg":"POST /outbound/x 503","method":"POST","path":"/outbound/x","statusCode":503}`,
    ],
    ["words to who asked", `{"level":"error","msg":"Internal error, please retry","method":"POST","path":"/a","status":503}`],
    ["a target that is called as a library is", `level=info msg=done method=GET target=/docs/http-client status=503`],
    ["a webhook that came in", `level=info msg="webhook received" method=POST path=/hook status=503 remote_ip=10.0.0.1`],
  ])("is none for %s", (_, line) => {
    expect(readStatus(line)).toBe(503);
  });
});

describe("a row without quotes", () => {
  it.each([
    ["milliseconds behind the request", `${TIME} 10.0.0.1 GET /a 503 ms`],
    ["a size with its unit", `${TIME} 10.0.0.1 GET /a 503 bytes`],
    ["the same, and a status behind it", `${TIME} 10.0.0.1 GET /a 404 B 500`],
    ["what is counted", `${TIME} 10.0.0.1 GET /a 500 rows`],
    ["milliseconds behind a quoted request", `10.0.0.1 - - [22/Nov/2026:10:00:00 +0000] "GET /a HTTP/1.1" 500 ms`],
    ["the same, and a status behind them", `10.0.0.1 - - [22/Nov/2026:10:00:00 +0000] "GET /a HTTP/1.1" 500 ms 200`],
    ["a queue and its job", `2026-11-22 10:00:00 10.0.0.1 queue jobs/default 500 GET /a`],
    ["a step of several", `2026-11-22 10:00:00 10.0.0.1 take 3/4 500 GET /a`],
    [
      "a code in use before a quoted request, and another behind it",
      `[22/Nov/2026:10:00:00 +0000] 500 10.0.0.1 "GET /a HTTP/1.1" 1234 200`,
    ],
  ])("leaves open what is no status: %s", (_, line) => {
    expect(readStatus(line)).toBeUndefined();
  });

  it("reads the status behind HAProxy's backend and server, whatever its time's layout", () => {
    expect(readStatus(`22/Nov/2026:10:00:00.359 10.0.0.1 fe7 be/s1 502 GET /a 26`)).toBe(502);
    expect(readStatus(`${TIME} 10.0.0.1:5000 fe7 be/s1 502 GET /a 26`)).toBe(502);
    expect(readStatus(`${TIME} 10.0.0.1 fe7 be/<NOSRV> 503 GET /a 26`)).toBe(503);
  });
});

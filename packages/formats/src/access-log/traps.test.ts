/** The traps of judging which hop made a server error, each as a line that would mislead. */
import type { Exchange } from "@faultline/model";
import { describe, expect, it } from "vitest";
import { createLineReader } from "./index.ts";

function read(line: string | object): Exchange {
  const reader = createLineReader({ context: { nowMs: Date.UTC(2026, 10, 22), zoneOffsetMinutes: 0 } });
  const parsed = reader.read(typeof line === "string" ? line : JSON.stringify(line));
  expect(parsed.kind).toBe("exchange");
  return (parsed as Extract<typeof parsed, { kind: "exchange" }>).exchange;
}

const nginx = {
  time_iso8601: "2026-11-21T10:00:00+00:00",
  remote_addr: "10.0.0.1",
  request: "GET /a HTTP/1.1",
  request_time: "0.001",
  upstream_addr: "10.0.0.2:80",
};

describe("the traps of who made a failure", () => {
  it("T1: nginx's upstream status 502 without a header time is nginx's own", () => {
    expect(read({ ...nginx, status: "502", upstream_status: "502", upstream_header_time: "-" }).madeBy).toMatchObject({ hop: "observer" });
    expect(read({ ...nginx, status: "502", upstream_status: "502", upstream_header_time: "0.001" }).madeBy).toMatchObject({
      hop: "behind",
    });
  });

  it("T1: nginx's upstream status 502 is of unknown origin if the log has no header time", () => {
    expect(read({ ...nginx, status: "502", upstream_status: "502" }).madeBy).toMatchObject({ hop: "unknown" });
    expect(read({ ...nginx, status: "500", upstream_status: "500" }).madeBy).toMatchObject({ hop: "behind" });
  });

  it("T1: an error without any upstream is nginx's own", () => {
    expect(read({ ...nginx, status: "503", upstream_addr: "-", upstream_status: "-" }).madeBy).toMatchObject({ hop: "observer" });
  });

  it("T1: an upstream that is a group's name is none: nginx found no server in the group to ask", () => {
    const exchange = read({ ...nginx, status: "502", upstream_addr: "orders_backend", upstream_status: "502" });
    expect(exchange.madeBy).toMatchObject({ hop: "observer", because: expect.stringContaining("no live upstream") });
    expect(exchange.upstream).toBeUndefined();
    const tried = read({ ...nginx, status: "502", upstream_addr: "10.0.0.2:80, orders_backend", upstream_status: "502, 502" });
    expect(tried.upstream).toEqual([expect.objectContaining({ address: "10.0.0.2:80" })]);
    expect(tried.madeBy?.because).toContain("no live upstream");
  });

  it("T1: nginx's upstream times tell who answered if its status and address are not logged", () => {
    const tell = (status: number, times: string) =>
      read(`10.0.0.1 - - [21/Nov/2026:10:00:00 +0000] "GET /a HTTP/1.1" ${status} 20 "-" "-" rt=0.001 ${times}`).madeBy?.hop;
    expect(tell(500, 'uct="0.000" uht="0.001" urt="0.001"')).toBe("behind");
    expect(tell(502, 'uct="-" uht="-" urt="0.001"')).toBe("observer");
    expect(tell(502, 'uct="-, 0.000" uht="-, 0.001" urt="0.001, 0.001"')).toBe("behind");
    expect(tell(503, 'uct="-" uht="-" urt="-"')).toBe("observer");
  });

  it("T1: an upstream's address beside the status of the response is the try that gave it, except for 502 and 504", () => {
    const tell = (status: number, tail: string) =>
      read(`10.0.0.1 - - [21/Nov/2026:10:00:00 +0000] "GET /a HTTP/1.1" ${status} 20 "-" "-" ${tail}`);
    expect(tell(500, '"-" 0.001 0.001 10.0.0.2:8080 500')).toMatchObject({ madeBy: { hop: "behind" }, upstream: [{ status: 500 }] });
    expect(tell(500, '"-" 500 10.0.0.2:8080 0.001')).toMatchObject({ madeBy: { hop: "behind" }, upstream: [{ address: "10.0.0.2:8080" }] });
    expect(tell(502, '"-" 0.001 0.001 10.0.0.2:8080 502').madeBy).toMatchObject({ hop: "unknown" });
    expect(tell(500, '"-" 0.001 10.0.0.2:8080 157').upstream).toBeUndefined();
    expect(tell(500, '"10.0.0.9" 0.001 500').upstream).toBeUndefined();
  });

  it("nginx's 009 is an upstream's answer without a status line, whatever $upstream_status says", () => {
    const noted = { status: "009", upstream_status: "200", upstream_header_time: "0.001" };
    const line = `10.0.0.1 - - [21/Nov/2026:10:00:00 +0000] "GET /a HTTP/1.1" 009 22 "-" "c" ua="10.0.0.2:80" us="200" uht="0.001"`;
    for (const exchange of [read({ ...nginx, ...noted }), read(line)]) {
      expect(exchange.status).toBeUndefined();
      expect(exchange.madeBy).toMatchObject({ hop: "behind" });
      expect(exchange.upstream).toEqual([expect.objectContaining({ address: "10.0.0.2:80", answered: false })]);
    }
  });

  const traefik = {
    StartUTC: "2026-11-21T10:00:00Z",
    RequestMethod: "GET",
    RequestPath: "/a",
    ServiceURL: "http://10.0.0.2:80",
    Duration: 2_000_000,
  };

  it("T2: Traefik's origin status 502 with its own body and no origin headers is Traefik's own", () => {
    expect(read({ ...traefik, DownstreamStatus: 502, OriginStatus: 502, OriginContentSize: 11 }).madeBy).toMatchObject({ hop: "observer" });
    expect(
      read({ ...traefik, DownstreamStatus: 502, OriginStatus: 502, OriginContentSize: 900, "origin_Content-Type": "text/html" }).madeBy,
    ).toMatchObject({ hop: "behind" });
    expect(read({ ...traefik, DownstreamStatus: 502, OriginStatus: 502, OriginContentSize: 900 }).madeBy).toMatchObject({ hop: "unknown" });
    expect(read({ ...traefik, DownstreamStatus: 502, OriginStatus: 0 }).madeBy).toMatchObject({ hop: "observer" });
  });

  it("a number between Envoy's flags and its counts is not a message about the failure", () => {
    const line = `[2026-11-21T10:00:00.123Z] "GET /a HTTP/1.1" 503 UF 0 12 91 7 - "-" "c" "3f0c" "shop.example" "10.0.0.2:80"`;
    const exchange = read(line);
    expect(exchange.errorMessage).toBeUndefined();
    expect(exchange).toMatchObject({ durationMs: 7, responseBytes: 91, flags: "UF" });
  });

  const cloudflare = { ClientRequestMethod: "GET", ClientRequestURI: "/a", RayID: "1", EdgeStartTimestamp: 1_700_000_000_000_000_000 };

  it("T4: Cloudflare's origin status 0 is the edge's answer, unless a Worker ran", () => {
    expect(read({ ...cloudflare, EdgeResponseStatus: 522, OriginResponseStatus: 0 }).madeBy).toMatchObject({ hop: "observer" });
    expect(read({ ...cloudflare, EdgeResponseStatus: 500, OriginResponseStatus: 0, WorkerStatus: "exception" }).madeBy).toMatchObject({
      hop: "unknown",
    });
    expect(read({ ...cloudflare, EdgeResponseStatus: 502, OriginResponseStatus: 502 }).madeBy).toMatchObject({ hop: "behind" });
  });

  it("T3: Cloudflare's 502 is the origin's when the origin sent one, the edge's when it sent none, and 52x is always the edge's", () => {
    expect(read({ ...cloudflare, EdgeResponseStatus: 504, OriginResponseStatus: 504 }).madeBy).toMatchObject({ hop: "behind" });
    expect(read({ ...cloudflare, EdgeResponseStatus: 502, OriginResponseStatus: 0 }).madeBy).toMatchObject({ hop: "observer" });
    expect(read({ ...cloudflare, EdgeResponseStatus: 520, OriginResponseStatus: 200 }).madeBy).toMatchObject({ hop: "observer" });
    expect(read({ ...cloudflare, EdgeResponseStatus: 502 }).madeBy).toMatchObject({ hop: "unknown" });
  });

  it("T5: CloudFront's Error with a gateway status does not say who made it", () => {
    const line = (status: number, result: string) =>
      `2024-03-12\t15:22:28\tCDG50-P2\t703\t1.2.3.4\tGET\td.cloudfront.net\t/a\t${status}\t-\tcurl\t-\t-\t${result}\tID==\texample.com\thttps\t62\t0.113\t-\tTLSv1.3\tX\t${result}\tHTTP/2.0\t-\t-\t51754\t0.113\t${result}\ttext/plain\t20\t-\t-`;
    expect(read(line(502, "Error")).madeBy).toMatchObject({ hop: "unknown" });
    expect(read(line(502, "OriginConnectError")).madeBy).toMatchObject({ hop: "observer" });
    expect(read(line(500, "Error")).madeBy).toMatchObject({ hop: "behind" });
  });

  const gateway = { requestId: "r", httpMethod: "GET", resourcePath: "/a/{id}", path: "/a/1", status: "502", stage: "prod" };

  it("T6: API Gateway's integrationStatus is the Lambda service's, not the function's", () => {
    const exchange = read({ ...gateway, integrationStatus: "200" });
    expect(exchange.madeBy).toMatchObject({ hop: "unknown" });
    expect(exchange.upstream).toBeUndefined();
    expect(read({ ...gateway, "integration.status": "502", integrationStatus: "200" }).madeBy).toMatchObject({ hop: "behind" });
  });

  it("T7: a load balancer's 503 without a target says that none is registered, not that they are unhealthy", () => {
    const line = `https 2026-11-21T10:00:00.000000Z app/a/b 10.0.0.1:5 - -1 -1 -1 503 - 34 300 "GET https://a.example:443/x HTTP/1.1" "curl" - - - "Root=1-a" "a.example" "arn" 0 2026-11-21T10:00:00.000000Z "forward" "-" "-" "-" "-" "-" "-"`;
    expect(read(line).madeBy).toMatchObject({ hop: "observer", because: expect.stringContaining("no target was picked") });
  });

  const haproxy = (flags: string, status: number) =>
    `10.0.0.1:33320 [15/Oct/2026:08:32:17.925] in back/srv1 9/0/7/14/30 ${status} 243 - - ${flags} 3/2/2/0/0 0/0 "GET /a HTTP/1.1"`;

  it("T8: Cloud Run without an available instance answers 429 or 500 itself; its other 500s are of unknown origin", () => {
    const run = (status: number, text: object) =>
      read({
        insertId: "1",
        resource: { type: "cloud_run_revision" },
        httpRequest: { requestMethod: "GET", requestUrl: "https://a.run.app/x", status, latency: "10.1s" },
        ...text,
      });
    for (const status of [429, 500]) {
      expect(run(status, { textPayload: "The request was aborted because there was no available instance." }).madeBy).toMatchObject({
        hop: "observer",
      });
    }
    expect(run(500, {}).madeBy).toBeUndefined();
  });

  it("T9: HAProxy's tarpit and header-rewrite 500s are not the application's", () => {
    for (const flags of ["PT--", "PH--", "PR--"]) expect(read(haproxy(flags, 500)).madeBy).toMatchObject({ hop: "observer" });
    expect(read(haproxy("----", 500)).madeBy).toMatchObject({ hop: "behind" });
    expect(read(haproxy("--VN", 500)).madeBy).toMatchObject({ hop: "behind" });
  });

  it("T10: a retry that saved the user keeps both tries", () => {
    const exchange = read({
      ...nginx,
      status: "200",
      upstream_addr: "10.0.0.2:80, 10.0.0.3:80",
      upstream_status: "502, 200",
      upstream_header_time: "-, 0.004",
    });
    expect(exchange.upstream).toEqual([
      { address: "10.0.0.2:80", status: 502, answered: false },
      { address: "10.0.0.3:80", status: 200, answered: true, headerMs: 4 },
    ]);
    expect(read({ ...nginx, status: "200", upstream_status: "502 : 200" }).upstream?.map(({ status }) => status)).toEqual([502, 200]);
  });

  const envoy = (flags: string, time: string) =>
    `[2026-11-21T10:00:00.000Z] "GET /a HTTP/1.1" 503 ${flags} 0 91 5 ${time} "10.0.0.1" "curl" "id" "a.example" "10.0.0.2:80"`;

  it("T12: of Envoy's flags the one beside URX is the cause", () => {
    expect(read(envoy("UF,URX", "-")).madeBy).toMatchObject({ hop: "observer", because: expect.stringContaining("flag UF") });
    expect(read(envoy("URX,UC", "-")).madeBy).toMatchObject({ because: expect.stringContaining("flag UC") });
    expect(read(envoy("URX", "4")).madeBy).toMatchObject({ hop: "behind" });
    expect(read(envoy("-", "4")).madeBy).toMatchObject({ hop: "behind" });
  });

  const google = {
    insertId: "i",
    resource: { type: "http_load_balancer" },
    httpRequest: { requestMethod: "GET", requestUrl: "https://a.example/x?y=1", status: 502, latency: "0.120s" },
  };

  it("T13: Google's cause is in statusDetails or in proxyStatus", () => {
    expect(read({ ...google, jsonPayload: { statusDetails: "failed_to_pick_backend" } }).madeBy).toMatchObject({ hop: "observer" });
    expect(
      read({ ...google, jsonPayload: { proxyStatus: 'error="connection_refused"; details="failed_to_connect_to_backend"' } }).flags,
    ).toBe("failed_to_connect_to_backend");
    expect(read({ ...google, jsonPayload: { statusDetails: "response_sent_by_backend" } }).madeBy).toMatchObject({ hop: "behind" });
  });

  it("never takes Traefik's request counter for a status", () => {
    const exchange = read(
      `172.17.0.1 - - [08/Dec/2021:09:16:05 +0000] "GET /a HTTP/1.1" 200 414 "-" "-" 500 "test@docker" "http://172.17.0.3:80" 12ms`,
    );
    expect(exchange).toMatchObject({ status: 200, durationMs: 12 });
  });

  it("Caddy's own answers have no date in its log, so an answer with a date came from behind", () => {
    const line = (headers: Readonly<Record<string, readonly string[]>>, proto = "HTTP/1.1") => ({
      level: "error",
      ts: 1795370164.04,
      logger: "http.log.access.log0",
      msg: "handled request",
      request: { remote_ip: "10.0.0.1", proto, method: "GET", host: "shop", uri: "/a" },
      duration: 0.001,
      size: 20,
      status: 500,
      resp_headers: { Server: ["Caddy"], "Content-Type": ["text/plain; charset=utf-8"], ...headers },
    });
    expect(read(line({})).madeBy).toMatchObject({ hop: "unknown" });
    expect(read(line({ Date: ["Sun, 22 Nov 2026 18:06:34 GMT"] })).madeBy).toMatchObject({ hop: "behind" });
    // What handle_errors serves from a file, with and without a template, as Caddy 2.6 logs it.
    const file = { "Last-Modified": ["Sun, 22 Nov 2026 19:20:28 GMT"], Etag: ['"tox4e4q"'], "Accept-Ranges": ["bytes"] };
    expect(read(line({ "Content-Length": ["20"], ...file })).madeBy).toMatchObject({ hop: "unknown" });
    expect(read(line({ "Content-Length": ["20"] })).madeBy).toMatchObject({ hop: "unknown" });
    // Over QUIC the server adds both before the line is written.
    expect(read(line({ Date: ["Sun, 22 Nov 2026 18:06:34 GMT"] }, "HTTP/3.0")).madeBy).toMatchObject({ hop: "unknown" });
  });
});

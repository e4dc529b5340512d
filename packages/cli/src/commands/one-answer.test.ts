import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CauseId, Diagnosis } from "@faultline/model";
import { SIGNATURES } from "@faultline/playbook/signatures";
import { triageProbes } from "@faultline/playbook/triage";
import { afterAll, describe, expect, it } from "vitest";
import type { Report } from "../logs/report/report.ts";
import { runFaultline } from "../main.ts";

const folder = mkdtempSync(join(tmpdir(), "faultline-faces-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

type Files = Readonly<Record<string, readonly string[]>>;

async function print(words: readonly string[]): Promise<string> {
  let out = "";
  const stdin = (async function* () {})();
  await runFaultline([...words], { stdout: { write: (text: string) => (out += text) }, stderr: { write: () => true }, stdin, env: {} });
  return out;
}

/** What `faultline logs` and `faultline diagnose` say of the same files. */
async function ask(files: Files): Promise<{ readonly report: Report; readonly diagnosis: Diagnosis }> {
  const place = mkdtempSync(join(folder, "case-"));
  const names = Object.entries(files).map(([name, lines]) => {
    const path = join(place, name);
    writeFileSync(path, `${lines.join("\n")}\n`);
    return path;
  });
  const [report, diagnosis] = await Promise.all(["logs", "diagnose"].map((command) => print([command, "--json", ...names])));
  return { report: JSON.parse(report ?? ""), diagnosis: JSON.parse(diagnosis ?? "") };
}

/** Who wrote the answers, as a diagnosis tells it: the first hop itself, or one behind it. */
function readMaker({ path: [front, behind] }: Diagnosis): string {
  const isOwn = front?.fate === "created" || front?.evidence.some(({ statement }) => statement.includes(" wrote the ")) === true;
  return isOwn ? "observer" : behind === undefined ? "unknown" : "behind";
}

const named = ({ causes }: Pick<Diagnosis, "causes">) => causes.filter(({ confidence }) => confidence >= 0.5).map(({ cause }) => cause);

/** Thirty requests that went well in as many seconds, then ten that did not. */
const mix = (line: (second: number, isBad: boolean) => string) => Array.from({ length: 40 }, (_, index) => line(10 + index, index >= 30));
const access = (lines: readonly string[]): Files => ({ "access.log": lines });

const nginx = (bad: object) =>
  access(
    mix((second, isBad) =>
      JSON.stringify({
        time_iso8601: `2026-11-18T09:30:${second}+00:00`,
        remote_addr: "10.0.0.1",
        request: "GET /orders/7 HTTP/1.1",
        request_time: "0.004",
        upstream_addr: "10.0.0.2:80",
        status: "200",
        upstream_status: "200",
        upstream_header_time: "0.003",
        ...(isBad ? bad : {}),
      }),
    ),
  );
const combined = (status: number, tail: (second: number) => string = () => "") =>
  mix(
    (second, isBad) =>
      `10.0.0.1 - - [18/Nov/2026:09:30:${second} +0000] "GET /orders/7 HTTP/1.1" ${isBad ? status : 200} 157 "-" "curl"${isBad ? tail(second) : tail(0).replace(/[\d.]+/, "0.012")}`,
  );
/** nginx's two logs by their usual names, as most have them: neither says in its name, nor the first in its lines, who wrote it. */
const nginxError = (status: number, message: string): Files => ({
  "access.log": combined(status),
  "error.log": Array.from(
    { length: 10 },
    (_, index) =>
      `2026/11/18 09:30:${40 + index} [error] 12#12: *${index} ${message}, client: 10.0.0.1, server: shop, request: "GET /orders/7 HTTP/1.1", upstream: "http://10.0.0.2:80/orders/7", host: "shop"`,
  ),
});
const traefik = (bad: object) =>
  access(
    mix((second, isBad) => {
      const origin = isBad ? bad : { DownstreamStatus: 200, OriginStatus: 200, "origin_Content-Type": "application/json" };
      const at = { StartUTC: `2026-11-18T09:30:${second}Z`, RequestMethod: "GET", RequestPath: "/orders/7", Duration: 2_000_000 };
      return JSON.stringify({ ...at, ServiceURL: "http://10.0.0.2:80", OriginContentSize: 91, ...origin });
    }),
  );
const envoy = (flags: string, status: number, { details = "", ms = 3, host = "10.4.2.17:8080" } = {}) =>
  access(
    mix((second, isBad) => {
      const head = isBad ? `${status} ${flags} ${details}` : "200 - via_upstream";
      return `[2026-11-18T09:30:${second}.000Z] "GET /orders/7 HTTP/1.1" ${head} - "-" 0 91 ${isBad ? ms : 3} ${isBad ? "-" : 2} "10.0.9.4" "curl" "6f1d2f7e-13a4-9d0b-8a51-2f9c0c9f9a31" "orders.example" "${isBad ? host : "10.4.2.17:8080"}" outbound|8080||orders.shop.svc.cluster.local 10.4.1.9:50212 10.4.1.9:8443 10.0.9.4:41822 - default`;
    }),
  );
const alb = (bad: string, { action = "forward", reason = "-", target = "10.0.0.1:80" } = {}) =>
  access(
    mix((second, isBad) => {
      const at = `2026-11-18T09:30:${second}.000000Z`;
      const [asked, times] = isBad ? [target, bad] : ["10.0.0.1:80", "0.001 0.021 0.000 200 200"];
      return `https ${at} app/shop/50dc6c495c0c9188 203.0.113.9:2817 ${asked} ${times} 34 366 "GET https://shop.example:443/orders/7 HTTP/1.1" "curl" - - arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/orders/73e2d6bc24d8a067 "Root=1-58337262-36d228ad5d99923122bb1000" "shop.example" "session-reused" 0 ${at} "${isBad ? action : "forward"}" "-" "${isBad ? reason : "-"}" "${asked}" "-" "-" "-"`;
    }),
  );
const haproxy = (bad: string, server = "orders-1") =>
  access(
    mix((second, isBad) => {
      const end = isBad ? `api/${server} ${bad}` : "api/orders-1 0/0/1/40/41 200 212 - - ----";
      return `haproxy[2847]: 10.0.1.55:54321 [18/Nov/2026:09:30:${second}.000] web ${end} 31/31/20/20/0 0/0 "GET /orders/7 HTTP/1.1"`;
    }),
  );
const cloudflare = (status: number, bad: object = {}) =>
  access(
    mix((second, isBad) =>
      JSON.stringify({
        ClientRequestMethod: "GET",
        ClientRequestURI: "/orders/7",
        EdgeStartTimestamp: `2026-11-18T09:30:${second}.000Z`,
        EdgeEndTimestamp: `2026-11-18T09:30:${second}.040Z`,
        EdgeResponseStatus: isBad ? status : 200,
        OriginIP: "198.51.100.7",
        OriginResponseStatus: isBad ? 0 : 200,
        RayID: `8e1b2c3d4e5f10${second}`,
        ...(isBad ? bad : {}),
      }),
    ),
  );
const cloudfront = (status: number, result: string) =>
  access(
    mix((second, isBad) => {
      const [code, type] = isBad ? [status, result] : [200, "Miss"];
      return `2026-11-18\t09:30:${second}\tCDG50-P2\t703\t1.2.3.4\tGET\td.cloudfront.net\t/orders/7\t${code}\t-\tcurl\t-\t-\t${type}\tID==\texample.com\thttps\t62\t0.113\t-\tTLSv1.3\tX\t${type}\tHTTP/2.0\t-\t-\t51754\t0.113\t${type}\ttext/plain\t20\t-\t-`;
    }),
  );
const apiGateway = (bad: object) =>
  access(
    mix((second, isBad) => {
      const asked = { requestId: `r${second}`, httpMethod: "GET", resourcePath: "/orders/{id}", path: "/orders/7", stage: "prod" };
      const answer = isBad ? { status: "502", ...bad } : { status: "200", "integration.status": "200", integrationStatus: "200" };
      return JSON.stringify({ ...asked, requestTime: `18/Nov/2026:09:30:${second} +0000`, ...answer });
    }),
  );
const google = (type: string, status: number, bad: object) =>
  access(
    mix((second, isBad) => {
      const httpRequest = {
        requestMethod: "GET",
        requestUrl: "https://a.example/orders/7",
        status: isBad ? status : 200,
        latency: "0.12s",
      };
      const at = { insertId: `i${second}`, timestamp: `2026-11-18T09:30:${second}Z`, resource: { type } };
      return JSON.stringify({ ...at, httpRequest, ...(isBad ? bad : { jsonPayload: { statusDetails: "response_sent_by_backend" } }) });
    }),
  );
const heroku = (code: string, more: readonly string[] = []) => {
  const lines = mix((second, isBad) => {
    const [level, status] = isBad ? [`error code=${code} desc="x"`, 503] : ["info", 200];
    return `2026-11-18T09:30:${second}.000000+00:00 heroku[router]: at=${level} method=GET path="/orders/7" host=shop.herokuapp.com request_id=8601b555-6a83-4c12-8269-97c8e32cdb${second} fwd="204.204.204.204" dyno=web.1 connect=1ms service=${isBad ? 30_001 : 18}ms status=${status} bytes=0 protocol=https`;
  });
  return access([...lines.slice(0, 30), ...more, ...lines.slice(30)]);
};
const swapping = ["2026-11-18T09:30:39.000000+00:00 heroku[web.1]: Error R14 (Memory quota exceeded)"];

type Row = readonly [what: string, maker: string, cause: CauseId | undefined, files: Files];

const TRAPS: readonly Row[] = [
  ["T1: nginx's own 502", "observer", undefined, nginx({ status: "502", upstream_status: "502", upstream_header_time: "-" })],
  ["T1: a 502 that came from behind", "behind", undefined, nginx({ status: "502", upstream_status: "502", upstream_header_time: "0.001" })],
  ["T1: a 500 that came from behind", "behind", undefined, nginx({ status: "500", upstream_status: "500" })],
  ["T2: Traefik's own 502", "observer", undefined, traefik({ DownstreamStatus: 502, OriginStatus: 502, OriginContentSize: 11 })],
  ["T2: a 502 without an origin's", "observer", undefined, traefik({ DownstreamStatus: 502, OriginStatus: 0 })],
  ["T3: Cloudflare's 502 over the origin's", "behind", undefined, cloudflare(502, { OriginResponseStatus: 502 })],
  ["T3: Cloudflare's own 502", "observer", undefined, cloudflare(502)],
  ["T3: Cloudflare's 522", "observer", "dependency-timeout", cloudflare(522)],
  ["T4: a Worker that may have answered", "unknown", undefined, cloudflare(500, { WorkerStatus: "exception" })],
  ["T5: CloudFront's Error", "unknown", undefined, cloudfront(502, "Error")],
  ["T5: CloudFront without an origin", "observer", undefined, cloudfront(502, "OriginConnectError")],
  ["T6: the Lambda service's status", "unknown", undefined, apiGateway({ integrationStatus: "200" })],
  ["T6: the function's status", "behind", undefined, apiGateway({ "integration.status": "502", integrationStatus: "200" })],
  ["T7: no registered target", "observer", "no-healthy-upstream", alb("-1 -1 -1 503 -", { target: "-" })],
  [
    "T8: Cloud Run without an instance",
    "observer",
    "resource-exhausted",
    google("cloud_run_revision", 500, { textPayload: "The request was aborted because there was no available instance." }),
  ],
  ["T9: HAProxy's tarpit", "observer", undefined, haproxy("0/-1/-1/-1/5000 500 212 - - PT--", "<NOSRV>")],
  ["T9: a response that HAProxy refuses", "observer", "gateway-mismatch", haproxy("0/0/1/2/3 500 212 - - PH--")],
  ["T9: HAProxy's denial", "observer", undefined, haproxy("0/-1/-1/-1/0 500 212 - - PR--", "<NOSRV>")],
  ["T9: a normal end", "behind", undefined, haproxy("0/0/1/4/5 500 212 - - ----")],
  ["T11: H12 of a dyno that swaps", "observer", "memory-leak", heroku("H12", swapping)],
  ["T11: H12 of another", "observer", "gateway-timeout", heroku("H12")],
  [
    "T12: UF beside URX",
    "observer",
    "connection-refused",
    envoy("UF,URX", 503, { details: "upstream_reset_before_response_started{remote_connection_failure,delayed_connect_error:_111}" }),
  ],
  [
    "T12: UC beside URX",
    "observer",
    "keepalive-race",
    envoy("URX,UC", 503, { details: "upstream_reset_before_response_started{connection_termination}" }),
  ],
  [
    "T13: statusDetails",
    "observer",
    "no-healthy-upstream",
    google("http_load_balancer", 502, { jsonPayload: { statusDetails: "failed_to_pick_backend" } }),
  ],
  [
    "T13: proxyStatus",
    "observer",
    "connection-refused",
    google("http_load_balancer", 502, {
      jsonPayload: { proxyStatus: 'error="connection_refused"; details="failed_to_connect_to_backend"' },
    }),
  ],
];

const unconnected = (reason: string) => `upstream_reset_before_response_started{remote_connection_failure${reason}}`;
const others = (text: string, status = 502) => nginxError(status, text);
const CODES: readonly Row[] = [
  ["an AWS load balancer's 504", "observer", "gateway-timeout", alb("0.001 60.001 -1 504 -")],
  ["an AWS load balancer's 502", "observer", undefined, alb("0.001 0.002 -1 502 -")],
  [
    "an AWS load balancer's log-in",
    "observer",
    "gateway-identity",
    alb("-1 -1 -1 500 -", { action: "authenticate", reason: "AuthUnhandledException", target: "-" }),
  ],
  [
    "an answer of Lambda's that is none",
    "observer",
    "gateway-mismatch",
    alb("-1 -1 -1 502 -", { reason: "LambdaInvalidResponse", target: "-" }),
  ],
  ["Istio's authorization that failed", "observer", "dependency-error", envoy("UAEX", 503, { details: "ext_authz_error", host: "-" })],
  ["Istio's authorization that denied", "observer", "dependency-error", envoy("UAEX", 503, { details: "ext_authz_denied", host: "-" })],
  ["no host of Envoy's", "observer", "no-healthy-upstream", envoy("UH", 503, { details: "no_healthy_upstream", host: "-" })],
  ["no route of Envoy's", "observer", "bad-configuration", envoy("NR", 503, { details: "route_not_found", host: "-" })],
  [
    "Envoy's flag for no connection",
    "observer",
    "connection-refused",
    envoy("UF", 503, { details: unconnected(",delayed_connect_error:_111") }),
  ],
  [
    "the same over a handshake",
    "observer",
    "tls-failure",
    envoy("UF", 503, { details: unconnected("|TLS_error:|268435703:SSL_routines:WRONG_VERSION_NUMBER") }),
  ],
  [
    "the same over a certificate",
    "observer",
    "tls-failure",
    envoy("UF", 503, { details: unconnected("|CERTIFICATE_VERIFY_FAILED:certificate_has_expired") }),
  ],
  ["Envoy's time-out", "observer", "gateway-timeout", envoy("UT", 504, { details: "response_timeout", ms: 15_000 })],
  ["HAProxy's SC of a server", "observer", "connection-refused", haproxy("0/0/-1/-1/3011 503 217 - - SC--")],
  ["HAProxy's SC of none", "observer", "no-healthy-upstream", haproxy("0/-1/-1/-1/0 503 217 - - SC--", "<NOSRV>")],
  ["HAProxy's sC", "observer", "dependency-timeout", haproxy("0/0/-1/-1/5001 503 217 - - sC--")],
  ["HAProxy's sH", "observer", "gateway-timeout", haproxy("0/0/1/-1/50002 504 212 - - sH--")],
  ["HAProxy's SH", "observer", undefined, haproxy("0/0/0/-1/1 502 209 - - SH--")],
  ["HAProxy's sQ", "observer", "resource-exhausted", haproxy("0/5001/-1/-1/5001 503 217 - - sQ--", "<NOSRV>")],
  ["Heroku's H10", "observer", "unhandled-exception", heroku("H10")],
  ["Heroku's H14", "observer", "no-healthy-upstream", heroku("H14")],
  [
    "Google's time-out",
    "observer",
    "gateway-timeout",
    google("http_load_balancer", 504, { jsonPayload: { statusDetails: "backend_timeout" } }),
  ],
  [
    "nginx without a server, by its access log",
    "observer",
    "no-healthy-upstream",
    nginx({ status: "502", upstream_addr: "orders_backend", upstream_status: "502", upstream_header_time: "-" }),
  ],
  ["nginx without a server, by its error log", "observer", "no-healthy-upstream", others("no live upstreams while connecting to upstream")],
  [
    "a refused connection",
    "observer",
    "connection-refused",
    others("connect() failed (111: Connection refused) while connecting to upstream"),
  ],
  [
    "an answer that did not come",
    "observer",
    "gateway-timeout",
    others("upstream timed out (110: Connection timed out) while reading response header from upstream", 504),
  ],
  ["a name that is none", "observer", "dns-failure", others("orders.internal could not be resolved (3: Host not found)")],
  [
    "a connection that closed",
    "observer",
    "keepalive-race",
    others("upstream prematurely closed connection while reading response header from upstream"),
  ],
  ["a limit on requests", "observer", "rate-limited-as-5xx", others('limiting requests, excess: 5.960 by zone "shop"', 503)],
  ["504 after 60 s each time", "unknown", "gateway-timeout", access(combined(504, (second) => ` 60.00${second % 3}`))],
  ["500 after 60 s each time", "unknown", undefined, access(combined(500, (second) => ` 60.00${second % 3}`))],
  ["502 after 60 s each time", "unknown", undefined, access(combined(502, (second) => ` 60.00${second % 3}`))],
  ["502 and nothing more", "unknown", undefined, access(combined(502))],
];

const ROWS = [...TRAPS, ...CODES].map(([what, maker, cause, files]) => ({
  what,
  maker,
  causes: cause === undefined ? [] : [cause],
  files,
}));

describe("one answer of a log, whichever command is asked", () => {
  it.each(ROWS)("$what: made by $maker, causes $causes", async ({ maker, causes, files }) => {
    const { report, diagnosis } = await ask(files);
    expect({ logs: report.routes[0]?.madeBy.hop, diagnose: readMaker(diagnosis) }).toEqual({ logs: maker, diagnose: maker });
    expect({ logs: named(report.diagnosis), diagnose: named(diagnosis) }).toEqual({ logs: causes, diagnose: causes });
    expect(report.diagnosis.verdict).toBe(diagnosis.verdict);
    const sure = [report.diagnosis, diagnosis].flatMap((each) => each.causes.slice(0, causes.length).map(({ confidence }) => confidence));
    expect(Math.max(0, ...sure) - Math.min(1, ...sure)).toBeLessThanOrEqual(0.1);
  });

  it("names a refusal first where one handshake of several failures failed", async () => {
    const [refused = [], handshake = []] = [",delayed_connect_error:_111", "|TLS_error:|268435703:SSL_routines:WRONG_VERSION_NUMBER"].map(
      (reason) => envoy("UF", 503, { details: unconnected(reason) })["access.log"],
    );
    const { report } = await ask(access([...refused, ...handshake.slice(-1)]));
    expect(report.diagnosis.causes[0]?.cause).toBe("connection-refused");
  });

  it("T10: both tell of a failure that a retry hid, and neither counts it as an answer", async () => {
    const tries = { upstream_addr: "10.0.0.2:80, 10.0.0.3:80", upstream_status: "502, 200", upstream_header_time: "-, 0.004" };
    const { report, diagnosis } = await ask(nginx({ status: "200", ...tries }));
    expect(report.hidden).toMatchObject([{ count: 10, upstreams: [{ address: "10.0.0.2:80" }] }]);
    expect(diagnosis.path.map(({ service, fate }) => [service, fate])).toEqual([
      ["nginx", "masked"],
      ["10.0.0.2", "created"],
    ]);
  });
});

const page = (title: string) =>
  `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n</body>\r\n</html>\r\n`;
const reset = "upstream connect error or disconnect/reset before headers. retried and the latest reset reason: remote connection failure";

type Page = { readonly vendor: string; readonly status: number; readonly server: string; readonly body: string; readonly files: Files };

describe("the same answer by its page and by its log", () => {
  it.each<Page>([
    {
      vendor: "AWS ALB",
      status: 503,
      server: "awselb/2.0",
      body: page("503 Service Temporarily Unavailable"),
      files: alb("-1 -1 -1 503 -", { target: "-" }),
    },
    { vendor: "AWS ALB", status: 504, server: "awselb/2.0", body: page("504 Gateway Time-out"), files: alb("0.001 60.001 -1 504 -") },
    {
      vendor: "Envoy",
      status: 503,
      server: "envoy",
      body: "no healthy upstream",
      files: envoy("UH", 503, { details: "no_healthy_upstream", host: "-" }),
    },
    {
      vendor: "Envoy",
      status: 504,
      server: "envoy",
      body: "upstream request timeout",
      files: envoy("UT", 504, { details: "response_timeout", ms: 15_000 }),
    },
    {
      vendor: "Envoy",
      status: 503,
      server: "envoy",
      body: `${reset}, transport failure reason: delayed connect error: 111`,
      files: envoy("UF", 503, { details: "upstream_reset_before_response_started{remote_connection_failure,delayed_connect_error:_111}" }),
    },
    ...[521, 522, 524, 525].map((status) => ({
      vendor: "Cloudflare",
      status,
      server: "cloudflare",
      body: `error code: ${status}`,
      files: cloudflare(status),
    })),
  ])("$vendor's $status", async ({ vendor, status, server, body, files }) => {
    const url = "https://shop.example/orders/7";
    const response = {
      status,
      statusLine: `HTTP/1.1 ${status}`,
      bodyBytes: body.length,
      headers: [["server", server] as const, ["content-type", "text/plain"] as const],
      body,
    };
    const probe = { purpose: "first" as const, method: "GET", url, requestBodyBytes: 0, wantsJson: false, totalMs: 12, response };
    const { maker, diagnosis } = triageProbes({ probes: [probe], proxyStatus: [], signatures: SIGNATURES }, { fromMs: 0, toMs: 1 });
    expect(maker).toMatchObject({ maker: "intermediary", name: vendor });
    expect(named(diagnosis)).toEqual(named((await ask(files)).diagnosis));
  });
});

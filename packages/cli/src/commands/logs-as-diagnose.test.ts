import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Diagnosis } from "@faultline/model";
import { afterAll, describe, expect, it } from "vitest";
import { runFaultline } from "../main.ts";

const folder = mkdtempSync(join(tmpdir(), "faultline-one-answer-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function run(words: readonly string[]): Promise<string> {
  let out = "";
  const stdin = (async function* () {})();
  await runFaultline([...words], { stdout: { write: (text: string) => (out += text) }, stderr: { write: () => true }, stdin, env: {} });
  return out;
}

type Answer = { readonly first: readonly (string | undefined)[]; readonly verdicts: readonly string[] };

/** The causes that the report of a log and the diagnosis from it put first, and whether they are sure enough of them to name them. */
async function ask(lines: readonly string[]): Promise<Answer> {
  const name = join(folder, "access.log");
  writeFileSync(name, lines.join("\n"));
  const answers = await Promise.all(["logs", "diagnose"].map((command) => run([command, "--json", name])));
  const [report, diagnosis] = answers.map((each): { readonly diagnosis: Diagnosis } & Diagnosis => JSON.parse(each));
  const both = [report?.diagnosis, diagnosis];
  return { first: both.map((each) => each?.causes[0]?.cause), verdicts: both.map((each) => each?.verdict ?? "none") };
}

/** Thirty lines of requests that went well, and ten of others. */
const mix = (line: (index: number, isBad: boolean) => string) => Array.from({ length: 40 }, (_, index) => line(10 + index, index >= 30));

const envoy = (details: string) =>
  mix((second, isBad) => {
    const end = isBad ? `503 UF upstream_reset_before_response_started{remote_connection_failure${details}}` : "200 - via_upstream";
    return `[2026-11-18T09:30:${second}.000Z] "GET /orders/7 HTTP/1.1" ${end} - "-" 0 91 3 - "10.0.9.4" "curl" "6f1d2f7e-13a4-9d0b-8a51-2f9c0c9f9a31" "orders.example" "10.4.2.17:8080" outbound|8080||orders.shop.svc.cluster.local 10.4.1.9:50212 10.4.1.9:8443 10.0.9.4:41822 - default`;
  });
const cloudflare = (status: number) =>
  mix((second, isBad) =>
    JSON.stringify({
      ClientRequestHost: "shop.example",
      ClientRequestMethod: "GET",
      ClientRequestURI: "/orders/7",
      EdgeEndTimestamp: `2026-11-18T09:30:${second}.040Z`,
      EdgeStartTimestamp: `2026-11-18T09:30:${second}.000Z`,
      EdgeResponseStatus: isBad ? status : 200,
      OriginIP: "198.51.100.7",
      OriginResponseStatus: isBad ? 0 : 200,
      RayID: `8e1b2c3d4e5f10${second}`,
    }),
  );
const haproxy = (bad: string) =>
  mix((second, isBad) => {
    const end = isBad ? bad : "0/0/1/40/41 200 212 - - ----";
    return `haproxy[2847]: 10.0.1.55:54321 [18/Nov/2026:09:30:${second}.000] web api/orders-1 ${end} 31/31/20/20/0 0/0 "GET /orders/7 HTTP/1.1"`;
  });

const alb = () =>
  mix((second, isBad) => {
    const at = `2026-11-18T09:30:${second}.000000Z`;
    const end = isBad ? "0.001 0.002 -1 502 -" : "0.001 0.021 0.000 200 200";
    return `https ${at} app/shop/50dc6c495c0c9188 203.0.113.9:2817 10.0.0.1:80 ${end} 34 366 "GET https://shop.example:443/orders/7 HTTP/1.1" "curl" - - arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/orders/73e2d6bc24d8a067 "Root=1-58337262-36d228ad5d99923122bb1000" "shop.example" "session-reused" 0 ${at} "forward" "-" "-" "10.0.0.1:80" "-" "-" "-"`;
  });

describe("the report of a log and the diagnosis from it", () => {
  it.each([
    ["connection-refused", "Envoy's flag for no connection", envoy(",delayed_connect_error:_111")],
    ["tls-failure", "the same over a handshake", envoy("|TLS_error:|268435703:SSL_routines:WRONG_VERSION_NUMBER")],
    ["tls-failure", "the same over a certificate", envoy("|CERTIFICATE_VERIFY_FAILED:certificate_has_expired")],
    ["connection-refused", "Cloudflare's 521", cloudflare(521)],
    ["gateway-timeout", "Cloudflare's 524", cloudflare(524)],
    ["tls-failure", "Cloudflare's 525", cloudflare(525)],
    ["gateway-timeout", "HAProxy's sH", haproxy("0/0/1/-1/50002 504 212 - - sH--")],
  ])("name the same cause: %s by %s", async (cause, _, lines) =>
    expect(await ask(lines)).toEqual({ first: [cause, cause], verdicts: ["diagnosed", "diagnosed"] }),
  );

  it("names a refusal first where one handshake of several failures failed", async () => {
    const lines = [...envoy(",delayed_connect_error:_111"), ...envoy("|TLS_error:|268435703:SSL_routines:WRONG_VERSION_NUMBER").slice(-1)];
    expect((await ask(lines)).first[0]).toBe("connection-refused");
  });

  it.each([
    ["an AWS load balancer's 502 over a target without a status", alb()],
    ["HAProxy's SH", haproxy("0/0/1/-1/12 502 212 - - SH--")],
  ])("leave open what stands for several causes: %s", async (_, lines) =>
    expect((await ask(lines)).verdicts).toEqual(["inconclusive", "inconclusive"]),
  );
});

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RankedCause } from "@faultline/model";
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

/** The cause that the report of a log and the diagnosis from it put first. */
async function ask(lines: readonly string[]): Promise<readonly (string | undefined)[]> {
  const name = join(folder, "access.log");
  writeFileSync(name, lines.join("\n"));
  const { routes }: { readonly routes: readonly { readonly causes: readonly RankedCause[] }[] } = JSON.parse(
    await run(["logs", "--json", name]),
  );
  const { causes }: { readonly causes: readonly RankedCause[] } = JSON.parse(await run(["diagnose", "--json", name]));
  return [routes[0]?.causes[0]?.cause, causes[0]?.cause];
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
const haproxy = () =>
  mix((second, isBad) => {
    const end = isBad ? "0/0/1/-1/50002 504 212 - - sH--" : "0/0/1/40/41 200 212 - - ----";
    return `haproxy[2847]: 10.0.1.55:54321 [18/Nov/2026:09:30:${second}.000] web api/orders-1 ${end} 31/31/20/20/0 0/0 "GET /orders/7 HTTP/1.1"`;
  });

describe("the report of a log and the diagnosis from it", () => {
  it.each([
    ["connection-refused", "Envoy's flag for no connection", envoy(",delayed_connect_error:_111")],
    ["tls-failure", "the same over a handshake", envoy("|TLS_error:|268435703:SSL_routines:WRONG_VERSION_NUMBER")],
    ["tls-failure", "the same over a certificate", envoy("|CERTIFICATE_VERIFY_FAILED:certificate_has_expired")],
    ["connection-refused", "Cloudflare's 521", cloudflare(521)],
    ["gateway-timeout", "Cloudflare's 524", cloudflare(524)],
    ["tls-failure", "Cloudflare's 525", cloudflare(525)],
    ["gateway-timeout", "HAProxy's sH", haproxy()],
  ])("name the same cause: %s by %s", async (cause, _, lines) => expect(await ask(lines)).toEqual([cause, cause]));
});

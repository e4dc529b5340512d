/** A guard tells a collector behind TLS over one connection, and tells nothing to one whose certificate does not hold. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { getCACertificates, setDefaultCACertificates, type TLSSocket } from "node:tls";
import { gunzipSync } from "node:zlib";
import { createGuard, type Guard } from "@faultline/guard";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Authority, type Certificate, createAuthority } from "../incidents/generator/certificates.ts";

const hasOpenssl = spawnSync("openssl", ["version"]).status === 0;
if (!hasOpenssl && process.env["CI"] === "true") throw new Error("CI must have openssl");
if (!hasOpenssl) console.warn("left out, not installed: openssl");

const folder = mkdtempSync(join(tmpdir(), "faultline-guard-tls-"));
const trustedBefore = getCACertificates("default");
const servers: Server[] = [];
let authority: Authority;

/** What a collector was told, and by which connections. */
type Told = { readonly port: number; readonly bodies: string[]; readonly connections: Set<TLSSocket> };

async function listen({ key, cert }: Certificate): Promise<Told> {
  const told = { bodies: [] as string[], connections: new Set<TLSSocket>() };
  const server = createServer({ key: readFileSync(key), cert: readFileSync(cert) }, (request, response) => {
    told.connections.add(request.socket as TLSSocket); // an https server's sockets are TLS sockets
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      told.bodies.push(gunzipSync(Buffer.concat(chunks)).toString());
      response.end("{}");
    });
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { ...told, port: (server.address() as AddressInfo).port };
}

function guardFor(host: string, { port }: Told): Guard {
  return createGuard({ service: "shop", endpoint: `https://${host}:${port}`, spool: false, announce: false, processHooks: false });
}

async function tell(guard: Guard, message: string): Promise<void> {
  guard.capture(new Error(message));
  await guard.flush();
}

describe.runIf(hasOpenssl)("a guard that tells over TLS", () => {
  beforeAll(() => {
    authority = createAuthority(folder);
    setDefaultCACertificates([...trustedBefore, readFileSync(authority.cert, "utf8")]);
  });
  afterAll(() => {
    setDefaultCACertificates(trustedBefore);
    for (const server of servers) server.close().closeAllConnections();
    rmSync(folder, { recursive: true, force: true });
  });

  it("reaches a collector by its name, one failure after the other over one connection", async () => {
    const told = await listen(authority.sign("localhost"));
    const guard = guardFor("localhost", told);
    for (const message of ["first-failure", "second-failure"]) await tell(guard, message);
    expect(guard.counts()).toMatchObject({ captured: 2, delivered: 2, pending: 0 });
    await guard.close();
    expect(told.connections.size).toBe(1);
    expect([...told.connections].map((socket) => socket.servername)).toEqual(["localhost"]);
    const all = told.bodies.join("");
    expect([all.includes("first-failure"), all.includes("second-failure")]).toEqual([true, true]);
  });

  it.each<[string, () => Certificate, string]>([
    ["is for another name", () => authority.sign("elsewhere.test"), "localhost"],
    ["has expired", () => authority.sign("localhost", -1), "localhost"],
    ["does not name the address", () => authority.sign("localhost"), "127.0.0.1"],
    ["nobody trusts", () => createAuthority(mkdtempSync(join(folder, "other-"))).sign("localhost"), "localhost"],
  ])("tells nothing where the certificate %s, and counts what it keeps", async (_what, certify, host) => {
    const told = await listen(certify());
    const guard = guardFor(host, told);
    await tell(guard, "not-for-strangers");
    expect(guard.counts()).toMatchObject({ captured: 1, delivered: 0, pending: 1 });
    await guard.close();
    expect(told.bodies).toEqual([]);
  });
});

import { mkdtempSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { type AddressInfo, connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { createGuard } from "../index.ts";
import { createCollected } from "../testing/collected.ts";
import { guardHandler, guardUpgrade, type Handler, type UpgradeHandler } from "./http.ts";

const folder = mkdtempSync(join(tmpdir(), "faultline-late-"));
writeFileSync(
  join(folder, "app.cjs"),
  `exports.handle = (request, response) => { if (request.url === "/late") response.write("half"); return request.headers.tenant.trim(); };
exports.upgrade = (request, socket) => { if (request.url === "/late") socket.write("HTTP/1.1 101 Switching Protocols\\r\\n\\r\\n"); return request.headers.tenant.trim(); };
`,
);
const app = createRequire(join(folder, "app.cjs"))("./app.cjs") as { handle: Handler; upgrade: UpgradeHandler };

const collected = createCollected();
const guard = createGuard({ service: "late", transport: collected, spool: false, announce: false, processHooks: false });
const server = createServer(guardHandler(guard, app.handle));
server.on("upgrade", guardUpgrade(guard, app.upgrade));

beforeAll(() => new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve)));
afterAll(async () => {
  server.close();
  await guard.close();
});

/** Sends a request until the server ends the connection, and says how grave the record of it is. */
async function readSeverity(path: string, headers: string): Promise<unknown> {
  const before = collected.logs.length;
  await new Promise<void>((resolve) => {
    const socket = connect((server.address() as AddressInfo).port, "127.0.0.1", () => {
      socket.write(`GET ${path} HTTP/1.1\r\nHost: a\r\n${headers}\r\n\r\n`);
    });
    socket.on("error", () => undefined);
    socket.on("close", () => resolve()).resume();
  });
  await vi.waitFor(async () => {
    await guard.flush();
    expect(collected.logs).toHaveLength(before + 1);
  });
  return collected.logs[before]?.["severityNumber"];
}

describe("what the request provoked", () => {
  it("is told as a warning where it is answered", async () => {
    expect(await readSeverity("/", "Connection: close")).toBe(13);
    expect(await readSeverity("/", "Connection: Upgrade\r\nUpgrade: websocket")).toBe(13);
  });

  it("is told as a failure where the answer had begun: nobody gets a 400, but half of something else", async () => {
    expect(await readSeverity("/late", "Connection: close")).toBe(17);
    expect(await readSeverity("/late", "Connection: Upgrade\r\nUpgrade: websocket")).toBe(17);
  });
});

import { createServer, type Server, ServerResponse } from "node:http";
import { type AddressInfo, connect } from "node:net";
import type { Duplex } from "node:stream";
import { setImmediate as nextTurn } from "node:timers/promises";
import express from "express";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { createGuard } from "../guard.ts";
import { createCollected } from "../testing/collected.ts";
import { HOSTILE_KINDS } from "../testing/hostile-throwables.ts";
import { guardErrors, guardRequests } from "./express.ts";
import { guardUpgrade, type UpgradeHandler } from "./http.ts";

const SWITCH = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";
const collected = createCollected();
const guard = createGuard({ service: "sockets", transport: collected, spool: false, announce: false, processHooks: false });
const server = createServer();
let handler: UpgradeHandler = () => undefined;
let port = 0;

beforeAll(async () => {
  server.on(
    "upgrade",
    guardUpgrade(guard, (...given) => handler(...given)),
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  port = (server.address() as AddressInfo).port;
});
afterAll(async () => {
  server.close();
  await guard.close();
});

/** What a client of a handshake receives until the server ends the connection. */
function shakeHands(at = port): Promise<string> {
  return new Promise((resolve) => {
    let received = "";
    const socket = connect(at, "127.0.0.1", () => {
      socket.write("GET /chat?room=1 HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: x\r\n\r\n");
    });
    socket.on("data", (piece) => (received += piece.toString()));
    socket.on("error", () => undefined);
    socket.on("close", () => resolve(received));
  });
}

describe("a guarded upgrade", () => {
  it("passes a handshake through byte for byte, and is no failure", async () => {
    handler = (_request, socket: Duplex) => {
      socket.write(SWITCH);
      setImmediate(() => socket.end("hello"));
    };
    expect(await shakeHands()).toBe(`${SWITCH}hello`);
    expect(guard.counts().captured).toBe(0);
  });

  it.each(HOSTILE_KINDS)("answers $name, thrown before the handshake, and tells it once", async (kind) => {
    const before = guard.counts().captured;
    const thrown = kind.make();
    handler = () => {
      throw thrown;
    };
    const received = await shakeHands();
    expect(received).toMatch(/^HTTP\/1\.1 500 Internal Server Error\r\n/);
    expect(JSON.parse(received.slice(received.indexOf("\r\n\r\n")))).toMatchObject({ status: 500 });
    expect(guard.counts()).toMatchObject({ captured: before + 1, internalErrors: 0 });
  });

  it.each(HOSTILE_KINDS)("hangs up on $name, rejected after the handshake, and tells it once", async (kind) => {
    const before = guard.counts().captured;
    handler = async (_request, socket) => {
      socket.write(SWITCH);
      await nextTurn();
      throw kind.make();
    };
    expect(await shakeHands()).toBe(SWITCH);
    expect(guard.counts()).toMatchObject({ captured: before + 1, internalErrors: 0 });
  });

  it("says of a refusal that had a reason what it was", async () => {
    handler = () => {
      throw Object.assign(new Error("who are you"), { status: 401 });
    };
    expect(await shakeHands()).toMatch(/^HTTP\/1\.1 401 Unauthorized\r\n/);
  });
});

/** What express-ws does: the app is given a response of no socket, and whatever it answers hangs up. */
async function serveUpgrades(app: express.Express): Promise<Server> {
  const routed = createServer().on("upgrade", (request, socket) => {
    const response = new ServerResponse(request);
    response.writeHead = () => {
      socket.end();
      return response;
    };
    socket.write(SWITCH);
    app(request, response);
  });
  await new Promise<void>((resolve) => routed.listen(0, "127.0.0.1", resolve));
  return routed;
}

describe("an app of Express that is given upgraded connections", () => {
  it.each([true, false])("has what its handlers throw told once, when the connection ends, with respond %s", async (respond) => {
    const before = guard.counts();
    const app = express().set("env", "test");
    app.use(guardRequests(guard));
    app.get("/chat", () => {
      throw new Error("boom-upgraded");
    });
    app.use(guardErrors(guard, { respond }));
    const routed = await serveUpgrades(app);
    expect(await shakeHands((routed.address() as AddressInfo).port)).toBe(SWITCH);
    await new Promise((resolve) => routed.close(resolve));
    await vi.waitFor(() => expect(guard.counts()).toMatchObject({ captured: before.captured + 1, internalErrors: 0 }), { timeout: 60_000 });
  });
});

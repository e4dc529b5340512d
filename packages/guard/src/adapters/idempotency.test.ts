import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { text } from "node:stream/consumers";
import { setImmediate as nextTurn } from "node:timers/promises";
import express from "express";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createGuard } from "../guard.ts";
import { createMemoryIdempotencyStore } from "../resilience/idempotency-memory.ts";
import { createCollected } from "../testing/collected.ts";
import { guardErrors, guardRequests } from "./express.ts";
import { idempotent } from "./idempotency.ts";

const guard = createGuard({ service: "orders", transport: createCollected(), spool: false, announce: false });
const server = createServer();
let base = "";
let orders = 0;
let failures = 0;
let gaveUp = 0;
const slow = Promise.withResolvers<{ readonly response: ServerResponse; readonly go: () => void }>();

beforeAll(async () => {
  const app = express();
  app.use(guardRequests(guard), express.json());
  const keyed = idempotent({ store: createMemoryIdempotencyStore(), caller: (request) => String(request.headers.authorization) });
  app.post("/orders", keyed, (request, response) => {
    orders += 1;
    response.status(201).location(`/orders/${orders}`).append("x-part", "a").append("x-part", "b");
    response.write('{"order":');
    const rest = `${orders},"of":${JSON.stringify((request.body as { item: string }).item)}}`;
    setTimeout(() => response.end(rest), 100);
  });
  app.post("/broken", keyed, () => {
    failures += 1;
    throw new Error("broken");
  });
  app.post("/head", keyed, (_request, response) => {
    response.statusMessage = "Made It";
    response.writeHead(201, "Made It", { "X-Mixed-Case": "1", "Set-Cookie": ["a=1", "b=2"] }).end(Uint8Array.of(0, 255));
  });
  app.post("/slow", keyed, (_request, response) => slow.resolve({ response, go: () => void response.status(201).send("done") }));
  app.post("/twice", keyed, (_request, response) => {
    response.status(201).json({ said: "first" });
    response.status(202).set("x-late", "1").json({ said: "something longer" });
  });
  app.post("/gives-up", keyed, (_request, response) => {
    gaveUp += 1;
    response.destroy();
  });
  app.post("/unread", keyed, (request, response, next) => void text(request).then((body) => response.send(body), next));
  app.use(guardErrors(guard));
  server.on("request", app);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(async () => {
  server.close();
  server.closeAllConnections();
  await guard.close();
});

async function post(
  path: string,
  key: string,
  item = "book",
): Promise<{ status: number; body: string; location: string | null; part: string | null }> {
  const headers = { "idempotency-key": key, "content-type": "application/json", authorization: "tenant-1" };
  const response = await fetch(base + path, { method: "POST", headers, body: JSON.stringify({ item }) });
  return {
    status: response.status,
    body: await response.text(),
    location: response.headers.get("location"),
    part: response.headers.get("x-part"),
  };
}

describe("Idempotency-Key on Express", () => {
  it("does the work once; duplicates in flight get 409, later ones the same bytes, another payload 422", async () => {
    const together = await Promise.all(Array.from({ length: 10 }, () => post("/orders", "k1")));
    expect(new Set(together.map((each) => each.status))).toEqual(new Set([201, 409]));
    expect(orders).toBe(1);
    const first = together.find((each) => each.status === 201);
    expect(await post("/orders", "k1")).toEqual(first);
    expect(first).toMatchObject({ body: '{"order":1,"of":"book"}', location: "/orders/1", part: "a, b" });
    expect((await post("/orders", "k1", "pen")).status).toBe(422);
    expect(orders).toBe(1);
  });

  it("keeps no server error: the next try does the work again", async () => {
    expect([(await post("/broken", "k2")).status, (await post("/broken", "k2")).status]).toEqual([500, 500]);
    expect(failures).toBe(2);
  });
});

/** All bytes of an answer, as they stand on the wire but for the date. */
async function readBytes(path: string, key: string, { payload = "{}", type = "application/json" } = {}): Promise<string> {
  const socket = connect(Number(new URL(base).port), "127.0.0.1").setEncoding("latin1");
  const fields = `host: a\r\nconnection: close\r\nauthorization: t\r\nidempotency-key: ${key}\r\ncontent-type: ${type}`;
  socket.end(`POST ${path} HTTP/1.1\r\n${fields}\r\ncontent-length: ${payload.length}\r\n\r\n${payload}`);
  return (await text(socket)).replace(/\r\ndate: [^\r]*/i, "");
}

describe("Idempotency-Key where it is hard", () => {
  it("does the work once for a client that leaves and comes again, while the work goes on and after it", async () => {
    const leaving = new AbortController();
    const headers = { "idempotency-key": "left", "content-type": "application/json", authorization: "tenant-1" };
    const left = fetch(`${base}/slow`, { method: "POST", headers, body: '{"item":"book"}', signal: leaving.signal });
    const { response, go } = await slow.promise;
    const closed = once(response, "close");
    leaving.abort();
    await expect(left).rejects.toThrow(/./);
    await closed;
    expect((await post("/slow", "left")).status).toBe(409);
    go();
    await nextTurn();
    expect(await post("/slow", "left")).toMatchObject({ status: 201, body: "done" });
  });

  it("gives the key back at once when it was the server that broke off", async () => {
    await expect(post("/gives-up", "k")).rejects.toThrow(/./);
    await expect(post("/gives-up", "k")).rejects.toThrow(/./);
    expect(gaveUp).toBe(2);
  });

  it("replays every byte: names of headers as they were written, words behind the status, cookies, bytes that are no text", async () => {
    const first = await readBytes("/head", "bytes");
    expect(first).toMatch(/^HTTP\/1\.1 201 Made It\r\n[^]*X-Mixed-Case: 1[^]*Set-Cookie: a=1\r\nSet-Cookie: b=2/);
    expect(await readBytes("/head", "bytes")).toBe(first);
  });

  it("takes the first of two answers, as without it, and replays that", async () => {
    const first = await readBytes("/twice", "twice");
    expect(first).toMatch(/^HTTP\/1\.1 201 [^]*\{"said":"first"\}$/);
    expect(first).not.toContain("x-late");
    expect(await readBytes("/twice", "twice")).toBe(first);
  });

  it("is another request with another query, or a payload of another length that no parser has read", async () => {
    expect((await post("/orders?amount=5", "query")).status).toBe(201);
    expect((await post("/orders?amount=500", "query")).status).toBe(422);
    const unread = { type: "text/plain", payload: "five" };
    const first = await readBytes("/unread", "unread", unread);
    expect(first).toContain("five");
    expect(await readBytes("/unread", "unread", unread)).toBe(first);
    expect(await readBytes("/unread", "unread", { ...unread, payload: "five hundred" })).toMatch(/^HTTP\/1\.1 422 /);
  });
});

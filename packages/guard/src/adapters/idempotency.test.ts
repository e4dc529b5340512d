import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
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

beforeAll(async () => {
  const app = express();
  app.use(guardRequests(guard), express.json());
  const once = idempotent({ store: createMemoryIdempotencyStore(), caller: (request) => String(request.headers.authorization) });
  app.post("/orders", once, (request, response) => {
    orders += 1;
    response.status(201).location(`/orders/${orders}`).append("x-part", "a").append("x-part", "b");
    response.write('{"order":');
    const rest = `${orders},"of":${JSON.stringify((request.body as { item: string }).item)}}`;
    setTimeout(() => response.end(rest), 100);
  });
  app.post("/broken", once, () => {
    failures += 1;
    throw new Error("broken");
  });
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

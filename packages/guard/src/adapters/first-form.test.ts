import { subscribe } from "node:diagnostics_channel";
import { createServer, type Server } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import express from "express";
import { afterEach, describe, expect, it } from "vitest";
import { createGuard, type Guard } from "../guard.ts";
import { createCollected } from "../testing/collected.ts";
import { guardErrors, guardRequests } from "./express.ts";
import { guardHandler, setRoute } from "./http.ts";

subscribe("faultline:guard:error", (message) => console.error((message as { error: unknown }).error));

const open: { close(): unknown }[] = [];

afterEach(async () => {
  for (const each of open.splice(0)) await each.close();
});

function createTestGuard(): { guard: Guard; collected: ReturnType<typeof createCollected> } {
  const collected = createCollected();
  const guard = createGuard({ service: "orders", version: "1.2.3", region: "eu-1", transport: collected, spool: false, announce: false });
  open.push(guard);
  return { guard, collected };
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  open.push({ close: () => new Promise((resolve) => server.close(resolve).closeAllConnections()) });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function settle(guard: Guard): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 20));
  await guard.flush();
}

const INCOMING = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

describe.each([
  { name: "Express 5", create: express },
  // The alias has no types of its own; what is used here is the same in both.
  { name: "Express 4", create: createRequire(import.meta.url)("express4") as typeof express },
])("the guard on $name", ({ create }) => {
  it("answers a thrown error with problem details that say nothing of it, and records all of it", async () => {
    const { guard, collected } = createTestGuard();
    const app = create();
    app.use(guardRequests(guard));
    app.use(express.json());
    const shops = create.Router({ mergeParams: true });
    shops.post("/orders/:id", () => {
      throw new TypeError("cannot read 'price' of undefined in /srv/app.js", { cause: new Error("row 7 is missing") });
    });
    app.use("/shops/:shop", shops);
    app.use(guardErrors(guard));
    const base = await listen(createServer(app));
    const response = await fetch(`${base}/shops/a-shop/orders/9?verbose=1`, {
      method: "POST",
      headers: { traceparent: INCOMING, "x-request-id": "abc-1", "content-type": "application/json" },
      body: '{"items":[]}',
    });
    const text = await response.text();
    await settle(guard);

    expect(response.status).toBe(500);
    expect(response.headers.get("content-type")).toBe("application/problem+json");
    expect(response.headers.get("x-request-id")).toBe("abc-1");
    expect(JSON.parse(text)).toMatchObject({
      type: "about:blank",
      title: "Internal Server Error",
      status: 500,
      request_id: "abc-1",
      trace_id: "0af7651916cd43dd8448eb211c80319c",
      retryable: false,
    });
    expect(text).not.toMatch(/price|app\.js|row 7|TypeError/);
    const [span] = collected.spans;
    expect(collected.spans).toHaveLength(1);
    expect(span).toMatchObject({ name: "POST /shops/:shop/orders/:id", kind: 2, parentSpanId: "b7ad6b7169203331", status: { code: 2 } });
    expect(span?.attributes).toMatchObject({
      "http.request.method": "POST",
      "http.route": "/shops/:shop/orders/:id",
      "http.response.status_code": 500,
      "error.type": "TypeError",
      "http.request.body.size": 12,
    });
    const [log] = collected.logs;
    expect(collected.logs).toHaveLength(1);
    expect(log).toMatchObject({ eventName: "http.server.request.exception", severityNumber: 17, traceId: span?.["traceId"] });
    expect(log?.attributes).toMatchObject({ "exception.type": "TypeError" });
    expect(collected.text).toContain('"service.version"');
    expect(guard.counts()).toMatchObject({ captured: 1, delivered: 1, pending: 0, internalErrors: 0 });
  });

  it("lets a body be read by whoever reads it, and passes the very error on where it should not answer", async () => {
    const { guard, collected } = createTestGuard();
    const thrown = Object.freeze({ odd: true });
    const seen: unknown[] = [];
    const app = create();
    app.use(guardRequests(guard), express.json());
    app.post("/echo", (request, response) => void response.json(request.body));
    app.get("/fail", () => {
      throw thrown;
    });
    app.use(guardErrors(guard, { respond: false }));
    // oxlint-disable-next-line max-params -- Express knows an error handler by its four parameters
    app.use(((error, _request, response, _next) => {
      seen.push(error);
      response.status(503).send("mine");
    }) as express.ErrorRequestHandler);
    const base = await listen(createServer(app));
    const echoed = await fetch(`${base}/echo`, { method: "POST", headers: { "content-type": "application/json" }, body: '{"a":[1,2]}' });
    expect(await echoed.json()).toEqual({ a: [1, 2] });
    const failed = await fetch(`${base}/fail`);
    expect(await failed.text()).toBe("mine");
    await settle(guard);

    expect(seen).toHaveLength(1);
    expect(Object.is(seen[0], thrown)).toBe(true);
    expect(collected.spans).toHaveLength(1);
    expect(collected.spans[0]?.attributes).toMatchObject({ "http.response.status_code": 503, "error.type": "Object" });
  });

  it("makes a callee part of the trace, and tells a failing call as a client span", async () => {
    const { guard, collected } = createTestGuard();
    const received: (string | undefined)[] = [];
    const callee = await listen(
      createServer((request, response) => {
        received.push(request.headers.traceparent as string | undefined);
        response.writeHead(503).end();
      }),
    );
    const app = create();
    app.use(guardRequests(guard));
    app.get("/", (_request, response, next) => {
      fetch(`${callee}/stock?token=secret`).then((answer) => response.status(200).send(String(answer.status)), next);
    });
    const base = await listen(createServer(app));
    await (await fetch(base, { headers: { traceparent: INCOMING } })).text();
    await settle(guard);

    const [server, client] = collected.spans;
    expect(client).toMatchObject({ kind: 3, parentSpanId: server?.["spanId"], name: "GET", status: { code: 2 } });
    expect(client?.attributes).toMatchObject({ "url.full": `${callee}/stock`, "error.type": "503", "http.response.status_code": 503 });
    expect(received).toEqual([`00-0af7651916cd43dd8448eb211c80319c-${String(client?.["spanId"])}-01`]);
    expect(server?.["status"]).toBeUndefined();
    expect(collected.text).not.toContain("token=secret");
  });
});

describe("the guard on node:http", () => {
  it("answers a rejection, knows the route it was told, and counts successes without spans", async () => {
    const { guard, collected } = createTestGuard();
    const outcomes = {
      "/things/1": () => "fine",
      "/things/bad": () => {
        throw new Error("no");
      },
    };
    const handler = guardHandler(guard, async (request, response) => {
      setRoute(request, "/things/:id");
      await Promise.resolve();
      response.end(outcomes[request.url as keyof typeof outcomes]());
    });
    const base = await listen(createServer(handler));
    expect(await (await fetch(`${base}/things/1`)).text()).toBe("fine");
    expect((await fetch(`${base}/things/bad`, { method: "HEAD" })).status).toBe(500);
    await settle(guard);

    expect(collected.spans).toHaveLength(1);
    expect(collected.spans[0]?.attributes["http.route"]).toBe("/things/:id");
    const durations = collected.metrics.find((each) => each["name"] === "http.server.request.duration");
    expect(JSON.stringify(durations)).toContain('"count":"1"');
  });

  it("ends the connection of a response that failed half-way, and records it once", async () => {
    const { guard, collected } = createTestGuard();
    const handler = guardHandler(guard, async (_request, response) => {
      response.writeHead(200, { "content-length": "100" });
      response.write("half");
      await new Promise((resolve) => setTimeout(resolve, 10));
      throw new Error("torn");
    });
    const base = await listen(createServer(handler));
    await expect(fetch(base).then((response) => response.text())).rejects.toThrow(/terminated/);
    await settle(guard);
    expect(collected.spans).toHaveLength(1);
    expect(collected.spans[0]?.attributes).toMatchObject({ "error.type": "Error", "http.response.status_code": 200 });
    expect(collected.spans[0]?.["status"]).toEqual({ code: 2 });
  });
});

import { createServer } from "node:http";
import { readFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import express from "express";
import { afterAll, describe, expect, it } from "vitest";

const DOC = new URL("../../../docs/playbook/guard.md", import.meta.url);
const EXAMPLES = new URL("testing/examples/", import.meta.url);

/** Examples are quoted in the page; each quotation names its file. */
const quoted = [...readFileSync(DOC, "utf8").matchAll(/```ts file=(\S+)\n(.*?)```/gs)].map(([, file = "", code = ""]) => ({ file, code }));

const open: (() => unknown)[] = [];
afterAll(() => Promise.all(open.map((close) => close())));

async function listen(app: express.Express): Promise<string> {
  const server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  open.push(() => server.close().closeAllConnections());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function post(url: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(url, { method: "POST", headers: { "content-type": "application/json", ...headers }, body: JSON.stringify(body) });
}

describe("the examples on the guard's page", () => {
  it("are the files that run here, word for word", () => {
    expect(quoted.map((each) => each.file)).toEqual(["express-app.ts", "own-rule.ts", "safe-call.ts", "validated-route.ts"]);
    for (const { file, code } of quoted) expect(code).toBe(readFileSync(new URL(file, EXAMPLES), "utf8"));
  });

  it("begin like those of the package's own page", () => {
    const page = readFileSync(new URL("../README.md", import.meta.url), "utf8");
    expect(page).toContain(`\`\`\`ts file=express-app.ts\n${readFileSync(new URL("express-app.ts", EXAMPLES), "utf8")}\`\`\``);
  });

  it("answer as the page says", async () => {
    const { app, guard } = await import("./testing/examples/express-app.ts");
    open.push(() => guard.close());
    const base = await listen(app);
    expect(await (await post(`${base}/orders/7`, { items: [1, 2] })).json()).toEqual({ id: "7", total: 2 });
    // The request has no items: its own mistake, told in case it is the handler's.
    const refused = await post(`${base}/orders/7`, {});
    expect(await refused.json()).toMatchObject({ title: "Bad Request", status: 400, retryable: false });
    expect(guard.counts().captured).toBe(1);
  });

  it("map an error of one's own", async () => {
    const { guard, OutOfStockError } = await import("./testing/examples/own-rule.ts");
    open.push(() => guard.close());
    const { guardErrors, guardRequests } = await import("./adapters/express.ts");
    const app = express().use(guardRequests(guard));
    app.get("/", () => {
      throw new OutOfStockError();
    });
    app.use(guardErrors(guard));
    const answer = await fetch(await listen(app));
    expect(await answer.json()).toMatchObject({ status: 409, title: "Out of stock" });
  });

  it("fall back when the dependency is not there", async () => {
    const { readStock } = await import("./testing/examples/safe-call.ts");
    expect(await readStock("http://127.0.0.1:9/stock")).toEqual({ left: "unknown" });
  });

  it("refuse a wrong order and do a right one once", async () => {
    const { orders } = await import("./testing/examples/validated-route.ts");
    const { guard } = await import("./testing/examples/own-rule.ts");
    const { guardErrors, guardRequests } = await import("./adapters/express.ts");
    const base = await listen(express().use(guardRequests(guard), express.json(), orders, guardErrors(guard)));
    expect((await post(`${base}/orders`, { item: "book", count: 0 })).status).toBe(422);
    expect((await post(`${base}/orders`, { item: "book", count: 1, price: 0 })).status).toBe(422);
    const first = await post(`${base}/orders`, { item: "book", count: 1 }, { "idempotency-key": "k" });
    expect(first.status).toBe(201);
    const second = await post(`${base}/orders`, { item: "book", count: 1 }, { "idempotency-key": "k" });
    expect(await second.text()).toBe(await first.text());
  });
});

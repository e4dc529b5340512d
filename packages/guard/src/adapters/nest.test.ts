import "reflect-metadata";
import * as common from "@nestjs/common";
import { APP_PIPE, NestFactory } from "@nestjs/core";
import { ExpressAdapter } from "@nestjs/platform-express";
import { FastifyAdapter } from "@nestjs/platform-fastify";
import { mkdtempSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { createGuard } from "../guard.ts";
import { createCollected } from "../testing/collected.ts";
import { NEST_HOSTS } from "../testing/nest-hosts.ts";
import { guardNest } from "./nest.ts";

const open: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

describe.each(NEST_HOSTS)("$name", (host) => {
  it("keeps Nest's own statuses, as problem details, and counts them as no failure", async () => {
    const guard = createGuard({ service: "nest", endpoint: false, announce: false, processHooks: false });
    const route = (): never => {
      throw new common.NotFoundException("no such order");
    };
    const mounted = await host.mount(guard, route);
    const { url } = mounted;
    open.push(
      () => mounted.close(),
      () => guard.close(),
    );
    const thrown = await fetch(`${url}/route`);
    expect(await thrown.json()).toMatchObject({ status: 404, title: "Not Found" });
    const unknown = await fetch(`${url}/nowhere`);
    expect(unknown.status).toBe(404);
    expect(unknown.headers.get("content-type")).toBe("application/problem+json");
    expect(await (await fetch(`${url}/found/7`)).json()).toEqual({ found: true });
    expect(guard.counts()).toMatchObject({ captured: 0, internalErrors: 0 });
  });

  it("tells the route and the error of a failure", async () => {
    const collected = createCollected();
    const guard = createGuard({ service: "nest", transport: collected, spool: false, announce: false, processHooks: false });
    const route = (): never => {
      throw new TypeError("price of nothing");
    };
    const mounted = await host.mount(guard, route);
    const { url } = mounted;
    open.push(
      () => mounted.close(),
      () => guard.close(),
    );
    expect((await fetch(`${url}/route`)).status).toBe(500);
    await expect.poll(() => guard.counts().captured).toBe(1);
    await guard.flush();
    expect(collected.spans[0]?.attributes).toMatchObject({ "http.route": "/route", "error.type": "TypeError" });
  });
});

/** A controller as TypeScript compiles it, of a script on the disk. */
const COMPILED = `const { Body, Controller, HttpCode, Module, Post, Query } = require("@nestjs/common");
exports.createModule = (pipes) => {
    const __param = (index, decorator) => (target, key) => decorator(target, key, index);
    const __decorate = (list, target, key) => {
        for (const each of list.reverse()) each(target, key, key && Object.getOwnPropertyDescriptor(target, key));
    };
    let Orders = class Orders {
        create(dto) { return { mail: dto.customer.mail.trim() }; }
        search(q) { return { q: q.trim() }; }
    };
    __decorate([Post("orders"), HttpCode(200), __param(0, Body())], Orders.prototype, "create", null);
    __decorate([Post("search"), HttpCode(200), __param(0, Query("q"))], Orders.prototype, "search", null);
    __decorate([Controller()], Orders);
    let App = class App {
    };
    __decorate([Module({ controllers: [Orders], providers: pipes })], App);
    return App;
};`;

describe.each([
  ["Express", () => new ExpressAdapter()],
  ["Fastify", () => new FastifyAdapter()],
])("parameters that Nest decorates, on %s", (_name, createAdapter) => {
  /** The statuses of a right request and of a wrong one, for a body and for a part of a query. */
  async function ask(pipes: readonly object[]): Promise<readonly number[]> {
    const folder = mkdtempSync(join(tmpdir(), "faultline-nest-"));
    const [packages = ""] = /.*node_modules/.exec(createRequire(import.meta.url).resolve("@nestjs/common")) ?? [];
    symlinkSync(packages, join(folder, "node_modules"));
    const file = join(folder, "controller.cjs");
    writeFileSync(file, COMPILED);
    const { createModule } = createRequire(file)(file) as { createModule: (pipes: readonly object[]) => new () => object };
    const guard = createGuard({ service: "nest", endpoint: false, announce: false, processHooks: false });
    const app = guardNest(await NestFactory.create(createModule(pipes), createAdapter() as ExpressAdapter, { logger: false }), guard);
    await app.listen(0, "127.0.0.1");
    open.push(
      () => app.close(),
      () => guard.close(),
    );
    const url = await app.getUrl();
    const send = async (path: string, body: unknown): Promise<number> => {
      const headers = { "content-type": "application/json" };
      return (await fetch(`${url}/${path}`, { method: "POST", headers, body: JSON.stringify(body) })).status;
    };
    return [
      await send("orders", { customer: { mail: "a" } }),
      await send("orders", {}),
      await send("search?q=a", {}),
      await send("search", {}),
    ];
  }

  it("are followed to the request", async () => {
    expect(await ask([])).toEqual([200, 400, 200, 400]);
  });

  it("are as they were sent only where no pipe of the app may have made something else of them", async () => {
    const pipe = { provide: APP_PIPE, useValue: { transform: (value: unknown) => value } };
    expect(await ask([pipe])).toEqual([200, 500, 200, 400]);
  });
});

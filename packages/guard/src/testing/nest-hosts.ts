/** For tests of the guard: a NestJS application on each platform. Decorators are applied by calls: sources here run by type stripping. */
import "reflect-metadata";
import { type ArgumentsHost, Controller, Get, Module, Res } from "@nestjs/common";
import { NestFactory } from "@nestjs/core";
import { ExpressAdapter } from "@nestjs/platform-express";
import { FastifyAdapter } from "@nestjs/platform-fastify";
import type { ServerResponse } from "node:http";
import { guardNest } from "../adapters/nest.ts";
import type { Guard } from "../guard.ts";
import { createFailingStream, type Host, type HostTraits, type Mounted, writeHalf } from "./hosts.ts";

type Reply = ServerResponse & { readonly raw?: ServerResponse };

/** A controller with the three routes, and `/found/:id`, which answers. */
function createController(route: () => unknown): new () => object {
  class Orders {
    route(): unknown {
      return route();
    }
    found(): object {
      return { found: true };
    }
    async late(reply: Reply): Promise<void> {
      await writeHalf(reply.raw ?? reply, route);
    }
    stream(reply: Reply): void {
      const stream = createFailingStream(route);
      const response = reply.raw ?? reply;
      stream.on("error", (thrown) => response.destroy(thrown));
      stream.pipe(response);
    }
  }
  const routes = { route: "route", found: "found/:id", late: "late", stream: "stream" };
  for (const [name, path] of Object.entries(routes)) {
    const descriptor = Object.getOwnPropertyDescriptor(Orders.prototype, name);
    Get(path)(Orders.prototype, name, descriptor as PropertyDescriptor);
  }
  Res()(Orders.prototype, "late", 0);
  Res()(Orders.prototype, "stream", 0);
  Controller()(Orders);
  return Orders;
}

function createModule(route: () => unknown): new () => object {
  class App {
    readonly isModule = true;
  }
  Module({ controllers: [createController(route)] })(App);
  return App;
}

/** Mounts it; `createAdapter` decides the platform. */
function onNest(createAdapter: () => ExpressAdapter | FastifyAdapter): Host["mount"] {
  return async (guard: Guard, route, own = false): Promise<Mounted> => {
    const reraised: unknown[] = [];
    const app = await NestFactory.create(createModule(route), createAdapter() as ExpressAdapter, { logger: false });
    const filter = {
      catch(thrown: unknown, host: ArgumentsHost): void {
        reraised.push(thrown);
        app.getHttpAdapter().reply(host.switchToHttp().getResponse(), "own", 500);
      },
    };
    guardNest(app, guard, own ? { filter } : {});
    await app.listen(0, "127.0.0.1");
    return { url: (await app.getUrl()).replace("[::1]", "127.0.0.1"), reraised, close: () => app.close() };
  };
}

const MOMENTS = ["/route", "/late", "/stream"] as const;

/** Both platforms. */
export const NEST_HOSTS: readonly (Host & HostTraits)[] = [
  { name: "NestJS on Express", mount: onNest(() => new ExpressAdapter()), takesFalsy: true, handsOnAll: true, moments: MOMENTS },
  { name: "NestJS on Fastify", mount: onNest(() => new FastifyAdapter()), takesFalsy: true, handsOnAll: true, moments: MOMENTS },
];

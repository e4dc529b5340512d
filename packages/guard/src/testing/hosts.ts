/** For tests of the guard: the same route mounted on each framework, answered by the guard or by the host's own error handler. */
import { createServer, type Server } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { getRequestListener } from "@hono/node-server";
import express from "express";
import fastify from "fastify";
import { Hono } from "hono";
import Koa from "koa";
import * as forExpress from "../adapters/express.ts";
import { guardFastify } from "../adapters/fastify.ts";
import { guardFetch } from "../adapters/fetch.ts";
import * as forHono from "../adapters/hono.ts";
import { guardHandler } from "../adapters/http.ts";
import { guardKoa } from "../adapters/koa.ts";
import type { Guard } from "../guard.ts";

/** A host that listens. `reraised` is what its own error handler was given. */
export type Mounted = { readonly url: string; readonly reraised: readonly unknown[]; close(): Promise<unknown> };

/** A framework. `own` puts the host's own error handler in place of the guard's answer. */
export type Host = { readonly name: string; mount(guard: Guard, route: () => unknown, own?: boolean): Promise<Mounted> };

async function listen(server: Server, reraised: readonly unknown[]): Promise<Mounted> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const close = (): Promise<unknown> =>
    new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, reraised, close };
}

function onExpress(create: typeof express): Host["mount"] {
  return (guard, route, own = false) => {
    const reraised: unknown[] = [];
    const app = create();
    app.use(forExpress.guardRequests(guard));
    app.get("/route", async (_request, response) => void response.json(await route()));
    app.use(forExpress.guardErrors(guard, { respond: !own }));
    // oxlint-disable-next-line max-params -- Express knows an error handler by its four parameters
    app.use(((thrown, _request, response, _next) => {
      reraised.push(thrown);
      response.status(500).send("own");
    }) as express.ErrorRequestHandler);
    return listen(createServer(app), reraised);
  };
}

const onFastify: Host["mount"] = async (guard, route, own = false) => {
  const reraised: unknown[] = [];
  const app = fastify();
  const errorHandler = (thrown: unknown, _request: unknown, reply: { code(status: number): { send(text: string): unknown } }): unknown => {
    reraised.push(thrown);
    return reply.code(500).send("own");
  };
  await app.register(guardFastify(guard, own ? { errorHandler } : {}));
  app.get("/route", async () => route());
  const url = await app.listen({ port: 0, host: "127.0.0.1" });
  return { url, reraised, close: () => app.close() };
};

const onKoa: Host["mount"] = (guard, route, own = false) => {
  const reraised: unknown[] = [];
  const app = new Koa();
  app.on("error", () => undefined);
  const outside: Koa.Middleware = async (context, next) => {
    try {
      await next();
    } catch (thrown) {
      reraised.push(thrown);
      context.status = 500;
      context.body = "own";
    }
  };
  app.use(outside);
  app.use(guardKoa(guard, { respond: !own }));
  app.use(async (context) => {
    context.body = await route();
  });
  return listen(createServer(app.callback()), reraised);
};

const onHono: Host["mount"] = (guard, route, own = false) => {
  const reraised: unknown[] = [];
  const app = new Hono();
  app.use(forHono.guardRequests(guard));
  app.get("/route", async (context) => context.json((await route()) as object));
  app.onError(
    own
      ? (thrown, context) => {
          reraised.push(thrown);
          return context.text("own", 500);
        }
      : forHono.guardErrors(guard),
  );
  return listen(createServer(getRequestListener(app.fetch)), reraised);
};

const onFetch: Host["mount"] = (guard, route, own = false) => {
  const reraised: unknown[] = [];
  const handler = guardFetch(guard, async () => Response.json(await route()), { route: "/route", respond: !own });
  const outside = async (request: Request): Promise<Response> => {
    try {
      return await handler(request);
    } catch (thrown) {
      reraised.push(thrown);
      return new Response("own", { status: 500 });
    }
  };
  return listen(createServer(getRequestListener(outside)), reraised);
};

const onHttp: Host["mount"] = (guard, route) => {
  const handler = guardHandler(guard, async (_request, response) => {
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify(await route()));
  });
  return listen(createServer(handler), []);
};

/** All of them. On node:http there is nobody behind the guard to pass an error on to. */
export const HOSTS: readonly (Host & { readonly takesFalsy: boolean; readonly handsOnAll: boolean })[] = [
  { name: "node:http", mount: onHttp, takesFalsy: true, handsOnAll: false },
  { name: "Express 5", mount: onExpress(express), takesFalsy: true, handsOnAll: true },
  // The alias has no types of its own; what is used here is the same in both.
  {
    name: "Express 4",
    mount: onExpress(createRequire(import.meta.url)("express4") as typeof express),
    takesFalsy: false,
    handsOnAll: false,
  },
  { name: "Fastify 5", mount: onFastify, takesFalsy: true, handsOnAll: true },
  { name: "Koa 3", mount: onKoa, takesFalsy: true, handsOnAll: true },
  { name: "Hono 4", mount: onHono, takesFalsy: true, handsOnAll: false },
  { name: "fetch", mount: onFetch, takesFalsy: true, handsOnAll: true },
];

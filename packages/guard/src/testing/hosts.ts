/**
 * For tests of the guard: the same three routes mounted on each framework, answered by the guard or by the host's own error handler.
 * `/route` throws before the headers, `/late` after half a body, `/stream` gives a body that fails.
 */
import { createServer, type Server, type ServerResponse } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setImmediate as nextTurn } from "node:timers/promises";
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

/** A framework. `own` puts the host's own error handler in place of the guard's answer. `route` throws. */
export type Host = { readonly name: string; mount(guard: Guard, route: () => unknown, own?: boolean): Promise<Mounted> };

/** Starts a server on a free port. */
async function listen(server: Server, reraised: readonly unknown[]): Promise<Mounted> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const close = (): Promise<unknown> =>
    new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, reraised, close };
}

/** Half a body, and then what `route` throws. */
export async function writeHalf(response: ServerResponse, route: () => unknown): Promise<void> {
  response.writeHead(200, { "content-length": "100" });
  response.write("half");
  await nextTurn();
  await route();
}

/** A body that gives one piece and then fails with what `route` throws. */
export function createFailingStream(route: () => unknown): Readable {
  return Readable.from(
    (async function* () {
      yield "half";
      await nextTurn();
      await route();
    })(),
  );
}

/** In an older Express a rejected promise is nobody's; there, handlers hand errors on themselves. */
function onExpress(create: typeof express, awaitsHandlers: boolean): Host["mount"] {
  return (guard, route, own = false) => {
    const reraised: unknown[] = [];
    const app = create();
    app.set("env", "test");
    app.use(forExpress.guardRequests(guard));
    const get = (path: string, run: (response: express.Response) => unknown): void => {
      app.get(path, (_request, response, next) => {
        if (path === "/route" && !awaitsHandlers) return run(response);
        const running = (async () => run(response))();
        return awaitsHandlers ? running : void running.then(undefined, next);
      });
    };
    get("/route", awaitsHandlers ? async (response) => response.json(await route()) : (response) => response.json(route()));
    get("/late", (response) => writeHalf(response, route));
    get("/stream", (response) => pipeline(createFailingStream(route), response));
    app.use(forExpress.guardErrors(guard, { respond: !own }));
    // oxlint-disable-next-line max-params -- Express knows an error handler by its four parameters
    app.use(((thrown, _request, response, next) => {
      reraised.push(thrown);
      if (response.headersSent) return next(thrown);
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
  app.get("/late", async (_request, reply) => writeHalf(reply.raw, route));
  app.get("/stream", (_request, reply) => reply.send(createFailingStream(route)));
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
  if (own) app.use(outside);
  app.use(guardKoa(guard, { respond: !own }));
  app.use(async (context) => {
    if (context.path === "/late") await writeHalf(context.res, route);
    context.body = context.path === "/stream" ? createFailingStream(route) : await route();
  });
  return listen(createServer(app.callback()), reraised);
};

const onHono: Host["mount"] = (guard, route, own = false) => {
  const reraised: unknown[] = [];
  const app = new Hono();
  app.use(forHono.guardRequests(guard));
  app.get("/route", async (context) => context.json((await route()) as object));
  app.get("/stream", (context) => context.body(Readable.toWeb(createFailingStream(route)) as ReadableStream));
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
  const handler = guardHandler(guard, async (request, response) => {
    if (request.url === "/late") return writeHalf(response, route);
    if (request.url === "/stream") return pipeline(createFailingStream(route), response);
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify(await route()));
  });
  return listen(createServer(handler), []);
};

/** Moments in which a route throws: before the headers, after them, in the stream that is the body. */
export type Moment = "/route" | "/late" | "/stream";

/** What a framework does with what is thrown. */
export type HostTraits = {
  /** Falsy things reach the error handling too; elsewhere they are "no error". */
  readonly takesFalsy: boolean;
  /** There is error handling behind the guard, and it gets all that is thrown. On node:http there is nobody. */
  readonly handsOnAll: boolean;
  readonly moments: readonly Moment[];
  /** What a stream may fail with without ending the process: Koa itself trips over anything but an error that it can mark. */
  readonly streamsErrorsOnly?: true;
};

const ALL: readonly Moment[] = ["/route", "/late", "/stream"];

/** All of them; NestJS has a file of its own. */
export const HOSTS: readonly (Host & HostTraits)[] = [
  { name: "node:http", mount: onHttp, takesFalsy: true, handsOnAll: false, moments: ALL },
  { name: "Express 5", mount: onExpress(express, true), takesFalsy: true, handsOnAll: true, moments: ALL },
  // The alias has no types of its own; what is used here is the same in both.
  {
    name: "Express 4",
    mount: onExpress(createRequire(import.meta.url)("express4") as typeof express, false),
    takesFalsy: false,
    handsOnAll: true,
    moments: ALL,
  },
  { name: "Fastify 5", mount: onFastify, takesFalsy: true, handsOnAll: true, moments: ALL },
  { name: "Koa 3", mount: onKoa, takesFalsy: true, handsOnAll: true, moments: ALL, streamsErrorsOnly: true },
  { name: "Hono 4", mount: onHono, takesFalsy: true, handsOnAll: false, moments: ["/route", "/stream"] },
  { name: "fetch", mount: onFetch, takesFalsy: true, handsOnAll: true, moments: ["/route"] },
];

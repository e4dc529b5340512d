/** One small app for the overhead benchmark: `app.ts FRAMEWORK VARIANT COLLECTOR`. Speaks to its parent by messages: `cpu` and `rss`. */
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { createGuard, type Guard } from "@faultline/guard";
import * as forExpress from "@faultline/guard/express";
import { guardFastify } from "@faultline/guard/fastify";
import * as forHono from "@faultline/guard/hono";
import { getRequestListener } from "@hono/node-server";
import express from "express";
import fastify from "fastify";
import { Hono } from "hono";

const [framework = "express", variant = "bare", endpoint = ""] = process.argv.slice(2);
const PROBLEM = { type: "about:blank", title: "Internal Server Error", status: 500 };

function openGuard(): Guard | undefined {
  if (!variant.startsWith("guard")) return undefined;
  return createGuard({ service: "overhead", endpoint, spool: false, announce: false, context: variant !== "guard-without-context" });
}

function onExpress(guard: Guard | undefined): RequestListener {
  const app = express();
  if (guard !== undefined) app.use(forExpress.guardRequests(guard));
  app.get("/hello/:id", (request, response) => void response.json({ hello: request.params.id }));
  app.get("/fail/:n", (request) => {
    throw new Error(`boom-${request.params.n}`);
  });
  if (guard !== undefined) app.use(forExpress.guardErrors(guard));
  // oxlint-disable-next-line max-params -- Express knows an error handler by its four parameters
  app.use(((_thrown, _request, response, _next) => {
    response.status(500).type("application/problem+json").send(JSON.stringify(PROBLEM));
  }) as express.ErrorRequestHandler);
  return app;
}

async function onFastify(guard: Guard | undefined): Promise<RequestListener> {
  let listener: RequestListener | undefined;
  const app = fastify({
    serverFactory: (handler) => {
      listener = handler;
      return createServer();
    },
  });
  if (guard !== undefined) await app.register(guardFastify(guard));
  else app.setErrorHandler((_thrown, _request, reply) => reply.code(500).type("application/problem+json").send(JSON.stringify(PROBLEM)));
  app.get("/hello/:id", (request, reply) => void reply.send({ hello: (request.params as { id: string }).id }));
  app.get("/fail/:n", (request) => {
    throw new Error(`boom-${(request.params as { n: string }).n}`);
  });
  await app.ready();
  return (request, response) => listener?.(request, response);
}

function onHono(guard: Guard | undefined): RequestListener {
  const app = new Hono();
  if (guard !== undefined) app.use(forHono.guardRequests(guard));
  app.get("/hello/:id", (context) => context.json({ hello: context.req.param("id") }));
  app.get("/fail/:n", (context) => {
    throw new Error(`boom-${context.req.param("n")}`);
  });
  if (guard !== undefined) app.onError(forHono.guardErrors(guard));
  else app.onError((_thrown, context) => context.body(JSON.stringify(PROBLEM), 500, { "content-type": "application/problem+json" }));
  return getRequestListener(app.fetch);
}

const create: Record<string, (guard: Guard | undefined) => RequestListener | Promise<RequestListener>> = {
  express: onExpress,
  fastify: onFastify,
  hono: onHono,
};
const guard = openGuard();
const listener = (await create[framework]?.(guard)) as RequestListener;
const server = createServer(listener);
server.listen(0, "127.0.0.1", () => process.send?.({ port: (server.address() as AddressInfo).port }));
process.on("message", () => {
  process.send?.({ cpu: process.cpuUsage(), rss: process.memoryUsage().rss, counts: guard?.counts() });
});
process.on("disconnect", () => process.exit());

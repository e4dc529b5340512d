/** The small apps that are compared: bare, three floors, guarded; on Express, Fastify and Hono. */
import { AsyncLocalStorage } from "node:async_hooks";
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from "node:http";
import { createGuard, type Guard, type GuardOptions } from "@faultline/guard";
import * as forExpress from "@faultline/guard/express";
import { guardFastify } from "@faultline/guard/fastify";
import * as forHono from "@faultline/guard/hono";
import { getRequestListener } from "@hono/node-server";
import express from "express";
import fastify from "fastify";
import { Hono } from "hono";

const PROBLEM = JSON.stringify({ type: "about:blank", title: "Internal Server Error", status: 500 });
const PROBLEM_TYPE = "application/problem+json";

/** Where the guard of an app sends what it has collected. */
export type Sending = Pick<GuardOptions, "endpoint" | "transport">;

function openGuard(variant: string, sending: Sending): Guard | undefined {
  if (!variant.startsWith("guard")) return undefined;
  return createGuard({ service: "overhead", spool: false, announce: false, context: variant === "guard", ...sending });
}

/** A peer, loaded before this app: how it sends what it has collected, and how it is told of errors. */
const { sendCollected, watchErrors } = globalThis as {
  sendCollected?: () => Promise<unknown>;
  watchErrors?: Record<"express" | "fastify" | "hono", (appOrError: unknown) => void>;
};

/** The least that anything does which counts requests and keeps failures: clock, route and status of each, the stack of an error. */
const counted = { requests: 0, sumMs: 0, routes: new Set<unknown>(), stackLength: 0 };
const START: unique symbol = Symbol("start");

type Started = ServerResponse & { [START]?: { readonly startMs: number; readonly readRoute: () => unknown } };

function countEnd(this: Started): void {
  const start = this[START];
  if (start === undefined) return;
  counted.requests += 1;
  counted.sumMs += performance.now() - start.startMs;
  counted.routes.add(start.readRoute()).add(this.statusCode);
}

function count(floor: Floor, response: Started, readRoute: () => unknown): void {
  if (floor?.counts !== true) return;
  response[START] = { startMs: performance.now(), readRoute };
  response.on("close", countEnd);
}

/** The one thing that holds a request's context: the second floor does it as well, the third nothing else. */
const storage = new AsyncLocalStorage<object>();

/** `counts` is what the plain floor does; a context is run as usual, or entered, which is the least that Node has. */
type Floor = { readonly counts: boolean; readonly context?: "run" | "entered" } | undefined;

function runOn<T>(floor: Floor, response: object, work: () => T): T {
  if (floor?.context === "run") return storage.run(response, work);
  if (floor?.context === "entered") storage.enterWith(response);
  return work();
}

function readStack(floor: Floor, thrown: unknown): void {
  if (floor?.counts !== true) return;
  counted.stackLength += (thrown as Error).stack?.length ?? 0;
}

function onExpress(guard: Guard | undefined, floor: Floor): RequestListener {
  const app = express();
  if (guard !== undefined) app.use(forExpress.guardRequests(guard));
  if (floor !== undefined) {
    app.use((request, response, next) => {
      count(floor, response, () => (request.route as { path?: unknown } | undefined)?.path);
      runOn(floor, response, next);
    });
  }
  app.get("/hello/:id", (request, response) => void response.json({ hello: request.params.id }));
  app.get("/fail/:n", (request) => {
    throw new Error(`boom-${request.params.n}`);
  });
  if (guard !== undefined) app.use(forExpress.guardErrors(guard));
  watchErrors?.express(app);
  // oxlint-disable-next-line max-params -- Express knows an error handler by its four parameters
  app.use(((thrown, _request, response, _next) => {
    readStack(floor, thrown);
    response.status(500).type(PROBLEM_TYPE).send(PROBLEM);
  }) as express.ErrorRequestHandler);
  return app;
}

async function onFastify(guard: Guard | undefined, floor: Floor): Promise<RequestListener> {
  let listener: RequestListener | undefined;
  const app = fastify({
    serverFactory: (handler) => {
      listener = handler;
      return createServer();
    },
  });
  if (guard === undefined) {
    app.setErrorHandler((thrown, _request, reply) => {
      readStack(floor, thrown);
      return reply.code(500).type(PROBLEM_TYPE).send(PROBLEM);
    });
  } else await app.register(guardFastify(guard));
  watchErrors?.fastify(app);
  if (floor !== undefined) {
    app.addHook("onRequest", (request, reply, done) => {
      count(floor, reply.raw, () => request.routeOptions.url);
      runOn(floor, reply.raw, done);
    });
  }
  app.get("/hello/:id", (request, reply) => void reply.send({ hello: (request.params as { id: string }).id }));
  app.get("/fail/:n", (request) => {
    throw new Error(`boom-${(request.params as { n: string }).n}`);
  });
  await app.ready();
  return (request, response) => listener?.(request, response);
}

function onHono(guard: Guard | undefined, floor: Floor): RequestListener {
  const app = new Hono<{ Bindings: { incoming: IncomingMessage; outgoing: ServerResponse } }>();
  if (guard !== undefined) app.use(forHono.guardRequests(guard));
  if (floor !== undefined) {
    app.use(async (context, next) => {
      count(floor, context.env.outgoing, () => context.req.routePath);
      await runOn(floor, context.env.outgoing, next);
    });
  }
  app.get("/hello/:id", (context) => context.json({ hello: context.req.param("id") }));
  app.get("/fail/:n", (context) => {
    throw new Error(`boom-${context.req.param("n")}`);
  });
  if (guard !== undefined) app.onError(forHono.guardErrors(guard));
  else {
    app.onError((thrown, context) => {
      readStack(floor, thrown);
      watchErrors?.hono(thrown);
      return context.body(PROBLEM, 500, { "content-type": PROBLEM_TYPE });
    });
  }
  return getRequestListener(app.fetch);
}

const create: Record<string, (guard: Guard | undefined, floor: Floor) => RequestListener | Promise<RequestListener>> = {
  express: onExpress,
  fastify: onFastify,
  hono: onHono,
};
const FLOORS: Readonly<Record<string, Floor>> = {
  floor: { counts: true },
  "floor-with-context": { counts: true, context: "run" },
  "context-only": { counts: false, context: "entered" },
};

/** Does nothing for 3 µs before each request: what that costs more than 3 µs is the machine's, not the guard's. */
function delay(listener: RequestListener): RequestListener {
  return (request, response) => {
    const endMs = performance.now() + 0.003;
    while (performance.now() < endMs);
    listener(request, response);
  };
}

/** An app, and how to have it send what it has collected. Misuse of the names throws. */
export async function openListener(
  framework: string,
  variant: string,
  sending: Sending,
): Promise<{ readonly listener: RequestListener; readonly settle: () => Promise<unknown> }> {
  const guard = openGuard(variant, sending);
  const listener = await create[framework]?.(guard, FLOORS[variant]);
  if (listener === undefined) throw new Error(`no app on ${framework}`);
  return { listener: variant === "bare-and-3us" ? delay(listener) : listener, settle: async () => guard?.flush() ?? sendCollected?.() };
}

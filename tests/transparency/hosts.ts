/** The same 200 routes on every framework, bare or under the guard: a path is `/READER/ANSWER`, each a number. */
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from "node:http";
import { createRequire } from "node:module";
import type { Guard } from "@faultline/guard";
import * as forExpress from "@faultline/guard/express";
import { guardFastify } from "@faultline/guard/fastify";
import { guardFetch } from "@faultline/guard/fetch";
import * as forHono from "@faultline/guard/hono";
import { guardHandler } from "@faultline/guard/http";
import { guardKoa } from "@faultline/guard/koa";
import { getRequestListener } from "@hono/node-server";
import express from "express";
import fastify, { type FastifyReply } from "fastify";
import { Hono } from "hono";
import Koa from "koa";
import { FETCH_ANSWERS, FETCH_READERS } from "./fetch-routes.ts";
import { CONTENT, createPacedStream, NODE_ANSWERS, NODE_READERS, type NodeAnswer, type NodeReader, showTold } from "./node-routes.ts";

/** How a host stands under the guard: not at all, as it is installed, or capturing only while the framework answers errors itself. */
export type Stance = { readonly guard: Guard; readonly respond: boolean } | undefined;

/** A framework with its routes. */
export type RoutedHost = {
  readonly name: string;
  /** Paths of its routes, with names for a reader of the report. */
  readonly routes: readonly { readonly path: string; readonly name: string; readonly throws: boolean }[];
  listen(stance: Stance): RequestListener | Promise<RequestListener>;
};

type Table<T> = readonly (readonly [string, T])[];

function toRoutes(readers: Table<unknown>, answers: Table<unknown>): RoutedHost["routes"] {
  return readers.flatMap(([reader], at) =>
    answers.map(([answer], of) => ({ path: `/${at}/${of}`, name: `${reader}, ${answer}`, throws: answer === "thrown" })),
  );
}

const NODE_READER_TABLE = Object.entries(NODE_READERS);

/** How a route reads and answers. */
type Routed = { readonly read: NodeReader; readonly answer: NodeAnswer };

/** The reader and the answer of a path. */
export function findRoute(url: string | undefined, answers: Table<NodeAnswer>): Routed {
  const [, at, of] = (url ?? "").split("/");
  const read = NODE_READER_TABLE[Number(at)]?.[1];
  const answer = answers[Number(of)]?.[1];
  if (read === undefined || answer === undefined) throw new Error(`no route ${String(url)}`);
  return { read, answer };
}

/** On node:http an error that nobody catches ends the process: there is nothing to compare, so these handlers catch their own. */
const HTTP_ANSWERS = Object.entries({
  ...NODE_ANSWERS,
  torn(request, response, told) {
    void (async () => NODE_ANSWERS["torn"]?.(request, response, told))().catch((thrown: Error) => response.destroy(thrown));
  },
  thrown: (_request, response) => response.writeHead(500).end("my own page"),
} satisfies Record<string, NodeAnswer>);

async function serveHttp(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { read, answer } = findRoute(request.url, HTTP_ANSWERS);
  try {
    const told = await read(request);
    showTold(response, told);
    await answer(request, response, told);
  } catch {
    // The client went away while it sent or received; node:http has no error handler to hand that to.
    response.destroy();
  }
}

type ExpressAnswer = (request: express.Request, response: express.Response) => unknown;

const EXPRESS_OWN: Readonly<Record<string, ExpressAnswer>> = {
  json: (_request, response) => response.json(CONTENT.value),
  text: (_request, response) => response.type("text").send(CONTENT.text),
  empty: (_request, response) => response.sendStatus(204),
  bytes: (_request, response) => response.send(CONTENT.bytes),
  redirect: (_request, response) => response.redirect("/elsewhere?a=1&b=%20"),
  cookies: (_request, response) => response.cookie("a", "1").cookie("b", "2", { httpOnly: true }).vary("X-A").send("cookies"),
  "not found": (_request, response) => response.status(404).send("nothing here"),
  unavailable: (_request, response) => response.status(503).set("Retry-After", "7").json({ mine: true }),
  partial: (_request, response) => response.attachment("a.bin").send(CONTENT.bytes.subarray(0, 10)),
};
// Express's request and response are node:http's with more to them.
const EXPRESS_ANSWERS = Object.entries({
  ...NODE_ANSWERS,
  ...(EXPRESS_OWN as Readonly<Record<string, unknown>> as Record<string, NodeAnswer>),
});

function listenExpress(create: typeof express): RoutedHost["listen"] {
  return (stance) => {
    const app = create();
    // Elsewhere it prints every error that reaches its last handler.
    app.set("env", "test");
    if (stance !== undefined) app.use(forExpress.guardRequests(stance.guard));
    const router = create.Router();
    router.use((request, response, next) => {
      const { read, answer } = findRoute(request.originalUrl, EXPRESS_ANSWERS);
      read(request)
        .then((told) => {
          showTold(response, told);
          return answer(request, response, told);
        })
        .then(undefined, next);
    });
    app.use("/", router);
    if (stance !== undefined) app.use(forExpress.guardErrors(stance.guard, { respond: stance.respond }));
    // oxlint-disable-next-line max-params -- Express knows an error handler by its four parameters
    app.use(((_thrown, _request, response, next) => {
      if (response.headersSent) return next(_thrown);
      response.status(500).send("own page");
    }) as express.ErrorRequestHandler);
    return app;
  };
}

const FASTIFY_OWN: Readonly<Record<string, (reply: FastifyReply) => unknown>> = {
  json: (reply) => reply.send(CONTENT.value),
  text: (reply) => reply.send(CONTENT.text),
  empty: (reply) => reply.code(204).send(),
  bytes: (reply) => reply.send(CONTENT.bytes),
  large: (reply) => reply.send(CONTENT.large),
  streamed: (reply) => reply.send(createPacedStream([...CONTENT.pieces])),
  redirect: (reply) => reply.redirect("/elsewhere?a=1&b=%20"),
  cookies: (reply) => reply.header("Set-Cookie", ["a=1", "b=2"]).send("cookies"),
  "not found": (reply) => reply.callNotFound(),
  unavailable: (reply) => reply.code(503).header("Retry-After", "7").send({ mine: true }),
  trailers(reply) {
    reply.trailer("X-Sum", (_reply, _payload, done) => done(null, "42"));
    return reply.send("with trailers");
  },
  partial: (reply) => reply.send(new Response("a Response", { status: 206, headers: { "x-a": "1" } })),
  torn: (reply) => reply.send(createPacedStream([...CONTENT.pieces], new Error("torn"))),
  thrown() {
    throw new Error("thrown");
  },
};
const FASTIFY_ANSWERS = Object.entries(NODE_ANSWERS);

const listenFastify: RoutedHost["listen"] = async (stance) => {
  let listener: RequestListener = () => undefined;
  const app = fastify({
    forceCloseConnections: true,
    serverFactory: (handler) => {
      listener = handler;
      return createServer();
    },
  });
  if (stance !== undefined) await app.register(guardFastify(stance.guard, { respond: stance.respond }));
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", (_request, _payload, done) => done(null));
  app.route({
    method: ["GET", "HEAD", "POST"],
    url: "/:reader/:answer",
    async handler(request, reply) {
      const told = await findRoute(request.raw.url, FASTIFY_ANSWERS).read(request.raw);
      const [name, answer] = FASTIFY_ANSWERS[Number(request.url.split("/")[2])] ?? ["none", undefined];
      const own = FASTIFY_OWN[name];
      if (own !== undefined) {
        reply.header("X-Told", told);
        return own(reply);
      }
      reply.hijack();
      showTold(reply.raw, told);
      return answer?.(request.raw, reply.raw, told);
    },
  });
  await app.ready();
  return (request, response) => listener(request, response);
};

const KOA_OWN: Readonly<Record<string, (context: Koa.Context) => unknown>> = {
  json: (context) => (context["body"] = CONTENT.value),
  text: (context) => (context.body = CONTENT.text),
  empty: (context) => (context.status = 204),
  "not modified"(context) {
    context.status = 304;
    context.set("ETag", '"v1"');
  },
  bytes: (context) => (context.body = CONTENT.bytes),
  large: (context) => (context.body = CONTENT.large),
  streamed: (context) => (context.body = createPacedStream([...CONTENT.pieces])),
  redirect: (context) => context.redirect("/elsewhere?a=1&b=%20"),
  cookies(context) {
    context.cookies.set("a", "1");
    context.cookies.set("b", "2", { httpOnly: false });
    context.body = "cookies";
  },
  "not found": () => undefined,
  unavailable(context) {
    context.status = 503;
    context.body = { mine: true };
  },
  torn: (context) => (context.body = createPacedStream([...CONTENT.pieces], new Error("torn"))),
  thrown() {
    throw new Error("thrown");
  },
};
const KOA_ANSWERS = Object.entries(NODE_ANSWERS);

const listenKoa: RoutedHost["listen"] = (stance) => {
  const app = new Koa();
  app.on("error", () => undefined);
  if (stance !== undefined) app.use(guardKoa(stance.guard, { respond: stance.respond }));
  app.use(async (context) => {
    const told = await findRoute(context.url, KOA_ANSWERS).read(context.req);
    const [name, answer] = KOA_ANSWERS[Number(context.url.split("/")[2])] ?? ["none", undefined];
    const own = KOA_OWN[name];
    if (own !== undefined) {
      context.set("X-Told", told);
      return void (await own(context));
    }
    context.respond = false;
    showTold(context.res, told);
    await answer?.(context.req, context.res, told);
  });
  return app.callback();
};

const FETCH_READER_TABLE = Object.entries(FETCH_READERS);
const FETCH_ANSWER_TABLE = Object.entries(FETCH_ANSWERS);

async function serveFetch(request: Request): Promise<Response> {
  const [, at, of] = new URL(request.url).pathname.split("/");
  const told = await FETCH_READER_TABLE[Number(at)]?.[1](request);
  const response = await FETCH_ANSWER_TABLE[Number(of)]?.[1]();
  if (told === undefined || response === undefined) throw new Error(`no route ${request.url}`);
  response.headers.set("X-Told", told);
  return response;
}

const listenHono: RoutedHost["listen"] = (stance) => {
  const app = new Hono();
  if (stance !== undefined) {
    app.use(forHono.guardRequests(stance.guard, { respond: stance.respond }));
    if (stance.respond) app.onError(forHono.guardErrors(stance.guard));
  }
  if (stance?.respond !== true) app.onError((_thrown, context) => context.text("own page", 500));
  app.all("/:reader/:answer", (context) => serveFetch(context.req.raw));
  return getRequestListener(app.fetch);
};

const listenFetch: RoutedHost["listen"] = (stance) => {
  const handler = stance === undefined ? serveFetch : guardFetch(stance.guard, serveFetch, { respond: stance.respond });
  const errorHandler = (): Response => new Response("own page", { status: 500 });
  return getRequestListener(handler, { errorHandler });
};

const express4 = createRequire(import.meta.url)("express4") as typeof express;
/** The routes of the hosts on node:http's request and response. */
export const NODE_ROUTES = toRoutes(NODE_READER_TABLE, Object.entries(NODE_ANSWERS));
const fetchRoutes = toRoutes(FETCH_READER_TABLE, FETCH_ANSWER_TABLE);

/** All of them but NestJS, which has a file of its own. */
export const ROUTED_HOSTS: readonly RoutedHost[] = [
  {
    name: "node:http",
    routes: NODE_ROUTES,
    listen: (stance) => (stance === undefined ? serveHttp : guardHandler(stance.guard, serveHttp)),
  },
  { name: "Express 5", routes: NODE_ROUTES, listen: listenExpress(express) },
  { name: "Express 4", routes: NODE_ROUTES, listen: listenExpress(express4) },
  { name: "Fastify 5", routes: NODE_ROUTES, listen: listenFastify },
  { name: "Koa 3", routes: NODE_ROUTES, listen: listenKoa },
  { name: "Hono 4", routes: fetchRoutes, listen: listenHono },
  { name: "fetch", routes: fetchRoutes, listen: listenFetch },
];

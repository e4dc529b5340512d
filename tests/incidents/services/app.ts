/** One service as its plan says, on the framework that it says. */
import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { createRequire } from "node:module";
import type { Guard } from "@faultline/guard";
import type { ErrorRequestHandler, Express, Request, Response } from "express";
import type { FastifyInstance } from "fastify";
import type { Logger } from "pino";
import { OverloadedError, statusOf } from "./errors.ts";
import { describeRoot } from "./notes.ts";
import type { RoutePlan, ServicePlan } from "./plan.ts";
import { type Means, type Reply, runRoute } from "./steps.ts";

const require = createRequire(import.meta.url);

/** What an app needs besides its plan. */
export type AppMeans = { readonly means: Means; readonly log: Logger; readonly guard?: Guard };

/** The request listener of a service. */
export async function createApp(plan: ServicePlan, given: AppMeans): Promise<RequestListener> {
  if (plan.framework === "fastify") return await createFastifyApp(plan, given);
  return plan.framework === "express" ? createExpressApp(plan, given) : createPlainApp(plan, given);
}

/** Turns work away when there is too much of it, and counts what is going on. */
async function runCounted(plan: ServicePlan, { means }: AppMeans, run: () => Promise<Reply>): Promise<Reply> {
  means.note("request");
  if (plan.maxBusy !== undefined && means.busy >= plan.maxBusy)
    throw new OverloadedError(plan.busyMessage ?? "server overloaded: too many requests in flight");
  means.busy += 1;
  try {
    return await run();
  } finally {
    means.busy -= 1;
  }
}

function writeError(plan: ServicePlan, { log, means }: AppMeans, { error, what }: { error: unknown; what: string }): NonNullable<Reply> {
  means.note(describeRoot(error));
  const status = statusOf(error, plan.keepsStatus ?? true);
  if (status >= 500 && plan.logs !== "none") {
    if (plan.logs === "sentence") log.error(`${what} failed: ${error instanceof Error ? error.message : String(error)}`);
    else log.error({ err: error }, `${what} failed`);
  }
  if (plan.handlerFails === true) return { status: 500, body: describeFirst(error), headers: {} };
  return {
    status,
    body: JSON.stringify({ error: status === 500 ? "Internal Server Error" : String(error) }),
    headers: { "content-type": "application/json" },
  };
}

/** A formatter that expects every error to carry a list of details. */
function describeFirst(error: unknown): string {
  const details = Reflect.get(error as object, "details") as string[];
  return details.map((each) => each.trim()).join("; ");
}

function send(response: ServerResponse, reply: Reply): void {
  if (reply === undefined || response.headersSent || response.destroyed) return;
  response.writeHead(reply.status, reply.headers).end(reply.body);
}

function createExpressApp(plan: ServicePlan, given: AppMeans): RequestListener {
  const express = require("express") as typeof import("express");
  const app: Express = express();
  if (given.guard !== undefined) app.use(guardFor().guardRequests(given.guard) as never);
  app.use(express.text({ type: () => true, limit: plan.bodyLimitBytes ?? "10mb" }));
  for (const route of plan.routes) {
    app[route.method === "GET" ? "get" : "post"](route.path, async (request: Request, response: Response) => {
      const input = { query: request.query as Record<string, string>, response, ...bodyOf(request.body) };
      send(response, await runCounted(plan, given, () => runRoute(route, input, given.means)));
    });
  }
  if (given.guard !== undefined) app.use(guardFor().guardErrors(given.guard, { respond: false }) as never);
  // oxlint-disable-next-line max-params -- Express knows an error handler by its four parameters
  const onError: ErrorRequestHandler = (error, request, response, _next) => {
    send(response, writeError(plan, given, { error, what: `${request.method} ${request.path}` }));
  };
  app.use(onError);
  return app as RequestListener;
}

function guardFor(): typeof import("@faultline/guard/express") {
  return require("@faultline/guard/express") as typeof import("@faultline/guard/express");
}

function bodyOf(body: unknown): { body?: string } {
  return typeof body === "string" && body !== "" ? { body } : {};
}

async function createFastifyApp(plan: ServicePlan, given: AppMeans): Promise<RequestListener> {
  const fastify = require("fastify") as typeof import("fastify").fastify;
  let listener: RequestListener = () => {};
  const app: FastifyInstance = fastify({
    bodyLimit: plan.bodyLimitBytes ?? 10_000_000,
    serverFactory: (handler) => {
      listener = handler as RequestListener;
      return require("node:http").createServer(handler);
    },
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "string" }, (_request, body, done) => done(null, body));
  for (const route of plan.routes)
    app.route({ method: route.method, url: route.path, handler: (request, reply) => handle(route, request, reply) });
  const handle = async (route: RoutePlan, request: { query: unknown; body: unknown }, reply: import("fastify").FastifyReply) => {
    const input = { query: request.query as Record<string, string>, response: reply.raw, ...bodyOf(request.body) };
    const answer = await runCounted(plan, given, () => runRoute(route, input, given.means));
    if (answer === undefined) return reply.hijack();
    return reply.code(answer.status).headers(answer.headers).send(answer.body);
  };
  app.setErrorHandler((error, request, reply) => {
    const answer = writeError(plan, given, { error, what: `${request.method} ${request.url.split("?")[0]}` });
    return reply.code(answer.status).headers(answer.headers).send(answer.body);
  });
  await app.ready();
  return listener;
}

function createPlainApp(plan: ServicePlan, given: AppMeans): RequestListener {
  return (request: IncomingMessage, response: ServerResponse) => {
    const url = new URL(request.url ?? "/", "http://service");
    const route = plan.routes.find(({ method, path }) => method === request.method && isPath(path, url.pathname));
    const answer = async (): Promise<Reply> => {
      const body = await readBody(request);
      if (route === undefined) return { status: 404, body: '{"error":"not found"}', headers: { "content-type": "application/json" } };
      return await runCounted(plan, given, () =>
        runRoute(route, { query: Object.fromEntries(url.searchParams), response, ...bodyOf(body) }, given.means),
      );
    };
    const fail = (error: unknown) => send(response, writeError(plan, given, { error, what: `${request.method} ${url.pathname}` }));
    answer().then((reply) => send(response, reply), fail);
  };
}

function isPath(template: string, path: string): boolean {
  return new RegExp(`^${template.replace(/:\w+/g, "[^/]+")}$`).test(path);
}

async function readBody(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of request.setEncoding("utf8")) text += chunk;
  return text;
}

/** The forty endpoints on four frameworks: as they were written, or under the guard and behind its validation. */
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import type { Guard } from "@faultline/guard";
import * as forExpress from "@faultline/guard/express";
import { guardFastify } from "@faultline/guard/fastify";
import * as forHono from "@faultline/guard/hono";
import { guardKoa } from "@faultline/guard/koa";
import { type RequestParts, type RequestSchemas, validateRequest } from "@faultline/guard/validate";
import { getRequestListener } from "@hono/node-server";
import express from "express";
import fastify from "fastify";
import { Hono } from "hono";
import Koa from "koa";
import { z } from "zod";
import type { Endpoint } from "./endpoints.ts";

/** An app that listens. */
export type App = { readonly name: string; readonly port: number; close(): unknown };

/** Makes the listener of one framework; without a guard, as somebody in a hurry leaves it. */
export type Framework = (endpoints: readonly Endpoint[], guard: Guard | undefined) => RequestListener | Promise<RequestListener>;

/** The members that hold the value; `header` is one of the headers. */
type Parts = RequestParts & { readonly body?: unknown };

function toSchemas({ place, schema = place === "json" ? z.unknown() : z.string().min(1) }: Endpoint): RequestSchemas {
  // A schema of one value among others; what it is, the endpoint knows.
  const member = schema as z.ZodType;
  if (place === "param") return { params: z.object({ v: member }) };
  if (place === "query") return { query: z.object({ v: member }) };
  if (place === "header") return { headers: z.object({ "x-value": member }) };
  if (place === "form") return { body: z.object({ v: member }) };
  return { body: schema };
}

function readValue({ place }: Endpoint, parts: Parts): unknown {
  const holders: Record<Endpoint["place"], unknown> = {
    param: parts.params,
    query: parts.query,
    header: { v: (parts.headers as Record<string, unknown>)["x-value"] },
    form: parts.body,
    text: { v: parts.body },
    json: { v: parts.body },
  };
  return (holders[place] as { v?: unknown }).v;
}

/** Runs an endpoint on the parts of a request; its result is what a client may see of it. */
async function runEndpoint(endpoint: Endpoint | undefined, parts: Parts, isGuarded: boolean): Promise<{ readonly result: string }> {
  if (endpoint === undefined) throw Object.assign(new Error("no such endpoint"), { status: 404 });
  const valid = isGuarded ? await validateRequest(toSchemas(endpoint), parts) : parts;
  const run = endpoint.run as (value: unknown) => unknown;
  return { result: JSON.stringify(await run(readValue(endpoint, valid))) ?? "nothing" };
}

const onExpress: Framework = (endpoints, guard) => {
  const app = express();
  app.set("env", "test");
  if (guard !== undefined) app.use(forExpress.guardRequests(guard));
  app.use(express.json({ strict: false }), express.urlencoded({ extended: true }), express.text({ type: () => true }));
  // oxlint-disable-next-line no-async-endpoint-handlers -- Express 5 awaits them
  app.all(["/e/:at", "/e/:at/:v"], async (request, response) => {
    response.json(await runEndpoint(endpoints[Number(request.params["at"])], request, guard !== undefined));
  });
  if (guard !== undefined) app.use(forExpress.guardErrors(guard));
  return app;
};

const onFastify: Framework = async (endpoints, guard) => {
  let listener: RequestListener = () => undefined;
  const app = fastify({
    serverFactory: (handler) => {
      listener = handler;
      return createServer();
    },
  });
  if (guard !== undefined) await app.register(guardFastify(guard));
  app.addContentTypeParser("*", { parseAs: "string" }, (_request, text, done) => done(null, text));
  app.addContentTypeParser("application/x-www-form-urlencoded", { parseAs: "string" }, (_request, text, done) =>
    done(null, Object.fromEntries(new URLSearchParams(String(text)))),
  );
  for (const url of ["/e/:at", "/e/:at/:v"]) {
    app.all(url, (request) => {
      const { at } = request.params as { at: string };
      return runEndpoint(endpoints[Number(at)], request, guard !== undefined);
    });
  }
  await app.ready();
  return (request, response) => listener(request, response);
};

async function readText(context: Koa.Context): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of context.req) pieces.push(piece as Buffer);
  return Buffer.concat(pieces).toString();
}

function parseText({ place }: Endpoint, text: string): unknown {
  if (place === "json") return JSON.parse(text);
  return place === "form" ? Object.fromEntries(new URLSearchParams(text)) : text;
}

const onKoa: Framework = (endpoints, guard) => {
  const app = new Koa();
  app.on("error", () => undefined);
  if (guard !== undefined) app.use(guardKoa(guard));
  app.use(async (context) => {
    const [, , at, v] = context.path.split("/");
    const endpoint = endpoints[Number(at)];
    const isRead = endpoint?.place === "json" || endpoint?.place === "text" || endpoint?.place === "form";
    const body = isRead ? parseText(endpoint, await readText(context)) : undefined;
    const params = v === undefined ? {} : { v: decodeURIComponent(v) };
    context["body"] = await runEndpoint(endpoint, { params, query: context.query, headers: context.headers, body }, guard !== undefined);
  });
  return app.callback();
};

const onHono: Framework = (endpoints, guard) => {
  const app = new Hono();
  if (guard !== undefined) {
    app.use(forHono.guardRequests(guard));
    app.onError(forHono.guardErrors(guard));
  } else app.onError((_thrown, context) => context.text("Internal Server Error", 500));
  for (const path of ["/e/:at", "/e/:at/:v"]) {
    app.all(path, async (context) => {
      const { req } = context;
      const endpoint = endpoints[Number(req.param("at"))];
      const body =
        endpoint?.place === "json"
          ? await req.json<unknown>()
          : endpoint?.place === "form"
            ? Object.fromEntries(new URLSearchParams(await req.text()))
            : endpoint?.place === "text"
              ? await req.text()
              : undefined;
      return context.json(
        await runEndpoint(endpoint, { params: req.param(), query: req.query(), headers: req.header(), body }, guard !== undefined),
      );
    });
  }
  return getRequestListener(app.fetch);
};

/** The frameworks by name. */
export const FRAMEWORKS: Readonly<Record<string, Framework>> = {
  "Express 5": onExpress,
  "Fastify 5": onFastify,
  "Koa 3": onKoa,
  "Hono 4": onHono,
};

/** Starts a listener on a free port of this machine. */
export async function startApp(name: string, listener: RequestListener): Promise<App> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { name, port: (server.address() as AddressInfo).port, close: () => server.close().closeAllConnections() };
}

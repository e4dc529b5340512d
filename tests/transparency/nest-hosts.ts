/**
 * The same 200 routes on NestJS, on both of its platforms. Every answer has a method of its own in one controller: what Nest makes of a returned
 * value, or node:http's response as the handler asked for it. Decorators are applied by calls: sources here run by type stripping.
 */
import "reflect-metadata";
import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { All, Controller, Header, HttpCode, HttpException, Module, Redirect, Req, Res, StreamableFile } from "@nestjs/common";
import { BaseExceptionFilter, NestFactory } from "@nestjs/core";
import { ExpressAdapter } from "@nestjs/platform-express";
import { FastifyAdapter } from "@nestjs/platform-fastify";
import { guardNest } from "@faultline/guard/nest";
import { findRoute, NODE_ROUTES, type RoutedHost, type Stance } from "./hosts.ts";
import { CONTENT, createPacedStream, NODE_ANSWERS, type NodeAnswer, showTold } from "./node-routes.ts";

type Decorator = (target: object, name: string, descriptor: PropertyDescriptor) => unknown;
/** Both platforms end in node:http's pair; Fastify wraps it. */
type Wrapped<T> = T & { readonly raw?: T; hijack?(): unknown };

/** What a handler returns, and what decorators say of it. */
type Returned = { readonly give: () => unknown; readonly decorators?: readonly Decorator[] };

const RETURNED: Readonly<Record<string, Returned>> = {
  json: { give: () => CONTENT.value },
  text: { give: () => CONTENT.text, decorators: [Header("Content-Type", "text/plain; charset=utf-8")] },
  empty: { give: () => undefined, decorators: [HttpCode(204)] },
  bytes: { give: () => new StreamableFile(CONTENT.bytes) },
  streamed: { give: () => new StreamableFile(createPacedStream([...CONTENT.pieces]), { type: "text/plain" }) },
  redirect: { give: () => undefined, decorators: [Redirect("/elsewhere?a=1&b=%20", 302)] },
  unavailable: { give: () => Promise.reject(new HttpException({ mine: true }, 503)) },
  thrown: {
    give() {
      throw new Error("thrown");
    },
  },
};

const ANSWERS = Object.entries(NODE_ANSWERS);

async function answerRaw(answer: NodeAnswer, request: Wrapped<IncomingMessage>, response: Wrapped<ServerResponse>): Promise<void> {
  const pair = { request: request.raw ?? request, response: response.raw ?? response };
  const told = await findRoute(pair.request.url, ANSWERS).read(pair.request);
  response.hijack?.();
  showTold(pair.response, told);
  try {
    await answer(pair.request, pair.response, told);
  } catch {
    // Whoever takes the response from Nest takes its errors as well.
    pair.response.destroy();
  }
}

async function answerReturned({ give }: Returned, request: Wrapped<IncomingMessage>): Promise<unknown> {
  const raw = request.raw ?? request;
  await findRoute(raw.url, ANSWERS).read(raw);
  return give();
}

function createController(): new () => object {
  class Shop {
    readonly isController = true;
  }
  for (const [index, [name, answer]] of ANSWERS.entries()) {
    const returned = RETURNED[name];
    const run =
      returned === undefined
        ? (request: IncomingMessage, response: ServerResponse) => answerRaw(answer, request, response)
        : (request: IncomingMessage) => answerReturned(returned, request);
    const method = `answer${index}`;
    const descriptor: PropertyDescriptor = { value: run, configurable: true, writable: true };
    Object.defineProperty(Shop.prototype, method, descriptor);
    const decorators = [All(`:reader/${index}`), ...(returned?.decorators ?? [HttpCode(200)])];
    for (const decorate of decorators) decorate(Shop.prototype, method, descriptor);
    Req()(Shop.prototype, method, 0);
    if (returned === undefined) Res()(Shop.prototype, method, 1);
  }
  Controller()(Shop);
  return Shop;
}

function createModule(): new () => object {
  class App {
    readonly isModule = true;
  }
  Module({ controllers: [createController()] })(App);
  return App;
}

type Platform = { readonly adapter: ExpressAdapter | FastifyAdapter; readonly toListener: () => RequestListener };

function onExpress(): Platform {
  const adapter = new ExpressAdapter();
  return { adapter, toListener: () => adapter.getInstance() as RequestListener };
}

function onFastify(): Platform {
  const adapter = new FastifyAdapter();
  const app = adapter.getInstance();
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", (_request, _payload, done) => done(null));
  return {
    adapter,
    toListener: () => (request, response) => app.routing(request, response),
  };
}

function listenNest(createPlatform: () => Platform): RoutedHost["listen"] {
  return async (stance: Stance) => {
    const { adapter, toListener } = createPlatform();
    // Nest's signature names Express; it takes either.
    const app = await NestFactory.create(createModule(), adapter as ExpressAdapter, { logger: false, bodyParser: false });
    if (stance !== undefined) {
      const filter = new BaseExceptionFilter(app.getHttpAdapter());
      guardNest(app, stance.guard, stance.respond ? {} : { filter });
    }
    await app.init();
    if (adapter instanceof FastifyAdapter) await adapter.getInstance().ready();
    return toListener();
  };
}

/** Nest makes every answer with a status of its own out of an exception. */
const ROUTES = NODE_ROUTES.map((route) => ({ ...route, throws: /, (?:thrown|unavailable)$/.test(route.name) }));

/** Both platforms. */
export const NEST_HOSTS: readonly RoutedHost[] = [
  { name: "NestJS on Express", routes: ROUTES, listen: listenNest(onExpress) },
  { name: "NestJS on Fastify", routes: ROUTES, listen: listenNest(onFastify) },
];

/** The guard for Fastify 5: `app.register(guardFastify(guard))` before the routes. */
import type { ServerResponse } from "node:http";
import type { HostView } from "../exchange.ts";
import type { Guard } from "../guard.ts";
import { answerThrown } from "../respond/answer.ts";
import { watchLog } from "./fastify-log.ts";
import {
  beginNode,
  breakOff,
  findExchange,
  isClientGone,
  nodeView,
  type NodeRequest,
  runNode,
  STALE_HEADERS,
  watchStream,
} from "./node-view.ts";

type FastifyRequest = {
  readonly raw: NodeRequest;
  readonly originalUrl?: string;
  readonly body?: unknown;
  readonly is404?: boolean;
  readonly routeOptions?: { readonly url?: string | undefined };
};
type FastifyReply = {
  readonly raw: ServerResponse;
  readonly sent: boolean;
  code(status: number): FastifyReply;
  headers(values: Readonly<Record<string, string>>): FastifyReply;
  getHeaders(): object;
  removeHeader(name: string): unknown;
  send(payload: unknown): FastifyReply;
};
type Done = (error?: Error) => void;
type Hook = (...given: never[]) => unknown;

/** What is used of a Fastify instance. */
type FastifyLike = {
  addHook(name: "onRequest", hook: Hook): unknown;
  addHook(name: "onError", hook: Hook): unknown;
  setErrorHandler(handler: Hook): unknown;
};

/** A plugin of Fastify. `app` is Fastify's instance; its overloads cannot be told without depending on its types. */
type Plugin = (app: object, given: unknown, done: () => void) => void;

const FASTIFY: unique symbol = Symbol("faultline.fastify");

type Raw = NodeRequest & { [FASTIFY]?: FastifyRequest };

/** Under which symbol of its own Fastify keeps a request's route; found on the first request. */
let routeKey: symbol | undefined;

/** `routeOptions` makes an object of twelve members anew for whoever asks, so the route is read from where these come from, while it is there. */
function readRoute(request: FastifyRequest | undefined): string | undefined {
  if (request === undefined) return undefined;
  routeKey ??= Object.getOwnPropertySymbols(request).find((each) => each.description === "fastify.context");
  const known =
    routeKey === undefined ? undefined : (request as { readonly [key: symbol]: { readonly config?: { readonly url?: string } } })[routeKey];
  if (known?.config !== undefined) return known.config.url;
  return request.is404 === true ? undefined : request.routeOptions?.url;
}

const fastifyView: HostView<Raw> = {
  ...nodeView,
  target: (raw) => raw[FASTIFY]?.originalUrl ?? raw.url ?? "/",
  route: (raw) => readRoute(raw[FASTIFY]),
  parsedBody: (raw) => raw[FASTIFY]?.body,
};

/** What the plugin does with an error after it has been captured. */
export type FastifyGuardOptions = {
  /** Your own error handler: it gets the very error that was thrown. Without one, problem details are sent. */
  readonly errorHandler?: Hook;
  /** False sets no error handler at all: Fastify, or the handler you set yourself, answers. Default true. */
  readonly respond?: boolean;
};

function answerError(guard: Guard, thrown: unknown, at: { request: FastifyRequest; reply: FastifyReply }): unknown {
  const { request, reply } = at;
  const exchange = findExchange(request.raw);
  if (exchange === undefined) throw thrown;
  if (reply.raw.headersSent) return breakOff(reply.raw);
  const answer = answerThrown(guard, exchange, { thrown, isClientGone: isClientGone(request.raw) });
  // Only what is there: to delete what is not makes the object of the headers slow for all that comes after.
  for (const name in reply.getHeaders()) if (STALE_HEADERS.has(name)) reply.removeHeader(name);
  return reply.code(answer.status).headers(answer.headers).send(answer.body);
}

/**
 * A stream that fails after the headers is only logged by Fastify. Its hook `onSend` would see the stream as well, but with any such hook
 * `reply.send` throws no more what it throws without one.
 */
function onPipe(this: ServerResponse, source: unknown): void {
  const exchange = findExchange(this);
  exchange?.owner.shield(() => watchStream(source, exchange));
}

/** The plugin. It is not encapsulated: everything registered after it is guarded. */
export function guardFastify(guard: Guard, options: FastifyGuardOptions = {}): Plugin {
  const plugin: Plugin = (instance, _given, done) => {
    const app = instance as FastifyLike;
    app.addHook("onRequest", (request: FastifyRequest, reply: FastifyReply, next: Done) => {
      const raw: Raw = request.raw;
      const exchange = beginNode(guard, fastifyView, { request: raw, response: reply.raw });
      if (exchange === undefined) return next();
      raw[FASTIFY] = request;
      reply.raw.on("pipe", onPipe);
      runNode(guard, exchange, next);
    });
    // oxlint-disable-next-line max-params -- Fastify's hook
    app.addHook("onError", (request: FastifyRequest, _reply: FastifyReply, thrown: unknown, next: Done) => {
      guard.shield(() => findExchange(request.raw)?.fail(thrown));
      next();
    });
    guard.shield(() => watchLog(guard, instance));
    if (options.respond === false) return done();
    app.setErrorHandler((thrown: unknown, request: FastifyRequest, reply: FastifyReply) => {
      guard.shield(() => findExchange(request.raw)?.fail(thrown));
      const own = options.errorHandler as ((thrown: unknown, request: unknown, reply: unknown) => unknown) | undefined;
      return own === undefined ? answerError(guard, thrown, { request, reply }) : own(thrown, request, reply);
    });
    done();
  };
  // How Fastify is told not to encapsulate a plugin; what the package fastify-plugin does.
  return Object.assign(plugin, { [Symbol.for("skip-override")]: true });
}

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

/** The part of a Fastify instance that is used here. */
type FastifyLike = {
  addHook(name: "onRequest", hook: Hook): unknown;
  addHook(name: "onError", hook: Hook): unknown;
  setErrorHandler(handler: Hook): unknown;
};

/** A plugin of Fastify. `app` is Fastify's instance, whose overloads cannot be described without depending on Fastify's types. */
type Plugin = (app: object, given: unknown, done: () => void) => void;

const FASTIFY: unique symbol = Symbol("faultline.fastify");

type Raw = NodeRequest & { [FASTIFY]?: FastifyRequest };

/** The private symbol under which Fastify keeps a request's route; found on the first request. */
let routeKey: symbol | undefined;

/** Reads the route from where `routeOptions` takes it, if that exists: the getter builds a new object of twelve members for each access. */
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

/** What the plugin does with a captured error. */
export type FastifyGuardOptions = {
  /** Your own error handler, which gets the error that was thrown. Without one, problem details are sent. */
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
  // Only headers that exist: deleting a missing one makes the headers object slow for everything after.
  for (const name in reply.getHeaders()) if (STALE_HEADERS.has(name)) reply.removeHeader(name);
  return reply.code(answer.status).headers(answer.headers).send(answer.body);
}

/**
 * Fastify only logs a stream that fails after the headers. Its hook `onSend` would see the stream too, but any such hook keeps `reply.send` from
 * throwing what it would throw otherwise.
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
  // Tells Fastify not to encapsulate this plugin, as the package fastify-plugin does.
  return Object.assign(plugin, { [Symbol.for("skip-override")]: true });
}

/** The guard for NestJS on Express or Fastify: `guardNest(app, guard)` before `app.listen`. */
import type { ServerResponse } from "node:http";
import type { Guard } from "../guard.ts";
import { answerThrown } from "../respond/answer.ts";
import { piped } from "../respond/source/piped.ts";
import { guardRequests } from "./express.ts";
import { guardFastify } from "./fastify.ts";
import { breakOff, findExchange, isClientGone, type NodeRequest, sendAnswer } from "./node-view.ts";

/** The part of Nest's arguments host that is used here. */
type HostLike = {
  getType(): string;
  switchToHttp(): { getRequest(): unknown; getResponse(): unknown };
};

/** An exception filter: an object with `catch`, as Nest knows it. */
type Filter = { readonly catch: (thrown: unknown, host: never) => unknown };

/** The part of a Nest application that is used here. Nest's own types would make Nest a dependency. */
type NestLike = {
  use(middleware: never): unknown;
  useGlobalFilters(filter: never): unknown;
  getHttpAdapter(): { getType(): string; getInstance(): unknown };
  readonly config?: { getGlobalPipes?(): readonly unknown[]; getGlobalRequestPipes?(): readonly unknown[] };
};

/** What becomes of an exception after it has been captured. */
export type NestGuardOptions = {
  /** Your own filter, which gets the very thing that was thrown; `new BaseExceptionFilter(app.getHttpAdapter())` gives Nest's answers. Without one, problem details are sent. */
  readonly filter?: Filter;
};

type Reply = { readonly raw: ServerResponse; hijack(): unknown; getHeaders(): Record<string, unknown> };

/** Both platforms end in node:http's pair; Fastify wraps it. */
function toNodePair(http: ReturnType<HostLike["switchToHttp"]>): {
  request: NodeRequest;
  response: ServerResponse;
  reply: Reply | undefined;
} {
  const request = http.getRequest() as NodeRequest & { readonly raw?: NodeRequest };
  const response = http.getResponse() as ServerResponse & Partial<Reply>;
  const isWrapped = response.raw !== undefined;
  return {
    request: request.raw ?? request,
    response: response.raw ?? response,
    reply: isWrapped ? (response as unknown as Reply) : undefined,
  };
}

/** Takes the response over from Fastify, together with headers that hooks have set, such as those of CORS. */
function takeOver(reply: Reply): void {
  reply.hijack();
  for (const [name, value] of Object.entries(reply.getHeaders())) {
    if (value !== undefined) reply.raw.setHeader(name, value as string | string[]);
  }
}

/** True when pipes may see the arguments of every handler; assumed when an app does not say. */
function hasPipes({ config }: NestLike): boolean {
  const given = [config?.getGlobalPipes?.(), config?.getGlobalRequestPipes?.()];
  return given.some((pipes) => pipes?.length !== 0);
}

function handOn(filter: Filter, thrown: unknown, host: HostLike): unknown {
  return Reflect.apply(filter.catch, filter, [thrown, host]);
}

/** Nest asks a filter's class what it catches; one without that mark catches everything. */
class GuardFilter {
  readonly #guard: Guard;
  readonly #next: Filter | undefined;
  readonly #app: NestLike;

  constructor(guard: Guard, next: Filter | undefined, app: NestLike) {
    this.#guard = guard;
    this.#next = next;
    this.#app = app;
  }

  catch(thrown: unknown, host: HostLike): unknown {
    const guard = this.#guard;
    if (host.getType() !== "http") {
      // GraphQL, microservices and gateways answer in their own way, which begins with the exception.
      guard.capture(thrown);
      return this.#next === undefined ? thrown : handOn(this.#next, thrown, host);
    }
    const { request, response, reply } = toNodePair(host.switchToHttp());
    const exchange = findExchange(request);
    exchange?.fail(thrown);
    if (this.#next !== undefined) return handOn(this.#next, thrown, host);
    const isSent = guard.shield(() => {
      if (exchange === undefined || response.headersSent) return false;
      if (hasPipes(this.#app)) piped.add(exchange.request as object);
      if (reply !== undefined) takeOver(reply);
      return sendAnswer(response, answerThrown(guard, exchange, { thrown, isClientGone: isClientGone(request) }));
    });
    if (isSent !== true) breakOff(response);
    return undefined;
  }
}

/** Guards an application: call it before `app.listen` or `app.init`. Returns the application. */
export function guardNest<App extends object>(app: App, guard: Guard, options: NestGuardOptions = {}): App {
  // Nest's own types are narrower than what is used here.
  const nest = app as App & NestLike;
  const adapter = nest.getHttpAdapter();
  if (adapter.getType() === "fastify") guardFastify(guard, { respond: false })(adapter.getInstance() as object, undefined, () => undefined);
  else nest.use(guardRequests(guard) as never);
  nest.useGlobalFilters(new GuardFilter(guard, options.filter, nest) as never);
  return app;
}

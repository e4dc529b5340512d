/** The guard for Hono: `app.use(guardRequests(guard))` first, and `app.onError(guardErrors(guard))`. */
import type { ServerResponse } from "node:http";
import type { Exchange, HostView } from "../exchange.ts";
import type { Guard } from "../guard.ts";
import { answerThrown } from "../respond/answer.ts";
import { toResponse } from "./fetch.ts";
import { fetchView, type RoutedRequest } from "./fetch-view.ts";
import { beginNode, nodeView, type NodeRequest, runNode } from "./node-view.ts";

/** The part of Hono's context that is used here. */
export type HonoLike = {
  readonly req: { readonly raw: Request; readonly method: string; readonly routePath: string };
  /** On Node, @hono/node-server puts node:http's pair here. */
  readonly env: unknown;
  readonly res: Response;
  readonly error: unknown;
};

const HONO: unique symbol = Symbol("faultline.hono");

type Raw = NodeRequest & { [HONO]?: HonoLike };

/** The template of the last route that ran. A wildcard belongs to a middleware and is no route. */
function readRoute(context: HonoLike | undefined): string | undefined {
  const path = context?.req.routePath;
  return path === undefined || path === "*" || path.endsWith("/*") ? undefined : path;
}

const honoNodeView: HostView<Raw> = { ...nodeView, route: (raw) => readRoute(raw[HONO]) };

/** Where a context keeps its exchange. A WeakMap for all contexts would slow down every garbage collection and enlarge the heap. */
const EXCHANGE: unique symbol = Symbol.for("faultline.exchange.1");

type Marked = { [EXCHANGE]?: Exchange };

function beginFetch(guard: Guard, context: HonoLike): Exchange | undefined {
  const known = (context as Marked)[EXCHANGE];
  if (known !== undefined) return known;
  const exchange = guard.shield(() => {
    const routed: RoutedRequest = { request: context.req.raw, readRoute: () => readRoute(context), headers: undefined };
    return guard.begin(fetchView, routed);
  });
  if (exchange !== undefined) (context as Marked)[EXCHANGE] = exchange;
  return exchange;
}

type NodeBindings = { readonly incoming?: Raw; readonly outgoing?: ServerResponse };

/** Begins the exchange of a context, or returns the one that exists. On Node it is kept with node:http's request and response. */
function begin(guard: Guard, context: HonoLike): Exchange | undefined {
  const { incoming, outgoing } = (context.env ?? {}) as NodeBindings;
  if (incoming === undefined || outgoing === undefined) return beginFetch(guard, context);
  incoming[HONO] = context;
  return beginNode(guard, honoNodeView, { request: incoming, response: outgoing });
}

/** Ends an exchange that has no node:http response to end it. */
function finishFetch(exchange: Exchange, status: number | undefined): void {
  if (exchange.view === fetchView) exchange.owner.finish(exchange, status, false);
}

/** What the middleware does with thrown values that are no Error, which Hono does not pass to `onError`. */
export type HonoGuardOptions = {
  /** False rethrows the same value. Default true: problem details are returned. */
  readonly respond?: boolean;
};

/** The first middleware. It answers thrown values that are no Error itself. */
export function guardRequests(
  guard: Guard,
  options: HonoGuardOptions = {},
): (context: HonoLike, next: () => Promise<void>) => Promise<Response | void> {
  return async (context: HonoLike, next) => {
    const exchange = begin(guard, context);
    if (exchange === undefined) return next();
    try {
      await (exchange.view === fetchView ? guard.run(exchange, next) : runNode(guard, exchange, next));
      if (context.error !== undefined) exchange.fail(context.error);
      // On Node the response reports its own status when it closes; asking Hono for a response would create one.
      if (exchange.view === fetchView) finishFetch(exchange, context.res.status);
    } catch (thrown) {
      exchange.fail(thrown);
      if (options.respond === false) {
        finishFetch(exchange, undefined);
        throw thrown;
      }
      const response = toResponse(answerThrown(guard, exchange, { thrown }), context.req.method);
      finishFetch(exchange, response.status);
      return response;
    }
  };
}

/** On Node the socket shows it; accessing the Request's signal would first build the whole Request. */
function isClientGone(context: HonoLike): boolean {
  const incoming = (context.env as { incoming?: Raw } | undefined)?.incoming;
  return incoming === undefined ? context.req.raw.signal.aborted : incoming.destroyed && !incoming.complete;
}

/** The handler for `app.onError`: captures and answers with problem details. */
export function guardErrors(guard: Guard): (thrown: Error, context: HonoLike) => Response {
  return (thrown, context: HonoLike) => {
    const exchange = begin(guard, context);
    if (exchange === undefined) throw thrown;
    return toResponse(answerThrown(guard, exchange, { thrown, isClientGone: isClientGone(context) }), context.req.method);
  };
}

/** The guard for Express 5 and 4: `app.use(guardRequests(guard))` first, `app.use(guardErrors(guard))` last. */
import type { ServerResponse } from "node:http";
import type { HostView } from "../exchange.ts";
import type { Guard } from "../guard.ts";
import { answerThrown } from "../respond/answer.ts";
import { findMountPath, type RouterLayer } from "./express-routes.ts";
import { beginNode, breakOff, isClientGone, nodeView, type NodeRequest, runNode, sendAnswer } from "./node-view.ts";

type ExpressRequest = NodeRequest & {
  originalUrl?: string;
  baseUrl?: string;
  route?: { path?: unknown };
  app?: { router?: { stack?: readonly RouterLayer[] }; _router?: { stack?: readonly RouterLayer[] } };
};
type Next = (error?: unknown) => void;

function readRoute(request: ExpressRequest): string | undefined {
  const path = request.route?.path;
  if (path === undefined) return undefined;
  // Express also routes by regular expressions and by lists.
  const template = typeof path === "string" ? path : (path as RegExp | readonly string[]).toString();
  const mount = findMountPath(request);
  return mount === "" ? template : template === "/" ? mount : mount + template;
}

const expressView: HostView<ExpressRequest> = {
  ...nodeView,
  target: (request) => request.originalUrl ?? request.url ?? "/",
  route: readRoute,
};

/** The first middleware: begins the exchange, and runs everything after it in its context. */
export function guardRequests(guard: Guard): (request: NodeRequest, response: ServerResponse, next: Next) => void {
  return (request, response, next) => {
    const exchange = beginNode(guard, expressView, { request, response });
    if (exchange === undefined) return next();
    runNode(guard, exchange, next);
  };
}

/** What `guardErrors` does with a captured error. */
export type ErrorOptions = {
  /** False passes the same error on to the error handlers after it. Default true: problem details are sent. */
  readonly respond?: boolean;
};

/** An error handler of Express, which recognises one by its four parameters. */
export type ErrorMiddleware = (...given: [thrown: unknown, request: NodeRequest, response: ServerResponse, next: Next]) => void;

/** The last middleware: captures what was thrown, and answers. Once the headers are sent it can only end the connection. */
export function guardErrors(guard: Guard, options: ErrorOptions = {}): ErrorMiddleware {
  // oxlint-disable-next-line max-params -- Express knows an error handler by its four parameters
  return (thrown, request, response, next) => {
    const exchange = beginNode(guard, expressView, { request, response });
    exchange?.fail(thrown);
    if (exchange === undefined || options.respond === false) return next(thrown);
    if (response.headersSent) return breakOff(response);
    const failure = { thrown, isClientGone: isClientGone(request) };
    const isSent = guard.shield(() => sendAnswer(response, answerThrown(guard, exchange, failure)));
    if (isSent !== true) next(thrown);
  };
}

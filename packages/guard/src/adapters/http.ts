/** The guard for node:http: `createServer(guardHandler(guard, handler))`. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Guard } from "../guard.ts";
import { answerThrown } from "../respond/answer.ts";
import { beginNode, breakOff, findExchange, isClientGone, nodeView, runNode, sendAnswer } from "./node-view.ts";

export { guardUpgrade, type UpgradeHandler } from "./upgrade.ts";

/** A handler of node:http; it may be asynchronous. */
export type Handler = (request: IncomingMessage, response: ServerResponse) => unknown;

/** Guards a handler: what it throws or rejects with is recorded and answered, or ends the connection if the headers are already sent. */
export function guardHandler(guard: Guard, handler: Handler): (request: IncomingMessage, response: ServerResponse) => void {
  return (request, response) => {
    const exchange = beginNode(guard, nodeView, { request, response });
    if (exchange === undefined) return void handler(request, response);
    const onThrown = (thrown: unknown): void => {
      exchange.fail(thrown);
      const failure = { thrown, isClientGone: isClientGone(request) };
      const isSent = !response.headersSent && guard.shield(() => sendAnswer(response, answerThrown(guard, exchange, failure)));
      if (isSent !== true) breakOff(response);
    };
    try {
      const result = runNode(guard, exchange, () => handler(request, response));
      if (result instanceof Promise) result.catch(onThrown);
    } catch (thrown) {
      onThrown(thrown);
    }
  };
}

/** Sets the route template that a request matched: without a router, only the handler knows it. */
export function setRoute(request: IncomingMessage, template: string): void {
  const exchange = findExchange(request);
  if (exchange !== undefined) exchange.route = template;
}

/** The guard for Koa: `app.use(guardKoa(guard))` as the first middleware. */
import type { ServerResponse } from "node:http";
import { readMember } from "../capture/throwable.ts";
import type { Exchange, HostView } from "../exchange.ts";
import type { Guard } from "../guard.ts";
import { answerThrown } from "../respond/answer.ts";
import { beginNode, breakOff, isClientGone, nodeView, type NodeRequest, removeStaleHeaders, runNode, watchStream } from "./node-view.ts";

/** The part of Koa's context that is used here. */
export type KoaLike = {
  readonly req: NodeRequest;
  readonly res: ServerResponse;
  readonly headerSent: boolean;
  readonly originalUrl?: string;
  /** Set by @koa/router. */
  readonly _matchedRoute?: unknown;
  readonly app: { emit(event: "error", thrown: unknown, context: unknown): unknown };
  status: number;
  body: unknown;
  respond?: boolean;
  set(name: string, value: string): void;
};

const KOA: unique symbol = Symbol("faultline.koa");

type Raw = NodeRequest & { [KOA]?: KoaLike };

const koaView: HostView<Raw> = {
  ...nodeView,
  target: (raw) => raw[KOA]?.originalUrl ?? raw.url ?? "/",
  route: (raw) => {
    const matched = raw[KOA]?._matchedRoute;
    return typeof matched === "string" ? matched : matched instanceof RegExp ? matched.source : undefined;
  },
  parsedBody: (raw) =>
    readMember(
      readMember(raw[KOA], (it) => it["request"]),
      (it) => it["body"],
    ),
};

/** What the middleware does with a captured error. */
export type KoaGuardOptions = {
  /** False rethrows the same error to the error handling around it. Default true: problem details are sent. */
  readonly respond?: boolean;
};

function answerError(guard: Guard, exchange: Exchange, at: { context: KoaLike; thrown: unknown }): void {
  const { context, thrown } = at;
  const answer = answerThrown(guard, exchange, { thrown, isClientGone: isClientGone(context.req) });
  removeStaleHeaders(context.res);
  // A handler that was to answer without Koa (`respond = false`) has thrown instead; Koa answers in that case too.
  context.respond = true;
  context.status = answer.status;
  context.body = answer.body;
  for (const name of Object.keys(answer.headers)) context.set(name, answer.headers[name] ?? "");
}

/** The middleware. Listeners of the app's `error` event still receive every error. */
export function guardKoa(guard: Guard, options: KoaGuardOptions = {}): (context: KoaLike, next: () => Promise<unknown>) => Promise<void> {
  return async (context: KoaLike, next) => {
    const raw: Raw = context.req;
    const exchange = beginNode(guard, koaView, { request: raw, response: context.res });
    if (exchange === undefined) return void (await next());
    raw[KOA] = context;
    try {
      await runNode(guard, exchange, next);
      guard.shield(() => watchStream(context.body, exchange));
    } catch (thrown) {
      exchange.fail(thrown);
      if (context.headerSent) breakOff(context.res);
      if (options.respond === false) throw thrown;
      if (context.headerSent) context.respond = false;
      else guard.shield(() => answerError(guard, exchange, { context, thrown }));
      context.app.emit("error", thrown, context);
    }
  };
}

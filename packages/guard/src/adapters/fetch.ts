/** The guard for plain `fetch` handlers: Next.js route handlers, workers, `createServer` adapters. */
import { setTimeout } from "node:timers/promises";
import type { Exchange } from "../exchange.ts";
import type { Guard } from "../guard.ts";
import { answerThrown } from "../respond/answer.ts";
import type { Answer } from "../respond/problem.ts";
import { fetchView, type RoutedRequest } from "./fetch-view.ts";

/** What the guard cannot learn from a Request. */
export type FetchGuardOptions = {
  /** The route template: `/orders/[id]`. */
  readonly route?: string;
  /** False rejects with the same error. Default true: problem details are returned. */
  readonly respond?: boolean;
};

/** An answer as a Response, without its body for HEAD. */
export function toResponse(answer: Answer, method: string): Response {
  return new Response(method === "HEAD" ? null : answer.body, { status: answer.status, headers: { ...answer.headers } });
}

/** A second reader for a small body, so that a failure can report it; none for a long body or one of unknown length. */
function copyBody(guard: Guard, request: Request): Request | undefined {
  const length = Number(request.headers.get("content-length") ?? Number.NaN);
  return length > 0 && length <= guard.bodyLimitBytes && request.body !== null && !request.bodyUsed ? request.clone() : undefined;
}

/** How long a body is waited for: the answer must not depend on a client that has stopped sending. */
const PATIENCE_MS = 20;

async function keepCopy(exchange: Exchange, copy: Request | undefined): Promise<void> {
  if (copy === undefined) return;
  try {
    const body = await Promise.race([copy.arrayBuffer(), setTimeout(PATIENCE_MS, undefined, { ref: false })]);
    if (body !== undefined) exchange.keepBody(new Uint8Array(body));
  } catch {
    // The client sent less than it announced, so there is no body to report.
  }
}

/** Guards a handler. Further arguments are passed through. */
export function guardFetch<Rest extends readonly unknown[]>(
  guard: Guard,
  handler: (request: Request, ...rest: Rest) => Response | Promise<Response>,
  options: FetchGuardOptions = {},
): (request: Request, ...rest: Rest) => Promise<Response> {
  return async (request, ...rest) => {
    const routed: RoutedRequest = { request, readRoute: () => options.route, headers: undefined };
    const exchange = guard.shield(() => guard.begin(fetchView, routed)) as Exchange | undefined;
    if (exchange === undefined) return handler(request, ...rest);
    const copy = guard.shield(() => copyBody(guard, request));
    try {
      const response = await guard.run(exchange, () => handler(request, ...rest));
      // The host itself complains about a handler that returned nothing, or an answer whose status is no number.
      const given: unknown = (response as Response | undefined)?.status;
      const status = typeof given === "number" ? given : undefined;
      if (status !== undefined && status >= 500) await keepCopy(exchange, copy);
      else void copy?.body?.cancel().catch(() => undefined);
      guard.finish(exchange, status, false);
      return response;
    } catch (thrown) {
      exchange.fail(thrown);
      await keepCopy(exchange, copy);
      const answer =
        options.respond === false ? undefined : answerThrown(guard, exchange, { thrown, isClientGone: request.signal.aborted });
      guard.finish(exchange, answer?.status, false);
      if (answer === undefined) throw thrown;
      return toResponse(answer, request.method);
    }
  };
}

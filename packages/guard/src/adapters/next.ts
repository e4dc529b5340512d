/** The guard for Next.js route handlers (App Router): `export const GET = guardRoute(guard, handler, { route: "/orders/[id]" })`. */
import { readMember, readTextMember } from "../capture/throwable.ts";
import type { Guard } from "../guard.ts";
import { type FetchGuardOptions, guardFetch } from "./fetch.ts";

/**
 * What Next throws for control flow: `redirect()`, `notFound()`, `forbidden()`, and the signals of prerendering. Next recognises them by their `digest`
 * (https://nextjs.org/docs/app/api-reference/functions/unstable_rethrow) or by a mark of React's.
 */
const STEERING =
  /^(?:NEXT_REDIRECT|NEXT_HTTP_ERROR_FALLBACK|NEXT_NOT_FOUND|DYNAMIC_SERVER_USAGE|BAILOUT_TO_CLIENT_SIDE_RENDERING|NEXT_PRERENDER_INTERRUPTED|HANGING_PROMISE_REJECTION)(?:;|$)/;

/** True for what Next throws for control flow: Next must get it back untouched, and it is no failure. */
export function isSteering(thrown: unknown): boolean {
  const digest = readTextMember(thrown, (it) => it["digest"]);
  return (digest !== undefined && STEERING.test(digest)) || readMember(thrown, (it) => it["$$typeof"]) === Symbol.for("react.postpone");
}

/** The status that Next makes of it: the last number in the digest, `NEXT_REDIRECT;replace;/login;307;`. */
function readStatus(thrown: unknown): number {
  const digest = readTextMember(thrown, (it) => it["digest"]) ?? "";
  const status = digest.split(";").findLast((part) => /^[34]\d\d$/.test(part));
  return status === undefined ? (digest.startsWith("NEXT_NOT_FOUND") ? 404 : 200) : Number(status);
}

/** How a handler ended. Next's control flow passes the guard as a value, so that it is not taken for a failure. */
class Steered extends Response {
  readonly thrown: unknown;

  constructor(thrown: unknown) {
    super(null, { status: readStatus(thrown) });
    this.thrown = thrown;
  }
}

/** Guards a route handler. The second argument, with its promise of `params`, and whatever Next adds, is passed through. */
export function guardRoute<R extends Request, Rest extends readonly unknown[], Result extends Response | void>(
  guard: Guard,
  handler: (request: R, ...rest: Rest) => Result | Promise<Result>,
  options: FetchGuardOptions = {},
): (request: R, ...rest: Rest) => Promise<Response> {
  const guarded = guardFetch(
    guard,
    async (request: Request, ...rest: Rest): Promise<Response> => {
      try {
        // Next passes a NextRequest and gets back whatever the handler returned, even nothing, which Next itself reports as wrong.
        return (await handler(request as R, ...rest)) as Response;
      } catch (thrown) {
        if (isSteering(thrown)) return new Steered(thrown);
        throw thrown;
      }
    },
    options,
  );
  return async (request, ...rest) => {
    const response = await guarded(request, ...rest);
    if (response instanceof Steered) throw response.thrown;
    return response;
  };
}

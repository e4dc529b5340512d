/** `Idempotency-Key` for `fetch` handlers (Hono, Next.js routes): `export const POST = guardFetch(guard, idempotentFetch(handler, { store, caller }))`. */
import { type IdempotencyOptions, runIdempotent, type StoredAnswer } from "../resilience/idempotency.ts";

/** Options of the wrapper. */
export type IdempotentFetchOptions = IdempotencyOptions & {
  /** Who asks. Keys of different callers never meet: the tenant or user of the request, after it has been authenticated. */
  readonly caller: (request: Request) => string | Promise<string>;
};

/** Longer answers are sent as they are and not kept: the key is free again. */
const MAX_ANSWER_BYTES = 1 << 20;
/** Statuses whose responses have no body, so that `Response` takes none (Fetch, "null body status"). */
const BODYLESS = new Set([101, 204, 205, 304]);

async function readAnswer(response: Response): Promise<StoredAnswer> {
  const body = Buffer.from(await response.arrayBuffer());
  // Of several Set-Cookie headers, Headers gives each by itself.
  return { status: response.status, headers: [...response.headers], bodyBase64: body.toString("base64") };
}

function toResponse({ status, headers, bodyBase64 }: StoredAnswer): Response {
  const response = new Response(BODYLESS.has(status) ? null : Buffer.from(bodyBase64, "base64"), { status });
  response.headers.delete("content-type");
  for (const [name, value] of headers) response.headers.append(name, value);
  return response;
}

/** Wraps a handler. Rejects with an IdempotencyError (400, 409, 422), which the guard outside of it answers. What it takes beside the Request is passed on. */
export function idempotentFetch<Rest extends readonly unknown[]>(
  handler: (request: Request, ...rest: Rest) => Response | Promise<Response>,
  options: IdempotentFetchOptions,
): (request: Request, ...rest: Rest) => Promise<Response> {
  return async (request, ...rest) => {
    const key = request.headers.get("idempotency-key") ?? undefined;
    if (key === undefined && options.isRequired !== true) return handler(request, ...rest);
    const body = new Uint8Array(await request.clone().arrayBuffer());
    const caller = await options.caller(request);
    let own: StoredAnswer | undefined;
    const work = async (): Promise<StoredAnswer> => {
      own = await readAnswer(await handler(request, ...rest));
      const isLong = own.bodyBase64.length > MAX_ANSWER_BYTES * (4 / 3);
      return isLong ? { status: 599, headers: [], bodyBase64: "" } : own;
    };
    const asked = { key, method: request.method, route: new URL(request.url).pathname, caller, body };
    try {
      const { answer } = await runIdempotent(asked, work, options);
      return toResponse(own ?? answer);
    } catch (thrown) {
      // The store failed after the work was done: the client gets its answer all the same.
      if (own === undefined) throw thrown;
      return toResponse(own);
    }
  };
}

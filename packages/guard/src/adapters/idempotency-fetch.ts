/** `Idempotency-Key` for `fetch` handlers (Hono, Next.js routes): `export const POST = guardFetch(guard, idempotentFetch(handler, { store, caller }))`. */
import { type IdempotencyOptions, runIdempotent, type StoredAnswer } from "../resilience/idempotency.ts";

/** Options of the wrapper. */
export type IdempotentFetchOptions = IdempotencyOptions & {
  /** Who asks. Keys of different callers never meet: the tenant or user of the request, after it has been authenticated. */
  readonly caller: (request: Request) => string | Promise<string>;
};

/** Longer answers are sent unchanged and not kept; their key is free again. */
const MAX_ANSWER_BYTES = 1 << 20;
/** Statuses whose responses have no body, so that `Response` takes none (Fetch, "null body status"). */
const BODYLESS = new Set([101, 204, 205, 304]);

/** A response that was read to its end, or to the limit; beyond the limit, `sent` yields what was read and then the rest. */
type Read = { readonly sent: Response; readonly answer: StoredAnswer | undefined };

/** A stream of what was read, followed by the rest. */
function goOn(chunks: Uint8Array[], reader: ReadableStreamDefaultReader<Uint8Array>): ReadableStream<Uint8Array> {
  return new ReadableStream({
    async pull(controller) {
      const kept = chunks.shift();
      if (kept !== undefined) return controller.enqueue(kept);
      const { value, done } = await reader.read();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    cancel: (reason) => reader.cancel(reason),
  });
}

async function readResponse(response: Response): Promise<Read> {
  const { status, statusText, headers } = response;
  const chunks: Uint8Array[] = [];
  const reader = response.body?.getReader();
  let size = 0;
  for (let piece = await reader?.read(); piece !== undefined && !piece.done; piece = await reader?.read()) {
    chunks.push(piece.value);
    size += piece.value.byteLength;
    if (reader !== undefined && size > MAX_ANSWER_BYTES) {
      return { sent: new Response(goOn(chunks, reader), { status, statusText, headers }), answer: undefined };
    }
  }
  // Headers yields each of several Set-Cookie headers separately.
  const kept = { status, headers: [...headers], bodyBase64: Buffer.concat(chunks).toString("base64") };
  const answer = statusText === "" ? kept : { ...kept, statusText };
  return { sent: toResponse(answer), answer };
}

function toResponse({ status, statusText = "", headers, bodyBase64 }: StoredAnswer): Response {
  const response = new Response(BODYLESS.has(status) ? null : Buffer.from(bodyBase64, "base64"), { status, statusText });
  response.headers.delete("content-type");
  for (const [name, value] of headers) response.headers.append(name, value);
  return response;
}

/** Wraps a handler. Rejects with an IdempotencyError (400, 409, 422), which the guard around it answers. Further arguments are passed on. */
export function idempotentFetch<Rest extends readonly unknown[]>(
  handler: (request: Request, ...rest: Rest) => Response | Promise<Response>,
  options: IdempotentFetchOptions,
): (request: Request, ...rest: Rest) => Promise<Response> {
  return async (request, ...rest) => {
    const key = request.headers.get("idempotency-key") ?? undefined;
    if (key === undefined && options.isRequired !== true) return handler(request, ...rest);
    const body = new Uint8Array(await request.clone().arrayBuffer());
    const caller = await options.caller(request);
    let own: Response | undefined;
    const work = async (): Promise<StoredAnswer> => {
      const { sent, answer } = await readResponse(await handler(request, ...rest));
      own = sent;
      return answer ?? { status: 599, headers: [], bodyBase64: "" };
    };
    const { pathname, search } = new URL(request.url);
    const asked = { key, method: request.method, route: pathname, query: search.slice(1), caller, body };
    try {
      const { answer } = await runIdempotent(asked, work, options);
      return own ?? toResponse(answer);
    } catch (thrown) {
      // The store failed after the work was done; the client gets its answer all the same.
      if (own === undefined) throw thrown;
      return own;
    }
  };
}

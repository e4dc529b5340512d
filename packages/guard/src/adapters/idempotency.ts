/** `Idempotency-Key` as middleware for Express, Connect and node:http: `app.post("/orders", idempotent({ store, caller }), handler)`. */
import type { ServerResponse } from "node:http";
import { runIdempotent, type IdempotencyOptions, type IdempotentRequest, type StoredAnswer } from "../resilience/idempotency.ts";
import { type Held, holdResponse } from "./held-response.ts";
import { findExchange, type NodeRequest } from "./node-view.ts";

export { idempotentFetch, type IdempotentFetchOptions } from "./idempotency-fetch.ts";

/** Options of the middleware. */
export type IdempotentOptions = IdempotencyOptions & {
  /** Who asks. Keys of different callers never meet: the tenant or user of the request, after it has been authenticated. */
  readonly caller: (request: NodeRequest) => string;
};

/** Longer answers are sent as they are and not kept: the key is free again. */
const MAX_ANSWER_BYTES = 1 << 20;
/** Headers of one message on one connection, not of the answer. */
const HOP_BY_HOP = new Set(["connection", "keep-alive", "transfer-encoding", "date"]);

function readAnswer(response: ServerResponse, body: Buffer): StoredAnswer {
  const headers = Object.entries(response.getHeaders()).flatMap(([name, value]): [string, string][] => {
    if (value === undefined || HOP_BY_HOP.has(name)) return [];
    return Array.isArray(value) ? value.map((each): [string, string] => [name, each]) : [[name, String(value)]];
  });
  return { status: response.statusCode, headers, bodyBase64: body.toString("base64") };
}

function replay(response: ServerResponse, answer: StoredAnswer): void {
  response.statusCode = answer.status;
  const byName = new Map<string, string[]>();
  for (const [name, value] of answer.headers) byName.set(name, [...(byName.get(name) ?? []), value]);
  for (const [name, values] of byName) response.setHeader(name, values.length === 1 ? (values[0] ?? "") : values);
  response.end(Buffer.from(answer.bodyBase64, "base64"));
}

function readPayload(request: NodeRequest): Uint8Array | string {
  const { body } = request;
  if (body instanceof Uint8Array || typeof body === "string") return body;
  if (body !== undefined) return JSON.stringify(body) ?? "";
  const chunks = findExchange(request)?.bodyChunks;
  return chunks === undefined ? "" : Buffer.concat(chunks);
}

type Middleware = (request: NodeRequest, response: ServerResponse, next: (error?: unknown) => void) => void;

function describe(request: NodeRequest, options: IdempotentOptions): IdempotentRequest {
  const key = request.headers["idempotency-key"];
  const target = (request as { originalUrl?: string }).originalUrl ?? request.url ?? "/";
  return {
    key: typeof key === "string" ? key : key?.[0],
    method: request.method ?? "",
    // The path and not the template: the same key for two orders is two requests.
    route: target.split("?", 1)[0] ?? "/",
    caller: options.caller(request),
    body: readPayload(request),
  };
}

/** The middleware; it stands after the body parser and the authentication. */
export function idempotent(options: IdempotentOptions): Middleware {
  return async (request, response, next) => {
    const key = request.headers["idempotency-key"];
    let held: Held | undefined;
    const work = async (): Promise<StoredAnswer> => {
      held = holdResponse(response, MAX_ANSWER_BYTES);
      next();
      const { whole } = await held.ended;
      if (whole) return readAnswer(response, held.body());
      held = undefined;
      // Too long to keep, and on its way by now: the store is told that it failed.
      return { status: 599, headers: [], bodyBase64: "" };
    };
    try {
      if (key === undefined && options.isRequired !== true) return next();
      const { answer, isReplay } = await runIdempotent(describe(request, options), work, options);
      if (isReplay) replay(response, answer);
      else held?.send();
    } catch (thrown) {
      if (held === undefined) next(thrown);
      // The store failed after the work was done: the client gets its answer all the same.
      else if (!response.destroyed) held.send();
    }
  };
}

/** `Idempotency-Key` as middleware for Express, Connect and node:http: `app.post("/orders", idempotent({ store, caller }), handler)`. */
import type { ServerResponse } from "node:http";
import {
  DEFAULT_LEASE_MS,
  runIdempotent,
  type IdempotencyOptions,
  type IdempotentRequest,
  type StoredAnswer,
} from "../resilience/idempotency.ts";
import { type Held, holdResponse } from "./held-response.ts";
import { findExchange, type NodeRequest } from "./node-view.ts";

export { idempotentFetch, type IdempotentFetchOptions } from "./idempotency-fetch.ts";

/** Options of the middleware. */
export type IdempotentOptions = IdempotencyOptions & {
  /** Who asks. Keys of different callers never meet: the tenant or user of the request, after it has been authenticated. */
  readonly caller: (request: NodeRequest) => string;
};

/** Longer answers are sent unchanged and not kept; their key is free again. */
const MAX_ANSWER_BYTES = 1 << 20;
/** How many leases the handler of a client that left may keep the key while it works. Keys exist for such clients, but a handler may never finish. */
const LEASES_ALONE = 2;
/** Headers that belong to one message on one connection, not to the answer. */
const HOP_BY_HOP = new Set(["connection", "keep-alive", "transfer-encoding", "date"]);

/** The headers, with their names as the handler wrote them; in HTTP/2 they are lower-case. */
function readNames(response: ServerResponse & { readonly getRawHeaderNames?: () => string[] }): readonly string[] {
  return response.getRawHeaderNames?.() ?? response.getHeaderNames();
}

function readAnswer(response: ServerResponse, body: Buffer): StoredAnswer {
  const headers = readNames(response).flatMap((name): [string, string][] => {
    const value = response.getHeader(name);
    if (value === undefined || HOP_BY_HOP.has(name.toLowerCase())) return [];
    return Array.isArray(value) ? value.map((each): [string, string] => [name, each]) : [[name, String(value)]];
  });
  const answer = { status: response.statusCode, headers, bodyBase64: body.toString("base64") };
  // HTTP/2 has no status text, and reading it prints a warning.
  const statusText = response.req.httpVersionMajor > 1 ? "" : response.statusMessage;
  return (statusText ?? "") === "" ? answer : { ...answer, statusText };
}

function replay(response: ServerResponse, answer: StoredAnswer): void {
  response.statusCode = answer.status;
  if (answer.statusText !== undefined) response.statusMessage = answer.statusText;
  const byName = new Map<string, string[]>();
  for (const [name, value] of answer.headers) byName.set(name, [...(byName.get(name) ?? []), value]);
  for (const [name, values] of byName) response.setHeader(name, values.length === 1 ? (values[0] ?? "") : values);
  response.end(Buffer.from(answer.bodyBase64, "base64"));
}

/** What identifies a body that no parser has taken: its bytes, if all were read; for multipart, whose boundary differs each time, its length. */
function readUnparsed(request: NodeRequest): Uint8Array | string {
  const { headers, readableEnded } = request;
  const exchange = findExchange(request);
  const isSeen = readableEnded && exchange?.bodyChunks !== undefined && !headers["content-type"]?.startsWith("multipart/");
  const length = isSeen ? exchange.bodyBytes : Number(headers["content-length"] ?? 0);
  // Intermediaries may or may not announce an empty body.
  return Buffer.concat([Buffer.from(length === 0 ? "" : String(length)), ...((isSeen ? exchange.bodyChunks : undefined) ?? [])]);
}

function readPayload(request: NodeRequest): Uint8Array | string {
  const { body } = request;
  if (body instanceof Uint8Array || typeof body === "string") return body;
  const parsed = body === undefined || body === null ? "{}" : JSON.stringify(body);
  // Express 4 sets an empty body when none of its parsers applied.
  return parsed === "{}" ? readUnparsed(request) : (parsed ?? "");
}

type Middleware = (request: NodeRequest, response: ServerResponse, next: (error?: unknown) => void) => void;

function describe(request: NodeRequest, options: IdempotentOptions): IdempotentRequest {
  const key = request.headers["idempotency-key"];
  const target = (request as { originalUrl?: string }).originalUrl ?? request.url ?? "/";
  const [route = "/", query = ""] = target.split(/\?(.*)/s, 2);
  return {
    key: typeof key === "string" ? key : key?.[0],
    method: request.method ?? "",
    // The path, not the template: the same key for two orders means two requests.
    route,
    query,
    caller: options.caller(request),
    body: readPayload(request),
  };
}

/** The middleware; mount it after the body parser and the authentication. */
export function idempotent(options: IdempotentOptions): Middleware {
  return async (request, response, next) => {
    const key = request.headers["idempotency-key"];
    let held: Held | undefined;
    const work = async (): Promise<StoredAnswer> => {
      held = holdResponse(response, { limitBytes: MAX_ANSWER_BYTES, patienceMs: LEASES_ALONE * (options.leaseMs ?? DEFAULT_LEASE_MS) });
      next();
      const { whole } = await held.ended;
      if (whole) return readAnswer(response, held.body());
      held = undefined;
      // Too long to keep, and already being sent: for the store this counts as failed.
      return { status: 599, headers: [], bodyBase64: "" };
    };
    try {
      if (key === undefined && options.isRequired !== true) return next();
      const { answer, isReplay } = await runIdempotent(describe(request, options), work, options);
      if (isReplay) replay(response, answer);
      else held?.send();
    } catch (thrown) {
      if (held === undefined) next(thrown);
      // The store failed after the work was done; the client gets its answer all the same.
      else if (!response.destroyed) held.send();
    }
  };
}

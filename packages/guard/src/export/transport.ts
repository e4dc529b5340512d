/** Sends export requests over OTLP/HTTP with node:http: one kept-alive connection, gzip, a deadline, an answer read to a limit. */
import { Agent as HttpAgent, type IncomingMessage, request as httpRequest } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import { withoutTracing } from "../trace-context.ts";

/** What became of an export request. */
export type SendOutcome =
  | { readonly kind: "accepted" }
  /** Sending it again would not help (OTLP: any 4xx but 429, and 5xx but 502, 503, 504). */
  | { readonly kind: "refused"; readonly because: string }
  | { readonly kind: "unavailable"; readonly because: string; readonly retryAfterMs?: number };

/** Takes gzipped OTLP/JSON to a collector. `send` never rejects. */
export type Transport = { send(path: string, body: Uint8Array): Promise<SendOutcome>; close(): void };

const SEND_TIMEOUT_MS = 10_000;
const RETRYABLE = new Set([429, 502, 503, 504]);
const MAX_RETRY_AFTER_MS = 3_600_000;

/** `Retry-After` as delay (RFC 9110 §10.2.3: seconds or a date), never negative, at most an hour. */
export function parseRetryAfter(value: string | undefined, nowMs: number): number | undefined {
  if (value === undefined) return undefined;
  const delayMs = /^\s*\d+\s*$/.test(value) ? Number(value) * 1000 : Date.parse(value) - nowMs;
  return Number.isFinite(delayMs) ? Math.min(Math.max(delayMs, 0), MAX_RETRY_AFTER_MS) : undefined;
}

function toOutcome(response: IncomingMessage): SendOutcome {
  const status = response.statusCode ?? 0;
  if (status >= 200 && status < 300) return { kind: "accepted" };
  const because = `the collector answered ${status}`;
  if (!RETRYABLE.has(status)) return { kind: "refused", because };
  const retryAfterMs = parseRetryAfter(response.headers["retry-after"], Date.now());
  return { kind: "unavailable", because, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
}

/** A transport to `endpoint`, the base URL of a collector; the signal's path is added to it. */
export function createTransport(endpoint: URL, headers: Readonly<Record<string, string>>): Transport {
  const isTls = endpoint.protocol === "https:";
  const agent = isTls ? new HttpsAgent({ keepAlive: true, maxSockets: 2 }) : new HttpAgent({ keepAlive: true, maxSockets: 2 });
  const base = endpoint.pathname.replace(/\/+$/, "");
  const start = isTls ? httpsRequest : httpRequest;

  function send(path: string, body: Uint8Array, settle: (outcome: SendOutcome) => void): void {
    const request = start(
      new URL(base + path, endpoint),
      {
        method: "POST",
        agent,
        headers: { ...headers, "content-type": "application/json", "content-encoding": "gzip", "content-length": body.byteLength },
        timeout: SEND_TIMEOUT_MS,
      },
      (response) => {
        response.resume();
        response.on("end", () => settle(toOutcome(response)));
        response.on("error", (error) => settle({ kind: "unavailable", because: error.message }));
        // An answer that ends early has said its status all the same; a promise settles once.
        response.on("close", () => settle(toOutcome(response)));
      },
    );
    // The guard keeps no process alive: what is unsent when it ends is in the spool.
    request.on("socket", (socket) => socket.unref());
    request.on("timeout", () => request.destroy(new Error(`no answer within ${SEND_TIMEOUT_MS} ms`)));
    request.on("error", (error) => settle({ kind: "unavailable", because: error.message }));
    request.end(body);
  }

  return {
    send: (path, body) =>
      new Promise((resolve) => {
        try {
          withoutTracing(() => send(path, body, resolve));
        } catch (error) {
          resolve({ kind: "unavailable", because: String(error) });
        }
      }),
    close: () => agent.destroy(),
  };
}

/**
 * Observes the calls that a request makes, through the diagnostics channels of undici (and so of `fetch`) and of node:http. This patches no module and costs
 * nothing when nothing is called. Each call gets a `traceparent`, unless something else already set one.
 */
import { channel, subscribe, unsubscribe } from "node:diagnostics_channel";
import type { ClientRequest, IncomingMessage } from "node:http";
import type { Exchange } from "../exchange.ts";
import { createSpanId } from "../ids.ts";
import { formatTraceparent } from "../trace-context.ts";
import { endCall, failCall, type OutgoingCall } from "./call.ts";
import { readMember } from "./throwable.ts";

const MAX_CALLS = 64;

/** Notes a call on an exchange; undefined when the exchange has noted enough, or is over. */
export function recordCall(exchange: Exchange, name: string, attributes: OutgoingCall["attributes"]): OutgoingCall | undefined {
  exchange.calls ??= [];
  if (exchange.isFinished || exchange.calls.length >= MAX_CALLS) return undefined;
  const call: OutgoingCall = {
    spanId: createSpanId(),
    startMs: performance.now(),
    endMs: undefined,
    name,
    attributes,
    status: undefined,
    errorType: undefined,
  };
  exchange.calls.push(call);
  return call;
}

type UndiciRequest = {
  origin?: unknown;
  method?: unknown;
  path?: unknown;
  headers?: unknown;
  addHeader?: (name: string, value: string) => unknown;
};

function describeHttp(method: string, url: URL): OutgoingCall["attributes"] {
  const port = url.port === "" ? (url.protocol === "https:" ? 443 : 80) : Number(url.port);
  return {
    "http.request.method": method,
    // Without the query, where tokens travel. The callee's route is in the callee's own span.
    "url.full": `${url.origin}${url.pathname}`,
    "server.address": url.hostname,
    "server.port": port,
  };
}

function hasTraceparent(headers: unknown): boolean {
  if (typeof headers === "string") return /^traceparent:/im.test(headers);
  return Array.isArray(headers) && headers.some((each, index) => index % 2 === 0 && /^traceparent$/i.test(String(each)));
}

type Watch = {
  /** The current exchange, unless the call is one of the guard's own. */
  readonly current: () => Exchange | undefined;
  /** Everything below runs inside the host's call, so nothing may be thrown out of it. */
  readonly shield: <T>(run: () => T) => T | undefined;
};

/** Makes the callee part of the trace, unless OpenTelemetry does. */
function passOn(exchange: Exchange, call: OutgoingCall, setHeader: (name: string, value: string) => unknown): void {
  if (exchange.otel !== undefined) return;
  setHeader("traceparent", formatTraceparent(exchange.trace, call.spanId));
  if (exchange.trace.traceState !== undefined) setHeader("tracestate", exchange.trace.traceState);
}

function watchUndici(calls: WeakMap<object, OutgoingCall>, watch: Watch): Record<string, (message: unknown) => void> {
  return {
    "undici:request:create": (message) => {
      const exchange = watch.current();
      if (exchange === undefined) return;
      const request = readMember(message, (it) => it["request"]) as UndiciRequest & object;
      const method = String(request.method);
      const call = recordCall(exchange, method, describeHttp(method, new URL(String(request.path), String(request.origin))));
      if (call === undefined) return;
      calls.set(request, call);
      if (!hasTraceparent(request.headers)) passOn(exchange, call, (name, value) => request.addHeader?.(name, value));
    },
    "undici:request:headers": (message) => {
      const call = calls.get(readMember(message, (it) => it["request"]) as object);
      const status = readMember(message, (it) => (it["response"] as { readonly statusCode?: unknown }).statusCode);
      if (call !== undefined) endCall(call, Number(status));
    },
    "undici:request:error": (message) => {
      const call = calls.get(readMember(message, (it) => it["request"]) as object);
      if (call !== undefined)
        failCall(
          call,
          readMember(message, (it) => it["error"]),
        );
    },
  };
}

function watchHttp(calls: WeakMap<object, OutgoingCall>, watch: Watch): Record<string, (message: unknown) => void> {
  return {
    "http.client.request.created": (message) => {
      const exchange = watch.current();
      if (exchange === undefined) return;
      const request = readMember(message, (it) => it["request"]) as ClientRequest;
      const url = new URL(
        request.path.split("?", 1)[0] ?? "/",
        `${request.protocol}//${String(request.getHeader("host") ?? request.host)}`,
      );
      const call = recordCall(exchange, request.method, describeHttp(request.method, url));
      if (call === undefined) return;
      calls.set(request, call);
      if (!request.headersSent && !request.hasHeader("traceparent"))
        passOn(exchange, call, (name, value) => request.setHeader(name, value));
    },
    "http.client.response.finish": (message) => {
      const { request, response } = message as { request: ClientRequest; response: IncomingMessage };
      const call = calls.get(request);
      if (call !== undefined) endCall(call, response.statusCode);
    },
    "http.client.request.error": (message) => {
      const call = calls.get(readMember(message, (it) => it["request"]) as object);
      if (call !== undefined)
        failCall(
          call,
          readMember(message, (it) => it["error"]),
        );
    },
  };
}

/** Watches the calls of this process until the returned function is called. */
export function watchOutgoingCalls(watch: Watch): () => void {
  const calls = new WeakMap<object, OutgoingCall>();
  const listeners = Object.entries({ ...watchUndici(calls, watch), ...watchHttp(calls, watch) }).map(([name, listener]) => {
    const shielded = (message: unknown): void => watch.shield(() => listener(message));
    channel(name);
    subscribe(name, shielded);
    return (): boolean => unsubscribe(name, shielded);
  });
  return () => {
    for (const stop of listeners) stop();
  };
}

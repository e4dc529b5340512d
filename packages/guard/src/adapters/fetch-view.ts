/** How the adapters for `fetch` handlers read a Request. */
import type { HostView, IncomingHeaders } from "../exchange.ts";

/** A Request with the route template that the adapter found for it. */
export type RoutedRequest = {
  readonly request: Request;
  readonly readRoute: () => string | undefined;
  headers: IncomingHeaders | undefined;
};

function toTarget(url: string): string {
  const parsed = new URL(url);
  return parsed.pathname + parsed.search;
}

/** Reads a Request. Its headers are turned into an object once, and only when something is reported. */
export const fetchView: HostView<RoutedRequest> = {
  method: ({ request }) => request.method,
  target: ({ request }) => toTarget(request.url),
  headers: (routed) => (routed.headers ??= Object.fromEntries(routed.request.headers)),
  scheme: ({ request }) => (request.url.startsWith("https:") ? "https" : "http"),
  route: ({ readRoute }) => readRoute(),
  protocol: () => undefined,
  clientAddress: () => undefined,
  parsedBody: () => undefined,
};

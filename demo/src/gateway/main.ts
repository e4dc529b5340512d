/** The reverse proxy in front of the shop: routes by path, spreads over instances, answers for backends that do not. */
import { createServer, Agent, type IncomingMessage, type ServerResponse, request as sendRequest } from "node:http";
import { trace } from "@opentelemetry/api";
import { pino } from "pino";
import { lookupLoopback, readAddress } from "../hosts.ts";
import { onSwitch, serveUntilStopped } from "../lifecycle.ts";
import { findRoute } from "./routes.ts";

/** What the gateway's operator can change while it runs. */
export type GatewaySwitch = { readonly storefront?: readonly string[]; readonly hideErrors?: boolean };

const UPSTREAM_TIMEOUT_MS = 3_000;
const HOP_HEADERS = new Set(["connection", "keep-alive", "transfer-encoding", "upgrade", "te", "trailer", "proxy-authorization"]);
const HTML_PAGE =
  "<!DOCTYPE html>\n<html><head><title>500 Internal Server Error</title></head>\n<body><h1>Internal Server Error</h1><p>Please try again later.</p></body></html>\n";

const log = pino();
const agent = new Agent({ keepAlive: true, maxSockets: 256 });
const payments = readAddress("PAYMENTS_URL");
let state: Required<GatewaySwitch> = { storefront: [readAddress("STOREFRONT_URL")], hideErrors: false };
let turn = 0;
onSwitch((change: GatewaySwitch) => {
  state = { ...state, ...change };
});

function chooseBackend(service: "storefront" | "payments"): URL {
  const backends = service === "payments" ? [payments] : state.storefront;
  turn += 1;
  return new URL(backends[turn % backends.length] ?? payments);
}

function keepEndToEnd(headers: IncomingMessage["headers"]): IncomingMessage["headers"] {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !HOP_HEADERS.has(name)));
}

function sendPage(response: ServerResponse, status: number, proxyStatus: string): void {
  if (response.headersSent) return void response.destroy();
  response.statusCode = status;
  response.setHeaders(
    new Map([
      ["content-type", "text/html"],
      ["server", "shop-gateway"],
      ["proxy-status", proxyStatus],
    ]),
  );
  response.end(HTML_PAGE.replaceAll("500 Internal Server Error", `${status}`));
}

type Outcome = { readonly status: number; readonly upstreamStatus?: number; readonly error?: string };

function writeAccessLog(request: IncomingMessage, startedMs: number, outcome: Outcome): void {
  const { status, upstreamStatus, error } = outcome;
  const fields = {
    "http.request.method": request.method,
    "url.path": request.url?.split("?", 1)[0],
    "http.response.status_code": status,
    "upstream.status_code": upstreamStatus,
    duration_ms: Math.round(performance.now() - startedMs),
  };
  log[status >= 500 ? "warn" : "info"](
    fields,
    `${request.method} ${request.url} ${status} upstream=${upstreamStatus ?? "-"} ${error ?? ""}`,
  );
}

/** Passes the backend's answer on, or the error page in its place where the operator asked for that. */
function relay(answer: IncomingMessage, response: ServerResponse): number {
  const status = answer.statusCode ?? 502;
  if (status >= 502 && state.hideErrors) {
    answer.resume();
    sendPage(response, 500, `shop-gateway; received-status=${status}`);
    return 500;
  }
  response.statusCode = status;
  for (const [name, value] of Object.entries(keepEndToEnd(answer.headers))) if (value !== undefined) response.setHeader(name, value);
  response.setHeader("via", "1.1 shop-gateway");
  answer.pipe(response);
  return status;
}

function forward(request: IncomingMessage, response: ServerResponse, target: URL): void {
  const startedMs = performance.now();
  let isDone = false;
  const settle = (outcome: Outcome): void => {
    if (isDone) return;
    isDone = true;
    writeAccessLog(request, startedMs, outcome);
  };
  const upstream = sendRequest(
    {
      host: target.hostname,
      port: target.port,
      method: request.method,
      path: request.url,
      headers: { ...keepEndToEnd(request.headers), host: target.host },
      lookup: lookupLoopback,
      agent,
      timeout: UPSTREAM_TIMEOUT_MS,
    },
    (answer) =>
      settle({ status: relay(answer, response), ...(answer.statusCode === undefined ? {} : { upstreamStatus: answer.statusCode }) }),
  );
  upstream.on("timeout", () =>
    upstream.destroy(Object.assign(new Error(`${target.hostname} timed out after ${UPSTREAM_TIMEOUT_MS} ms`), { code: "ETIMEDOUT" })),
  );
  upstream.on("error", (error: NodeJS.ErrnoException) => {
    const isLate = error.code === "ETIMEDOUT";
    sendPage(response, isLate ? 504 : 502, `shop-gateway; error=${isLate ? "http_response_timeout" : "connection_terminated"}`);
    settle({ status: isLate ? 504 : 502, error: error.message });
  });
  request.pipe(upstream);
}

const server = createServer((request, response) => {
  const route = findRoute((request.url ?? "/").split("?", 1)[0] ?? "/");
  if (route === undefined) {
    response.writeHead(404, { "content-type": "application/json" }).end('{"error":"no such route"}');
    return;
  }
  const span = trace.getActiveSpan();
  span?.setAttribute("http.route", route.template).updateName(`${request.method} ${route.template}`);
  forward(request, response, chooseBackend(route.service));
});

serveUntilStopped(server);

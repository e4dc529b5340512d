import type { IncomingMessage, ServerResponse } from "node:http";
import type { LiveFeed } from "../live-feed.ts";
import type { Store } from "../store/contract.ts";
import { createDemoSwitchboard } from "./demo-switchboard.ts";
import { createDisplayRedactor } from "./display-redactor.ts";
import { createEventStream, type EventStreamLimits } from "./event-stream.ts";
import { answerProblem } from "./problem.ts";
import { type Answer, findRoute, type Route } from "./route.ts";
import { createRoutes } from "./routes.ts";
import { findIntrusion, setSecurityHeaders } from "./security.ts";
import { loadStaticFiles, type StaticFiles } from "./static-files.ts";

/** What the API stands on. */
export type ApiOptions = {
  readonly store: Store;
  readonly live: LiveFeed;
  /** Folder of the built dashboard, read at the first request for a page. */
  readonly dashboardDirectory?: string;
  /** Host names, lower case, besides localhost and addresses, by which browsers may call this server. */
  readonly allowedHosts?: readonly string[];
  /** Base URL of a running demo's fault switches. */
  readonly demoUrl?: string;
  /** Tells a stack by its sources. Default: as it came. */
  readonly mapStack?: (stack: string) => string;
  /** Routes of other parts. Their paths begin with `/api/`. */
  readonly routes?: readonly Route[];
  /** Version of this collector, for `/api/health`. */
  readonly version?: string;
  readonly now?: () => number;
  /** Hears of defects: errors that no request should be able to cause. */
  readonly onDefect?: (error: unknown) => void;
  readonly eventLimits?: Partial<EventStreamLimits>;
};

/** The HTTP API and the dashboard's files. */
export type Api = {
  /** Answers a request and says true when its path is one of ours; otherwise leaves both alone and says false. */
  respond(request: IncomingMessage, response: ServerResponse): boolean;
  close(): void;
};

/** Paths that a browser may open: each shows the dashboard, which reads the path itself. */
const PAGE = /^\/(?:|faults\/[^/]+|traces\/[^/]+|failing|rollout)$/;
const ASSET = /^\/(?:assets\/.+|favicon\.svg|favicon\.ico|theme\.js|robots\.txt)$/;
const NOT_BUILT = "The dashboard is not built yet; npm run build -w packages/dashboard builds it.";

/** Opens the API over a store and a live feed. */
export function createApi(options: ApiOptions): Api {
  const redactor = createDisplayRedactor(options.mapStack);
  const events = createEventStream(options.live, redactor, options.eventLimits);
  const { store, demoUrl, version = "0.1.0", now = Date.now } = options;
  const demo = createDemoSwitchboard(demoUrl);
  const routes = [...createRoutes({ store, events, demo, redactor, version, now }), ...(options.routes ?? [])];
  let files: StaticFiles | undefined;
  const respondFile = (path: string, request: IncomingMessage, response: ServerResponse): void => {
    files ??= loadStaticFiles(options.dashboardDirectory ?? "");
    if (request.method !== "GET" && request.method !== "HEAD") return write(response, notAllowed(response, "GET, HEAD"));
    if (files.respond(PAGE.test(path) ? "/index.html" : path, request, response)) return;
    write(response, PAGE.test(path) ? answerProblem(503, NOT_BUILT) : answerProblem(404, "There is no such file."));
  };
  return {
    respond(request, response) {
      const url = parseTarget(request.url);
      const isApi = url?.pathname === "/api" || url?.pathname.startsWith("/api/") === true;
      if (url === undefined || (!isApi && !PAGE.test(url.pathname) && !ASSET.test(url.pathname))) return false;
      setSecurityHeaders(response);
      const intrusion = findIntrusion(request, options.allowedHosts ?? []);
      if (intrusion !== undefined) write(response, { kind: "problem", problem: intrusion });
      else if (!isApi) respondFile(url.pathname, request, response);
      else void respondRoute({ routes, url, request, response, onDefect: options.onDefect });
      return true;
    },
    close: () => events.close(),
  };
}

function parseTarget(target: string | undefined): URL | undefined {
  return target?.startsWith("/") === true ? (URL.parse(`http://localhost${target}`) ?? undefined) : undefined;
}

function notAllowed(response: ServerResponse, allow: string): Answer {
  response.setHeader("allow", allow);
  return answerProblem(405, `This path takes ${allow}.`);
}

type Routed = {
  readonly routes: readonly Route[];
  readonly url: URL;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly onDefect: ((error: unknown) => void) | undefined;
};

async function respondRoute({ routes, url, request, response, onDefect }: Routed): Promise<void> {
  const match = findRoute(routes, request.method ?? "GET", url.pathname);
  if (match.kind === "not-found") return write(response, answerProblem(404, "The API has no such path."));
  if (match.kind === "method-not-allowed") return write(response, notAllowed(response, match.allow));
  try {
    write(response, await match.route.answer({ url, params: match.params, request }));
  } catch (error) {
    // A sender that goes away in the middle of its body is no defect, and nobody is left to answer.
    if (request.destroyed && !request.complete) return;
    onDefect?.(error);
    write(response, answerProblem(500, "This is a defect in Faultline; its log says more."));
  }
}

function write(response: ServerResponse, answer: Answer): void {
  if (response.headersSent || response.destroyed) return;
  if (answer.kind === "stream") return answer.open(response);
  const isProblem = answer.kind === "problem";
  if (isProblem && answer.retryAfterS !== undefined) response.setHeader("retry-after", answer.retryAfterS);
  const status = isProblem ? answer.problem.status : answer.status;
  // What was not read of a refused body must not be taken for the next request.
  if (isProblem && response.req.method === "POST" && !response.req.complete) response.setHeader("connection", "close");
  const body = Buffer.from(JSON.stringify(isProblem ? answer.problem : answer.body));
  response.writeHead(status, {
    "content-type": isProblem ? "application/problem+json" : "application/json",
    "content-length": body.length,
    "cache-control": "no-store",
  });
  response.end(response.req.method === "HEAD" ? undefined : body);
}

import type { IncomingMessage, ServerResponse } from "node:http";
import type { LiveFeed } from "../live-feed.ts";
import type { Store } from "../store/contract.ts";
import { createDemoSwitchboard } from "./demo-switchboard.ts";
import { createDisplayRedactor } from "./display-redactor.ts";
import { createEventStream, type EventStreamLimits } from "./event-stream.ts";
import { answerProblem } from "./problem.ts";
import { quote } from "./quote.ts";
import { type Answer, findRoute, type Route } from "./route.ts";
import { createRoutes } from "./routes.ts";
import { findIntrusion, setSecurityHeaders } from "./security.ts";
import { loadStaticFiles, type StaticFiles } from "./static-files.ts";
import { writeAnswer } from "./write-answer.ts";

/** What the API needs. */
export type ApiOptions = {
  readonly store: Store;
  readonly live: LiveFeed;
  /** Folder of the built dashboard, read at the first request for a page. */
  readonly dashboardDirectory?: string;
  /** Host names in lower case, besides localhost and IP addresses, under which browsers may reach this server. */
  readonly allowedHosts?: readonly string[];
  /** Base URL of a running demo's fault switches. */
  readonly demoUrl?: string;
  /** Maps a stack to its original sources. Default: unchanged. */
  readonly mapStack?: (stack: string) => string;
  /** Routes of other parts. Their paths begin with `/api/`. */
  readonly routes?: readonly Route[];
  /** Version of this collector, for `/api/health`. */
  readonly version?: string;
  readonly now?: () => number;
  /** Called for defects: errors that no request should be able to cause. */
  readonly onDefect?: (error: unknown) => void;
  readonly eventLimits?: Partial<EventStreamLimits>;
};

/** The HTTP API and the dashboard's files. */
export type Api = {
  /** Answers any request. Requests for other parts must be handled before. */
  respond(request: IncomingMessage, response: ServerResponse): void;
  close(): void;
};

/** Paths that a browser may open: each shows the dashboard, which reads the path itself. */
const PAGE = /^\/(?:|faults\/[^/]+|traces\/[^/]+|failing|rollout)$/;
/** The dashboard's files. They are the same for everybody and hold no captured data, so they are served under any host name, and a refusal can use their styles. */
const ASSET = /^\/(?:assets\/.+|favicon\.svg|favicon\.ico|theme\.js|robots\.txt)$/;
const READING = "GET, HEAD";

/** Opens the API over a store and a live feed. */
export function createApi(options: ApiOptions): Api {
  const redactor = createDisplayRedactor(options.mapStack);
  const events = createEventStream(options.live, redactor, options.eventLimits);
  const { store, demoUrl, version = "0.1.0", now = Date.now } = options;
  const demo = createDemoSwitchboard(demoUrl);
  const routes = [...createRoutes({ store, events, demo, redactor, version, now }), ...(options.routes ?? [])];
  let loaded: StaticFiles | undefined;
  const getFiles = (): StaticFiles => (loaded ??= loadStaticFiles(options.dashboardDirectory ?? ""));
  const write = (response: ServerResponse, answer: Answer): void => writeAnswer(response, answer, () => getFiles().stylesheets);
  const answer = async (request: IncomingMessage): Promise<Answer> => {
    const url = parseTarget(request.url);
    if (url === undefined) return answerProblem(400, "The target of a request has to be a path, as in GET /api/health.");
    if (ASSET.test(url.pathname)) return answerFile(getFiles(), url.pathname, request);
    const intrusion = findIntrusion(request, options.allowedHosts ?? []);
    if (intrusion !== undefined) return { kind: "problem", problem: intrusion };
    if (PAGE.test(url.pathname)) return answerPage(getFiles(), url.pathname, request);
    return /^\/api(?:\/|$)/.test(url.pathname)
      ? answerRoute(routes, url, request)
      : refuseUnknown("page", url.pathname, "the overview is at /");
  };
  const respond = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    try {
      write(response, await answer(request));
    } catch (error) {
      // A client that goes away in the middle of its body is no defect, and nobody is left to answer.
      if (request.destroyed && !request.complete) return;
      options.onDefect?.(error);
      write(response, answerProblem(500, "This is a defect in Faultline; its log says more."));
    }
  };
  return {
    respond(request, response) {
      setSecurityHeaders(response);
      void respond(request, response);
    },
    close: () => events.close(),
  };
}

function parseTarget(target: string | undefined): URL | undefined {
  return target?.startsWith("/") === true ? (URL.parse(`http://localhost${target}`) ?? undefined) : undefined;
}

function refuseMethod(path: string, allow: string): Answer {
  return { ...answerProblem(405, `${path} takes ${allow}.`), headers: { allow } };
}

function refuseUnknown(what: "page" | "file" | "API address", path: string, known: string): Answer {
  return answerProblem(404, `There is no ${what} ${quote(path)}; ${known}.`);
}

function answerPage(files: StaticFiles, path: string, request: IncomingMessage): Answer {
  if (files.find("/index.html") !== undefined) return answerFile(files, "/index.html", request);
  return answerProblem(
    503,
    `${quote(path)} is a page of the dashboard, which is not built here; npm run build -w packages/dashboard builds it.`,
  );
}

function answerFile(files: StaticFiles, path: string, { method }: IncomingMessage): Answer {
  if (method !== "GET" && method !== "HEAD") return refuseMethod(path, READING);
  const file = files.find(path);
  return file === undefined ? refuseUnknown("file", path, "the pages are at /") : { kind: "stream", open: file };
}

async function answerRoute(routes: readonly Route[], url: URL, request: IncomingMessage): Promise<Answer> {
  const match = findRoute(routes, request.method ?? "GET", url.pathname);
  switch (match.kind) {
    case "found":
      return match.route.answer({ url, params: match.params, request });
    case "method-not-allowed":
      return refuseMethod(url.pathname, match.allow);
    case "malformed":
      return answerProblem(400, `${quote(match.part)} is no valid percent-encoding; a bare percent sign is written %25.`, "path");
    case "not-found":
      return refuseUnknown("API address", url.pathname, `there are ${[...new Set(routes.map(({ path }) => path))].join(", ")}`);
  }
}

/**
 * Holds a service to its contract, as middleware for Express, Connect and node:http: `parseRequests(api)` before the handlers gives them values
 * instead of texts, and `checkResponses({ check })` reports answers that break the contract, or keeps them from being sent.
 */
import type { ServerResponse } from "node:http";
import type { OpenApi, ParsedRequest } from "../validate/openapi/openapi.ts";
import { InvalidResponseError, type ResponseCheck, type ResponseFacts, type ResponseIssue } from "../validate/response-check.ts";
import { holdResponse, watchResponse } from "./held-response.ts";
import { findExchange, type NodeRequest } from "./node-view.ts";

type Middleware = (request: NodeRequest, response: ServerResponse, next: (error?: unknown) => void) => void;

const parsed = new WeakMap<object, ParsedRequest>();

function readTarget(request: NodeRequest): string {
  return (request as { originalUrl?: string }).originalUrl ?? request.url ?? "/";
}

/** Parses requests by an OpenAPI document; mount it after the body parser. Invalid requests reach the error handlers as 400, 404, 405, 415 or 422. */
export function parseRequests(api: OpenApi): Middleware {
  return (request, _response, next) => {
    try {
      const { method = "", headers, body } = request;
      const values = api.parseRequest({ method, target: readTarget(request), headers, body });
      parsed.set(request, values);
      const exchange = findExchange(request);
      if (exchange !== undefined) exchange.route ??= values.template;
    } catch (thrown) {
      return next(thrown);
    }
    next();
  };
}

/** The parsed form of a request. Throws when `parseRequests` did not run for it. */
export function getParsed(request: object): ParsedRequest {
  const values = parsed.get(request);
  if (values === undefined) throw new Error("parseRequests(api) has not run for this request");
  return values;
}

/** How responses are checked. */
export type ResponseCheckOptions = {
  /** The check, or how to find it for a request; a request without one is not checked. */
  readonly check: ResponseCheck | OpenApi;
  /** `report` sends an invalid response all the same and reports a hidden failure; `enforce` answers 500 instead. Default `report`. */
  readonly mode?: "report" | "enforce";
  /** Longer responses are sent unchecked. Default 1 MiB. */
  readonly limitBytes?: number;
};

function findCheck(given: ResponseCheckOptions["check"], request: NodeRequest): ResponseCheck | undefined {
  if (typeof given === "function") return given;
  return given.findResponseCheck({ method: request.method ?? "", target: readTarget(request) });
}

function toFacts(response: ServerResponse, body: Buffer): ResponseFacts {
  const contentType = response.getHeader("content-type");
  return {
    status: response.statusCode,
    contentType: typeof contentType === "string" ? contentType : undefined,
    readBody: () => {
      const text = body.toString("utf8");
      try {
        return JSON.parse(text) as unknown;
      } catch {
        return text;
      }
    },
  };
}

/** What is wrong with a response; empty when it cannot be read (HEAD, an encoded body) and when it is an error already. */
async function findIssues(check: ResponseCheck, response: ServerResponse, body: Buffer): Promise<readonly ResponseIssue[]> {
  const facts = toFacts(response, body);
  const isReadable = response.req.method !== "HEAD" && response.getHeader("content-encoding") === undefined;
  if (!isReadable || facts.status >= 500 || facts.contentType?.startsWith("application/problem+json") === true) return [];
  try {
    return await check(facts);
  } catch {
    return [];
  }
}

type Checked = {
  readonly request: NodeRequest;
  readonly response: ServerResponse;
  readonly check: ResponseCheck;
  readonly limitBytes: number;
};

/** The error of an invalid response, which is recorded in the request's exchange. */
async function findError({ request, response, check }: Checked, body: Buffer): Promise<InvalidResponseError | undefined> {
  const issues = await findIssues(check, response, body);
  if (issues.length === 0) return undefined;
  const error = new InvalidResponseError(response.statusCode, issues);
  findExchange(request)?.fail(error);
  return error;
}

async function enforce(checked: Checked, next: (error: unknown) => void): Promise<void> {
  const held = holdResponse(checked.response, { limitBytes: checked.limitBytes });
  next(undefined);
  if (!(await held.ended).whole) return;
  const error = await findError(checked, held.body());
  if (error === undefined) return held.send();
  held.discard();
  next(error);
}

/**
 * The middleware. With `report`, everything passes and only the end of a response waits for its check. With `enforce`, a response is held back until it is
 * checked, so do not use it on streams. A response passes when its check throws.
 */
export function checkResponses(options: ResponseCheckOptions): Middleware {
  const { check: given, mode = "report", limitBytes = 1 << 20 } = options;
  return (request, response, next) => {
    const check = findCheck(given, request);
    if (check === undefined) return next();
    const checked: Checked = { request, response, check, limitBytes };
    // If the connection closed first, nobody is left to answer.
    if (mode === "enforce") return void enforce(checked, next).catch(() => undefined);
    watchResponse(response, limitBytes, async (body) => void (await findError(checked, body)));
    next();
  };
}

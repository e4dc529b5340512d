/** Calls from one service to the next. */
import { Resolver, lookup } from "node:dns";
import { readFileSync } from "node:fs";
import type { Agent as HttpAgent, IncomingMessage } from "node:http";
import { createRequire } from "node:module";
import type { LookupFunction } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { BrokenCircuitError, BulkheadRejectedError, ConsecutiveBreaker, bulkhead, circuitBreaker, handleAll } from "cockatiel";
import { Agent, fetch } from "undici";
import { BackendError } from "./errors.ts";
import type { CallStep, Reaction, RoutePlan, ServicePlan } from "./plan.ts";

// Required: what is imported was bound before the instrumentation could come in between.
const http = createRequire(import.meta.url)("node:http") as typeof import("node:http");

/** What came back. */
type Answer = { readonly status: number; readonly text: string };
/** Makes calls for one service. */
export type Caller = (
  step: CallStep,
  input: { readonly url: string; readonly body?: string; readonly route: RoutePlan },
) => Promise<unknown>;

type Policy = { execute<T>(run: () => Promise<T>): Promise<T> };

/** Every name is this machine, except those that only DNS could know: the system's, or a name server of the incident. */
function createLookup({ unknownHosts = [], nameServer }: ServicePlan): LookupFunction {
  const resolver = new Resolver({ timeout: 300, tries: 1 });
  if (nameServer !== undefined) resolver.setServers([`127.0.0.1:${nameServer}`]);
  return (hostname, options, callback) => {
    const isUnknown = unknownHosts.includes(hostname);
    if (isUnknown && nameServer !== undefined) return resolver.resolve4(hostname, (error) => callback(error, []));
    if (isUnknown) return lookup(hostname, { ...options, all: true }, callback as never);
    if (options.all === true) return callback(null, [{ address: "127.0.0.1", family: 4 }]);
    return callback(null, "127.0.0.1", 4);
  };
}

/** A caller with the connections, breakers and bulkheads of one service. Once `ended`, calls break off and none is begun. */
export function createCaller(plan: ServicePlan, ended: AbortSignal): Caller {
  const find = createLookup(plan);
  const ca = plan.ca === undefined ? {} : { ca: readFileSync(plan.ca) };
  const newest = plan.newestTls === undefined ? {} : { maxVersion: plan.newestTls };
  const dispatcher = new Agent({ connect: { lookup: find, ...ca, ...newest }, connections: 64, pipelining: 1 });
  const agent = new http.Agent({ keepAlive: true, maxSockets: 64, lookup: find });
  const policies = new Map<string, Policy>();
  const policyOf = (step: CallStep): Policy | undefined => {
    const key = new URL(step.url).origin;
    if (!policies.has(key)) {
      if (step.breaker !== undefined) {
        const { after, openMs } = step.breaker;
        policies.set(key, circuitBreaker(handleAll, { halfOpenAfter: openMs, breaker: new ConsecutiveBreaker(after) }));
      } else if (step.bulkhead !== undefined) policies.set(key, bulkhead(step.bulkhead.limit, step.bulkhead.queue));
    }
    return policies.get(key);
  };
  const once = (step: CallStep, url: string, body: string | undefined): Promise<Answer> => {
    const headers = {
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...(step.bearer === undefined ? {} : { authorization: `Bearer ${step.bearer}` }),
    };
    const method = step.method ?? (body === undefined ? "GET" : "POST");
    const signal = AbortSignal.any([AbortSignal.timeout(step.timeoutMs ?? 5000), ended]);
    return step.client === "http"
      ? sendByHttp({ url, method, headers, body, agent, signal })
      : sendByFetch({ url, method, headers, body, dispatcher, signal });
  };
  return async (step, { url, body, route }) => {
    const reaction = step.reaction ?? route.reaction ?? 502;
    const sent =
      step.bodyBytes === undefined ? (step.forwardBody === true ? body : undefined) : JSON.stringify({ data: "x".repeat(step.bodyBytes) });
    const host = new URL(url).hostname;
    const attempt = async (): Promise<unknown> => {
      const answer = await reach(() => once(step, url, sent), host, reaction);
      if (answer.status >= 400) throw new BackendError(describe(host, answer, step), { status: toStatus(reaction, answer.status) });
      return step.reads === false ? answer.text : readJson(host, answer);
    };
    const policy = policyOf(step);
    const guarded =
      policy === undefined ? attempt : () => policy.execute(attempt).catch((error: unknown) => Promise.reject(toOwn(error, host)));
    for (let left = (step.tries ?? 1) - 1; ; left -= 1) {
      try {
        return await guarded();
      } catch (error) {
        if (left <= 0 || ended.aborted) {
          if (reaction === "silent") return undefined;
          throw error;
        }
        await sleep(step.gapMs ?? 5);
      }
    }
  };
}

async function reach(send: () => Promise<Answer>, host: string, reaction: Reaction): Promise<Answer> {
  try {
    return await send();
  } catch (error) {
    const isLate = error instanceof Error && (error.name === "TimeoutError" || error.name === "AbortError");
    const status = toStatus(reaction, isLate ? 504 : 502);
    throw new BackendError(isLate ? `${host} did not answer in time` : `${host} could not be reached: ${reasonOf(error)}`, {
      status,
      cause: error,
    });
  }
}

function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return cause instanceof Error ? cause.message : String(cause);
}

function describe(host: string, { status, text }: Answer, step: CallStep): string {
  return step.quotes === true ? `${host} answered ${status}: ${text.slice(0, 200)}` : `${host} answered ${status}`;
}

function toStatus(reaction: Reaction, status: number): number {
  return typeof reaction === "number" ? reaction : status >= 500 ? status : 500;
}

function readJson(host: string, { text }: Answer): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Error(`the answer of ${host} is not valid JSON: ${reasonOf(cause)}`, { cause });
  }
}

/** A breaker that is open and a bulkhead that is full are this service's own "no": 503. */
function toOwn(error: unknown, host: string): unknown {
  if (error instanceof BrokenCircuitError)
    return new BackendError(`circuit breaker for ${host} is open: ${error.message}`, { status: 503, cause: error });
  if (error instanceof BulkheadRejectedError) return new BackendError(`${host}: ${error.message}`, { status: 503, cause: error });
  return error;
}

type Sending = { url: string; method: string; headers: Record<string, string>; body: string | undefined; signal: AbortSignal };

async function sendByFetch({ url, method, headers, body, dispatcher, signal }: Sending & { dispatcher: Agent }): Promise<Answer> {
  const response = await fetch(url, {
    method,
    headers,
    dispatcher,
    signal,
    ...(body === undefined ? {} : { body }),
  });
  return { status: response.status, text: await response.text() };
}

function sendByHttp({ url, method, headers, body, agent, signal }: Sending & { agent: HttpAgent }): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = http.request(url, { method, headers, agent, signal }, (response: IncomingMessage) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
      response.on("end", () => resolve({ status: response.statusCode ?? 0, text }));
      response.on("error", reject);
    });
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}

/** Sends one test failure through a running app and follows it to the collector: each link of the chain holds, is broken, or was not reached. */
import { randomBytes } from "node:crypto";
import { describeFetchError } from "../describe-fetch-error.ts";

/** One link. `next` says what to do about a broken one. */
export type Link = {
  readonly name: string;
  readonly state: "holds" | "broken" | "not tested";
  readonly told: string;
  readonly next?: string;
};

/** What to send where. `fails` is a path on which the app is known to fail. */
export type Chain = { readonly app: string; readonly fails: string | undefined; readonly collector: string; readonly waitMs: number };

type Sent = { readonly traceId: string; readonly requestId: string; readonly secret: string };
type Answer = { readonly status: number; readonly headers: Headers; readonly body: string };

const TIMEOUT_MS = 10_000;
const POLL_MS = 200;

async function ask(url: URL, headers: Record<string, string>): Promise<Answer | string> {
  try {
    const response = await fetch(url, { headers, redirect: "manual", signal: AbortSignal.timeout(TIMEOUT_MS) });
    return { status: response.status, headers: response.headers, body: await response.text() };
  } catch (error) {
    return describeFetchError(error);
  }
}

/** The failing path with a secret in its query and headers; without one, a path that no router can decode. */
function sendFailure(chain: Chain, sent: Sent): Promise<Answer | string> {
  const url = new URL(chain.fails ?? "/%E0%A4%A", chain.app);
  url.searchParams.set("access_token", sent.secret);
  return ask(url, {
    accept: "application/json",
    authorization: `Bearer ${sent.secret}`,
    "x-request-id": sent.requestId,
    traceparent: `00-${sent.traceId}-${randomBytes(8).toString("hex")}-01`,
  });
}

function parseProblem(body: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function judgeGuard(answer: Answer, sent: Sent, hasPath: boolean): readonly Link[] {
  const problem = parseProblem(answer.body);
  const isActive = problem["trace_id"] === sent.traceId;
  const told = isActive ? `it answered ${answer.status} with problem details` : `${answer.status} came without the guard's problem details`;
  const next = hasPath
    ? "is the guard the first middleware, and its error handler the last? with respond: false your own handler answers, and this link cannot be seen"
    : "name a path that fails with --fails PATH: not every router refuses a path that it cannot decode";
  const isReturned = answer.headers.get("x-request-id") === sent.requestId && problem["request_id"] === sent.requestId;
  return [
    { name: "guard active", state: isActive ? "holds" : "broken", told, ...(isActive ? {} : { next }) },
    isReturned
      ? { name: "request id returned", state: "holds", told: sent.requestId }
      : {
          name: "request id returned",
          state: "broken",
          told: "the answer does not have it",
          next: "a proxy in between may set its own X-Request-Id",
        },
  ];
}

async function judgeCollector(chain: Chain): Promise<Link> {
  const name = "collector reachable";
  const answer = await ask(new URL("/api/health", chain.collector), {});
  if (typeof answer === "string") return { name, state: "broken", told: answer, next: "start one with: faultline up" };
  return answer.status < 500
    ? { name, state: "holds", told: chain.collector }
    : { name, state: "broken", told: `it answered ${answer.status}`, next: "its own log says why" };
}

async function findRecord(chain: Chain, sent: Sent): Promise<string | undefined> {
  const until = performance.now() + chain.waitMs;
  do {
    const answer = await ask(new URL(`/api/traces/${sent.traceId}`, chain.collector), {});
    if (typeof answer !== "string" && answer.status === 200) return answer.body;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  } while (performance.now() < until);
  return undefined;
}

async function judgeRecord(chain: Chain, sent: Sent, answer: Answer): Promise<readonly Link[]> {
  const untested = (told: string): readonly Link[] => [
    { name: "record arrived", state: "not tested", told },
    { name: "secrets redacted", state: "not tested", told },
  ];
  if (chain.fails === undefined) return untested("name a path that fails with --fails PATH");
  if (answer.status < 500) return untested(`${chain.fails} answered ${answer.status}, and only server errors are recorded`);
  const record = await findRecord(chain, sent);
  if (record === undefined) {
    const next =
      "does the app send to this collector? its first line on stderr says where: OTEL_EXPORTER_OTLP_ENDPOINT or the option endpoint";
    return [
      { name: "record arrived", state: "broken", told: `no trace ${sent.traceId} within ${chain.waitMs / 1000} s`, next },
      { name: "secrets redacted", state: "not tested", told: "there is no record" },
    ];
  }
  const isClean = !record.includes(sent.secret);
  return [
    { name: "record arrived", state: "holds", told: `trace ${sent.traceId}` },
    isClean
      ? { name: "secrets redacted", state: "holds", told: "the test secret is in no part of it" }
      : {
          name: "secrets redacted",
          state: "broken",
          told: "the test secret is in the record",
          next: "a redactor of your own lets it through",
        },
  ];
}

/** Follows one failure. Resolves to all links in their order; never rejects on a broken one. */
export async function checkLinks(chain: Chain): Promise<readonly Link[]> {
  const sent: Sent = {
    traceId: randomBytes(16).toString("hex"),
    requestId: `verify-${randomBytes(6).toString("hex")}`,
    secret: `fl${randomBytes(20).toString("base64url")}`,
  };
  const answer = await sendFailure(chain, sent);
  if (typeof answer === "string") {
    return [{ name: "app reached", state: "broken", told: answer, next: "is it running, and on this port?" }, await judgeCollector(chain)];
  }
  const collector = await judgeCollector(chain);
  const record: readonly Link[] = collector.state === "holds" ? await judgeRecord(chain, sent, answer) : [];
  const reached: Link = { name: "app reached", state: "holds", told: `${chain.app} answered ${answer.status}` };
  return [reached, ...judgeGuard(answer, sent, chain.fails !== undefined), collector, ...record];
}

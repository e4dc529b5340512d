import { Agent } from "node:http";
import { Agent as SecureAgent } from "node:https";
import { isFailedProbe, type Probe, type ProbePurpose } from "@faultline/playbook/triage";
import { type SentProbe, sendRequest } from "./send-request.ts";
import { isIdempotent, type TriageRequest } from "./target.ts";

/** What may be sent besides the request itself. */
export type ProbePlan = {
  readonly timeoutMs: number;
  /** May requests be sent again whose method is not idempotent? */
  readonly allowsUnsafe: boolean;
  /** The same request to this base URL, past the gateway. */
  readonly direct?: string;
  /** Path of a simple endpoint; absent: the usual ones are tried in turn. */
  readonly simple?: string;
  /** Further repetitions, 0 to 50. */
  readonly repeat: number;
  /** Send bodies of other sizes, and one over an idle connection. */
  readonly probesBody: boolean;
};

/** Tells of each request before it is sent and of its result. */
export type ProbeListener = {
  readonly onSending: (purpose: ProbePurpose, request: TriageRequest) => void;
  readonly onSent: (sent: SentProbe) => void;
};

const USUAL_ENDPOINTS = ["/health", "/healthz", "/version", "/"];
const MOST_REDIRECTS = 5;
const BISECTIONS = 12;
const IDLE_MS = 1500;
/** Probes after the first share what it left of the time for one request, so that a verdict comes in about that time. */
const LEAST_TIMEOUT_MS = 1000;
const DIRECT_TIMEOUT_MS = 3000;

/** Sends the failing request and then only what the plan allows, one after the other. The first result is the failing request's. */
export async function runProbes(request: TriageRequest, plan: ProbePlan, listener: ProbeListener): Promise<readonly SentProbe[]> {
  const sent: SentProbe[] = [];
  const startedMs = performance.now();
  const send = async (purpose: ProbePurpose, next: TriageRequest, agent?: Agent): Promise<SentProbe> => {
    listener.onSending(purpose, next);
    const leftMs = plan.timeoutMs - (performance.now() - startedMs);
    const timeoutMs = purpose === "first" ? plan.timeoutMs : Math.max(LEAST_TIMEOUT_MS, Math.min(leftMs, findPatience(purpose, sent)));
    const result = await sendRequest(next, { purpose, timeoutMs, ...(agent === undefined ? {} : { agent }) });
    sent.push(result);
    listener.onSent(result);
    return result;
  };
  const first = await sendFirst(request, send, sent);
  const target = first.request;
  const mayRepeat = plan.allowsUnsafe || isIdempotent(target.method);
  if (mayRepeat) for (let index = 0; index < 1 + plan.repeat; index++) await send("again", target);
  if (plan.direct !== undefined && mayRepeat) await send("direct", toDirect(target, plan.direct));
  // A host that cannot be reached has no simple endpoint either.
  if (first.probe.failure === undefined || first.probe.failure.phase === "response") await sendSimple(target, plan, send);
  if (plan.probesBody && mayRepeat && isTooMuch(first.probe)) await sendSizes(target, send);
  if (plan.repeat > 0 && mayRepeat) await sendIdle(target, send);
  return sent;
}

/** Past a gateway, an answer that takes three times as long as the gateway waited is as telling as a later one. */
function findPatience(purpose: ProbePurpose, sent: readonly SentProbe[]): number {
  return purpose === "direct" ? Math.max(DIRECT_TIMEOUT_MS, 3 * (sent[0]?.probe.totalMs ?? 0)) : Number.POSITIVE_INFINITY;
}

type Send = (purpose: ProbePurpose, request: TriageRequest, agent?: Agent) => Promise<SentProbe>;

/** Follows redirects by hand: each is a probe that is shown; credentials stay with their origin. */
async function sendFirst(request: TriageRequest, send: Send, sent: SentProbe[]): Promise<SentProbe> {
  let result = await send("first", request);
  for (let hop = 0; hop < MOST_REDIRECTS && request.followsRedirects; hop++) {
    const next = toRedirect(result);
    if (next === undefined) break;
    // Only the last answer is the failing one; the redirects before it were good answers of their hosts.
    sent.length = 0;
    result = await send("first", next);
  }
  return result;
}

function toRedirect({ probe, request }: SentProbe): TriageRequest | undefined {
  const status = probe.response?.status ?? 0;
  const location = probe.response?.headers.find(([name]) => name.toLowerCase() === "location")?.[1];
  if (![301, 302, 303, 307, 308].includes(status) || location === undefined || !/^(?:GET|HEAD)$/i.test(request.method)) return undefined;
  const url = URL.parse(location, request.url);
  if (url === null || !/^https?:$/.test(url.protocol)) return undefined;
  const isSameOrigin = url.origin === new URL(request.url).origin;
  const { credentials, ...rest } = request;
  const headers = request.headers.filter(([name]) => isSameOrigin || !/^(?:authorization|cookie|proxy-authorization|host)$/i.test(name));
  // A client's key is for the host it was given for.
  return { ...rest, ...(isSameOrigin && credentials !== undefined ? { credentials } : {}), url: url.href, headers };
}

function toDirect(request: TriageRequest, base: string): TriageRequest {
  const { pathname, search } = new URL(request.url);
  const direct = new URL(base);
  const prefix = direct.pathname.replace(/\/$/, "");
  const { connection: _connection, ...rest } = request;
  return { ...rest, url: `${direct.origin}${prefix}${pathname}${search}` };
}

async function sendSimple(request: TriageRequest, plan: ProbePlan, send: Send): Promise<void> {
  for (const path of plan.simple === undefined ? USUAL_ENDPOINTS : [plan.simple]) {
    const { probe } = await send("simple", toSimple(request, path));
    // A host that fails here as well does so on the next endpoint too.
    if (probe.failure !== undefined || (probe.response !== undefined && (probe.response.status < 400 || probe.response.status >= 500)))
      return;
  }
}

/** A plain GET of the same host, without the failing request's body. */
function toSimple(request: TriageRequest, path: string): TriageRequest {
  const { body: _body, ...rest } = request;
  const headers = request.headers.filter(([name]) => !/^(?:content-|transfer-encoding|idempotency-key|host$)/i.test(name));
  return { ...rest, method: "GET", url: new URL(path, request.url).href, headers };
}

/** Halves the body until the size is known above which it fails; the smallest is an empty JSON object or nothing. */
async function sendSizes(request: TriageRequest, send: Send): Promise<void> {
  const { body } = request;
  if (body === undefined || body.length < 2) return;
  const smallest = await send("body-size", withBody(request, Buffer.from("{}")));
  if (isTooMuch(smallest.probe)) return;
  let [passing, failing] = [2, body.length];
  for (let round = 0; round < BISECTIONS && failing - passing > Math.max(1, failing * 0.01); round++) {
    const size = Math.floor((passing + failing) / 2);
    const { probe } = await send("body-size", withBody(request, toPaddedJson(size)));
    if (isTooMuch(probe)) failing = size;
    else passing = size;
  }
}

/** True for a failure, and for a refusal because of the size. */
function isTooMuch(probe: Probe): boolean {
  return isFailedProbe(probe) || probe.response?.status === 413;
}

/** A valid JSON object of a given size. */
function toPaddedJson(size: number): Buffer {
  const frame = '{"padding":""}';
  return Buffer.from(size <= frame.length ? "{}" : `{"padding":"${"x".repeat(size - frame.length)}"}`);
}

function withBody(request: TriageRequest, body: Buffer): TriageRequest {
  return { ...request, body, headers: request.headers.filter(([name]) => !/^content-length$/i.test(name)) };
}

/** Two requests over one kept connection with a pause between: the second meets a server that may just be closing it. */
async function sendIdle(request: TriageRequest, send: Send): Promise<void> {
  const isSecure = request.url.startsWith("https:");
  const agent = isSecure ? new SecureAgent({ keepAlive: true, maxSockets: 1 }) : new Agent({ keepAlive: true, maxSockets: 1 });
  const kept = {
    ...request,
    headers: [...request.headers.filter(([name]) => name.toLowerCase() !== "connection"), ["Connection", "keep-alive"] as const],
  };
  try {
    await send("again", kept, agent);
    await new Promise((resolve) => setTimeout(resolve, IDLE_MS));
    await send("idle", kept, agent);
  } finally {
    agent.destroy();
  }
}

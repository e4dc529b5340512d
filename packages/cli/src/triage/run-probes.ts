import { Agent } from "node:http";
import { Agent as SecureAgent } from "node:https";
import { isFailedProbe, type Probe, type ProbePurpose, type TlsHandshake } from "@faultline/playbook/triage";
import type { ProbeFailure } from "@faultline/playbook/triage";
import { type SentProbe, sendRequest } from "./send-request.ts";
import { shakeHands } from "./shake-hands.ts";
import { type Deadline, LEAST_MS, type Step, takeTurns } from "./take-turns.ts";
import { isIdempotent, isSafe, type TriageRequest } from "./target.ts";

/** Which probes may be sent besides the request itself, and how long everything may take. */
export type ProbePlan = {
  /** The time for all probes together. */
  readonly timeoutMs: number;
  /** Whether a request may be repeated although its method is not idempotent. */
  readonly allowsUnsafe: boolean;
  /** A base URL to which the same request is also sent, bypassing the gateway. */
  readonly direct?: string;
  /** The path of a simple endpoint; when absent, the usual ones are tried in turn. */
  readonly simple?: string;
  /** Further repetitions, 0 to 50; if there are any, one request is also sent over an idle connection. */
  readonly repeat: number;
  /** Also send bodies of other sizes. */
  readonly probesBody: boolean;
};

/** Callbacks that report progress. */
export type ProbeListener = {
  readonly onSent: (sent: SentProbe) => void;
  /** The failing request has had no answer for this long; further probes now run beside it. */
  readonly onWaiting: (waitedMs: number) => void;
  /** The answer is a redirect that will be followed, so this many requests that ran beside it are aborted. */
  readonly onGivenUp: (count: number) => void;
};

/** The results of the probes. */
export type ProbeRun = {
  /** In the order in which they were sent, the failing request first. */
  readonly sent: readonly SentProbe[];
  /** Absent for plain HTTP, where the host could not be reached, or where no time was left. */
  readonly tls?: readonly TlsHandshake[];
  /** The steps that there was no time for. */
  readonly undone: readonly string[];
};

const USUAL_ENDPOINTS = ["/health", "/healthz", "/version", "/"];
const MOST_REDIRECTS = 5;
const BISECTIONS = 12;
const IDLE_MS = 1500;
/** After this time a step no longer delays the next one. When everything together has less time, it is a third of that. */
const PATIENCE_MS = 3000;
/** The shortest time-out of a probe that is sent only for comparison. */
const CONTRAST_TIMEOUT_MS = 3000;

const REPETITION = "a repetition";

type RoundOptions = {
  readonly plan: ProbePlan;
  readonly listener: ProbeListener;
  readonly endMs: number;
  readonly followsRedirects: boolean;
};

/**
 * Sends the failing request and then what the plan allows, all within the plan's time. Redirects are followed here, so that each is shown.
 */
export async function runProbes(request: TriageRequest, plan: ProbePlan, listener: ProbeListener): Promise<ProbeRun> {
  const endMs = performance.now() + plan.timeoutMs;
  let target = request;
  for (let hop = 0; ; hop++) {
    const round = new Round(target, { plan, listener, endMs, followsRedirects: request.followsRedirects && hop < MOST_REDIRECTS });
    const undone = await takeTurns(round.listSteps(), round.deadline);
    // Only the last answer can be the failing one; the redirects before it were valid answers of their hosts.
    if (round.redirect === undefined) return round.toRun(undone);
    target = round.redirect;
  }
}

/** Everything that is sent because of one request, until its answer redirects elsewhere. */
class Round {
  readonly deadline: Deadline;
  /** The request to send next, if the answer is a redirect that is to be followed. */
  redirect: TriageRequest | undefined;
  readonly #target: TriageRequest;
  readonly #options: RoundOptions;
  readonly #end = new AbortController();
  /** In the order in which they were sent; undefined while the answer is outstanding. */
  readonly #sent: (SentProbe | undefined)[] = [];
  readonly #undone: string[] = [];
  /** How far the failing request has got. */
  #phase: ProbeFailure["phase"] = "connect";
  #tls: readonly TlsHandshake[] | undefined;

  constructor(target: TriageRequest, options: RoundOptions) {
    const { endMs, plan } = options;
    this.#target = target;
    this.#options = options;
    this.deadline = {
      leftMs: () => Math.max(0, endMs - performance.now()),
      patienceMs: Math.min(PATIENCE_MS, plan.timeoutMs / 3),
      signal: this.#end.signal,
    };
  }

  listSteps(): readonly Step[] {
    const { plan } = this.#options;
    const target = this.#target;
    const mayRepeat = plan.allowsUnsafe || isIdempotent(target.method);
    // Two concurrent requests that change something may have effects that two in a row do not have.
    const isAlone = !isSafe(target.method);
    const again = (name: string): Step => ({ name, isAlone, run: () => this.#send("again", target) });
    const steps: readonly (Step | false)[] = [
      { name: "the request", needsMs: 0, run: () => this.#sendFirst() },
      mayRepeat && again("the same request again"),
      mayRepeat && plan.direct !== undefined && this.#stepDirect(plan.direct, isAlone),
      { name: "a simple endpoint", run: () => this.#sendSimple() },
      target.url.startsWith("https:") && { name: "a handshake over TLS", run: () => this.#shakeHands() },
      mayRepeat && plan.repeat > 0 && { name: "an idle connection", needsMs: IDLE_MS + LEAST_MS, isAlone, run: () => this.#sendIdle() },
      mayRepeat && plan.probesBody && { name: "bodies of other sizes", isAlone: true, run: () => this.#sendSizes() },
      ...(mayRepeat ? Array.from({ length: plan.repeat }, () => again(REPETITION)) : []),
    ];
    return steps.filter((step) => step !== false);
  }

  toRun(notBegun: readonly string[]): ProbeRun {
    const repetitions = notBegun.filter((name) => name === REPETITION).length;
    const undone = [...notBegun.filter((name) => name !== REPETITION), ...this.#undone];
    if (repetitions > 0) undone.push(`${repetitions} of ${this.#options.plan.repeat} repetitions`);
    const sent = this.#sent.filter((each) => each !== undefined);
    return { sent, undone, ...(this.#tls === undefined ? {} : { tls: this.#tls }) };
  }

  async #send(purpose: ProbePurpose, request: TriageRequest, agent?: Agent): Promise<SentProbe> {
    const index = this.#sent.push(undefined) - 1;
    const leftMs = this.deadline.leftMs();
    const isContrast = purpose === "direct" || purpose === "simple";
    const result = await sendRequest(request, {
      purpose,
      timeoutMs: isContrast ? Math.min(leftMs, this.#findPatience()) : leftMs,
      signal: this.#end.signal,
      ...(purpose === "first" ? { onPhase: (phase) => (this.#phase = phase) } : {}),
      ...(agent === undefined ? {} : { agent }),
    });
    this.#sent[index] = result;
    if (!this.#end.signal.aborted) this.#options.listener.onSent(result);
    return result;
  }

  /** A comparison that takes three times as long as the first request proves as much as a later answer would. */
  #findPatience(): number {
    const first = this.#sent[0]?.probe;
    return first === undefined ? Number.POSITIVE_INFINITY : Math.max(CONTRAST_TIMEOUT_MS, 3 * first.totalMs);
  }

  async #sendFirst(): Promise<void> {
    const { patienceMs, leftMs } = this.deadline;
    const timer = setTimeout(() => this.#options.listener.onWaiting(patienceMs), patienceMs);
    const result = await this.#send("first", this.#target);
    clearTimeout(timer);
    const next = this.#options.followsRedirects ? toRedirect(result) : undefined;
    if (next === undefined) return;
    if (leftMs() < LEAST_MS) return void this.#undone.push("the request that it redirects to");
    this.redirect = next;
    const open = this.#sent.filter((each) => each === undefined).length;
    if (open > 0) this.#options.listener.onGivenUp(open);
    this.#end.abort();
  }

  #stepDirect(base: string, isAlone: boolean): Step {
    const direct = toDirect(this.#target, base);
    return { name: "the request straight to the backend", isAlone, run: () => this.#send("direct", direct) };
  }

  async #sendSimple(): Promise<void> {
    // A host that cannot be reached has no simple endpoint either.
    if (this.#phase !== "response") return;
    const { simple } = this.#options.plan;
    for (const path of simple === undefined ? USUAL_ENDPOINTS : [simple]) {
      if (this.#isOver()) return;
      const { probe } = await this.#send("simple", toSimple(this.#target, path));
      // A host that fails here as well does so on the next endpoint too.
      if (probe.failure !== undefined || (probe.response !== undefined && (probe.response.status < 400 || probe.response.status >= 500)))
        return;
    }
  }

  async #shakeHands(): Promise<void> {
    if (this.#phase !== "response" && this.#phase !== "tls") return;
    // The failing request is still in its handshake, or has timed out in it.
    const isSlow = this.#phase === "tls" && (this.#sent[0] === undefined || this.#sent[0].probe.failure?.code === "TIMEOUT");
    this.#tls = await shakeHands(this.#target, { isSlow, leftMs: this.deadline.leftMs });
  }

  /** Searches by bisection for the size above which a body fails; the smallest body is an empty JSON object. */
  async #sendSizes(): Promise<void> {
    const { body } = this.#target;
    const first = this.#sent[0]?.probe;
    if (body === undefined || body.length < 2 || first === undefined || !isTooMuch(first)) return;
    const smallest = await this.#send("body-size", withBody(this.#target, Buffer.from("{}")));
    if (isTooMuch(smallest.probe)) return;
    let [passing, failing] = [2, body.length];
    for (let round = 0; round < BISECTIONS && failing - passing > Math.max(1, failing * 0.01); round++) {
      if (this.#isOver()) return void this.#undone.push(`bodies between ${passing} and ${failing} bytes`);
      const size = Math.floor((passing + failing) / 2);
      const { probe } = await this.#send("body-size", withBody(this.#target, toPaddedJson(size)));
      if (isTooMuch(probe)) failing = size;
      else passing = size;
    }
  }

  /** Two requests over one kept connection with a pause between: the second meets a server that may just be closing it. */
  async #sendIdle(): Promise<void> {
    const isSecure = this.#target.url.startsWith("https:");
    const agent = isSecure ? new SecureAgent({ keepAlive: true, maxSockets: 1 }) : new Agent({ keepAlive: true, maxSockets: 1 });
    const kept = {
      ...this.#target,
      headers: [...this.#target.headers.filter(([name]) => name.toLowerCase() !== "connection"), ["Connection", "keep-alive"] as const],
    };
    try {
      await this.#send("again", kept, agent);
      if (this.deadline.leftMs() < IDLE_MS + LEAST_MS) return void this.#undone.push("an idle connection");
      await new Promise((resolve) => setTimeout(resolve, IDLE_MS));
      await this.#send("idle", kept, agent);
    } finally {
      agent.destroy();
    }
  }

  /** True when nothing more can be sent: the answer was a redirect, or the time is up. */
  #isOver(): boolean {
    return this.#end.signal.aborted || this.deadline.leftMs() < LEAST_MS;
  }
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
  // A client certificate is meant for the host that it was given for.
  return { ...rest, ...(isSameOrigin && credentials !== undefined ? { credentials } : {}), url: url.href, headers };
}

function toDirect(request: TriageRequest, base: string): TriageRequest {
  const { pathname, search } = new URL(request.url);
  const direct = new URL(base);
  const prefix = direct.pathname.replace(/\/$/, "");
  const { connection: _connection, ...rest } = request;
  return { ...rest, url: `${direct.origin}${prefix}${pathname}${search}` };
}

/** A plain GET to the same host, without the failing request's body. */
function toSimple(request: TriageRequest, path: string): TriageRequest {
  const { body: _body, ...rest } = request;
  const headers = request.headers.filter(([name]) => !/^(?:content-|transfer-encoding|idempotency-key|host$)/i.test(name));
  return { ...rest, method: "GET", url: new URL(path, request.url).href, headers };
}

/** True for a failure, and for a refusal because of the body's size. */
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

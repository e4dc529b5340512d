/**
 * One request and its response, the same for every framework: adapters only say how to read theirs (`HostView`) and when it failed or ended.
 * A success costs a start time, a counter and a clock reading; ids, headers and bodies are read only when there is something to report.
 */
import { performance } from "node:perf_hooks";
import { createRequestId, parseRequestId } from "./ids.ts";
import type { OutgoingCall } from "./capture/call.ts";
import type { EvaluatedFlags } from "./capture/flags.ts";
import type { LogLine } from "./capture/flight-recorder.ts";
import { describeThrowable, type ThrownAccount } from "./capture/throwable.ts";
import { createTraceContext, findActiveOtelContext, type TraceContext } from "./trace-context.ts";

/** Headers as Node has them: lower-case names. */
export type IncomingHeaders = Readonly<Record<string, string | string[] | undefined>>;

/** How to read one framework's request. Functions without state; any of them may throw. */
export type HostView<Request> = {
  method(request: Request): string;
  /** Path and query as they were sent. */
  target(request: Request): string;
  headers(request: Request): IncomingHeaders;
  scheme(request: Request): "http" | "https";
  /** The template of the route that matched. */
  route(request: Request): string | undefined;
  /** Protocol version: `1.1`, `2`. */
  protocol(request: Request): string | undefined;
  clientAddress(request: Request): string | undefined;
  /** The body as the framework parsed it, used when the bytes were not seen. */
  parsedBody(request: Request): unknown;
};

/** How an exchange ended. `status` is undefined when there was no response. */
export type Ending = {
  readonly status: number | undefined;
  readonly isFailure: boolean;
  readonly isAborted: boolean;
  /** `performance.now()` at the end. */
  readonly endMs: number;
  /** True for something thrown after the exchange had ended: the exchange was counted without a span, so none is sent now. */
  readonly isLate?: boolean;
};

/** What an exchange needs from the guard that began it. */
export type ExchangeOwner = {
  /** Runs code of the guard: what it throws is counted, and undefined is returned. */
  shield<T>(run: () => T): T | undefined;
  finish(exchange: Exchange, status: number | undefined, isAborted: boolean): void;
  /** Reports something that was thrown after the end. */
  tellLate(exchange: Exchange): void;
  readonly bodyLimitBytes: number;
};

/**
 * What the guard knows about an exchange while it runs. All fields are declared and set in the constructor, so that each is written once and all
 * exchanges share one hidden class in V8.
 */
export class Exchange<Request = unknown> {
  declare readonly owner: ExchangeOwner;
  declare readonly view: HostView<Request>;
  declare readonly request: Request;
  /** `performance.now()` at the start. */
  declare readonly startMs: number;
  declare readonly otel: TraceContext | undefined;
  /** A route template set by hand; it wins over the framework's. */
  declare route: string | undefined;
  /** True once something was thrown: `thrown` may itself be undefined. */
  declare hasThrown: boolean;
  declare thrown: unknown;
  #accounts: readonly ThrownAccount[] | undefined;
  /** The first thing thrown is recorded; what an error handler throws after it is only counted. */
  declare laterThrown: number;
  declare isReported: boolean;
  declare isFinished: boolean;
  /** How it ended, once it has. */
  declare ending: Ending | undefined;
  /** Set when the client has left: true for errors that only follow from that and are no failure of the server. */
  declare isExcused: ((thrown: unknown) => boolean) | undefined;
  /** The first bytes of the request's body, and how long the body is so far. */
  declare bodyChunks: Uint8Array[] | undefined;
  declare bodyBytes: number;
  declare calls: OutgoingCall[] | undefined;
  declare lines: LogLine[] | undefined;
  declare flags: EvaluatedFlags | undefined;
  declare attributes: Record<string, string | number | boolean> | undefined;
  #trace: TraceContext | undefined;
  #requestId: string | undefined;

  constructor(owner: ExchangeOwner, view: HostView<Request>, request: Request) {
    this.owner = owner;
    this.view = view;
    this.request = request;
    this.startMs = performance.now();
    this.otel = findActiveOtelContext(this.startMs);
    this.route = undefined;
    this.hasThrown = false;
    this.thrown = undefined;
    this.laterThrown = 0;
    this.isReported = false;
    this.isFinished = false;
    this.ending = undefined;
    this.isExcused = undefined;
    this.bodyChunks = undefined;
    this.bodyBytes = 0;
    this.calls = undefined;
    this.lines = undefined;
    this.flags = undefined;
    this.attributes = undefined;
    this.#trace = undefined;
    this.#requestId = undefined;
  }

  /** Where this exchange stands in its trace; made when first asked for. */
  get trace(): TraceContext {
    if (this.#trace === undefined) {
      const headers = this.view.headers(this.request);
      this.#trace = this.otel ?? createTraceContext(headers["traceparent"], headers["tracestate"]);
    }
    return this.#trace;
  }

  /** The caller's `X-Request-Id` where it is safe to echo, else a new one. */
  get requestId(): string {
    this.#requestId ??= parseRequestId(this.view.headers(this.request)["x-request-id"]) ?? createRequestId();
    return this.#requestId;
  }

  /** Keeps the thrown thing itself. The first one counts: an error handler that throws on top does not hide it. */
  fail(thrown: unknown): void {
    if (this.hasThrown) {
      if (!Object.is(this.thrown, thrown)) this.laterThrown += 1;
      return;
    }
    this.hasThrown = true;
    this.thrown = thrown;
    // Whoever caught it has nobody left to answer, so it would be lost.
    if (this.isFinished) this.owner.tellLate(this);
  }

  /** Accounts of the thrown thing and its causes, outermost first; made once. Empty when nothing was thrown. */
  get accounts(): readonly ThrownAccount[] {
    if (this.hasThrown) this.#accounts ??= describeThrowable(this.thrown);
    return this.#accounts ?? [];
  }

  /** Adds an attribute to the record of a failure: a tenant, a flag variant, the size of a cart. At most 32. */
  set(name: string, value: string | number | boolean): void {
    this.attributes ??= {};
    if (name in this.attributes || Object.keys(this.attributes).length < 32) this.attributes[name] = value;
  }

  /** Keeps a copy of the first bytes of the body; the parser's own buffer is larger than what needs to be kept. */
  keepBody(chunk: Uint8Array): void {
    const room = this.owner.bodyLimitBytes - this.bodyBytes;
    this.bodyBytes += chunk.byteLength;
    if (room <= 0) return;
    this.bodyChunks ??= [];
    this.bodyChunks.push(Uint8Array.prototype.slice.call(chunk, 0, room));
  }
}

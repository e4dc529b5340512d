/** The errors that the resilience guards throw: each knows the answer it deserves, and whether it is the dependency's fault. */
import { ANSWER } from "../respond/declared-rule.ts";
import type { ErrorAnswer } from "../respond/error-facts.ts";

/** What a guard refused or gave up. A closed set. */
export type ResilienceCode = "deadline-exceeded" | "circuit-open" | "bulkhead-full" | "switched-off" | "overloaded" | "shutting-down";

const ANSWERS: Readonly<Record<ResilienceCode, ErrorAnswer>> = {
  "deadline-exceeded": { status: 504, retryable: false, proxy: { error: "http_response_timeout" } },
  "circuit-open": { status: 503, retryable: true, proxy: { error: "destination_unavailable" } },
  "bulkhead-full": { status: 503, retryable: true, retryAfterSeconds: 1, proxy: { error: "connection_limit_reached" } },
  "switched-off": { status: 503, retryable: true, retryAfterSeconds: 30 },
  overloaded: { status: 503, retryable: true, retryAfterSeconds: 1 },
  "shutting-down": { status: 503, retryable: true, retryAfterSeconds: 1 },
};

/** Thrown instead of the work's own outcome. `code` says why; the cause, if any, is kept. */
export class ResilienceError extends Error {
  override readonly name = "ResilienceError";
  readonly code: ResilienceCode;
  readonly [ANSWER]: ErrorAnswer;

  constructor(code: ResilienceCode, message: string, given: { readonly retryAfterSeconds?: number; readonly cause?: unknown } = {}) {
    super(message, given.cause === undefined ? undefined : { cause: given.cause });
    this.code = code;
    const answer = ANSWERS[code];
    this[ANSWER] = given.retryAfterSeconds === undefined ? answer : { ...answer, retryAfterSeconds: given.retryAfterSeconds };
  }
}

/** Whose fault an outcome was: only the dependency's own faults count against it, and only what may succeed next time is tried again. */
import { nameOf, readMember } from "../capture/throwable.ts";
import { parseRetryAfter } from "../export/transport.ts";
import { ruleForDependency, ruleForForeignAnswer } from "../respond/dependency-rule.ts";
import { ruleForDatabase } from "../respond/database-rule.ts";
import { type ErrorFacts, readChain } from "../respond/error-facts.ts";
import { ResilienceError } from "./failures.ts";

/** A judgement of one outcome. */
export type Verdict =
  /** It answered, even if it refused this request (a 404, a unique violation). */
  | { readonly kind: "answered" }
  | { readonly kind: "fault"; readonly isRetryable: boolean; readonly retryAfterMs: number }
  /** A bug of our own or a cancelled call: says nothing about the dependency. */
  | { readonly kind: "not-its-fault" };

const ANSWERED: Verdict = { kind: "answered" };
const NOT_ITS_FAULT: Verdict = { kind: "not-its-fault" };
const RETRYABLE = new Set([429, 502, 503, 504]);

function readRetryAfterMs(response: unknown): number {
  const headers = readMember(response, (it) => it["headers"]);
  const get = readMember(headers, (it) => it["get"]);
  const value: unknown =
    typeof get === "function" ? Reflect.apply(get, headers, ["retry-after"]) : readMember(headers, (it) => it["retry-after"]);
  return typeof value === "string" ? (parseRetryAfter(value, Date.now()) ?? 0) : 0;
}

/** Judges a result: anything with a `status` or `statusCode` of 429 or 500 and more, such as a Response, is a fault. */
export function judgeResult(result: unknown): Verdict {
  if (typeof result !== "object" || result === null) return ANSWERED;
  const status = readMember(result, (it) => it["status"]) ?? readMember(result, (it) => it["statusCode"]);
  if (typeof status !== "number" || (status < 500 && status !== 429) || status > 599) return ANSWERED;
  return { kind: "fault", isRetryable: RETRYABLE.has(status), retryAfterMs: readRetryAfterMs(result) };
}

/** Judges what was thrown, by the same table that makes the answers. */
export function judgeThrown(thrown: unknown): Verdict {
  if (thrown instanceof ResilienceError) {
    return thrown.code === "deadline-exceeded" ? { kind: "fault", isRetryable: true, retryAfterMs: 0 } : NOT_ITS_FAULT;
  }
  if (nameOf(thrown) === "AbortError") return NOT_ITS_FAULT;
  const facts: ErrorFacts = {
    chain: readChain(thrown),
    method: "GET",
    clientGone: false,
    target: "/",
    headers: () => ({}),
    bodyText: () => undefined,
  };
  const answer = ruleForForeignAnswer(facts) ?? ruleForDatabase(facts) ?? ruleForDependency(facts);
  if (answer === undefined) return NOT_ITS_FAULT;
  const received = answer.proxy?.receivedStatus;
  if (answer.status < 500 || (received !== undefined && received < 500 && received !== 429)) return ANSWERED;
  return {
    kind: "fault",
    isRetryable: received === undefined ? answer.retryable === true : RETRYABLE.has(received),
    retryAfterMs: readRetryAfterMs(readMember(thrown, (it) => it["response"])),
  };
}

/** What the rules of the error table read and return. */
import { readMember } from "../capture/throwable.ts";
import type { IncomingHeaders } from "../exchange.ts";
import type { ProxyStatus } from "./proxy-status.ts";

/** One thing that is wrong with the input, in terms the client can act on. */
export type InputIssue = {
  readonly in: "path" | "query" | "headers" | "body";
  /** JSON pointer (RFC 6901) into that part. */
  readonly at: string;
  readonly message: string;
};

/** What the client is told. Every text in it must be fit for a stranger's eyes. */
export type ErrorAnswer = {
  readonly status: number;
  /** Problem type URI; `about:blank` when absent. */
  readonly type?: string;
  readonly title?: string;
  readonly detail?: string;
  /** Would the same request, sent again later, have a chance, and do no harm? */
  readonly retryable?: boolean;
  readonly retryAfterSeconds?: number;
  /** Set when a dependency caused the failure. */
  readonly proxy?: ProxyStatus;
  readonly errors?: readonly InputIssue[];
};

/** What a rule may look at. */
export type ErrorFacts = {
  /** The thrown thing itself, then its causes; at most 8. */
  readonly chain: readonly unknown[];
  readonly method: string;
  /** Did the client go away before there was an answer? */
  readonly clientGone: boolean;
  /** Path and query as they were sent. */
  readonly target: string;
  /** The request's headers by lower-case name. */
  readonly headers: () => IncomingHeaders;
  /** The request's body as text, when all of it was seen. */
  readonly bodyText: () => string | undefined;
};

/** One row of the table: the answer for an error it knows, undefined for any other. */
export type ErrorRule = (facts: ErrorFacts) => ErrorAnswer | undefined;

/** Methods that may be repeated and yet act once (RFC 9110 §9.2.2). */
export function isIdempotent(method: string): boolean {
  return /^(?:GET|HEAD|PUT|DELETE|OPTIONS|TRACE)$/.test(method);
}

/** Is it the status of an error? */
export function isErrorStatus(status: unknown): status is number {
  return Number.isInteger(status) && (status as number) >= 400 && (status as number) <= 599;
}

/** What is behind an error: its cause, or what Sequelize and Objection call the database's own error. */
const readCause = (thrown: unknown): unknown => readMember(thrown, (it) => it["cause"] ?? it["parent"] ?? it["nativeError"]);

/** The thrown thing and its causes by reference, each once. */
export function readChain(thrown: unknown): readonly unknown[] {
  const chain: unknown[] = [thrown];
  for (let link = readCause(thrown); link !== undefined && chain.length < 8; link = readCause(link)) {
    if (chain.includes(link)) break;
    chain.push(link);
  }
  return chain;
}

/** Failures of what this service calls: no answer in time is 504, no answer or a bad one is 502, and `Proxy-Status` says which. */
import { codeOf, messageOf, nameOf, readMember } from "../capture/throwable.ts";
import { isForeignAnswer } from "./declared-rule.ts";
import { type ErrorAnswer, type ErrorFacts, isIdempotent } from "./error-facts.ts";
import type { ProxyError } from "./proxy-status.ts";

const TIMED_OUT: Readonly<Record<string, ProxyError>> = {
  ETIMEDOUT: "connection_timeout",
  ESOCKETTIMEDOUT: "connection_read_timeout",
  UND_ERR_CONNECT_TIMEOUT: "connection_timeout",
  UND_ERR_HEADERS_TIMEOUT: "http_response_timeout",
  UND_ERR_BODY_TIMEOUT: "http_response_timeout",
  EAI_AGAIN: "dns_timeout",
  PROTOCOL_SEQUENCE_TIMEOUT: "http_response_timeout",
};

const NO_ANSWER: Readonly<Record<string, ProxyError>> = {
  ECONNREFUSED: "connection_refused",
  ECONNRESET: "connection_terminated",
  ECONNABORTED: "connection_terminated",
  EPIPE: "connection_terminated",
  UND_ERR_SOCKET: "connection_terminated",
  PROTOCOL_CONNECTION_LOST: "connection_terminated",
  EHOSTUNREACH: "destination_ip_unroutable",
  ENETUNREACH: "destination_ip_unroutable",
  EHOSTDOWN: "destination_unavailable",
  ENOTFOUND: "dns_error",
  EAI_FAIL: "dns_error",
  EAI_NODATA: "dns_error",
  EPROTO: "tls_protocol_error",
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: "http_response_incomplete",
};

/** Node says by OpenSSL's names what is wrong with a certificate: `CERT_HAS_EXPIRED`, `UNABLE_TO_VERIFY_LEAF_SIGNATURE`. */
const CERTIFICATE = /^(?:CERT_(?:HAS|NOT_Y|REV)|\w*SELF_SIGNED_CERT|UNABLE_TO_(?:GET_I|VERIFY_L)|ERR_TLS_CERT)/;

function timedOut(method: string, error: ProxyError): ErrorAnswer {
  return { status: 504, retryable: isIdempotent(method), proxy: { error } };
}

function noAnswer(method: string, error: ProxyError): ErrorAnswer {
  // A refused connection carried no request: repeating it is safe whatever the method.
  return { status: 502, retryable: error === "connection_refused" || isIdempotent(method), proxy: { error } };
}

function readForeignStatus(thrown: unknown): number | undefined {
  const candidates = [
    readMember(thrown, (it) => it["status"]),
    readMember(thrown, (it) => it["statusCode"]),
    readMember(
      readMember(thrown, (it) => it["response"]),
      (it) => it["status"],
    ),
    readMember(
      readMember(thrown, (it) => it["response"]),
      (it) => it["statusCode"],
    ),
    readMember(
      readMember(thrown, (it) => it["$metadata"]),
      (it) => it["httpStatusCode"],
    ),
  ];
  return candidates.find((each): each is number => typeof each === "number" && each >= 100 && each <= 599);
}

/** The error of an HTTP client that got an answer it did not want: axios, got, undici, AWS, Stripe. Its 404 is not our 404. */
export function ruleForForeignAnswer(facts: ErrorFacts): ErrorAnswer | undefined {
  const link = facts.chain.find(isForeignAnswer);
  if (link === undefined) return undefined;
  const receivedStatus = readForeignStatus(link);
  if (receivedStatus === undefined || receivedStatus < 400) return undefined;
  return { status: 502, retryable: receivedStatus >= 500 && isIdempotent(facts.method), proxy: { receivedStatus } };
}

/** Did the connection fail at a socket that this service opened? A file that is missing has an errno too, and is no dependency. */
function ruleForLink(link: unknown, method: string): ErrorAnswer | undefined {
  const code = codeOf(link);
  if (code !== undefined && Object.hasOwn(TIMED_OUT, code)) return timedOut(method, TIMED_OUT[code] as ProxyError);
  if (code !== undefined && Object.hasOwn(NO_ANSWER, code)) return noAnswer(method, NO_ANSWER[code] as ProxyError);
  if (CERTIFICATE.test(code ?? "")) return noAnswer(method, "tls_certificate_error");
  if (code?.startsWith("HPE_")) return noAnswer(method, "http_protocol_error");
  const name = nameOf(link);
  if (name === "TimeoutError") return timedOut(method, "http_response_timeout");
  const message = messageOf(link);
  // pg's pool, mysql2's pool: nobody gave a connection back in time.
  if (message === "timeout exceeded when trying to connect" || message === "Queue limit reached.") {
    return { status: 503, retryable: true, retryAfterSeconds: 1, proxy: { error: "connection_limit_reached" } };
  }
  if (message === "Query read timeout") return timedOut(method, "http_response_timeout");
  if (message === "Connection terminated unexpectedly") return noAnswer(method, "connection_terminated");
  return undefined;
}

/** The rule for dependencies that did not answer. */
export function ruleForDependency(facts: ErrorFacts): ErrorAnswer | undefined {
  for (const link of facts.chain) {
    const answer = ruleForLink(link, facts.method);
    if (answer !== undefined) return answer;
    const errors = readMember(link, (it) => it["errors"]);
    // Happy Eyeballs: one error for each address that was tried.
    const inner = Array.isArray(errors) && errors.length > 0 ? ruleForLink(errors[0], facts.method) : undefined;
    if (inner !== undefined) return inner;
  }
  return undefined;
}

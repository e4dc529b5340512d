/** Failures of what this service calls: no answer in time is 504, no answer or a bad one is 502, and `Proxy-Status` says which. */
import { codeOf, messageOf, nameOf, readMember } from "../capture/throwable.ts";
import { isForeignAnswer } from "./declared-rule.ts";
import { type ErrorAnswer, type ErrorFacts, isIdempotent } from "./error-facts.ts";
import type { ProxyError } from "./proxy-status.ts";

/** What went wrong, by the codes that Node, undici, request and MySQL's drivers give. Node says by OpenSSL's names what is wrong with a certificate. */
const BY_CODE: readonly (readonly [error: ProxyError, codes: RegExp])[] = [
  ["connection_timeout", /^(?:ETIMEDOUT|UND_ERR_CONNECT_TIMEOUT)$/],
  ["connection_read_timeout", /^ESOCKETTIMEDOUT$/],
  ["http_response_timeout", /^(?:UND_ERR_(?:HEADERS|BODY)|PROTOCOL_SEQUENCE)_TIMEOUT$/],
  ["dns_timeout", /^EAI_AGAIN$/],
  ["connection_refused", /^ECONNREFUSED$/],
  ["connection_terminated", /^(?:ECONNRESET|ECONNABORTED|EPIPE|UND_ERR_SOCKET|PROTOCOL_CONNECTION_LOST)$/],
  ["destination_ip_unroutable", /^E(?:HOST|NET)UNREACH$/],
  ["destination_unavailable", /^EHOSTDOWN$/],
  ["dns_error", /^(?:ENOTFOUND|EAI_FAIL|EAI_NODATA)$/],
  ["tls_protocol_error", /^EPROTO$/],
  ["tls_certificate_error", /^(?:CERT_(?:HAS|NOT_Y|REV)|\w*SELF_SIGNED_CERT|UNABLE_TO_(?:GET_I|VERIFY_L)|ERR_TLS_CERT)/],
  ["http_response_incomplete", /^UND_ERR_RES_CONTENT_LENGTH_MISMATCH$/],
  ["http_protocol_error", /^HPE_/],
];

/** No answer in time is 504, none at all 502. */
function noAnswer(method: string, error: ProxyError): ErrorAnswer {
  // A refused connection carried no request: repeating it is safe whatever the method.
  return {
    status: error.endsWith("timeout") ? 504 : 502,
    retryable: error === "connection_refused" || isIdempotent(method),
    proxy: { error },
  };
}

function readForeignStatus(thrown: unknown): number | undefined {
  const places = [
    thrown,
    readMember(thrown, (it) => it["response"]),
    readMember(thrown, (it) => it["$metadata"]),
    readMember(thrown, (it) => it["output"]),
  ];
  const candidates = places.flatMap((place) => [
    readMember(place, (it) => it["status"]),
    readMember(place, (it) => it["statusCode"]),
    readMember(place, (it) => it["httpStatusCode"]),
  ]);
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
  const message = messageOf(link) ?? "";
  const code = codeOf(link) ?? "";
  // axios and superagent give a time-out the code of a connection that broke.
  if (code === "ECONNABORTED" && /^timeout/i.test(message)) return noAnswer(method, "http_response_timeout");
  const error = BY_CODE.find(([, codes]) => codes.test(code))?.[0];
  if (error !== undefined) return noAnswer(method, error);
  // pg's pool, mysql2's pool: nobody gave a connection back in time.
  if (message === "timeout exceeded when trying to connect" || message === "Queue limit reached.") {
    return { status: 503, retryable: true, retryAfterSeconds: 1, proxy: { error: "connection_limit_reached" } };
  }
  if (nameOf(link) === "TimeoutError" || message === "Query read timeout") return noAnswer(method, "http_response_timeout");
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

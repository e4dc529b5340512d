import type { CodeKnowledge } from "./entry.ts";

const source = "Google Cloud, HTTP(S) load balancing logging, statusDetails";

/** Google load balancers' `statusDetails`, which newer ones write as `details` of `proxyStatus`. */
export const GOOGLE_DETAILS: readonly CodeKnowledge[] = [
  {
    code: "response_sent_by_backend",
    meaning: "the backend sent this status",
    hop: "behind",
    nextCheck: "the backend's log for this trace",
    source,
    confidence: "M",
  },
  {
    code: "failed_to_pick_backend",
    meaning: "no healthy backend to send the request to",
    hop: "observer",
    cause: "no-healthy-upstream",
    nextCheck: "health checks and endpoints of the backend service",
    source,
    confidence: "M",
  },
  {
    code: "failed_to_connect_to_backend",
    meaning: "the connection to the backend failed",
    hop: "network",
    cause: "connection-refused",
    nextCheck: "is the port open for 130.211.0.0/22 and 35.191.0.0/16?",
    source,
    confidence: "M",
  },
  {
    code: "backend_connection_closed_before_data_sent_to_client",
    meaning: "the backend closed the connection before it answered",
    hop: "network",
    cause: "keepalive-race",
    nextCheck: "is the backend's keep-alive longer than the balancer's 600 s?",
    source,
    confidence: "M",
  },
  {
    code: "backend_connection_closed_after_partial_response_sent",
    meaning: "the backend closed the connection in the middle of its response",
    hop: "behind",
    nextCheck: "did the backend crash?",
    source,
    confidence: "M",
  },
  {
    code: "backend_timeout",
    meaning: "the backend did not answer within the backend service's timeout (30 s by default)",
    hop: "behind",
    cause: "gateway-timeout",
    nextCheck: "what did the backend wait for?",
    source,
    confidence: "M",
  },
  {
    code: "backend_early_response_with_non_error_status",
    meaning: "the backend answered before it had read the whole request",
    hop: "behind",
    cause: "gateway-mismatch",
    nextCheck: "does the backend read request bodies?",
    source,
    confidence: "M",
  },
  {
    code: "client_disconnected_before_any_response",
    meaning: "the client went away before an answer",
    hop: "client",
    nextCheck: "were answers slow?",
    source,
    confidence: "K",
  },
  {
    code: "client_disconnected_after_partial_response",
    meaning: "the client went away in the middle of the answer",
    hop: "client",
    nextCheck: "nothing, unless many do so",
    source,
    confidence: "K",
  },
  {
    code: "denied_by_security_policy",
    meaning: "Cloud Armor denied the request",
    hop: "observer",
    nextCheck: "which rule of the security policy matched?",
    source,
    confidence: "K",
  },
  {
    code: "internal_error",
    meaning: "the load balancer failed",
    hop: "observer",
    cause: "third-party-failure",
    nextCheck: "Google Cloud's status page",
    source,
    confidence: "K",
  },
];

/** The meaning of a detail; undefined for an unknown one. */
export function findGoogleDetail(detail: string): CodeKnowledge | undefined {
  return GOOGLE_DETAILS.find(({ code }) => code === detail || detail.startsWith(`${code}_by`));
}

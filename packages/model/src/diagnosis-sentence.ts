import type { CauseId, Diagnosis } from "./diagnosis.ts";

/** What each cause is called in the middle of a sentence. */
const CAUSE_PHRASES: Readonly<Record<CauseId, string>> = {
  "unhandled-exception": "an exception that nobody handles",
  "invalid-input-unguarded": "input that should have been refused with a 4xx",
  "dependency-timeout": "it did not answer in time",
  "dependency-error": "it answered with an error",
  "third-party-failure": "a third party failed",
  "database-failure": "the database failed",
  "pool-exhausted": "its connection pool is exhausted",
  "resource-exhausted": "a resource is exhausted",
  "memory-leak": "it runs out of memory, steadily",
  "bad-deploy": "a bad deploy",
  "bad-configuration": "bad configuration",
  "body-too-large": "request bodies over a limit",
  "parse-failure": "something could not be parsed",
  "gateway-mismatch": "gateway and backend disagree about the response",
  "gateway-timeout": "the gateway's time-out is shorter than the work behind it",
  "gateway-identity": "the gateway may not call its backend",
  "no-healthy-upstream": "too few healthy backends",
  "connection-refused": "the connection is refused",
  "keepalive-race": "idle connections are closed while they are used again",
  "tls-failure": "the TLS handshake fails",
  "dns-failure": "a name does not resolve",
  "circuit-open": "a circuit breaker is open",
  "rate-limited-as-5xx": "a rate limit that answers 5xx",
  "masked-by-middleware": "an error handler hides the first error",
  "retry-storm": "retries multiply the load",
  "fault-injected": "a fault that was injected on purpose",
};

/** What a cause is called in the middle of a sentence: `dependency-timeout` is "it did not answer in time". */
export function describeCause(cause: CauseId): string {
  return CAUSE_PHRASES[cause];
}

/** The verdict in one sentence, the same on the command line, the page and in an alert. Total: every diagnosis has one. */
export function describeDiagnosis(diagnosis: Diagnosis): string {
  const { scope, path, suspects, causes, missing } = diagnosis;
  const origin = suspects[0]?.service;
  const where = describeWhere(diagnosis, origin);
  if (scope.failing === 0 && diagnosis.verdict === "inconclusive")
    return origin === undefined ? `Nothing failed${where}.` : `Nothing failed${where}, but ${origin} does not behave as before.`;
  const cause = causes[0];
  const hidden = path.some((hop) => hop.fate === "masked") ? ", and it is hidden from the client" : "";
  if (diagnosis.verdict === "diagnosed" && cause !== undefined && origin !== undefined) {
    return `${toSubject(origin)} makes the failures${where}: ${describeCause(cause.cause)} (${Math.round(cause.confidence * 100)} % sure)${hidden}.`;
  }
  const gap = missing[0] === undefined ? "" : `; missing: ${missing[0].what}`;
  if (origin === undefined || path.length === 0) return `Inconclusive: which hop makes the failures${where} does not show${gap}.`;
  return `Inconclusive: ${origin} most likely makes the failures${where}, but why does not show${gap}.`;
}

/** A hop that has only a description, as `the app behind api.example`, begins a sentence with a capital; a name stays as it is written. */
function toSubject(hop: string): string {
  return hop.includes(" ") ? `${hop.charAt(0).toUpperCase()}${hop.slice(1)}` : hop;
}

/** Where a service makes the failures of its own route, it need not be named twice. */
function describeWhere({ scope }: Diagnosis, origin: string | undefined): string {
  const route = scope.route === undefined ? "" : ` on ${scope.route}`;
  const isOwn = scope.route !== undefined && scope.service === origin;
  return scope.service === undefined || isOwn ? route : `${route} of ${scope.service}`;
}

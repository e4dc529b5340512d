import type { CauseId, Diagnosis } from "./diagnosis.ts";
import type { HopAccount } from "./fault-domain.ts";

/** What the origin did, per cause, so that "<service> <phrase>" is a sentence. */
const PHRASES: Readonly<Record<CauseId, string>> = {
  "unhandled-exception": "threw an exception that nothing caught",
  "invalid-input-unguarded": "failed on input that it should have refused",
  "dependency-timeout": "waited for a dependency until its time-out",
  "dependency-error": "failed because a dependency answered with an error",
  "third-party-failure": "failed because a third party failed",
  "database-failure": "failed because its database failed",
  "pool-exhausted": "had no connection left in its pool",
  "resource-exhausted": "ran out of a resource",
  "memory-leak": "leaked memory until it failed",
  "bad-deploy": "began to fail with a deploy",
  "bad-configuration": "runs with a wrong or missing setting",
  "body-too-large": "got a body over its limit",
  "parse-failure": "could not parse what it got",
  "gateway-mismatch": "could not use the answer from behind it",
  "gateway-timeout": "gave up waiting for the server behind it",
  "gateway-identity": "was not allowed to call the server behind it",
  "no-healthy-upstream": "had no healthy server behind it",
  "connection-refused": "was refused a connection",
  "keepalive-race": "reused a connection that was just being closed",
  "tls-failure": "could not agree on TLS",
  "dns-failure": "could not resolve a name",
  "circuit-open": "refused to call because its circuit is open",
  "rate-limited-as-5xx": "answered a rate limit as a server error",
  "masked-by-middleware": "hid the first error behind another answer",
  "retry-storm": "was flooded by retries",
  "fault-injected": "failed because a fault was injected",
};

/**
 * The verdict in one sentence, the same on the page, in the alert and on the command line: who made the failure, why, how sure that
 * is, and what the hops in front of it made of it.
 */
export function describeVerdict(diagnosis: Diagnosis): string {
  const [cause] = diagnosis.causes;
  const origin = findOrigin(diagnosis);
  if (diagnosis.verdict === "inconclusive" || cause === undefined || origin === undefined) return describeInconclusive(diagnosis, origin);
  const where = origin.operation === "" ? "" : ` (${origin.operation})`;
  const sure = `${Math.round(cause.confidence * 100)} % sure`;
  return `${origin.service}${where} ${PHRASES[cause.cause]}, ${sure}${describeFates(diagnosis.path)}.`;
}

function findOrigin({ path, suspects }: Diagnosis): { readonly service: string; readonly operation: string } | undefined {
  const created = path.findLast((hop) => hop.fate === "created");
  if (created !== undefined) return created;
  const [suspect] = suspects;
  return suspect === undefined ? undefined : { service: suspect.service, operation: suspect.operation ?? "" };
}

function describeInconclusive(diagnosis: Diagnosis, origin: { readonly service: string } | undefined): string {
  const [missing] = diagnosis.missing;
  const where = origin === undefined ? "The origin is not known" : `The failure was made in or behind ${origin.service}`;
  return `${where}, but the cause is not certain${missing === undefined ? "" : `: ${missing.what} is missing`}.`;
}

/** What the hops in front did with the failure, nearest to the client first. Propagation goes without saying. */
function describeFates(path: readonly HopAccount[]): string {
  const said = path.flatMap((hop) => {
    if (hop.fate === "remapped") return [`${hop.service} turned it into ${hop.status}`];
    return hop.fate === "masked" ? [`${hop.service} hid it behind ${hop.status}`] : [];
  });
  return said.length === 0 ? "" : `; ${said.join(", ")}`;
}

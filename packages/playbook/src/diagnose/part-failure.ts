/**
 * How a part of a system failed, where a program says so in an error and a type of its own: `UpstreamUnavailable`, "the maps api rate
 * limited us". No trade has an upstream or an API, so that such words are of a machine without a driver's type, a frame or a span.
 */
export type PartFailure = "throttled" | "late" | "away" | "database";

const PART =
  /\b(?:upstreams?|backends?|downstream|dependenc(?:y|ies)|apis?|endpoint|remote (?:server|service|host)|web ?service|micro ?service|smtp|ldap|s3|kafka|rabbit ?mq)\b/;
/** Who gives a service may be a doctor, and a gateway a door; who throttles, or times out, is a machine. */
const PROVIDER = /\b(?:provider|vendor|third[- ]party|gateway)\b/;
const SERVICE = /\bservice\b/;
const DATABASE = /\b(?:database|db|redis|memcached|postgres\w*|mysql|mongo ?db)\b/;

const SLOWED = /throttl|rate[ -]?limit|slow down|too many requests/;
const QUOTA = /quota/;
const LATE = /time[ds]? ?out|did(?: not|n't) (?:respond|answer|reply)|no (?:response|answer|reply) from/;
/** So late that it was measured, whoever it was: trades give no milliseconds. */
const MEASURED = /did(?: not|n't) (?:respond|answer|reply) (?:with)?in \d+ ?(?:ms|s\b|sec|milli)/;
const AWAY =
  /unavailable|unreachable|not reachable|(?:is|are|was|went) down\b|\bdown:|could(?: not|n't) (?:be reached|reach|connect)|connection refused|(?:responded|answered|returned)(?: with)? 5\d\d/;
const READ_ONLY = /read[- ]only/;
/** What has a cause of its own says more than that a part of the system failed. */
const NEARER =
  /pool|certificate|\btls\b|\bssl\b|handshake|circuit|breaker|\bdns\b|resolve|memory|disk|descriptor|pars|json|token|credential|\bkey\b|resource temporarily/;

/** An error is named at its beginning. */
const MAX_TEXT = 240;

/** Which way a part of the system failed, by a type and the first line of its message; undefined where no such part is named. */
export function readPartFailure(text: string): PartFailure | undefined {
  const words = (text.split("\n", 1)[0] ?? "")
    .slice(0, MAX_TEXT)
    .replace(/([a-z\d])([A-Z])/g, "$1 $2")
    .replace(/[._\\]|::/g, " ")
    .toLowerCase();
  if (NEARER.test(words)) return undefined;
  const [isPart, isProvider] = [PART.test(words), PROVIDER.test(words)];
  if (((isPart || isProvider) && SLOWED.test(words)) || (isPart && QUOTA.test(words))) return "throttled";
  if (MEASURED.test(words) || ((isPart || isProvider || SERVICE.test(words)) && LATE.test(words))) return "late";
  if (DATABASE.test(words) && (AWAY.test(words) || READ_ONLY.test(words))) return "database";
  return isPart && AWAY.test(words) ? "away" : undefined;
}

/**
 * The way in which a part of a system failed, if a program says so in an error with a type of its own: `UpstreamUnavailable`, "the maps api
 * rate limited us". No business has an upstream or an API, so these words are technical even without a driver's type, a frame or a span.
 * The part must be next to how it failed: "course API Design is unavailable" and "no reply from the customer of this service" do not
 * mention a part.
 */
export type PartFailure = "throttled" | "late" | "away" | "database";

const PART =
  "(?:upstreams?|backends?|downstream|dependency|dependencies|apis?|endpoint|remote (?:server|service|host)|web ?service|micro ?service|smtp|ldap|kafka|rabbit ?mq)";
/** Words that a name may follow: "upstream inventory". */
const NAMING = "(?:upstream|downstream|dependency)";
/** A service may be a doctor's and a gateway a door, but only machines throttle or time out. */
const PROVIDER = "(?:provider|vendor|third[- ]party)";
const SERVICE = "(?:service|gateway)";
const DATABASE = "(?:database|db|redis|memcached|postgres\\w*|mysql|mongo ?db)";

const THROTTLED = /throttl|rate[ -]?limit/;
const SLOWED = /slow down|too many requests/;
const TIMED_OUT = "time[ds]? ?out";
const SILENT = "did(?: not|n't) (?:respond|answer|reply)";
/**
 * After a service that timed out, its words may continue with when or for what. If it "timed out at the door", the words are about a
 * person.
 */
const FELL_SILENT = `(?:${TIMED_OUT}|${SILENT})\\b(?! (?:at|in|on|with|to) (?:the|a|an|his|her|their)\\b(?! (?:requests?|calls?|quer|probe|health|connect)))`;
const NO_ANSWER = "no (?:response|answer|reply) from";
/** A measured lateness, whoever was late: people do not give milliseconds. */
const MEASURED = /did(?: not|n't) (?:respond|answer|reply) (?:with)?in \d+ ?(?:ms\b|milli)/;
const GONE =
  "(?:unavailable|unreachable|not reachable|(?:is|are|was|went) down\\b|down:|(?:responded|answered|returned)(?: with)? 5\\d\\d)";
const UNREACHED = "(?:could(?: not|n't) (?:be reached|reach|connect)|connection refused)";

/** Words that may be between a part and what happened to it. */
const BETWEEN =
  "(?:[ :,'\"-]+(?:is|was|are|were|has|have|in|currently|temporarily|server|host|service|cluster|node|cache|call|request|connection)\\b)*[ :,'\"-]*";
/** Words that may be between what could not be done and the part that was asked, with one name. */
const TOWARDS = "(?: (?:a|an|the|to|by|from|of|on|for|while|waiting|calling|connecting|reading)\\b)*(?: [\\w-]{1,40})? ";

/** A part, then how it failed: "the pricing backend timed out". */
function became(part: string, failure: string): RegExp {
  return new RegExp(String.raw`\b${part}\b${BETWEEN}${failure}`);
}

/** A part with a name, then how it failed: "upstream inventory unavailable". */
function namedBecame(part: string, failure: string): RegExp {
  return new RegExp(String.raw`\b${part} [\w-]{1,40}${BETWEEN}${failure}`);
}

/** How it failed, then the part: "could not reach the catalog backend". */
function towards(failure: string, part: string): RegExp {
  return new RegExp(String.raw`\b${failure}${TOWARDS}${part}\b`);
}

const LATE = [
  became(PART, `(?:${TIMED_OUT}|${SILENT})`),
  became(PROVIDER, TIMED_OUT),
  became(SERVICE, FELL_SILENT),
  namedBecame(NAMING, `(?:${TIMED_OUT}|${SILENT})`),
  towards(`(?:${TIMED_OUT}|${NO_ANSWER})`, PART),
  towards(TIMED_OUT, `(?:${PROVIDER}|${SERVICE})`),
  MEASURED,
];
const AWAY = [became(PART, GONE), namedBecame(NAMING, GONE), became(PART, UNREACHED), towards(UNREACHED, PART)];
const DATABASE_AWAY = [became(DATABASE, `(?:${GONE}|read[- ]only)`), became(DATABASE, UNREACHED), towards(UNREACHED, DATABASE)];
const QUOTA = [became("apis?", "quota"), towards("quota", "apis?")];
const ANY_PART = new RegExp(String.raw`\b${PART}\b`);
const ANY_PROVIDER = new RegExp(String.raw`\b(?:${PROVIDER}|gateway)\b`);

/** Words with a more specific cause than that a part of the system failed. */
const NEARER =
  /pool|certificate|\btls\b|\bssl\b|handshake|circuit|breaker|\bdns\b|resolve|memory|disk|descriptor|pars|json|token|credential|\bkey\b|resource temporarily/;

/** An error is named at its beginning, within this many characters. */
const MAX_TEXT = 240;

/** The way in which a part of the system failed, from a type and the first line of its message; undefined if no such part is named. */
export function readPartFailure(text: string): PartFailure | undefined {
  const words = (text.split("\n", 1)[0] ?? "")
    .slice(0, MAX_TEXT)
    .replace(/([a-z\d])([A-Z])/g, "$1 $2")
    .replace(/[._\\]|::/g, " ")
    .toLowerCase();
  if (NEARER.test(words)) return undefined;
  if (isThrottled(words)) return "throttled";
  if (LATE.some((each) => each.test(words))) return "late";
  if (DATABASE_AWAY.some((each) => each.test(words))) return "database";
  return AWAY.some((each) => each.test(words)) ? "away" : undefined;
}

function isThrottled(words: string): boolean {
  const isPart = ANY_PART.test(words);
  return (
    ((isPart || ANY_PROVIDER.test(words)) && THROTTLED.test(words)) ||
    (isPart && SLOWED.test(words)) ||
    QUOTA.some((each) => each.test(words))
  );
}

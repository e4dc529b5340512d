import type { ErrorKnowledge } from "./error-knowledge.ts";
import { KUBERNETES_ERRORS } from "./kubernetes-errors.ts";

const AWS = "AWS, Common errors and Lambda error reference";
const CLOUDFLARE = "Cloudflare documentation, 1xxx errors";

/** Why a load balancer of AWS calls a target unhealthy: reason, meaning, cause, next check. */
const TARGET_REASONS: readonly (readonly [string, string, ErrorKnowledge["cause"], string])[] = [
  [
    "Target.FailedHealthChecks",
    "the target's health checks fail: no connection, or an answer that breaks off",
    "no-healthy-upstream",
    "curl the check's path and port from within the VPC; do the target's security groups let the load balancer in?",
  ],
  [
    "Target.ResponseCodeMismatch",
    "the target answers its health check with another status than is wanted",
    "no-healthy-upstream",
    "which one? A redirect to https or a log-in is the usual one: widen the matcher, or give the check a path of its own",
  ],
  [
    "Target.Timeout",
    "the target does not answer its health check in time (5 s by default)",
    "no-healthy-upstream",
    "a security group that drops, a busy target, or a check that asks a dependency?",
  ],
  ["Target.NotRegistered", "the target is not in this group", "bad-deploy", "did the deployment register it, and with the right port?"],
  [
    "Target.NotInUse",
    "no listener sends anything to this group, or not in this zone",
    "bad-configuration",
    "the listener's rules, and the load balancer's zones",
  ],
  [
    "Target.DeregistrationInProgress",
    "the target is being taken out: its requests come to their end",
    "no-healthy-upstream",
    "a deployment or scale-in; is the delay as long as the longest request?",
  ],
  [
    "Target.InvalidState",
    "the instance is stopped or terminated",
    "no-healthy-upstream",
    "who ended it: scaling, a spot interruption, a person?",
  ],
  ["Target.IpUnusable", "the target's address cannot be used: a load balancer has it", "bad-configuration", "register another address"],
  ["Target.HealthCheckDisabled", "health checks are off for this target", "bad-configuration", "turn them on"],
  [
    "Elb.RegistrationInProgress",
    "the target is being registered",
    "no-healthy-upstream",
    "wait for the first checks; how often is it asked, and how many good answers does it need?",
  ],
  ["Elb.InitialHealthChecking", "the target waits for enough good checks", "no-healthy-upstream", "interval times healthy threshold"],
  ["Elb.InternalError", "the load balancer's own failure", "third-party-failure", "AWS Health dashboard"],
];

function toTargetReason([code, meaning, cause, nextCheck]: (typeof TARGET_REASONS)[number]): ErrorKnowledge {
  return {
    code,
    meaning,
    madeBy: "AWS ALB or NLB, of the target's health",
    ...(cause === undefined ? {} : { cause }),
    nextCheck,
    source: "AWS Elastic Load Balancing documentation, health check reason codes",
  };
}

const AWS_ERRORS: readonly Omit<ErrorKnowledge, "source">[] = [
  {
    code: "ThrottlingException",
    pattern:
      /\b(?:ThrottlingException|Throttling|ThrottledException|TooManyRequestsException|RequestLimitExceeded|SlowDown|ProvisionedThroughputExceededException)\b/,
    meaning: "more requests than the account, the table or the bucket may have: back off and try again",
    cause: "rate-limited-as-5xx",
    nextCheck: "which quota, and who uses it up? Retries without backoff make it last",
  },
  {
    code: "AccessDeniedException",
    pattern: /\bAccessDenied(?:Exception)?\b|\bnot authorized to perform\b/,
    meaning: "the role may not do this",
    cause: "gateway-identity",
    nextCheck: "aws sts get-caller-identity where it runs; then the role's policy, and the resource's own",
  },
  {
    code: "ExpiredTokenException",
    pattern: /\bExpiredToken(?:Exception)?\b/,
    meaning: "the temporary credentials have expired and were not fetched again",
    cause: "bad-configuration",
    nextCheck: "are credentials kept in a variable, where the SDK should fetch them?",
  },
  {
    code: "UnrecognizedClientException",
    pattern: /\b(?:UnrecognizedClientException|InvalidClientTokenId|InvalidAccessKeyId)\b/,
    meaning: "there is no such access key, or not in this partition",
    cause: "bad-configuration",
  },
  {
    code: "SignatureDoesNotMatch",
    meaning: "the request does not have the signature that its secret would make",
    cause: "bad-configuration",
    nextCheck: "a wrong secret, a clock that is off, or a proxy that changes the path, the host or a header",
  },
  {
    code: "RequestTimeTooSkewed",
    meaning: "the clock here and the clock there differ by more than 15 minutes",
    cause: "bad-configuration",
    nextCheck: "timedatectl where it runs",
  },
  {
    code: "InternalServerException",
    pattern: /\bInternalServerException\b|\bInternalFailure\b/,
    meaning: "the service of AWS failed: try again",
    cause: "third-party-failure",
  },
  { code: "ServiceUnavailableException", meaning: "the service of AWS cannot take it now: try again", cause: "third-party-failure" },
  {
    code: "Task timed out",
    pattern: /\bTask timed out after\b/,
    meaning: "the Lambda function ran longer than its own time-out and was ended; the gateway in front answers 502 or 504",
    cause: "dependency-timeout",
    mistakenFor: "a fault of API Gateway, which gives up after 29 s by itself",
    nextCheck: "what was it waiting for? A call without a time-out of its own, or a VPC without a way out",
  },
  {
    code: "Runtime.ImportModuleError",
    pattern: /\bRuntime\.(?:ImportModuleError|HandlerNotFound|UserCodeSyntaxError)\b/,
    meaning: "the function's code cannot be loaded: a module is missing, or the handler has another name",
    cause: "bad-deploy",
  },
  {
    code: "Runtime.ExitError",
    meaning: "the function's process ended in the middle of a request; with 'signal: killed' it used up its memory",
    cause: "resource-exhausted",
    nextCheck: "Max Memory Used against Memory Size in the REPORT line",
  },
];

const CLOUDFLARE_ERRORS: readonly (readonly [number, string, ErrorKnowledge["cause"], string])[] = [
  [
    1000,
    "the name's record points back to Cloudflare: a loop",
    "bad-configuration",
    "the DNS record: it has to be the origin's own address",
  ],
  [1001, "the name cannot be resolved", "dns-failure", "does the record still stand, and does the CNAME lead somewhere?"],
  [1003, "asked for by address instead of by name", "bad-configuration", "who calls by the address?"],
  [1006, "the visitor's address is banned (also 1007, 1008)", undefined, "the zone's IP access rules"],
  [1009, "the visitor's country or region is banned", undefined, "the zone's firewall rules"],
  [1010, "the browser's signature is banned", undefined, "Browser Integrity Check: a client without a usual User-Agent meets it"],
  [1011, "a file of this zone was asked for from another site's page, which its hotlink protection refuses", undefined, "Scrape Shield"],
  [1012, "the visitor's address shows signs of malware, and is refused", undefined, "Security > Events, by the Ray ID on the page"],
  [
    1013,
    "the name in the TLS handshake is not the name that the request asks for",
    "tls-failure",
    "what sets Host anew: a proxy in front, a client with a header of its own?",
  ],
  [1014, "the CNAME leads to a zone of another account", "bad-configuration", "Cloudflare for SaaS, or the record's own target"],
  [1018, "Cloudflare does not know this host, or not yet", "bad-configuration", "is the zone active, and was the record just made?"],
  [
    1034,
    "the name's record leads to an address of Cloudflare that it may not use",
    "bad-configuration",
    "the DNS record: it has to be the origin's own",
  ],
  [
    1015,
    "the visitor sends more than a rate limit of the zone allows",
    "rate-limited-as-5xx",
    "the zone's rate limiting rules, and who shares that address",
  ],
  [1016, "the origin's name does not resolve", "dns-failure", "the DNS record that the CNAME or the load balancer names"],
  [1020, "a firewall rule of the zone refuses the visitor", undefined, "Security > Events, by the Ray ID on the page: it names the rule"],
  [1033, "the tunnel to the origin is not connected", "no-healthy-upstream", "does cloudflared run, and with this tunnel?"],
  [1101, "the zone's Worker threw an exception", "unhandled-exception", "wrangler tail, or the Worker's logs"],
  [
    1102,
    "the zone's Worker used more processor time or memory than it may",
    "resource-exhausted",
    "the Worker's metrics: which request costs so much?",
  ],
  [1200, "too many requests wait for this origin", "resource-exhausted", "how slow is the origin, and which route makes them wait?"],
];

function toCloudflare([number, meaning, cause, nextCheck]: (typeof CLOUDFLARE_ERRORS)[number]): ErrorKnowledge {
  return {
    code: `Cloudflare ${number}`,
    pattern: new RegExp(String.raw`^${number}$|\bcloudflare\b\D{0,20}\b${number}\b|\berror(?: code)?\W{0,3}${number}\b`, "i"),
    meaning,
    madeBy: "Cloudflare, before the origin was asked for an answer",
    ...(cause === undefined ? {} : { cause }),
    mistakenFor: "an answer of the app: it was not asked",
    nextCheck,
    source: CLOUDFLARE,
  };
}

/** What the platforms below an app say: Kubernetes, AWS, Cloudflare. */
export const PLATFORM_ERRORS: readonly ErrorKnowledge[] = [
  ...KUBERNETES_ERRORS,
  ...AWS_ERRORS.map((known) => ({ ...known, source: AWS })),
  ...TARGET_REASONS.map(toTargetReason),
  ...CLOUDFLARE_ERRORS.map(toCloudflare),
];

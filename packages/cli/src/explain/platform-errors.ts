import type { ErrorKnowledge } from "./error-knowledge.ts";

const KUBERNETES = "Kubernetes, Pod lifecycle and debugging";
const AWS = "AWS, Common errors and Lambda error reference";
const CLOUDFLARE = "Cloudflare documentation, 1xxx errors";

const EXIT = (code: number): RegExp =>
  new RegExp(String.raw`^${code}$|\bexit(?:ed)?\W{0,3}(?:with )?(?:code|status)?\W{0,3}${code}\b`, "i");

const KUBERNETES_REASONS: readonly Omit<ErrorKnowledge, "source">[] = [
  {
    code: "OOMKilled",
    pattern: new RegExp(String.raw`\bOOMKilled\b|${EXIT(137).source}`, "i"),
    meaning: "the container used more memory than its limit and was killed (exit code 137); its requests in flight were cut off",
    cause: "resource-exhausted",
    mistakenFor: "a crash of the code: it had no chance to say anything",
    nextCheck: "kubectl describe pod POD: the limit and the last state; did memory grow slowly (a leak) or with one request?",
  },
  {
    code: "CrashLoopBackOff",
    meaning: "the container ends again and again right after its start, and the next start is put off (up to 5 minutes)",
    cause: "no-healthy-upstream",
    mistakenFor: "the cause: it only says that there is one",
    nextCheck: "kubectl logs POD --previous: what did it say before it ended? A missing setting, a refused connection, a failing migration",
  },
  {
    code: "ImagePullBackOff",
    pattern: /\bImagePullBackOff\b|\bErrImagePull\b/i,
    meaning: "the image cannot be had: a wrong name or tag, no rights, or a registry that limits pulls",
    cause: "bad-deploy",
    nextCheck: "kubectl describe pod POD: the event says which of them",
  },
  {
    code: "CreateContainerConfigError",
    meaning: "a Secret or ConfigMap that the container names is not there, or lacks the key",
    cause: "bad-configuration",
    nextCheck: "kubectl describe pod POD names it",
  },
  {
    code: "FailedScheduling",
    pattern: /\bFailedScheduling\b|\bInsufficient (?:cpu|memory)\b/i,
    meaning: "no node has room for the pod, or none that it may use",
    cause: "no-healthy-upstream",
    nextCheck: "kubectl describe pod POD: what is asked for, and what the nodes have",
  },
  {
    code: "Unhealthy",
    pattern: /^Unhealthy$|\b(?:Readiness|Liveness|Startup) probe failed\b/i,
    meaning: "a probe failed: without readiness the pod gets no traffic, without liveness it is killed and started again",
    cause: "no-healthy-upstream",
    mistakenFor: "a dead app: a busy one answers its probe too late",
    nextCheck: "the probe's time-out (1 s by default) against the app's pauses; does the probe ask a dependency?",
  },
  {
    code: "Evicted",
    pattern: /^Evicted$|\bThe node was low on resource\b/i,
    meaning: "the node ran out of memory or disk and ended the pod",
    cause: "resource-exhausted",
    nextCheck: "kubectl describe pod POD names the resource; does it use more than it asked for?",
  },
  {
    code: "FailedMount",
    meaning: "a volume, Secret or ConfigMap could not be mounted",
    cause: "bad-configuration",
    nextCheck: "kubectl describe pod POD: the event names it",
  },
  { code: "NodeNotReady", meaning: "the node does not answer; its pods are moved after five minutes", cause: "no-healthy-upstream" },
  {
    code: "exit code 143",
    pattern: EXIT(143),
    meaning: "ended by SIGTERM, as a rollout or a scale-down does it",
    cause: "keepalive-race",
    mistakenFor: "a crash: it was asked to end",
    nextCheck: "does it go on taking requests until the load balancer knows? A preStop pause, then close, then exit",
  },
  {
    code: "exit code 139",
    pattern: new RegExp(String.raw`${EXIT(139).source}|\bsegfault\b|\bsegmentation fault\b|\bSIGSEGV\b`, "i"),
    meaning: "segmentation fault: native code broke",
    cause: "unhandled-exception",
  },
];

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
  ...KUBERNETES_REASONS.map((known) => ({ ...known, source: KUBERNETES })),
  ...AWS_ERRORS.map((known) => ({ ...known, source: AWS })),
  ...CLOUDFLARE_ERRORS.map(toCloudflare),
];

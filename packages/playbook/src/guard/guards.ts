import type { CauseId, Platform } from "@faultline/model";

/**
 * One protection before it is assigned to a place: `creating` is the hop that made the failure, `calling` the one before it, `front` the
 * first. In examples, `{{dependency}}` is the creating hop as an identifier and `{{dependencyName}}` as a string literal, `{{verb}}` is the
 * request's method in lower case, `{{part}}` the part that holds its input, and `{{failure}}` the argument of `faultline prove`. Without a
 * recorded failure, an example with `{{failure}}` is left out.
 */
export type GuardTemplate = {
  readonly what: string;
  readonly at: "creating" | "calling" | "front";
  /**
   * Examples by the platform of the place; `any` fits all of them. If the platform is unknown, `node` is used, since the guard is for Node.
   */
  readonly examples?: Partial<Readonly<Record<Platform | "any", string>>>;
  /** The platforms for which the protection is meant; all if absent. */
  readonly onlyFor?: readonly Platform[];
  /** True if the protection is left out beside one that is only for this platform. */
  readonly isGeneral?: boolean;
};

type Guards = { readonly now: readonly GuardTemplate[]; readonly prevent: readonly GuardTemplate[] };

const ROLL_BACK: GuardTemplate = {
  what: "Roll the release back; the gate keeps the next one at a small share until its counts are good.",
  at: "creating",
  examples: { any: "npx faultline gate --baseline OLD --canary NEW" },
};
const REGRESSION: GuardTemplate = {
  what: "Keep the failing request as a regression test that is red before the fix and green after it.",
  at: "creating",
  examples: { any: "npx faultline prove {{failure}} --as node:test" },
};
const TIMEOUT_BREAKER: GuardTemplate = {
  what: "Call it with a time-out shorter than the caller's own, and a circuit breaker that answers at once while it is down.",
  at: "calling",
  examples: {
    node: "const {{dependency}} = new Dependency({{dependencyName}}, { deadlineMs: 800, breaker: { minimumCalls: 20, openMs: 10_000 } });",
    nginx: "proxy_connect_timeout 1s; proxy_read_timeout 5s; # and in the upstream: server ... max_fails=3 fail_timeout=10s;",
    haproxy: "timeout connect 1s; timeout server 5s; default-server check observe layer7 error-limit 10 on-error mark-down",
    go: "ctx, cancel := context.WithTimeout(request.Context(), 800*time.Millisecond)",
    python: "httpx.Client(timeout=httpx.Timeout(0.8, connect=0.2))",
    java: "CircuitBreaker.of({{dependencyName}}, CircuitBreakerConfig.ofDefaults()) // resilience4j; and HttpRequest.timeout(Duration.ofMillis(800))",
  },
};
const FALLBACK: GuardTemplate = {
  what: "Answer without it: a cached or partial answer, marked as such, or 503 with Retry-After.",
  at: "calling",
  examples: { node: "await {{dependency}}.call(work, { fallback: () => lastGoodAnswer });" },
};
const RETRY_BUDGET: GuardTemplate = {
  what: "Retry idempotent calls once, with jitter, and never more than a tenth of the traffic.",
  at: "calling",
  examples: {
    node: "new Dependency({{dependencyName}}, { maxTries: 2, budget: { ratio: 0.1 } }); await {{dependency}}.call(work, { isIdempotent: true });",
  },
};
const SHED_LOAD: GuardTemplate = {
  what: "Admit only as many requests at once as can be served, and answer the others 503 with Retry-After.",
  at: "creating",
  examples: {
    node: "new LoadShedder({ inFlight: 64, eventLoopDelayMs: 200 })",
    nginx: "limit_conn_zone $server_name zone=all:1m; limit_conn all 512; limit_conn_status 503;",
    haproxy: "backend app: server app1 10.0.0.7:8080 maxconn 64; timeout queue 1s",
  },
};
const VALIDATE: GuardTemplate = {
  what: "Check the input before the handler sees it and answer 400 or 422 with the name of the field.",
  at: "creating",
  examples: {
    node: "app.{{verb}}(route, async (request, response) => { const { {{part}} } = await validateRequest({ {{part}}: schema }, request); });",
  },
};

/** What protects users now and what would have prevented the failure, for each cause. */
export const GUARDS: Readonly<Record<CauseId, Guards>> = {
  "unhandled-exception": {
    now: [
      {
        what: "Answer these requests with problem details and keep serving the others; send the redacted input with the failure.",
        at: "creating",
        examples: { node: "app.use(guardRequests(guard)); /* routes */ app.use(guardErrors(guard));" },
      },
    ],
    prevent: [REGRESSION, VALIDATE],
  },
  "invalid-input-unguarded": { now: [VALIDATE], prevent: [REGRESSION] },
  "dependency-timeout": {
    now: [TIMEOUT_BREAKER, FALLBACK],
    prevent: [{ what: "Give each query and call its own deadline, below that of the request.", at: "calling" }],
  },
  "dependency-error": {
    now: [TIMEOUT_BREAKER, FALLBACK],
    prevent: [
      RETRY_BUDGET,
      { what: "Send telemetry from the callee, so that the next failure names the place inside it.", at: "creating" },
    ],
  },
  "third-party-failure": {
    now: [TIMEOUT_BREAKER, FALLBACK],
    prevent: [RETRY_BUDGET, { what: "Queue what need not be answered at once and send it when the provider is back.", at: "calling" }],
  },
  "database-failure": {
    now: [TIMEOUT_BREAKER, FALLBACK],
    prevent: [{ what: "Fail over to a replica; retry only errors that the database calls transient (40001, 40P01).", at: "calling" }],
  },
  "pool-exhausted": {
    now: [SHED_LOAD],
    prevent: [
      {
        what: "Give connections back also when the work fails, bound each query's time, and size the pool to the database, not to the traffic.",
        at: "creating",
        examples: { node: "new Pool({ max: 20, connectionTimeoutMillis: 1_000, statement_timeout: 2_000 })" },
      },
    ],
  },
  "resource-exhausted": {
    now: [SHED_LOAD],
    prevent: [
      {
        what: "Set the limits of connections and open files for the traffic that comes, and alert at four fifths of them.",
        at: "creating",
        onlyFor: ["nginx", "haproxy", "envoy", "apache", "caddy", "traefik", "varnish", "postgresql", "mysql", "redis", "mongodb"],
        examples: {
          nginx: "worker_rlimit_nofile 16384; events { worker_connections 4096; }",
          haproxy: "global: maxconn 20000",
          postgresql: "max_connections = 200",
        },
      },
      {
        what: "Bound what one request may take (time, memory, rows, size), and alert before the resource is full.",
        at: "creating",
        isGeneral: true,
      },
      {
        what: "Move the long computation off the event loop or cut it into pieces; limit its input.",
        at: "creating",
        onlyFor: ["node"],
        examples: { node: "new Worker(new URL('./report.js', import.meta.url))" },
      },
    ],
  },
  "memory-leak": {
    now: [{ what: "Restart instances in turn before they reach the limit.", at: "creating" }],
    prevent: [
      {
        what: "Compare what fills the memory at two times an hour apart; bound every cache.",
        at: "creating",
        examples: { node: "node --heapsnapshot-signal=SIGUSR2 server.js" },
      },
    ],
  },
  "bad-deploy": {
    now: [ROLL_BACK],
    prevent: [
      {
        what: "Release to one instance first and let the gate decide on counts.",
        at: "creating",
        examples: { any: "npx faultline gate --baseline OLD --canary NEW" },
      },
      REGRESSION,
    ],
  },
  "bad-configuration": {
    now: [{ what: "Set the missing value, or roll back to the release that had it.", at: "creating" }],
    prevent: [
      {
        what: "Read and check every setting at start-up and refuse to start without it, so that the rollout stops by itself.",
        at: "creating",
        examples: { node: "for (const name of REQUIRED) if (!process.env[name]) throw new Error(`${name} is not set`);" },
      },
    ],
  },
  "body-too-large": {
    now: [
      {
        what: "Answer 413 with the limit instead of a server error.",
        at: "creating",
        examples: {
          node: 'createGuard({ service, rules: [/* PayloadTooLargeError to 413 */] }); app.use(express.json({ limit: "1mb" }));',
        },
      },
    ],
    prevent: [{ what: "Set the same limit at the gateway and in the service, and document it.", at: "front" }, REGRESSION],
  },
  "parse-failure": {
    now: [{ what: "Check content type and status before parsing; answer 400 for a bad request and 502 for a bad answer.", at: "creating" }],
    prevent: [{ what: "Parse with a schema at the border and keep the sample that failed.", at: "creating" }, REGRESSION],
  },
  "gateway-mismatch": {
    now: [
      {
        what: "Let the gateway pass errors through as they are: no own error page for API routes.",
        at: "creating",
        examples: {
          nginx: "proxy_intercept_errors off;",
          haproxy: "no errorfile or http-errors for API routes",
          caddy: "no handle_errors or handle_response for API routes",
        },
      },
    ],
    prevent: [{ what: "Test the error path through the gateway: status, content type and Proxy-Status of a 502.", at: "front" }],
  },
  "gateway-timeout": {
    now: [{ what: "Make the inner time-outs shorter than the gateway's, so that the service answers first.", at: "calling" }],
    prevent: [
      {
        what: "Pass the deadline on and stop work nobody waits for.",
        at: "creating",
        examples: { node: "await {{dependency}}.call(work, { deadlineAtMs });" },
      },
    ],
  },
  "gateway-identity": {
    now: [{ what: "Give the gateway's identity the permission to call the backend.", at: "front" }],
    prevent: [{ what: "Probe the route through the gateway after every change of permissions.", at: "front" }],
  },
  "no-healthy-upstream": {
    now: [{ what: "Bring one instance back; answer 503 with Retry-After meanwhile.", at: "calling" }],
    prevent: [{ what: "Make readiness mean that it can serve, and keep the last instances in rotation.", at: "creating" }],
  },
  "connection-refused": {
    now: [TIMEOUT_BREAKER, FALLBACK],
    prevent: [{ what: "Drain before stopping: fail readiness, wait, then close the listener.", at: "creating" }],
  },
  "keepalive-race": {
    now: [RETRY_BUDGET],
    prevent: [
      {
        what: "Keep idle connections open longer in the server than in the proxy before it.",
        at: "creating",
        examples: {
          node: "server.keepAliveTimeout = 65_000; server.headersTimeout = 66_000;",
          nginx: "keepalive_timeout 75s;",
          haproxy: "timeout http-keep-alive 75s",
          apache: "KeepAliveTimeout 75",
          go: "http.Server{IdleTimeout: 75 * time.Second}",
          python: "gunicorn --keep-alive 75",
          java: "server.tomcat.keep-alive-timeout=75s",
        },
      },
    ],
  },
  "tls-failure": {
    now: [
      {
        what: "Mend what the handshake names: renew or trust the certificate, or have the port answer TLS; never turn the check off.",
        at: "creating",
      },
    ],
    prevent: [{ what: "Alert 14 days before a certificate ends.", at: "creating" }],
  },
  "dns-failure": {
    now: [{ what: "Correct the name or the resolver; keep the last good address for a while.", at: "creating" }],
    prevent: [{ what: "Check names at start-up and watch the resolver.", at: "creating" }],
  },
  "circuit-open": {
    now: [FALLBACK],
    prevent: [
      {
        what: "Look at what opened the breaker; let it count only server errors and time-outs.",
        at: "creating",
        examples: { node: "new Dependency({{dependencyName}}, { judgeThrown, judgeResult, breaker: { faultRatio: 0.5 } })" },
      },
    ],
  },
  "rate-limited-as-5xx": {
    now: [{ what: "Pass 429 and Retry-After on instead of a server error.", at: "calling" }],
    prevent: [RETRY_BUDGET, { what: "Keep below the quota with a limiter of one's own.", at: "calling" }],
  },
  "masked-by-middleware": {
    now: [
      {
        what: "Answer with the real status: an error must not look like a success to the client or to monitoring.",
        at: "creating",
        examples: { node: "app.use(guardErrors(guard));" },
      },
    ],
    prevent: [{ what: "Test the handler with a failing dependency and expect a 5xx.", at: "creating" }, REGRESSION],
  },
  "retry-storm": {
    now: [RETRY_BUDGET, TIMEOUT_BREAKER],
    prevent: [{ what: "Retry at one layer only, with backoff and jitter.", at: "front" }],
  },
  "fault-injected": {
    now: [{ what: "End the experiment or narrow it to marked requests.", at: "creating" }],
    prevent: [
      {
        what: "Bound experiments in time and share, and announce them as a change.",
        at: "creating",
        examples: { any: "npx faultline deploy --kind config --description 'chaos: abort 5 %'" },
      },
    ],
  },
};

/** Nothing is wrong, or nothing that could be told: clients' errors, cancels, slowness, health checks, changes that did no harm. */
import { ENVOY_OK, albLine, envoyLine } from "../../access-lines.ts";
import { app, call, hop, line, numbered, outside, store, thrown, visit } from "../../compose.ts";
import type { Scene } from "../../plan.ts";

/** See the file's head. */
export const NEGATIVES: readonly Scene[] = [
  {
    name: "all-tokens-expired-at-once",
    software: "Quarkus; the sessions of every client end together, each answer is a 401 and is logged",
    share: 0,
    negative: "client-errors",
    visit: (turn) =>
      visit(app("account", "quarkus"), "/accounts/:id", {
        path: numbered("/accounts", turn),
        ...(turn.index > 20 ? { status: 401, lines: [line(17, "Authentication failed: token expired 12 minutes ago")] } : {}),
      }),
  },
  {
    name: "forms-that-do-not-hold",
    software: "NestJS; a form's checks answer 422, logged as errors",
    share: 0,
    negative: "client-errors",
    visit: (turn) =>
      visit(app("signup", "nest"), "/signups", {
        method: "POST",
        status: turn.index % 2 === 0 ? 422 : 201,
        lines:
          turn.index % 2 === 0
            ? [line(17, "UnprocessableEntityException: email must be an email", { attributes: { context: "ExceptionsHandler" } })]
            : [],
      }),
  },
  {
    name: "phones-lose-their-network",
    software: "Ktor; clients go away, and their coroutines are cancelled loudly",
    share: 0,
    negative: "cancelled",
    visit: (turn) =>
      visit(app("stream", "ktor"), "/streams/:id", {
        path: numbered("/streams", turn),
        ...(turn.index % 3 === 0
          ? {
              status: 499,
              lines: [
                line(17, "kotlinx.coroutines.JobCancellationException: Parent job is Cancelled; job=StandaloneCoroutine{Cancelled}@51b2"),
              ],
            }
          : {}),
      }),
  },
  {
    name: "clients-close-at-the-balancer",
    software: "AWS application load balancer, its access log; clients close before the answer",
    share: 0,
    negative: "cancelled",
    access: {
      file: "alb.access.log",
      line: (turn, time) => albLine(turn, time, turn.index % 3 === 0 ? ["0.001 1.204 -1", 460, "-"] : ["0.001 0.021 0.000", 200, "200"]),
    },
  },
  {
    name: "slow-and-right-for-hours",
    software: "Pekko HTTP; simulations take seconds, and every answer is right",
    share: 0,
    negative: "healthy",
    visit: (turn) => visit(app("simulator", "pekko"), "/runs/:id", { path: numbered("/runs", turn), ms: 4_000 + (turn.index % 7) * 900 }),
  },
  {
    name: "second-try-finds-another-pod",
    software: "Go over gRPC; pods shut down while they are asked, and each second try is good",
    share: 0,
    cause: "dependency-error",
    also: ["no-healthy-upstream", "connection-refused", "circuit-open"],
    visit: (turn) => {
      const rpc = (code: number, message = "") => ({ service: "acme.match.v1.Match", method: "Find", code, message });
      const busy = call(visit(app("match", "gin"), "", { rpc: rpc(14, "server is shutting down") }));
      const good = call(visit(app("match", "gin"), "", { rpc: rpc(0) }));
      return visit(app("lobby", "gin"), "/lobbies/:id", {
        path: numbered("/lobbies", turn),
        steps: turn.index % 5 === 0 ? [busy, good] : [good],
      });
    },
    creators: ["match"],
    path: [hop("lobby", "masked"), hop("match", "created")],
  },
  {
    name: "preconditions-that-do-not-hold",
    software: "Ktor over gRPC; what may not be done is answered 409 over FAILED_PRECONDITION",
    share: 0,
    negative: "client-errors",
    visit: (turn) => {
      const isOff = turn.index % 3 === 0;
      const rpc = { service: "acme.seats.v1.Seats", method: "Hold", code: isOff ? 9 : 0, ...(isOff ? { message: "seat is taken" } : {}) };
      return visit(app("booking", "ktor"), "/bookings", {
        method: "POST",
        status: isOff ? 409 : 201,
        steps: [call(visit(app("seats", "actix"), "", { rpc }))],
      });
    },
  },
  {
    name: "breaker-speaks-of-its-past",
    software: "Quarkus; a breaker of a job beside the requests opens and closes, every request is well",
    share: 0,
    negative: "healthy",
    visit: (turn) => visit(app("catalog", "quarkus"), "/items/:id", { path: numbered("/items", turn) }),
    beside: {
      lines: Array.from({ length: 12 }, (_, index) => ({
        app: app("catalog", "quarkus"),
        atMs: 1_500 + index * 1_500,
        line: line(17, "nightly export: CircuitBreaker[export] is OPEN and does not permit further calls"),
      })),
    },
  },
  {
    name: "symfony-says-500-and-nothing-more",
    software: "Symfony in production; its log is not sent, and its spans carry no exception",
    share: 0.3,
    negative: "evidence-missing",
    visit: (turn) => visit(app("wishes", "symfony"), "/wishes/:id", { path: numbered("/wishes", turn), status: turn.isBad ? 500 : 200 }),
    seen: { service: "wishes", route: "app_wishes_show" },
    missing: ["wishes", "exception", "log line"],
    creators: ["wishes"],
  },
  {
    name: "istio-passes-a-503-on",
    software: "Istio's ingress gateway, its access log alone; the application itself answers 503",
    share: 0.3,
    negative: "evidence-missing",
    access: {
      file: "istio.access.log",
      line: (turn, time) =>
        envoyLine(
          turn,
          time,
          turn.isBad ? { status: 503, flags: "-", details: "via_upstream", upstream: "10.4.2.17:8080", ms: 12 } : ENVOY_OK,
        ),
    },
    missing: ["orders", "10.4.2.17:8080", "telemetry", "span"],
    creators: ["orders", "10.4.2.17:8080"],
  },
  {
    name: "silent-helper-answers-500",
    software: "Ktor in front of a helper of one's own that tells nothing",
    share: 0.5,
    negative: "evidence-missing",
    visit: (turn) =>
      visit(app("front-desk", "ktor"), "/desks/:id", {
        path: numbered("/desks", turn),
        status: turn.isBad ? 500 : 200,
        steps: [call(visit(outside("badge-printer"), "/print", { method: "POST", status: turn.isBad ? 500 : 200 }))],
      }),
    seen: { service: "front-desk", route: "/desks/{id}" },
    missing: ["badge-printer"],
    creators: ["badge-printer"],
  },
  {
    name: "released-and-all-is-well",
    software: "Actix; a release in the middle, and nothing fails",
    share: 0,
    negative: "healthy",
    visit: (turn) =>
      visit(app("tariffs", "actix", { version: turn.index < 30 ? "4.2.0" : "4.3.0" }), "/tariffs/:id", {
        path: numbered("/tariffs", turn),
      }),
    beside: { changes: [{ kind: "deploy", service: "tariffs", atMs: 12_000, version: "4.3.0", previousVersion: "4.2.0" }] },
  },
  {
    name: "name-server-warns",
    software: "NestJS; a sidecar logs failed look-ups of a collector that nobody needs",
    share: 0,
    negative: "healthy",
    visit: (turn) => visit(app("gifts", "nest"), "/gifts/:id", { path: numbered("/gifts", turn) }),
    beside: {
      lines: Array.from({ length: 15 }, (_, index) => ({
        app: app("gifts", "nest"),
        atMs: 700 + index * 1_300,
        line: line(17, "export of metrics failed: getaddrinfo ENOTFOUND statsd.monitoring"),
      })),
    },
  },
  {
    name: "queue-grows-and-nobody-waits",
    software: "Spring Boot; a topic's lag grows all the while, every request is well",
    share: 0,
    negative: "healthy",
    visit: (turn) => visit(app("orders", "spring"), "/orders/:id", { path: numbered("/orders", turn) }),
    beside: {
      metrics: [
        {
          app: app("orders", "spring"),
          name: "kafka.consumer.records_lag_max",
          points: Array.from({ length: 10 }, (_, step) => [step * 2_400, 100 + step * 9_000] as const),
        },
      ],
    },
  },
  {
    name: "robots-are-slowed-down",
    software: "Cloudflare Workers; robots get 429, and each is logged as an error",
    share: 0,
    negative: "client-errors",
    visit: (turn) =>
      visit(app("pages", "worker"), "/pages/:id", {
        path: numbered("/pages", turn),
        ...(turn.index % 2 === 0 ? { status: 429, lines: [line(17, "rate limit exceeded for AS64500")] } : {}),
      }),
  },
  {
    name: "page-about-error-500",
    software: "Symfony; a page of help whose address and log lines speak of error 500",
    share: 0,
    negative: "misleading-words",
    visit: (turn) =>
      visit(app("help", "symfony"), "/help/:topic", {
        path: "/help/http-error-500-internal-server-error",
        lines: [line(9, "rendered article 'HTTP Error 500: Internal Server Error and how to mend it'")],
        steps: turn.index % 2 === 0 ? [store(["postgresql", "help-db"], "SELECT * FROM articles WHERE slug = $1")] : [],
      }),
  },
  {
    name: "health-checks-fail-while-it-starts",
    software: "Quarkus behind Kubernetes; the readiness of a starting pod is 503 for some seconds, requests are well",
    share: 0,
    negative: "health-checks",
    visit: (turn) =>
      turn.index % 6 === 0 && turn.index < 20
        ? visit(app("stock", "quarkus", { instance: "stock-b2" }), "/q/health/ready", {
            status: 503,
            lines: [
              line(
                9,
                'SRHCK01001: Reporting health down status: {"status":"DOWN","checks":[{"name":"Database connections health check","status":"DOWN"}]}',
              ),
            ],
          })
        : visit(app("stock", "quarkus"), "/stocks/:id", { path: numbered("/stocks", turn) }),
  },
  {
    name: "records-that-are-not-there",
    software: "Azure Functions; a record that is not there is a 404, and its exception is recorded",
    share: 0,
    negative: "client-errors",
    visit: (turn) =>
      visit(app("archive", "azure"), "/archives/:id", {
        path: numbered("/archives", turn),
        ...(turn.index % 3 === 0
          ? {
              status: 404,
              thrown: thrown("Acme.Archive.NotFoundException", "archive 4110 does not exist", [
                "   at Archive.Store.Get(Int32 id) in /src/Archive/Store.cs:line 12",
              ]),
            }
          : {}),
      }),
  },
];

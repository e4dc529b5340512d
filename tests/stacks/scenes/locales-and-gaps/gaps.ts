/** Systems of which a part tells nothing: no spans of the callee, none of the front, no error's words, a log or a metric alone. */
import { ENVOY_OK, envoyLine, nginxLine } from "../../access-lines.ts";
import { app, call, clusterEvent, hop, line, maybe, numbered, outside, store, thrown, visit } from "../../compose.ts";
import type { Scene, Turn } from "../../plan.ts";
import { alone, behind, byCall, bySend, byStore, callersOrPeers } from "../../shapes.ts";

const silent = (service: string) => app(service, "gin", { isSilent: true, host: service });

const nginx = (bad: { status: number; seconds: string; upstream: readonly [string, string] }): NonNullable<Scene["access"]> => ({
  file: "nginx.access.log",
  line: (turn, time) =>
    nginxLine(turn, time, {
      path: `/offers/${4_100 + turn.index * 7}`,
      ...(turn.isBad ? bad : { status: 200, seconds: "0.030", upstream: ["10.0.3.7:8080", "200"] as const }),
    }),
});

const WAITED = "java.net.http.HttpTimeoutException";

/** See the file's head. */
export const GAPS: readonly Scene[] = [
  {
    name: "middle-hop-without-telemetry",
    software: "Go before a silent relay before Rails, which throws",
    onset: 22,
    share: 0.6,
    visit: (turn) => {
      const last = visit(app("ledgers", "rails"), "/ledgers/:id", {
        path: numbered("/ledgers", turn),
        ...(turn.isBad
          ? {
              status: 500,
              thrown: thrown("NoMethodError", "undefined method 'cents' for nil", ["app/models/ledger.rb:31:in 'Ledger#total'"]),
            }
          : {}),
      });
      const relay = visit(silent("ledger-relay"), "/ledgers/:id", { status: last.status, steps: [call(last)] });
      return visit(app("bff", "gin"), "/ledgers/:id", { path: numbered("/ledgers", turn), status: last.status, steps: [call(relay)] });
    },
    seen: { service: "bff", route: "/ledgers/:id" },
    creators: ["ledgers"],
    path: [hop("bff", "propagated"), maybe("ledger-relay", "propagated", "clean"), hop("ledgers", "created")],
    cause: "unhandled-exception",
    also: ["invalid-input-unguarded"],
  },
  {
    name: "front-without-telemetry",
    software: "A silent front before Spring, whose pool is used up",
    onset: 24,
    share: 0.7,
    visit: (turn) => {
      const inner = visit(app("fares", "spring"), "/fares/:id", {
        path: numbered("/fares", turn),
        ...(turn.isBad
          ? {
              status: 500,
              ms: 30_002,
              thrown: thrown(
                "org.springframework.jdbc.CannotGetJdbcConnectionException",
                "Failed to obtain JDBC Connection: HikariPool-1 - Connection is not available, request timed out after 30001ms (total=10, active=10, idle=0, waiting=31)",
                ["\tat org.springframework.jdbc.datasource.DataSourceUtils.getConnection(DataSourceUtils.java:84)"],
              ),
            }
          : {}),
      });
      return visit(silent("edge"), "/fares/:id", { path: numbered("/fares", turn), status: inner.status, steps: [call(inner)] });
    },
    seen: { service: "fares", route: "/fares/{id}" },
    creators: ["fares"],
    path: [hop("fares", "created")],
    cause: "pool-exhausted",
  },
  {
    name: "silent-callee-answers-500",
    software: "FastAPI; an own callee without telemetry answers 500, and one log line of it says why",
    onset: 24,
    share: 0.7,
    ...byCall(app("quotes-py", "fastapi"), "/quotes/:id", { host: "pricing", answers: 500 }),
    beside: {
      lines: [10_400, 13_000, 15_600, 18_200].map((atMs) => ({
        app: app("pricing", "gin"),
        atMs,
        line: line(17, "panic serving 10.0.9.4:51222: runtime error: index out of range [3] with length 3"),
      })),
    },
    creators: ["pricing"],
    cause: "unhandled-exception",
    also: ["dependency-error"],
  },
  {
    name: "restarts-are-the-only-sign",
    software: "Go; its callee without telemetry is killed for its memory again and again, as the cluster says",
    onset: 24,
    share: 0.6,
    ...byCall(app("thumb-front", "gin"), "/thumbs/:id", {
      host: "thumb-render",
      ms: 700,
      trouble: {
        type: "*url.Error",
        message: 'Get "http://thumb-render:8080/": read tcp 10.1.2.3:41022->10.1.2.9:8080: read: connection reset by peer',
      },
    }),
    beside: {
      lines: [10_300, 14_300, 19_000].map((atMs) =>
        clusterEvent(app("thumb-render", "gin"), atMs, ["OOMKilling", "Memory cgroup out of memory: Killed process 811 (thumb-render)"]),
      ),
    },
    creators: ["thumb-render"],
    cause: "resource-exhausted",
    also: ["memory-leak"],
  },
  {
    name: "type-without-a-message",
    software: "Quarkus whose exporter drops messages for privacy; a name server is away",
    onset: 25,
    share: 0.8,
    ...byCall(app("menus-jvm", "quarkus"), "/menus/:id", {
      host: "recipes.shop.svc",
      isCallers: true,
      ms: 20,
      trouble: { type: "java.net.UnknownHostException", message: "" },
    }),
    ...callersOrPeers("menus-jvm", "recipes.shop.svc"),
    cause: "dns-failure",
  },
  {
    name: "refused-without-a-message",
    software: "Go whose spans carry the class of the error alone; the callee is down",
    onset: 25,
    ...byCall(app("tags", "gin"), "/tags/:id", { host: "words", ms: 2, trouble: { type: "ECONNREFUSED", message: "" } }),
    cause: "connection-refused",
  },
  {
    name: "access-log-and-one-service-behind",
    software: "nginx's log beside ASP.NET Core, which says the release's defect",
    onset: 26,
    visit: (turn) =>
      visit(app("offers", "aspnet", { version: turn.index >= 26 ? "8.0.0" : "7.9.3" }), "/offers/:id", {
        path: numbered("/offers", turn),
        ...(turn.isBad
          ? {
              status: 500,
              thrown: thrown("System.MissingMethodException", "Method not found: 'Void Acme.Core.Price.Round(Int32)'.", [
                "   at Acme.Offers.Total.Of(Cart cart) in /src/Total.cs:line 18",
              ]),
            }
          : {}),
      }),
    access: nginx({ status: 500, seconds: "0.020", upstream: ["10.0.3.7:8080", "500"] }),
    beside: { changes: [{ kind: "deploy", service: "offers", atMs: 10_000, version: "8.0.0", previousVersion: "7.9.3" }] },
    seen: { route: "/offers/{id}" },
    creators: ["offers"],
    path: [maybe("nginx", "propagated"), hop("offers", "created")],
    cause: "bad-deploy",
    also: ["unhandled-exception"],
  },
  {
    name: "traces-sampled-to-one-in-ten",
    software: "Phoenix whose tracer keeps one in ten; the broken half fails",
    requests: 14,
    everyMs: 4_000,
    onset: 6,
    ...byStore(app("lists-ex", "phoenix"), "/lists/:id", {
      system: "postgresql",
      host: "lists-db",
      statement: "SELECT l0.id FROM lists AS l0 WHERE l0.id = $1",
      trouble: { type: "DBConnection.ConnectionError", message: "tcp connect (lists-db:5432): connection refused - :econnrefused" },
      bad: {
        thrown: thrown("DBConnection.ConnectionError", "tcp connect (lists-db:5432): connection refused - :econnrefused", [
          "    (ecto_sql 3.12.1) lib/ecto/adapters/sql.ex:1096: Ecto.Adapters.SQL.raise_sql_call_error/1",
        ]),
      },
    }),
    cause: "database-failure",
    also: ["connection-refused"],
  },
  {
    name: "timed-out-after-it-was-sent",
    software: "Express with undici; the body of the answer never comes; the callee sends no telemetry",
    onset: 24,
    share: 0.6,
    everyMs: 900,
    ...byCall(app("reviews-node", "express"), "/reviews/:id", {
      host: "ratings",
      ms: 10_004,
      trouble: { type: "HeadersTimeoutError", message: "Headers Timeout Error" },
      bad: { thrown: thrown("TypeError", "fetch failed: Headers Timeout Error", ["    at node:internal/deps/undici/undici:13510:13"]) },
    }),
    cause: "dependency-timeout",
  },
  {
    name: "request-timed-out-of-the-java-client",
    software: "Spring with Java's own client; the callee without telemetry is slow",
    onset: 24,
    share: 0.6,
    everyMs: 900,
    ...byCall(app("labels", "spring"), "/labels/:id", {
      host: "printers",
      ms: 5_003,
      trouble: { type: WAITED, message: "request timed out" },
    }),
    cause: "dependency-timeout",
  },
  {
    name: "aiohttp-multiple-addresses-refuse",
    software: "FastAPI with aiohttp; the callee refuses on both of its addresses",
    onset: 25,
    ...byCall(app("agenda", "fastapi"), "/agenda/:id", {
      host: "rooms",
      ms: 4,
      trouble: {
        type: "aiohttp.client_exceptions.ClientConnectorError",
        message:
          "Cannot connect to host rooms:8080 ssl:default [Multiple exceptions: [Errno 111] Connect call failed ('::1', 8080, 0, 0), [Errno 111] Connect call failed ('10.1.2.8', 8080)]",
      },
    }),
    cause: "connection-refused",
  },
  {
    name: "worker-cannot-reach-its-scheduler",
    software: "Flask that asks Dask's scheduler within the request; the scheduler is down",
    onset: 25,
    ...alone(app("scores-py", "flask"), "/scores/:id", {
      thrown: thrown("OSError", "Timed out trying to connect to tcp://scheduler:8786 after 30 s: could not reach scheduler", [
        "Traceback (most recent call last):",
        '  File "/usr/lib/python3.13/site-packages/distributed/comm/core.py", line 342, in connect',
        '  File "/app/scores/views.py", line 19, in show',
      ]),
    }),
    ...callersOrPeers("scores-py", ["scheduler", "scheduler:8786"]),
    cause: "dependency-timeout",
    also: ["connection-refused", "dependency-error"],
  },
  {
    name: "two-services-say-half-each",
    software: "Actix whose span lacks an exception, and Redis, which says it loads",
    onset: 26,
    share: 0.8,
    visit: (turn) =>
      visit(app("boards", "actix"), "/boards/:id", {
        path: numbered("/boards", turn),
        status: turn.isBad ? 500 : 200,
        steps: [
          store(
            ["redis", "boards-redis"],
            "ZREVRANGE board 0 9",
            turn.isBad ? { trouble: { type: "LOADING", message: "LOADING Redis is loading the dataset in memory" } } : {},
          ),
        ],
      }),
    seen: { service: "boards", route: "/boards/{id}" },
    creators: ["boards-redis", "redis"],
    path: [hop("boards", "propagated"), hop(["boards-redis", "redis"], "created")],
    cause: "database-failure",
  },
  {
    name: "consumer-lag-makes-a-front-wait",
    software: "Ktor; a request waits for an answer over Kafka that no consumer writes",
    onset: 25,
    share: 0.7,
    everyMs: 900,
    ...bySend(app("checks", "ktor"), "/checks/:id", {
      system: "kafka",
      host: "broker-1",
      topic: "checks.requests",
      ms: 60_010,
      trouble: {
        type: "org.apache.kafka.common.errors.TimeoutException",
        message: "Topic checks.requests not present in metadata after 60000 ms.",
      },
    }),
    ...callersOrPeers("checks", ["broker-1", "checks.requests", "kafka"]),
    cause: "dependency-timeout",
    also: ["bad-configuration", "dependency-error"],
  },
  {
    name: "envoy-before-a-service-without-spans",
    software: "Istio's access log beside Go's error lines alone; its connections to MySQL are used up",
    onset: 25,
    share: 0.7,
    access: {
      file: "istio.access.log",
      line: (turn, time) => envoyLine(turn, time, turn.isBad ? { ...ENVOY_OK, status: 500, ms: 31 } : ENVOY_OK),
    },
    beside: {
      lines: Array.from({ length: 20 }, (_, at) => ({
        app: app("orders", "gin"),
        atMs: 10_200 + at * 640,
        line: line(17, `GET /orders/${4_126 + at} 500: Error 1040: Too many connections`),
      })),
    },
    creators: [
      "orders",
      "10.4.2.17:8080",
      "10.4.2.17",
      "orders.shop.svc.cluster.local",
      "orders.shop.example",
      "mysql",
      "outbound|8080||orders.shop.svc.cluster.local",
    ],
    path: [
      hop("istio", "propagated"),
      maybe(["orders", "10.4.2.17:8080", "10.4.2.17", "orders.shop.svc.cluster.local", "orders.shop.example"], "created", "propagated"),
      maybe("mysql", "created"),
    ],
    cause: "database-failure",
    also: ["pool-exhausted", "resource-exhausted"],
  },
  {
    name: "clock-of-one-hop-is-an-hour-off",
    software: "Nest before Laravel, whose clock is an hour behind and whose key is missing",
    onset: 25,
    share: 0.8,
    ...behind(
      app("shopfront", "nest"),
      "/vouchers/:id",
      alone(app("vouchers-php", "laravel", { skewMs: -3_600_000 }), "/vouchers/:id", {
        thrown: thrown("Illuminate\\Encryption\\MissingAppKeyException", "No application encryption key has been specified.", [
          "#0 /app/vendor/laravel/framework/src/Illuminate/Encryption/EncryptionServiceProvider.php(79)",
        ]),
      }),
    ),
    cause: "bad-configuration",
  },
  {
    name: "callee-logs-in-another-zone",
    software: "Gin; its callee without spans throws, told by lines with the request's trace id",
    onset: 25,
    share: 0.6,
    visit: (turn: Turn) =>
      visit(app("seats-go", "gin"), "/seats/:id", {
        path: numbered("/seats", turn),
        status: turn.isBad ? 502 : 200,
        steps: [call(visit(outside("plans"), "/plans/:id", { status: turn.isBad ? 500 : 200 }))],
        ...(turn.isBad
          ? { lines: [line(17, 'plans answered 500: {"error":"ArithmeticError: bad argument in arithmetic expression"}')] }
          : {}),
      }),
    seen: { service: "seats-go", route: "/seats/:id" },
    creators: ["plans"],
    path: [hop("seats-go", "remapped", "propagated"), hop("plans", "created")],
    cause: "dependency-error",
    also: ["unhandled-exception"],
  },
  {
    name: "reset-at-rest-with-one-hop-silent",
    software: "Axum with reqwest; a silent load balancer closes idle connections at 60 s",
    share: 0.1,
    requests: 120,
    ...byCall(app("wallets", "axum"), "/wallets/:id", {
      host: "ledger-lb",
      method: "POST",
      ms: 1,
      trouble: { type: "hyper::Error(IncompleteMessage)", message: "connection closed before message completed" },
    }),
    ...callersOrPeers("wallets", "ledger-lb"),
    cause: "keepalive-race",
  },
];

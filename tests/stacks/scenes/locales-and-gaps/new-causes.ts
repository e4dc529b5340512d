/** Causes in words and places that no earlier batch had, by the stacks that are met most often. */
import { app, line, thrown } from "../../compose.ts";
import type { Scene } from "../../plan.ts";
import { alone, behind, byCall, bySend, byStore, callersOrPeers } from "../../shapes.ts";
import { elastic, slog, structlog, zap } from "../post-mortems/logged-as.ts";

/** See the file's head. */
export const NEW_CAUSES: readonly Scene[] = [
  {
    name: "valkey-out-of-memory-at-a-cart",
    software: "Express with iovalkey; the store refuses writes",
    onset: 25,
    ...byStore(app("carts-node", "express"), "/carts/:id", {
      system: "valkey",
      host: "carts-kv",
      statement: "SETEX cart ? ?",
      trouble: {
        type: "ReplyError",
        message: "MISCONF Valkey is configured to save RDB snapshots, but it's currently unable to persist to disk.",
      },
    }),
    ...callersOrPeers("carts-node", ["carts-kv", "valkey"]),
    cause: "database-failure",
    also: ["resource-exhausted"],
  },
  {
    name: "mariadb-row-lock-in-nest",
    software: "NestJS with TypeORM and MariaDB; a report holds rows",
    onset: 24,
    share: 0.5,
    everyMs: 900,
    ...byStore(app("stocks-nest", "nest"), "/stocks/:id", {
      system: "mariadb",
      host: "stocks-db",
      statement: "UPDATE stock SET n = n - 1 WHERE id = ?",
      ms: 50_020,
      trouble: { type: "QueryFailedError", message: "Lock wait timeout exceeded; try restarting transaction" },
      code: "1205",
      bad: {
        thrown: thrown("QueryFailedError", "Lock wait timeout exceeded; try restarting transaction", [
          "    at Query.onResult (/app/node_modules/src/driver/mysql/MysqlQueryRunner.ts:248:33)",
        ]),
      },
    }),
    ...callersOrPeers("stocks-nest", ["stocks-db", "mariadb"]),
    cause: "database-failure",
    also: ["dependency-timeout"],
  },
  {
    name: "drizzle-column-behind-the-release",
    software: "Hono-like Express with Drizzle; the release reads a column that its migration adds later",
    onset: 25,
    ...byStore(app("plans-node", "express", { version: "1.20.0" }), "/plans/:id", {
      system: "sqlite",
      host: "plans.db",
      statement: 'select "id", "tier" from "plans" where "id" = ?',
      trouble: { type: "SqliteError", message: "no such column: tier" },
      bad: {
        thrown: thrown(
          "DrizzleQueryError",
          'Failed query: select "id", "tier" from "plans" where "id" = ?\nparams: 7\ncause: SqliteError: no such column: tier',
          ["    at /app/node_modules/drizzle-orm/session.js:73:11"],
        ),
      },
    }),
    beside: { changes: [{ kind: "deploy", service: "plans-node", atMs: 9_800, version: "1.20.0", previousVersion: "1.19.2" }] },
    ...callersOrPeers("plans-node", ["plans.db", "sqlite"]),
    cause: "bad-deploy",
    also: ["database-failure"],
  },
  {
    name: "gemini-model-is-overloaded",
    software: "FastAPI; the model of a third party is overloaded",
    onset: 25,
    share: 0.7,
    ...byCall(app("chats", "fastapi"), "/chats/:id", {
      host: "generativelanguage.googleapis.com",
      method: "POST",
      answers: 503,
      bad: {
        thrown: thrown(
          "google.genai.errors.ServerError",
          "503 UNAVAILABLE. {'error': {'code': 503, 'message': 'The model is overloaded. Please try again later.', 'status': 'UNAVAILABLE'}}",
          ["Traceback (most recent call last):", '  File "/app/chats/api.py", line 33, in ask'],
        ),
      },
    }),
    cause: "third-party-failure",
  },
  {
    name: "anthropic-rate-limit-of-tokens",
    software: "Express with a vendor's SDK; tokens of the minute are used up",
    onset: 24,
    share: 0.7,
    ...byCall(app("helper", "express"), "/answers/:id", {
      host: "api.anthropic.com",
      method: "POST",
      answers: 429,
      isCallers: true,
      bad: {
        thrown: thrown(
          "RateLimitError",
          '429 {"type":"error","error":{"type":"rate_limit_error","message":"This request would exceed your organization’s rate limit"}}',
          ["    at APIError.generate (/app/node_modules/@anthropic-ai/sdk/core/error.js:54:20)"],
        ),
      },
    }),
    ...callersOrPeers("helper", "api.anthropic.com"),
    cause: "rate-limited-as-5xx",
    also: ["third-party-failure"],
  },
  {
    name: "kubelet-evicts-for-ephemeral-storage",
    software: "Gin; uploads fill the pod's ephemeral disk",
    onset: 25,
    ...alone(app("uploads-go", "gin"), "/uploads/:id", zap("cannot store upload", "write /tmp/multipart-3301: no space left on device")),
    cause: "resource-exhausted",
  },
  {
    name: "spring-circuit-of-a-slow-callee",
    software: "Spring with Resilience4j behind Envoy; the breaker stays open",
    onset: 26,
    share: 0.9,
    ...behind(
      app("edge-envoy", "envoy"),
      "/tours/:id",
      alone(app("tours", "spring"), "/tours/:id", {
        ...elastic("request failed", [
          "io.github.resilience4j.circuitbreaker.CallNotPermittedException",
          "CircuitBreaker 'guides' is OPEN and does not permit further calls",
          "\tat io.github.resilience4j.circuitbreaker.CallNotPermittedException.createCallNotPermittedException(CallNotPermittedException.java:48)",
        ]),
        status: 503,
      }),
    ),
    seen: { service: "edge-envoy" },
    cause: "circuit-open",
  },
  {
    name: "go-context-deadline-in-a-pool",
    software: "Go with pgx; acquiring a connection outlives the request's context",
    onset: 25,
    share: 0.7,
    ...alone(app("notes-go", "gin"), "/notes/:id", {
      ms: 3_001,
      ...slog("query failed", "failed to acquire connection from pool: context deadline exceeded (pool: acquired=20 idle=0 max=20)"),
    }),
    cause: "pool-exhausted",
    also: ["dependency-timeout"],
  },
  {
    name: "sqlalchemy-queuepool-overflow",
    software: "Flask by structlog; sessions are not closed on one path",
    onset: 25,
    share: 0.7,
    ...alone(app("loans-py", "flask"), "/loans/:id", {
      ms: 30_004,
      ...structlog("unhandled", [
        "sqlalchemy.exc.TimeoutError",
        "QueuePool limit of size 5 overflow 10 reached, connection timed out, timeout 30.00 (Background on this error at: https://sqlalche.me/e/20/3o7r)",
        '  File "/app/loans/views.py", line 44, in show',
      ]),
    }),
    cause: "pool-exhausted",
  },
  {
    name: "tls-of-a-broker-after-rotation",
    software: "Spring with Kafka; the broker's new certificate is of an unknown authority",
    onset: 26,
    ...bySend(app("events-jvm", "spring"), "/events/:id", {
      system: "kafka",
      host: "kafka-0.kafka",
      topic: "events",
      isCallers: true,
      trouble: {
        type: "org.apache.kafka.common.errors.SslAuthenticationException",
        message:
          "SSL handshake failed: javax.net.ssl.SSLHandshakeException: PKIX path building failed: unable to find valid certification path to requested target",
      },
    }),
    ...callersOrPeers("events-jvm", ["kafka-0.kafka", "events", "kafka"]),
    cause: "tls-failure",
  },
  {
    name: "mutual-tls-certificate-is-missing",
    software: "Go; the bank wants a client certificate since this morning",
    onset: 24,
    ...byCall(app("payouts", "gin"), "/payouts/:id", {
      host: "api.bank.example",
      method: "POST",
      isCallers: true,
      ms: 60,
      trouble: { type: "*url.Error", message: 'Post "https://api.bank.example/payouts": remote error: tls: certificate required' },
    }),
    ...callersOrPeers("payouts", "api.bank.example"),
    cause: "tls-failure",
    also: ["gateway-identity", "bad-configuration"],
  },
  {
    name: "lambda-runs-out-of-its-time",
    software: "A Lambda that reads a report at 3 s of time",
    onset: 22,
    share: 0.6,
    ...alone(app("reports-fn", "lambda"), "/reports/:id", {
      ms: 3_004,
      lines: [line(17, "2026-11-18T09:30:41.112Z 6f1d2f7e-13a4-4d0b-8a51-2f9c0c9f9a31 Task timed out after 3.00 seconds")],
    }),
    cause: "resource-exhausted",
    also: ["dependency-timeout", "bad-configuration"],
  },
  {
    name: "graphql-field-of-a-subgraph-went-away",
    software: "Express in front of a subgraph that dropped a field",
    onset: 25,
    ...byCall(app("graph", "express"), "/graphql", {
      host: "subgraph-products",
      method: "POST",
      answers: 400,
      isCallers: true,
      bad: {
        thrown: thrown("GraphQLError", 'Cannot query field "weight" on type "Product".', [
          "    at /app/node_modules/@apollo/gateway/dist/executeQueryPlan.js:301:13",
        ]),
      },
    }),
    ...callersOrPeers("graph", "subgraph-products"),
    cause: "gateway-mismatch",
    also: ["bad-deploy", "dependency-error"],
  },
  {
    name: "php-fpm-children-are-all-busy",
    software: "Symfony behind nginx's log; the pool of workers is at pm.max_children",
    onset: 25,
    share: 0.7,
    ...byCall(app("web-front", "gin"), "/tickets/:id", { host: "tickets-fpm", answers: 502 }),
    beside: {
      lines: [10_100, 12_600, 15_100].map((atMs) => ({
        app: app("tickets-fpm", "symfony"),
        atMs,
        line: line(13, "[pool www] server reached pm.max_children setting (10), consider raising it"),
      })),
    },
    creators: ["tickets-fpm"],
    cause: "resource-exhausted",
    also: ["dependency-error", "pool-exhausted"],
  },
];

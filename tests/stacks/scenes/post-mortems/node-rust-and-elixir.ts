/** Node, Rust and Elixir: pino, winston and tracing beside spans. */
import { app, call, hop, line, maybe, numbered, outside, store, thrown, visit } from "../../compose.ts";
import type { Scene } from "../../plan.ts";
import { alone, behind, byCall, bySend, byStore, callersOrPeers } from "../../shapes.ts";
import { tracing, winston } from "./logged-as.ts";

/** See the file's head. */
export const NODE_RUST_AND_ELIXIR: readonly Scene[] = [
  {
    name: "knex-waits-for-a-connection",
    software: "NestJS with Knex; transactions are never finished on one path",
    onset: 24,
    share: 0.7,
    ...alone(app("crew-node", "nest"), "/crews/:id", {
      ms: 60_004,
      ...winston("GET /crews failed", [
        "KnexTimeoutError",
        "Knex: Timeout acquiring a connection. The pool is probably full. Are you missing a .transacting(trx) call?",
        "    at Client_PG.acquireConnection (/app/node_modules/knex/lib/client.js:332:26)",
        "    at /app/dist/crews.service.js:21:11",
      ]),
    }),
    cause: "pool-exhausted",
  },
  {
    name: "prisma-table-of-the-next-release",
    software: "Express with Prisma; the release asks a table that no migration made yet",
    onset: 26,
    ...byStore(app("polls", "express", { version: "5.2.0" }), "/polls/:id", {
      system: "postgresql",
      host: "polls-db",
      statement: 'SELECT "id" FROM "public"."PollOption" WHERE "pollId" = $1',
      trouble: { type: "PrismaClientKnownRequestError", message: "The table `public.PollOption` does not exist in the current database." },
      bad: {
        thrown: thrown(
          "PrismaClientKnownRequestError",
          "\nInvalid `prisma.pollOption.findMany()` invocation:\n\n\nThe table `public.PollOption` does not exist in the current database.",
          ["    at ei.handleRequestError (/app/node_modules/@prisma/client/runtime/library.js:121:7283)", "    at /app/src/polls.js:18:20"],
        ),
      },
    }),
    beside: { changes: [{ kind: "deploy", service: "polls", atMs: 10_100, version: "5.2.0", previousVersion: "5.1.3" }] },
    ...callersOrPeers("polls", ["polls-db", "postgresql"]),
    cause: "bad-deploy",
    also: ["database-failure"],
  },
  {
    name: "axios-waits-for-a-slow-neighbour",
    software: "Express with axios; the neighbour, with telemetry, needs nine seconds",
    onset: 25,
    share: 0.6,
    everyMs: 1_000,
    visit: (turn) =>
      visit(app("landing", "express"), "/landing/:id", {
        path: numbered("/landing", turn),
        status: turn.isBad ? 500 : 200,
        steps: [
          call(
            visit(app("teasers", "rails"), "/teasers/:id", turn.isBad ? { ms: 9_200 } : {}),
            turn.isBad ? { ms: 3_002, trouble: { type: "AxiosError", message: "timeout of 3000ms exceeded" } } : {},
          ),
        ],
        ...(turn.isBad
          ? {
              thrown: thrown("AxiosError", "timeout of 3000ms exceeded", [
                "    at RedirectableRequest.handleRequestTimeout (/app/node_modules/axios/dist/node/axios.cjs:3215:16)",
              ]),
            }
          : {}),
      }),
    seen: { service: "landing", route: "/landing/:id" },
    cause: "dependency-timeout",
    creators: ["teasers"],
    path: [hop("landing", "propagated", "remapped"), hop("teasers", "created")],
  },
  {
    name: "node-heap-limit-behind-a-front",
    software: "Go in front of Node, whose process ends at its heap's limit",
    onset: 26,
    share: 0.5,
    ...byCall(app("docs-front", "gin"), "/docs/:id", {
      host: "docs-render",
      ms: 2_100,
      trouble: { type: "*url.Error", message: 'Post "http://docs-render:8080/render": EOF' },
    }),
    beside: {
      lines: [10_500, 16_500].map((atMs) => ({
        app: app("docs-render", "express"),
        atMs,
        line: line(21, "FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory"),
      })),
    },
    creators: ["docs-render"],
    cause: "resource-exhausted",
    also: ["memory-leak"],
  },
  {
    name: "amqplib-channel-is-closed",
    software: "NestJS with amqplib; the broker closed the channel for a queue that was declared otherwise",
    onset: 25,
    ...bySend(app("alerts-node", "nest"), "/alerts/:id", {
      system: "rabbitmq",
      host: "rabbit",
      topic: "alerts",
      isCallers: true,
      trouble: { type: "IllegalOperationError", message: "Channel closed" },
      bad: {
        lines: [
          line(
            17,
            "Channel closed by server: 406 (PRECONDITION-FAILED) with message \"PRECONDITION_FAILED - inequivalent arg 'x-message-ttl' for queue 'alerts' in vhost '/': received '60000' but current is '30000'\"",
          ),
        ],
      },
    }),
    ...callersOrPeers("alerts-node", ["rabbit", "alerts", "rabbitmq"]),
    cause: "bad-configuration",
    also: ["dependency-error"],
  },
  {
    name: "stripe-secret-of-the-test-mode",
    software: "Express with Stripe; the new configuration holds a key that was revoked",
    onset: 26,
    ...byCall(app("pay-node", "express"), "/intents/:id", {
      host: "api.stripe.com",
      method: "POST",
      answers: 401,
      isCallers: true,
      bad: {
        thrown: thrown("StripeAuthenticationError", "Expired API Key provided: sk_live_****************************4eC3", [
          "    at StripeError.generate (/app/node_modules/stripe/cjs/Error.js:9:20)",
        ]),
      },
    }),
    ...callersOrPeers("pay-node", "api.stripe.com"),
    cause: "bad-configuration",
    also: ["gateway-identity"],
  },
  {
    name: "graphql-front-over-an-unread-property",
    software: "A GraphQL front in front of NestJS, which reads a property of undefined",
    share: 0.3,
    ...behind(
      app("graph-node", "express"),
      "/graphql",
      alone(
        app("people-node", "nest"),
        "/people/:id",
        winston("unhandled", [
          "TypeError",
          "Cannot read properties of undefined (reading 'manager')",
          "    at PeopleService.chain (/app/dist/people.service.js:40:31)",
        ]),
      ),
    ),
    cause: "unhandled-exception",
    also: ["invalid-input-unguarded"],
  },
  {
    name: "mongo-server-selection-in-node",
    software: "Express with the MongoDB driver; no server can be chosen",
    onset: 25,
    ...byStore(app("notes-node", "express"), "/notes/:id", {
      system: "mongodb",
      host: "notes-mongo",
      statement: "find notes",
      ms: 30_003,
      trouble: { type: "MongoServerSelectionError", message: "connect ECONNREFUSED 10.3.0.21:27017" },
    }),
    cause: "connection-refused",
    also: ["database-failure"],
  },
  {
    name: "worker-lost-a-flag-and-calls-nothing",
    software: "Express; a flag points at a function that the bundle does not have",
    onset: 27,
    ...alone(app("checkout-node", "express"), "/checkout/:id", {
      thrown: thrown("TypeError", "strategies[flags.variant(...)] is not a function", [
        "    at choose (/app/src/checkout/strategy.js:22:45)",
      ]),
    }),
    beside: { changes: [{ kind: "flag", service: "checkout-node", atMs: 10_500, description: "checkout-variant=c" }] },
    cause: "bad-deploy",
    also: ["unhandled-exception", "bad-configuration"],
  },
  {
    name: "bull-worker-stalls-beside",
    software: "Node; jobs of a queue stall and fail while all requests are right",
    share: 0,
    negative: "healthy",
    visit: (turn) => visit(app("mailer-node", "express"), "/mails/:id", { path: numbered("/mails", turn) }),
    beside: {
      lines: Array.from({ length: 8 }, (_, at) => ({
        app: app("mailer-worker", "express"),
        atMs: 2_000 + at * 2_400,
        line: line(17, "job failed", {
          attributes: {
            "err.type": "Error",
            "err.message": "job stalled more than allowable limit",
            "err.stack":
              "Error: job stalled more than allowable limit\n    at Worker.moveStalledJobsToWait (/app/node_modules/bullmq/dist/cjs/classes/worker.js:1000:21)",
          },
        }),
      })),
    },
  },
  {
    name: "node-deadline-of-a-probe",
    software: "Express; a monitor's own probe gives up early, which the app logs as an aborted request",
    share: 0,
    negative: "cancelled",
    visit: (turn) =>
      visit(
        app("status-node", "express"),
        "/status",
        turn.index % 6 === 0
          ? {
              status: 499,
              lines: [line(17, "request aborted", { attributes: { "err.type": "BadRequestError", "err.message": "request aborted" } })],
            }
          : {},
      ),
  },
  {
    name: "sqlx-pool-is-closed-out-by-a-report",
    software: "Axum with sqlx and tracing; a report holds the pool",
    onset: 24,
    share: 0.6,
    ...alone(app("meters-rs", "axum"), "/meters/:id", {
      ms: 30_002,
      ...tracing("query failed", "pool timed out while waiting for an open connection"),
    }),
    cause: "pool-exhausted",
  },
  {
    name: "reqwest-cannot-find-its-peer",
    software: "Axum with reqwest; a renamed service",
    onset: 25,
    ...byCall(app("maps-rs", "axum"), "/tiles/:id", {
      host: "tiles.geo.svc",
      isCallers: true,
      trouble: {
        type: "reqwest::Error",
        message:
          "error sending request for url (http://tiles.geo.svc:8080/t/7): client error (Connect): dns error: failed to lookup address information: Name or service not known",
      },
    }),
    ...callersOrPeers("maps-rs", "tiles.geo.svc"),
    cause: "dns-failure",
    also: ["bad-configuration"],
  },
  {
    name: "actix-serde-misses-a-field-of-its-callee",
    software: "Actix in front of Node; the callee's release dropped a field",
    onset: 26,
    visit: (turn) =>
      visit(app("quotes-rs", "actix"), "/quotes/:id", {
        path: numbered("/quotes", turn),
        steps: [call(visit(app("rates-node", "express", { version: turn.isBad ? "8.0.0" : "7.4.1" }), "/rates/:id"))],
        ...(turn.isBad ? tracing("handler failed", "error decoding response body: missing field `valid_until` at line 1 column 81") : {}),
      }),
    beside: { changes: [{ kind: "deploy", service: "rates-node", atMs: 10_200, version: "8.0.0", previousVersion: "7.4.1" }] },
    seen: { service: "quotes-rs", route: "/quotes/{id}" },
    cause: "parse-failure",
    also: ["bad-deploy", "gateway-mismatch"],
    creators: ["quotes-rs", "rates-node"],
    path: [hop("quotes-rs", "created", "propagated", "remapped"), maybe("rates-node", "clean", "created")],
  },
  {
    name: "rust-panics-at-an-index",
    software: "Axum; a slice that is shorter than the code thinks",
    share: 0.3,
    ...alone(
      app("lines-rs", "axum"),
      "/lines/:id",
      tracing(
        "panicked",
        "thread 'tokio-runtime-worker' panicked at src/lines.rs:44:18: index out of bounds: the len is 3 but the index is 3",
      ),
    ),
    cause: "unhandled-exception",
    also: ["invalid-input-unguarded"],
  },
  {
    name: "tonic-callee-is-unavailable",
    software: "Rust over gRPC; the callee takes no connections",
    onset: 25,
    ...byCall(app("ledger-rs", "axum"), "/entries/:id", {
      host: "journal",
      ms: 3,
      trouble: {
        type: "tonic::Status",
        message: 'status: Unavailable, message: "error trying to connect: tcp connect error: Connection refused (os error 111)"',
      },
    }),
    cause: "connection-refused",
  },
  {
    name: "dbconnection-queue-in-phoenix",
    software: "Phoenix with Ecto; a slow migration makes requests wait for their turn",
    onset: 25,
    share: 0.7,
    ...alone(app("chat-ex", "phoenix"), "/rooms/:id", {
      ms: 2_900,
      thrown: thrown(
        "DBConnection.ConnectionError",
        "connection not available and request was dropped from queue after 2891ms. This means requests are coming in and your connection pool cannot serve them fast enough.",
        ["    (ecto_sql 3.12.1) lib/ecto/adapters/sql.ex:1096: Ecto.Adapters.SQL.raise_sql_call_error/1"],
      ),
    }),
    cause: "pool-exhausted",
    also: ["database-failure"],
  },
  {
    name: "genserver-call-times-out",
    software: "Phoenix; one process holds all state and cannot keep up",
    onset: 26,
    share: 0.6,
    ...alone(app("bids-ex", "phoenix"), "/bids/:id", {
      ms: 5_001,
      thrown: thrown("ErlangError", "exited in: GenServer.call(Bids.Board, {:bid, 7}, 5000)\n    ** (EXIT) time out", [
        "    (elixir 1.17.3) lib/gen_server.ex:1128: GenServer.call/3",
      ]),
    }),
    cause: "resource-exhausted",
    also: ["unhandled-exception", "dependency-timeout"],
  },
  {
    name: "elixir-matches-no-clause-of-a-partner",
    software: "Phoenix with Req; a partner answers 503 and the code knows 200 only",
    onset: 25,
    ...byCall(app("fares-ex", "phoenix"), "/fares/:id", {
      host: "fares.partner.example",
      answers: 503,
      bad: {
        thrown: thrown("CaseClauseError", 'no case clause matching: {:ok, %Req.Response{status: 503, body: "Service Unavailable"}}', [
          "    (fares 1.4.0) lib/fares/client.ex:21: Fares.Client.get/1",
        ]),
      },
    }),
    cause: "third-party-failure",
  },
  {
    name: "oban-jobs-are-discarded",
    software: "Phoenix with Oban; jobs are discarded beside requests that go well",
    share: 0,
    negative: "healthy",
    visit: (turn) => visit(app("learn-ex", "phoenix"), "/lessons/:id", { path: numbered("/lessons", turn) }),
    beside: {
      lines: [2_000, 9_000, 16_000].map((atMs) => ({
        app: app("learn-ex", "phoenix"),
        atMs,
        line: line(17, "Oban job discarded: Learn.Transcode failed with {:error, :timeout} after 20 attempts", { scope: "oban" }),
      })),
    },
  },
  {
    name: "warm-up-of-a-rust-cache",
    software: "Axum; after a restart answers are slow and right, with a warning each",
    share: 0,
    negative: "healthy",
    visit: (turn) =>
      visit(app("terms-rs", "axum"), "/terms/:id", {
        path: numbered("/terms", turn),
        ms: turn.index < 30 ? 1_400 : 12,
        steps: [store(["postgresql", "terms-db"], "SELECT text FROM terms WHERE id = $1", { ms: turn.index < 30 ? 1_300 : 3 })],
        ...(turn.index < 30 ? { lines: [line(13, "slow statement: execution time exceeded alert threshold elapsed=1.3s")] } : {}),
      }),
    beside: { changes: [{ kind: "restart", service: "terms-rs", atMs: 500 }] },
  },
  {
    name: "node-over-a-silent-relay",
    software: "Express in front of a relay without telemetry that answers 503 and nothing else",
    onset: 26,
    negative: "evidence-missing",
    visit: (turn) =>
      visit(app("doors-node", "express"), "/doors/:id", {
        path: numbered("/doors", turn),
        ...(turn.isBad ? { status: 502 } : {}),
        steps: [call(visit(outside("relay-9"), "/switch", turn.isBad ? { status: 500 } : {}))],
      }),
    missing: ["relay-9"],
    seen: { service: "doors-node" },
  },
];

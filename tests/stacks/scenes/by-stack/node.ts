/** Node: Express, NestJS, workers. */
import { app, call, hop, line, maybe, numbered, outside, thrown, visit } from "../../compose.ts";
import type { Scene } from "../../plan.ts";
import { alone, behind, byCall, bySend, byStore, callersOrPeers } from "../../shapes.ts";

/** See the file's head. */
export const NODE: readonly Scene[] = [
  {
    name: "node-secret-or-private-key-must-have-a-value",
    software: "Express with jsonwebtoken; the new pods lack the secret",
    onset: 25,
    share: 0.5,
    ...alone(app("login-js", "express"), "/login", {
      method: "POST",
      thrown: thrown("Error", "secretOrPrivateKey must have a value", [
        "    at module.exports [as sign] (/app/node_modules/jsonwebtoken/sign.js:111:20)",
        "    at issue (/app/src/login.js:31:14)",
      ]),
    }),
    cause: "bad-configuration",
    also: ["unhandled-exception"],
  },
  {
    name: "prisma-table-does-not-exist",
    software: "NestJS with Prisma; the release came before its migration",
    onset: 26,
    ...alone(app("badges", "nest", { version: "2.4.0" }), "/badges/:id", {
      thrown: thrown(
        "PrismaClientKnownRequestError",
        "\nInvalid `prisma.badge.findUnique()` invocation:\n\n\nThe table `public.Badge` does not exist in the current database.",
        [
          "    at ei.handleRequestError (/app/node_modules/@prisma/client/runtime/library.js:121:7315)",
          "    at async BadgeService.find (/app/dist/badge.service.js:18:16)",
        ],
      ),
    }),
    beside: { changes: [{ kind: "deploy", service: "badges", atMs: 10_100, version: "2.4.0", previousVersion: "2.3.9" }] },
    cause: "bad-deploy",
    also: ["database-failure"],
  },
  {
    name: "node-invalid-time-value-of-one-row",
    software: "Express; one row of an import has no valid date",
    share: 0.15,
    ...alone(app("history-js", "express"), "/history/:id", {
      thrown: thrown("RangeError", "Invalid time value", [
        "    at Date.toISOString (<anonymous>)",
        "    at toEntry (/app/src/history.js:52:31)",
      ]),
    }),
    cause: "unhandled-exception",
    also: ["invalid-input-unguarded", "parse-failure"],
  },
  {
    name: "knex-timeout-acquiring-a-connection",
    software: "Express with knex; a transaction is not ended, the pool runs dry",
    onset: 24,
    share: 0.7,
    everyMs: 1_500,
    ...alone(app("ledger-js", "express"), "/ledger/:id", {
      ms: 60_004,
      thrown: thrown(
        "KnexTimeoutError",
        "Knex: Timeout acquiring a connection. The pool is probably full. Are you missing a .transacting(trx) call?",
        [
          "    at Client_PG.acquireConnection (/app/node_modules/knex/lib/client.js:332:26)",
          "    at async find (/app/src/ledger.js:19:15)",
        ],
      ),
    }),
    cause: "pool-exhausted",
  },
  {
    name: "undici-headers-timeout-behind-the-bff",
    software: "NestJS with undici; an own service that sends nothing hangs",
    onset: 25,
    share: 0.7,
    everyMs: 1_500,
    ...byCall(app("bff-js", "nest"), "/cards/:id", {
      host: "cards",
      ms: 10_004,
      trouble: { type: "HeadersTimeoutError", message: "Headers Timeout Error" },
    }),
    cause: "dependency-timeout",
  },
  {
    name: "redis-stampede-after-eviction",
    software: "Express with ioredis and PostgreSQL; a hot key is gone, all ask the store at once and are cancelled",
    onset: 24,
    share: 0.8,
    ...byStore(app("home-js", "express"), "/home", {
      system: "postgresql",
      host: "home-db",
      statement: "SELECT * FROM tiles ORDER BY rank",
      code: "57014",
      ms: 3_004,
      trouble: { type: "error", message: "canceling statement due to statement timeout" },
    }),
    cause: "database-failure",
    also: ["dependency-timeout"],
  },
  {
    name: "kafkajs-leader-is-missing",
    software: "NestJS with KafkaJS; a partition has no leader",
    onset: 25,
    share: 0.6,
    ...bySend(app("notes-js", "nest"), "/notes/:id", {
      system: "kafka",
      host: "kafka",
      topic: "notes",
      trouble: {
        type: "KafkaJSNumberOfRetriesExceeded",
        message: "There is no leader for this topic-partition as we are in the middle of a leadership election",
      },
    }),
    cause: "dependency-error",
    also: ["no-healthy-upstream"],
    creators: ["kafka", "notes", "notes-js"],
    path: [hop("notes-js", "propagated", "remapped", "created"), maybe(["kafka", "notes"], "created", "clean")],
  },
  {
    name: "node-econnreset-while-the-callee-rolls",
    software: "Express; the callee's pods are replaced without draining, calls in flight are cut for a while",
    onset: 25,
    share: 0.4,
    ...byCall(app("shop-js", "express"), "/shop/:id", {
      host: "catalog",
      ms: 40,
      trouble: { type: "Error", message: "connect ECONNREFUSED 10.4.2.17:8080" },
    }),
    beside: { changes: [{ kind: "deploy", service: "catalog", atMs: 9_900, version: "7.0.1", previousVersion: "7.0.0" }] },
    cause: "connection-refused",
    also: ["bad-deploy"],
  },
  {
    name: "graphql-of-node-hides-a-500",
    software: "NestJS in front of a service whose 500 becomes 200 with errors",
    onset: 25,
    visit: (turn) =>
      visit(app("graph-js", "nest"), "/graphql", {
        method: "POST",
        status: 200,
        steps: [
          call(
            visit(app("scores", "flask"), "/scores/:id", {
              path: numbered("/scores", turn),
              ...(turn.isBad
                ? {
                    status: 500,
                    thrown: thrown("ZeroDivisionError", "division by zero", [
                      "Traceback (most recent call last):",
                      '  File "/app/scores/mean.py", line 8, in mean',
                    ]),
                  }
                : {}),
            }),
          ),
        ],
        lines: turn.isBad ? [line(17, "Error in resolver score: Request failed with status code 500")] : [],
      }),
    seen: { service: "graph-js" },
    cause: "unhandled-exception",
    also: ["masked-by-middleware", "invalid-input-unguarded"],
    creators: ["scores", "graph-js"],
    path: [hop("graph-js", "masked", "remapped", "propagated", "created"), hop("scores", "created", "clean")],
  },
  {
    name: "seats-of-the-ferry-are-not-reachable",
    software: "Express; a rule of a ferry in the words of machines, of everybody's type and with a frame of its own",
    share: 0.3,
    ...alone(app("ferry", "express"), "/ferries/:id", {
      thrown: thrown("SeatUnreachable", "seat 14 is unreachable: gateway to the upper deck is closed", [
        "    at Deck.assign (/app/src/deck.js:40:11)",
        "    at post (/app/src/routes.js:18:9)",
      ]),
    }),
    cause: "unhandled-exception",
    also: ["invalid-input-unguarded"],
  },
  {
    name: "front-and-two-own-hops-over-a-slow-partner",
    software: "Express, NestJS and Express in a row; the partner at the end is slow, each gives up by itself",
    onset: 24,
    share: 0.8,
    ...behind(
      { ...app("site-js", "express"), answers: 504 },
      "/trips/:id",
      byCall(app("trips-js", "nest"), "/trips/:id", {
        host: "api.rail.example",
        ms: 4_003,
        trouble: { type: "AxiosError", message: "timeout of 4000ms exceeded" },
      }),
    ),
    cause: "third-party-failure",
    also: ["dependency-timeout"],
  },
  {
    name: "node-health-check-reports-a-down-helper",
    software: "Express; the optional recommender is down, pages are served without it and it is logged",
    share: 0,
    negative: "healthy",
    visit: (turn) =>
      visit(app("pages-js", "express"), "/pages/:id", {
        path: numbered("/pages", turn),
        steps: [
          call(visit(outside("recommender"), "/for/:id"), {
            isUnreached: true,
            ms: 2,
            trouble: { type: "Error", message: "connect ECONNREFUSED 10.4.7.2:8080" },
          }),
        ],
        lines: [line(13, "recommender not reachable, page served without it")],
      }),
  },
  {
    name: "node-says-500-and-its-log-is-silent",
    software: "NestJS behind Go; filters swallow what was thrown",
    share: 0.4,
    negative: "evidence-missing",
    visit: (turn) =>
      visit(app("desk-go", "gin"), "/polls/:id", {
        path: numbered("/polls", turn),
        status: turn.isBad ? 500 : 200,
        steps: [call(visit(app("polls-js", "nest"), "/polls/:id", { status: turn.isBad ? 500 : 200 }))],
      }),
    missing: ["polls-js"],
    seen: { service: "desk-go" },
  },
  {
    name: "worker-cannot-reach-its-own-origin",
    software: "An edge worker; the origin's certificate ended",
    onset: 26,
    ...byCall(app("edge-js", "worker"), "/pages/:id", {
      host: "origin.shop.example",
      answers: 526,
    }),
    ...callersOrPeers("edge-js", "origin.shop.example"),
    cause: "tls-failure",
    also: ["third-party-failure"],
  },
];

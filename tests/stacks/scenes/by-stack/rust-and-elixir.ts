/** Rust and Elixir. */
import { app, call, hop, line, maybe, numbered, outside, thrown, visit } from "../../compose.ts";
import type { Scene } from "../../plan.ts";
import { alone, byCall, byStore, callersOrPeers } from "../../shapes.ts";

/** See the file's head. */
export const RUST_AND_ELIXIR: readonly Scene[] = [
  {
    name: "sqlx-no-column-after-release",
    software: "Axum with sqlx; the column of the release is not there yet",
    onset: 25,
    ...alone(app("quota-rs", "axum", { version: "0.9.0" }), "/quotas/:id", {
      thrown: thrown("sqlx::Error", 'error returned from database: column "burst" does not exist', []),
    }),
    beside: { changes: [{ kind: "deploy", service: "quota-rs", atMs: 9_800, version: "0.9.0", previousVersion: "0.8.7" }] },
    cause: "bad-deploy",
    also: ["database-failure"],
    creators: ["quota-rs", "postgresql"],
    path: [hop("quota-rs", "created", "propagated", "remapped"), maybe("postgresql", "created", "clean")],
  },
  {
    name: "reqwest-operation-timed-out",
    software: "Actix with reqwest; an own service that sends nothing is slow",
    onset: 25,
    share: 0.8,
    ...byCall(app("thumbs-rs", "actix"), "/thumbs/:id", {
      host: "resizer",
      ms: 3_002,
      trouble: { type: "reqwest::Error", message: "error sending request for url (http://resizer:8080/resize): operation timed out" },
    }),
    cause: "dependency-timeout",
  },
  {
    name: "rust-unwraps-a-missing-secret",
    software: "Axum; a panic over a variable that is not set",
    onset: 25,
    share: 0.5,
    ...alone(app("mailer-rs", "axum"), "/mails/:id", {
      lines: [
        line(17, "thread 'tokio-runtime-worker' panicked at src/mail.rs:22:41:\nSMTP_PASSWORD must be set: NotPresent", {
          scope: "stderr",
        }),
      ],
    }),
    cause: "bad-configuration",
    also: ["unhandled-exception"],
  },
  {
    name: "rust-dns-error-of-reqwest",
    software: "Actix with reqwest; the name of a partner is gone",
    onset: 26,
    ...byCall(app("fx-rs", "actix"), "/fx/:id", {
      host: "fx.partner.example",
      isCallers: true,
      trouble: {
        type: "reqwest::Error",
        message:
          "error sending request for url (https://fx.partner.example/latest): error trying to connect: dns error: failed to lookup address information: Name or service not known",
      },
    }),
    ...callersOrPeers("fx-rs", "fx.partner.example"),
    cause: "dns-failure",
  },
  {
    name: "ecto-query-is-cancelled-for-its-time",
    software: "Phoenix with Ecto; a table without an index grew, the client gives up after fifteen seconds",
    onset: 25,
    share: 0.6,
    everyMs: 1_000,
    ...byStore(app("feed-ex", "phoenix"), "/feeds/:id", {
      system: "postgresql",
      host: "feed-db",
      statement: "SELECT * FROM entries WHERE author = $1",
      ms: 15_003,
      trouble: {
        type: "DBConnection.ConnectionError",
        message:
          "tcp recv: closed (the connection was closed by the pool, possibly due to a timeout or because the pool has been terminated)",
      },
    }),
    cause: "database-failure",
    also: ["dependency-timeout"],
  },
  {
    name: "elixir-system-env-raises",
    software: "Phoenix; System.fetch_env! finds no variable in the new release",
    onset: 25,
    ...alone(app("maps-ex", "phoenix", { version: "2.0.0" }), "/maps/:id", {
      thrown: thrown("System.EnvError", 'could not fetch environment variable "MAPS_TOKEN" because it is not set', [
        "    (elixir 1.17.2) lib/system.ex:706: System.fetch_env!/1",
        "    (maps_ex 2.0.0) lib/maps/client.ex:12: Maps.Client.token/0",
        "    (maps_ex 2.0.0) lib/maps_web/controllers/map_controller.ex:9: MapsWeb.MapController.show/2",
      ]),
    }),
    beside: { changes: [{ kind: "deploy", service: "maps-ex", atMs: 9_800, version: "2.0.0", previousVersion: "1.9.0" }] },
    cause: "bad-configuration",
    also: ["bad-deploy"],
  },
  {
    name: "elixir-genserver-call-times-out",
    software: "Phoenix; one process serves all and its mailbox grows, calls to it end after five seconds",
    onset: 24,
    share: 0.7,
    ...alone(app("game-ex", "phoenix"), "/games/:id", {
      ms: 5_003,
      thrown: thrown("exit", "exited in: GenServer.call(Game.Lobby, {:join, 7}, 5000)\n    ** (EXIT) time out", [
        "    (elixir 1.17.2) lib/gen_server.ex:1128: GenServer.call/3",
        "    (game_ex 1.0.0) lib/game_web/controllers/game_controller.ex:14: GameWeb.GameController.show/2",
      ]),
    }),
    cause: "resource-exhausted",
    also: ["dependency-timeout", "unhandled-exception"],
  },
  {
    name: "mint-refused-after-a-port-changed",
    software: "Phoenix with Req; the callee listens on another port since its setting changed",
    onset: 25,
    ...byCall(app("print-ex", "phoenix"), "/prints/:id", {
      host: "printer",
      trouble: { type: "Req.TransportError", message: "connection refused" },
    }),
    beside: { changes: [{ kind: "config", service: "printer", atMs: 9_800, description: "PORT=9090" }] },
    cause: "connection-refused",
    also: ["bad-configuration"],
  },
  {
    name: "rust-silent-solver-answers-502",
    software: "Axum in front of a solver that sends nothing",
    onset: 25,
    negative: "evidence-missing",
    visit: (turn) =>
      visit(app("routes-rs", "axum"), "/routes/:id", {
        path: numbered("/routes", turn),
        ...(turn.isBad ? { status: 502 } : {}),
        steps: [call(visit(outside("solver"), "/solve", turn.isBad ? { status: 502 } : {}))],
      }),
    missing: ["solver"],
    seen: { service: "routes-rs" },
  },
  {
    name: "elixir-logs-a-crash-of-a-job",
    software: "Phoenix; a job of the night crashes again and again, requests are fine",
    share: 0,
    negative: "healthy",
    visit: (turn) => visit(app("club-ex", "phoenix"), "/clubs/:id", { path: numbered("/clubs", turn) }),
    beside: {
      lines: [3_000, 8_000, 13_000].map((atMs) => ({
        app: app("club-ex", "phoenix"),
        atMs,
        line: line(
          17,
          "GenServer Club.Nightly terminating\n** (DBConnection.ConnectionError) connection not available and request was dropped from queue after 2000ms",
        ),
      })),
    },
  },
];

/** Ruby on Rails. */
import { app, call, hop, line, maybe, numbered, thrown, visit } from "../../compose.ts";
import type { Scene } from "../../plan.ts";
import { alone, byCall, byStore, callersOrPeers } from "../../shapes.ts";

/** See the file's head. */
export const RUBY: readonly Scene[] = [
  {
    name: "rails-key-of-the-environment-not-found",
    software: "Rails; a variable is missing since the move to another cluster",
    onset: 25,
    ...alone(app("gifts", "rails"), "/gifts/:id", {
      thrown: thrown("KeyError", 'key not found: "STRIPE_SECRET_KEY"', [
        "/app/app/services/charge.rb:9:in `fetch'",
        "/app/app/services/charge.rb:9:in `key'",
        "/app/app/controllers/gifts_controller.rb:21:in `create'",
      ]),
    }),
    cause: "bad-configuration",
    also: ["unhandled-exception"],
  },
  {
    name: "rails-message-encryptor-after-rotation",
    software: "Rails; credentials were rotated, encrypted columns cannot be read",
    onset: 26,
    ...alone(app("patients", "rails"), "/patients/:id", {
      thrown: thrown("ActiveRecord::Encryption::Errors::Decryption", "ActiveRecord::Encryption::Errors::Decryption", [
        "/usr/local/bundle/gems/activerecord-7.2.1/lib/active_record/encryption/encryptor.rb:66:in `rescue in decrypt'",
        "/app/app/models/patient.rb:14:in `name'",
      ]),
    }),
    beside: { changes: [{ kind: "config", service: "patients", atMs: 10_100, description: "credentials rotated" }] },
    cause: "bad-configuration",
    also: ["unhandled-exception"],
  },
  {
    name: "rails-undefined-column-on-canary",
    software: "Rails; new pods ask for a column that the migration has not made",
    share: 0.4,
    ...alone(app("wishes", "rails"), "/wishes/:id", {}),
    visit: (turn) =>
      visit(
        app("wishes", "rails", turn.isBad ? { version: "5.0.0", instance: "wishes-6c5d9f7b8d-x2x9k" } : { version: "4.9.9" }),
        "/wishes/:id",
        {
          path: numbered("/wishes", turn),
          ...(turn.isBad
            ? {
                status: 500,
                thrown: thrown(
                  "ActiveRecord::StatementInvalid",
                  'PG::UndefinedColumn: ERROR:  column wishes.rank does not exist\nLINE 1: SELECT "wishes".* FROM "wishes" ORDER BY "wishes"."rank"',
                  [
                    "/usr/local/bundle/gems/activerecord-7.2.1/lib/active_record/connection_adapters/postgresql_adapter.rb:894:in `exec_params'",
                    "/app/app/controllers/wishes_controller.rb:8:in `show'",
                  ],
                ),
              }
            : {}),
        },
      ),
    beside: { changes: [{ kind: "deploy", service: "wishes", atMs: -3_000, version: "5.0.0", previousVersion: "4.9.9" }] },
    cause: "bad-deploy",
    also: ["database-failure"],
  },
  {
    name: "ruby-incompatible-encodings",
    software: "Rails; a name of a legacy import is in another encoding",
    share: 0.15,
    ...alone(app("letters", "rails"), "/letters/:id", {
      thrown: thrown("Encoding::CompatibilityError", "incompatible character encodings: UTF-8 and ASCII-8BIT", [
        "/app/app/views/letters/show.html.erb:12:in `concat'",
      ]),
    }),
    cause: "unhandled-exception",
    also: ["invalid-input-unguarded", "parse-failure"],
  },
  {
    name: "activerecord-could-not-obtain-a-connection",
    software: "Rails; more threads than connections since a setting was changed",
    onset: 24,
    share: 0.5,
    ...alone(app("events-rb", "rails"), "/events/:id", {
      ms: 5_004,
      thrown: thrown(
        "ActiveRecord::ConnectionTimeoutError",
        "could not obtain a connection from the pool within 5.000 seconds (waited 5.002 seconds); all pooled connections were in use",
        [
          "/usr/local/bundle/gems/activerecord-7.2.1/lib/active_record/connection_adapters/abstract/connection_pool/queue.rb:127:in `block in wait_poll'",
          "/app/app/controllers/events_controller.rb:6:in `show'",
        ],
      ),
    }),
    cause: "pool-exhausted",
    also: ["bad-configuration"],
  },
  {
    name: "faraday-too-many-requests",
    software: "Rails with Faraday; a newsletter's API limits, and the error is not rescued",
    onset: 25,
    share: 0.6,
    ...byCall(app("letters-api", "rails"), "/subscriptions/:id", {
      host: "api.newsletter.example",
      method: "POST",
      answers: 429,
      bad: {
        thrown: thrown(
          "Faraday::TooManyRequestsError",
          "the server responded with status 429 for POST https://api.newsletter.example/v3/members",
          [
            "/usr/local/bundle/gems/faraday-2.12.0/lib/faraday/response/raise_error.rb:38:in `on_complete'",
            "/app/app/services/newsletter.rb:15:in `subscribe'",
          ],
        ),
      },
    }),
    ...callersOrPeers("letters-api", "api.newsletter.example"),
    cause: "rate-limited-as-5xx",
    also: ["third-party-failure"],
  },
  {
    name: "redis-is-loading-its-data",
    software: "Rails with Redis; Redis restarted and loads its data",
    onset: 25,
    ...byStore(app("carts-rb", "rails"), "/carts/:id", {
      system: "redis",
      host: "carts-redis",
      statement: "HGETALL cart:?",
      trouble: { type: "Redis::CommandError", message: "LOADING Redis is loading the dataset in memory" },
    }),
    cause: "database-failure",
  },
  {
    name: "sneakers-queue-of-shoes-is-full",
    software: "Rails; a rule of a shop in the words of machines",
    share: 0.3,
    ...alone(app("drops", "rails"), "/drops/:id", {
      thrown: thrown("Drops::QueueFull", "waiting queue is full, connection with the fan club closed", [
        "/app/app/models/drop.rb:30:in `enter!'",
        "/app/app/controllers/drops_controller.rb:14:in `create'",
      ]),
    }),
    cause: "unhandled-exception",
    also: ["invalid-input-unguarded"],
  },
  {
    name: "rails-501-for-scanners",
    software: "Rails; scanners send methods that nobody knows, and get 405",
    share: 0,
    negative: "client-errors",
    visit: (turn) =>
      visit(
        app("press", "rails"),
        "/press/:id",
        turn.index % 3 === 0
          ? {
              path: "/press/7",
              method: "PROPFIND",
              status: 405,
              lines: [line(17, "ActionController::UnknownHttpMethod (PROPFINDX, accepted HTTP methods are OPTIONS, GET, HEAD, POST)")],
            }
          : { path: numbered("/press", turn) },
      ),
  },
  {
    name: "callee-of-rails-holds-a-lock",
    software: "Node in front of Rails; a migration holds the table, statements are cancelled after their limit",
    onset: 25,
    share: 0.8,
    visit: (turn) =>
      visit(app("desk-web", "express"), "/desk/:id", {
        path: numbered("/desk", turn),
        status: turn.isBad ? 500 : 200,
        steps: [
          call(
            visit(app("desk", "rails"), "/desk/:id", {
              status: turn.isBad ? 500 : 200,
              steps: [
                {
                  kind: "store",
                  system: "postgresql",
                  host: "desk-db",
                  statement: "SELECT * FROM tickets WHERE id = $1",
                  ...(turn.isBad
                    ? { ms: 5_004, trouble: { type: "PG::LockNotAvailable", message: "ERROR:  canceling statement due to lock timeout" } }
                    : {}),
                },
              ],
              ...(turn.isBad
                ? {
                    thrown: thrown(
                      "ActiveRecord::LockWaitTimeout",
                      "PG::LockNotAvailable: ERROR:  canceling statement due to lock timeout",
                      [
                        "/usr/local/bundle/gems/activerecord-7.2.1/lib/active_record/connection_adapters/postgresql_adapter.rb:894:in `exec_params'",
                      ],
                    ),
                  }
                : {}),
            }),
          ),
        ],
      }),
    seen: { service: "desk-web", route: "/desk/:id" },
    cause: "database-failure",
    creators: ["desk-db", "postgresql"],
    path: [hop("desk-web", "propagated", "remapped"), hop("desk", "propagated", "remapped"), maybe(["desk-db", "postgresql"], "created")],
  },
];

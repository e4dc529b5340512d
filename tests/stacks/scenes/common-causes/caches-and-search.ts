/** Caches, search and stores of other kinds, and databases that their clients cannot reach. */
import { app, hop, line, maybe, store, thrown, visit } from "../../compose.ts";
import type { Scene } from "../../plan.ts";
import { alone, byStore } from "../../shapes.ts";

/** See the file's head. */
export const CACHES_AND_SEARCH: readonly Scene[] = [
  {
    name: "redis-may-not-take-more-memory",
    software: "NestJS with ioredis; sessions without an end fill Redis, which evicts nothing",
    onset: 25,
    ...byStore(app("sessions", "nest"), "/sessions/:id", {
      system: "redis",
      host: "redis-sessions",
      statement: "SET session:? ?",
      trouble: { type: "ReplyError", message: "OOM command not allowed when used memory > 'maxmemory'." },
      bad: {
        thrown: thrown("ReplyError", "OOM command not allowed when used memory > 'maxmemory'.", [
          "    at parseError (/app/node_modules/redis-parser/lib/parser.js:179:12)",
          "    at SessionStore.save (/app/dist/session.store.js:31:5)",
        ]),
      },
    }),
    cause: "database-failure",
    also: ["resource-exhausted"],
  },
  {
    name: "redis-primary-became-a-replica",
    software: "FastAPI with redis-py; after a failover the old address takes no writes",
    onset: 29,
    ...byStore(app("quotas", "fastapi"), "/quotas/:id", {
      system: "redis",
      host: "redis-0.redis",
      statement: "INCRBY ? ?",
      trouble: { type: "redis.exceptions.ReadOnlyError", message: "You can't write against a read only replica." },
    }),
    cause: "database-failure",
    also: ["bad-configuration"],
  },
  {
    name: "mongo-finds-no-primary",
    software: "Express with Mongoose; an election does not come to an end",
    onset: 24,
    ...byStore(app("profiles", "express"), "/profiles/:id", {
      system: "mongodb",
      host: "mongo-0.mongo",
      statement: "find profiles",
      ms: 10_003,
      trouble: { type: "MongoServerSelectionError", message: "Server selection timed out after 10000 ms" },
      bad: {
        thrown: thrown("MongooseServerSelectionError", "Server selection timed out after 10000 ms", [
          "    at Connection.openUri (/app/node_modules/mongoose/lib/connection.js:847:32)",
          "    at async show (/app/src/profiles.js:22:19)",
        ]),
      },
    }),
    cause: "database-failure",
    also: ["dependency-timeout", "connection-refused"],
  },
  {
    name: "opensearch-over-its-flood-stage",
    software: "Quarkus with OpenSearch; the disk is above the flood stage, indices take no writes",
    onset: 26,
    ...byStore(app("indexer", "quarkus"), "/products/:id/index", {
      system: "opensearch",
      host: "search.internal",
      statement: "POST products/_update",
      trouble: {
        type: "org.opensearch.client.opensearch._types.OpenSearchException",
        message:
          "Request failed: [cluster_block_exception] index [products] blocked by: [TOO_MANY_REQUESTS/12/disk usage exceeded flood-stage watermark, index has read-only-allow-delete block];",
      },
    }),
    cause: "database-failure",
    also: ["resource-exhausted"],
  },
  {
    name: "search-cluster-is-red",
    software: "Symfony with Elasticsearch; a node is gone, and a primary shard with it",
    onset: 25,
    share: 0.6,
    ...byStore(app("search", "symfony"), "/search/:id", {
      system: "elasticsearch",
      host: "es-client.search",
      statement: "POST products/_search",
      trouble: {
        type: "Elastic\\Elasticsearch\\Exception\\ServerResponseException",
        message:
          '503 Service Unavailable: {"error":{"root_cause":[{"type":"no_shard_available_action_exception","reason":null}],"type":"search_phase_execution_exception","reason":"all shards failed"},"status":503}',
      },
    }),
    cause: "database-failure",
    also: ["dependency-error"],
  },
  {
    name: "stampede-after-the-cache-restarted",
    software: "Go with Redis and PostgreSQL; the cache is empty, and every request asks the database at once",
    onset: 28,
    share: 0.7,
    everyMs: 120,
    visit: (turn) =>
      visit(app("catalog", "gin"), "/catalog/:id", {
        path: `/catalog/${4_100 + turn.index * 7}`,
        status: turn.isBad ? 500 : 200,
        steps: turn.isBad
          ? [
              store(["redis", "redis-cache"], "GET ?"),
              store(["postgresql", "catalog-db"], "SELECT * FROM products WHERE id = $1", {
                ms: 3_004,
                code: "57014",
                trouble: { type: "*pgconn.PgError", message: "ERROR: canceling statement due to statement timeout (SQLSTATE 57014)" },
              }),
            ]
          : [store(["redis", "redis-cache"], "GET ?")],
        ...(turn.isBad
          ? { thrown: thrown("*fmt.wrapError", "load product: ERROR: canceling statement due to statement timeout (SQLSTATE 57014)", []) }
          : {}),
      }),
    beside: {
      changes: [{ kind: "restart", service: "redis-cache", atMs: 3_200 }],
      lines: [{ app: app("catalog", "gin"), atMs: 3_300, line: line(13, "cache miss storm: hit ratio 0.02") }],
    },
    seen: { service: "catalog", route: "/catalog/:id" },
    cause: "database-failure",
    also: ["dependency-timeout"],
    creators: ["catalog-db", "postgresql"],
    path: [hop("catalog", "propagated", "remapped"), hop(["catalog-db", "postgresql"], "created")],
  },
  {
    name: "cassandra-replica-does-not-answer",
    software: "Java agent with the DataStax driver; one of three replicas is repaired, another is down",
    onset: 21,
    share: 0.5,
    ...byStore(app("timeline", "spring-old"), "/timeline/:id", {
      system: "cassandra",
      host: "cassandra.data",
      statement: "SELECT * FROM timeline WHERE user = ?",
      ms: 5_010,
      trouble: {
        type: "com.datastax.oss.driver.api.core.servererrors.ReadTimeoutException",
        message: "Cassandra timeout during read query at consistency LOCAL_QUORUM (2 responses were required but only 1 replica responded)",
      },
    }),
    cause: "database-failure",
    also: ["dependency-timeout"],
  },
  {
    name: "ecto-cannot-reach-postgres",
    software: "Phoenix with Ecto; PostgreSQL restarts and does not come back",
    onset: 24,
    ...alone(app("bookings", "phoenix"), "/bookings/:id", {
      ms: 2_020,
      lines: [
        line(
          17,
          "Postgrex.Protocol (#PID<0.514.0>) failed to connect: ** (DBConnection.ConnectionError) tcp connect (bookings-db:5432): connection refused - :econnrefused",
        ),
      ],
      thrown: thrown("DBConnection.ConnectionError", "tcp connect (bookings-db:5432): connection refused - :econnrefused", [
        "    (ecto_sql 3.12.1) lib/ecto/adapters/sql.ex:1096: Ecto.Adapters.SQL.raise_sql_call_error/1",
        "    (bookings 0.4.1) lib/bookings/store.ex:41: Bookings.Store.get!/1",
        "    (bookings 0.4.1) lib/bookings_web/controllers/booking_controller.ex:12: BookingsWeb.BookingController.show/2",
      ]),
    }),
    cause: "database-failure",
    also: ["connection-refused"],
    creators: ["bookings", "bookings-db", "bookings-db:5432"],
    path: [hop("bookings", "created", "propagated", "remapped"), maybe(["bookings-db", "bookings-db:5432"], "created")],
  },
  {
    name: "sqlx-password-was-rotated",
    software: "Axum with sqlx; the password of the database was rotated, the pods were not",
    onset: 26,
    ...alone(app("ledger", "axum"), "/ledger/:id", {
      thrown: thrown("sqlx::Error", 'error returned from database: password authentication failed for user "ledger"', []),
    }),
    beside: { changes: [{ kind: "config", service: "ledger-db", atMs: 9_900, description: "secret ledger-db rotated" }] },
    cause: "bad-configuration",
    also: ["database-failure"],
    creators: ["ledger", "ledger-db", "postgresql"],
    path: [hop("ledger", "created", "propagated", "remapped"), maybe(["ledger-db", "postgresql"], "created")],
  },
  {
    name: "two-clicks-make-two-rows",
    software: "Rails with PostgreSQL; a double click meets a unique index that nobody rescues",
    share: 0.2,
    ...byStore(app("signups", "rails"), "/signups/:id", {
      system: "postgresql",
      host: "signup-db",
      statement: "INSERT INTO members (email) VALUES ($1)",
      isCallers: true,
      trouble: {
        type: "PG::UniqueViolation",
        message:
          'ERROR:  duplicate key value violates unique constraint "index_members_on_email"\nDETAIL:  Key (email)=(?) already exists.',
      },
      bad: {
        thrown: thrown(
          "ActiveRecord::RecordNotUnique",
          'PG::UniqueViolation: ERROR:  duplicate key value violates unique constraint "index_members_on_email"',
          [
            "/usr/local/bundle/gems/activerecord-7.2.1/lib/active_record/connection_adapters/postgresql_adapter.rb:894:in `exec_params'",
            "/app/app/controllers/signups_controller.rb:14:in `create'",
          ],
        ),
      },
    }),
    cause: "unhandled-exception",
    also: ["invalid-input-unguarded", "database-failure"],
  },
];

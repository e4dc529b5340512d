/** Databases, pools, caches and brokers as their operators meet them; each scene leaves out a part of what could be known. */
import { app, line, thrown } from "../../compose.ts";
import type { Scene } from "../../plan.ts";
import { alone, behind, byCall, bySend, byStore, callersOrPeers } from "../../shapes.ts";
import { slog, structlog, zap } from "../post-mortems/logged-as.ts";

/** See the file's head. */
export const STORES: readonly Scene[] = [
  {
    name: "slow-report-holds-the-pool",
    software: "NestJS with node-postgres; a report without an index holds every connection; the store's spans are not exported",
    onset: 22,
    share: 0.7,
    everyMs: 900,
    ...alone(app("invoices", "nest"), "/invoices/:id", {
      ms: 10_012,
      thrown: thrown("Error", "timeout exceeded when trying to connect", ["    at /app/node_modules/pg-pool/index.js:45:11"]),
    }),
    ...callersOrPeers("invoices", "invoices-db"),
    cause: "pool-exhausted",
    also: ["database-failure", "dependency-timeout"],
  },
  {
    name: "leaked-connections-of-a-new-endpoint",
    software: "Spring; the pool's own words alone, no exception on any span",
    onset: 24,
    share: 0.6,
    everyMs: 800,
    ...alone(app("ledger-api", "spring", { version: "3.1.0" }), "/entries/:id", {
      ms: 30_004,
      lines: [
        line(13, "Connection leak detection triggered for org.postgresql.jdbc.PgConnection@6e1c on thread http-nio-8080-exec-9"),
        line(17, "HikariPool-1 - Connection is not available, request timed out after 30002ms (total=20, active=20, idle=0, waiting=44)"),
      ],
    }),
    beside: { changes: [{ kind: "deploy", service: "ledger-api", atMs: 17_900, version: "3.1.0", previousVersion: "3.0.7" }] },
    cause: "pool-exhausted",
    also: ["bad-deploy"],
  },
  {
    name: "standby-ends-a-statement",
    software: "Rails reading from a PostgreSQL standby; vacuum on the primary is replayed over its reads",
    share: 0.2,
    ...byStore(app("catalogue-rb", "rails"), "/titles/:id", {
      system: "postgresql",
      host: "catalogue-replica",
      statement: "SELECT titles.* FROM titles WHERE titles.id = $1",
      trouble: {
        type: "ActiveRecord::SerializationFailure",
        message: "PG::TRSerializationFailure: ERROR:  canceling statement due to conflict with recovery",
      },
    }),
    ...callersOrPeers("catalogue-rb", ["catalogue-replica", "postgresql"]),
    cause: "database-failure",
  },
  {
    name: "row-not-yet-on-the-replica",
    software: "Django; what was just written is read from a replica that lags",
    share: 0.25,
    ...alone(app("signup-py", "django"), "/accounts/:id", {
      thrown: thrown("accounts.models.Account.DoesNotExist", "Account matching query does not exist.", [
        "Traceback (most recent call last):",
        '  File "/usr/lib/python3.13/site-packages/django/db/models/query.py", line 637, in get',
        '  File "/app/accounts/views.py", line 41, in welcome',
      ]),
    }),
    cause: "unhandled-exception",
    also: ["database-failure", "invalid-input-unguarded"],
  },
  {
    name: "half-of-the-shards-are-migrated",
    software: "Go with pgx; the migration was stopped after two of four shards",
    onset: 20,
    share: 0.5,
    ...byStore(app("tenants", "gin"), "/tenants/:id", {
      system: "postgresql",
      host: "shard-3",
      statement: "SELECT id, plan_v2 FROM tenant WHERE id = $1",
      trouble: { type: "*pgconn.PgError", message: 'ERROR: column "plan_v2" does not exist (SQLSTATE 42703)' },
      code: "42703",
      bad: slog("load tenant", 'ERROR: column "plan_v2" does not exist (SQLSTATE 42703)'),
    }),
    ...callersOrPeers("tenants", ["shard-3", "postgresql"]),
    cause: "database-failure",
    also: ["bad-deploy"],
  },
  {
    name: "migration-was-rolled-back-under-the-release",
    software: "Laravel; the operators rolled the schema back and left the release in place",
    onset: 26,
    ...alone(app("events-php", "laravel", { version: "6.0.1" }), "/events/:id", {
      thrown: thrown(
        "Illuminate\\Database\\QueryException",
        "SQLSTATE[42S02]: Base table or view not found: 1146 Table 'shop.event_slots' doesn't exist (Connection: mysql, SQL: select * from `event_slots` where `id` = 7)",
        ["#0 /app/vendor/laravel/framework/src/Illuminate/Database/Connection.php(822)"],
      ),
    }),
    beside: { changes: [{ kind: "config", service: "mysql", atMs: 10_200, description: "migrate:rollback, 3 steps" }] },
    ...callersOrPeers("events-php", "mysql"),
    cause: "database-failure",
    also: ["bad-deploy", "bad-configuration"],
  },
  {
    name: "table-of-the-ledger-is-full",
    software: "Symfony with MySQL; its disk is full",
    onset: 25,
    ...byStore(app("ledger-php", "symfony"), "/bookings/:id", {
      system: "mysql",
      host: "ledger-db",
      statement: "INSERT INTO booking (amount) VALUES (?)",
      trouble: {
        type: "Doctrine\\DBAL\\Exception\\DriverException",
        message: "SQLSTATE[HY000]: General error: 1114 The table 'booking' is full",
      },
    }),
    ...callersOrPeers("ledger-php", ["ledger-db", "mysql"]),
    cause: "database-failure",
    also: ["resource-exhausted"],
  },
  {
    name: "stampede-on-a-cold-memcached",
    software: "Flask with pylibmc; keys expire together, and every worker asks at once; no spans of the store",
    onset: 24,
    share: 0.6,
    ...alone(
      app("pages-py", "flask"),
      "/pages/:id",
      structlog("page failed", [
        "pylibmc.Error",
        "error 31 from memcached_get(page:7): A TIMEOUT OCCURRED",
        "Traceback (most recent call last):",
        '  File "/app/pages/cache.py", line 18, in read',
      ]),
    ),
    ...callersOrPeers("pages-py", ["memcached"]),
    cause: "dependency-timeout",
    also: ["database-failure"],
  },
  {
    name: "stampede-takes-the-last-slots",
    software: "Express with node-postgres; the cache was emptied and every request goes to the database",
    onset: 25,
    share: 0.7,
    ...byStore(app("offers-node", "express"), "/offers/:id", {
      system: "postgresql",
      host: "offers-db",
      statement: "SELECT * FROM offers WHERE id = $1",
      trouble: {
        type: "error",
        message: "remaining connection slots are reserved for roles with privileges of the pg_use_reserved_connections role",
      },
      code: "53300",
    }),
    beside: { changes: [{ kind: "restart", service: "offers-cache", atMs: 9_700 }] },
    ...callersOrPeers("offers-node", ["offers-db", "postgresql"]),
    cause: "database-failure",
    also: ["pool-exhausted", "resource-exhausted"],
  },
  {
    name: "slots-of-redis-moved-away",
    software: "FastAPI with a client that knows no cluster; slots were moved to a new node",
    onset: 24,
    share: 0.5,
    ...byStore(app("session-py", "fastapi"), "/sessions/:id", {
      system: "redis",
      host: "sessions-kv",
      statement: "GET session:7",
      trouble: { type: "redis.exceptions.ResponseError", message: "MOVED 3999 10.0.4.12:6379" },
    }),
    ...callersOrPeers("session-py", ["sessions-kv", "redis"]),
    cause: "database-failure",
    also: ["bad-configuration"],
  },
  {
    name: "password-of-the-cache-was-set",
    software: "ASP.NET Core with Redis; a password was set on the server and not in the pods",
    onset: 25,
    ...alone(app("basket-net", "aspnet"), "/baskets/:id", {
      thrown: thrown("StackExchange.Redis.RedisServerException", "NOAUTH Authentication required.", [
        "   at StackExchange.Redis.ConnectionMultiplexer.ExecuteSyncImpl[T](Message message) in /_/src/ConnectionMultiplexer.cs:line 2105",
      ]),
    }),
    ...callersOrPeers("basket-net", ["redis"]),
    cause: "bad-configuration",
    also: ["database-failure"],
  },
  {
    name: "password-of-the-database-was-rotated",
    software: "Gin behind Express; new connections use the old password, old connections live on",
    onset: 24,
    share: 0.5,
    ...behind(
      app("web-bff", "express"),
      "/orders/:id",
      alone(
        app("order-go", "gin"),
        "/orders/:id",
        zap(
          "cannot load order",
          'failed to connect to `user=shop database=shop`: 10.0.4.7:5432 (orders-db): failed SASL auth: FATAL: password authentication failed for user "shop" (SQLSTATE 28P01)',
        ),
      ),
    ),
    creators: ["order-go", "orders-db", "postgresql"],
    cause: "bad-configuration",
    also: ["database-failure"],
  },
  {
    name: "etcd-changes-its-leader",
    software: "Go that keeps its locks in etcd; elections follow each other on slow disks",
    onset: 22,
    share: 0.4,
    ...byCall(app("scheduler", "gin"), "/leases/:id", {
      host: "etcd-client",
      ms: 7_004,
      trouble: { type: "rpctypes.EtcdError", message: "etcdserver: request timed out, possibly due to previous leader failure" },
    }),
    ...callersOrPeers("scheduler", "etcd-client"),
    cause: "dependency-timeout",
    also: ["dependency-error", "database-failure"],
  },
  {
    name: "consul-has-no-leader",
    software: "Go; Consul answers 500 while it elects; the words are in a line of text",
    onset: 24,
    share: 0.7,
    ...byCall(app("router-go", "gin"), "/routes/:id", {
      host: "consul.service",
      answers: 500,
      bad: zap("read routes", "Unexpected response code: 500 (No cluster leader)"),
    }),
    cause: "dependency-error",
  },
  {
    name: "vault-was-restarted-and-is-sealed",
    software: "Spring Cloud Vault; after a restart the vault is sealed and answers 503",
    onset: 25,
    ...byCall(app("payout", "spring"), "/payouts/:id", {
      host: "vault.shop.svc",
      answers: 503,
      bad: {
        thrown: thrown(
          "org.springframework.vault.VaultException",
          "Status 503 Service Unavailable [transit/sign/payout]: Vault is sealed",
          ["\tat org.springframework.vault.client.VaultResponses.buildException(VaultResponses.java:87)"],
        ),
      },
    }),
    cause: "dependency-error",
  },
  {
    name: "partition-leader-is-elsewhere",
    software: "Quarkus with Kafka; a broker is replaced, and its partitions have no leader",
    onset: 25,
    share: 0.6,
    ...bySend(app("intake-jvm", "quarkus"), "/intake/:id", {
      system: "kafka",
      host: "broker-2",
      topic: "intake.v1",
      ms: 30_006,
      trouble: {
        type: "org.apache.kafka.common.errors.TimeoutException",
        message:
          "Expiring 1 record(s) for intake.v1-4:30000 ms has passed since batch creation. The request has not been sent, or no response has been received yet.",
      },
    }),
    ...callersOrPeers("intake-jvm", ["broker-2", "intake.v1", "kafka"]),
    cause: "dependency-timeout",
    also: ["dependency-error"],
  },
  {
    name: "reply-of-a-lagging-consumer",
    software: "NestJS asks over RabbitMQ and waits for a reply; the consumers lag by minutes",
    onset: 22,
    share: 0.7,
    everyMs: 900,
    ...alone(app("quote-nest", "nest"), "/quotes/:id", {
      ms: 15_006,
      thrown: thrown("TimeoutError", "Timeout has occurred while waiting for the reply of quotes.calculate", [
        "    at Timeout.timeoutHandler (/app/node_modules/rxjs/dist/cjs/internal/operators/timeout.js:44:31)",
      ]),
    }),
    beside: {
      metrics: [
        {
          app: app("rabbitmq", "gin"),
          name: "rabbitmq.message.current",
          points: [0, 6_000, 12_000, 18_000, 24_000, 30_000].map((atMs, at) => [atMs, at * at * 900] as const),
          attributes: { "rabbitmq.queue.name": "quotes.calculate" },
        },
      ],
    },
    ...callersOrPeers("quote-nest", ["rabbitmq", "quotes.calculate"]),
    cause: "dependency-timeout",
    also: ["dependency-error"],
  },
  {
    name: "rds-proxy-lends-nothing",
    software: "A Lambda behind RDS Proxy; sessions are pinned, none is lent",
    onset: 24,
    share: 0.6,
    everyMs: 900,
    ...alone(app("receipts-fn", "lambda"), "/receipts/:id", {
      ms: 2_000,
      thrown: thrown("OperationalError", "(9501, 'Timed-out waiting to acquire database connection')", [
        "Traceback (most recent call last):",
        '  File "/var/task/receipts.py", line 27, in handler',
      ]),
    }),
    ...callersOrPeers("receipts-fn", ["mysql", "rds-proxy"]),
    cause: "pool-exhausted",
    also: ["database-failure", "dependency-timeout"],
  },
  {
    name: "pgbouncer-takes-no-more-clients",
    software: "Phoenix behind PgBouncer; the pods were doubled",
    onset: 26,
    share: 0.6,
    ...byStore(app("chat-ex", "phoenix"), "/rooms/:id", {
      system: "postgresql",
      host: "pgbouncer",
      statement: "SELECT r0.id FROM rooms AS r0 WHERE r0.id = $1",
      trouble: { type: "Postgrex.Error", message: "FATAL 08P01 (protocol_violation): no more connections allowed (max_client_conn)" },
    }),
    beside: { changes: [{ kind: "scale", service: "chat-ex", atMs: 10_000, description: "12 to 24 pods" }] },
    ...callersOrPeers("chat-ex", ["pgbouncer", "postgresql"]),
    cause: "pool-exhausted",
    also: ["database-failure", "resource-exhausted"],
  },
];

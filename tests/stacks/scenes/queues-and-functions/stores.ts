/** Databases and caches: migrations, full disks, limits of clients, caches that hold what an older version wrote. */
import { app, hop, maybe, thrown } from "../../compose.ts";
import type { Scene } from "../../plan.ts";
import { alone, byStore } from "../../shapes.ts";

/** A path whose statement was refused rightly: the caller made the failure, the database may be named without a part in it. */
const refusedAt = (service: string, ...names: readonly string[]) => [hop(service, "created", "remapped"), maybe(names, "clean")];

/** See the file's head. */
export const STORES: readonly Scene[] = [
  {
    name: "prisma-column-not-there-yet",
    software: "NestJS with Prisma; the release went out before its migration",
    onset: 27,
    ...byStore(app("invoices", "nest"), "/invoices/:id", {
      system: "postgresql",
      host: "invoices-db",
      statement: 'SELECT * FROM "Invoice" WHERE id = $1',
      code: "42703",
      isCallers: true,
      ms: 2,
      trouble: { type: "PrismaClientKnownRequestError", message: "The column `Invoice.vatRate` does not exist in the current database." },
      bad: {
        app: app("invoices", "nest", { version: "4.3.0" }),
        thrown: thrown(
          "PrismaClientKnownRequestError",
          "\nInvalid `prisma.invoice.findUnique()` invocation:\n\n\nThe column `Invoice.vatRate` does not exist in the current database.",
          [
            "    at $n.handleRequestError (/app/node_modules/@prisma/client/runtime/library.js:121:7315)",
            "    at InvoiceService.find (/app/dist/invoices/service.js:18:16)",
          ],
        ),
      },
    }),
    beside: { changes: [{ kind: "deploy", service: "invoices", atMs: 27 * 400 - 500, version: "4.3.0", previousVersion: "4.2.0" }] },
    cause: "bad-deploy",
    path: refusedAt("invoices", "invoices-db", "postgresql"),
  },
  {
    name: "migration-holds-a-lock",
    software: "Quarkus with PostgreSQL; a migration of another team holds the table",
    onset: 26,
    share: 0.9,
    ...byStore(app("tickets", "quarkus"), "/tickets/:id", {
      system: "postgresql",
      host: "tickets-db",
      statement: "UPDATE tickets SET seat = ? WHERE id = ?",
      code: "55P03",
      ms: 2_004,
      trouble: { type: "org.postgresql.util.PSQLException", message: "ERROR: canceling statement due to lock timeout" },
      bad: {
        thrown: thrown(
          "org.hibernate.PessimisticLockException",
          "could not execute statement [ERROR: canceling statement due to lock timeout]",
          [
            "\tat com.acme.tickets.Seats.move(Seats.java:61)",
            "Caused by: org.postgresql.util.PSQLException: ERROR: canceling statement due to lock timeout",
          ],
        ),
      },
    }),
    beside: {
      changes: [{ kind: "config", service: "tickets-db", atMs: 26 * 400 - 900, description: "migration V58: ALTER TABLE tickets" }],
    },
    cause: "database-failure",
    also: ["dependency-timeout", "bad-configuration"],
  },
  {
    name: "enum-value-the-database-does-not-know",
    software: "Actix with sqlx; the release writes a state that the type does not have",
    onset: 28,
    share: 0.6,
    ...byStore(app("holds", "actix"), "/holds/:id", {
      system: "postgresql",
      host: "holds-db",
      statement: "UPDATE holds SET state = $1 WHERE id = $2",
      code: "22P02",
      isCallers: true,
      ms: 2,
      trouble: { type: "sqlx::Error", message: 'error returned from database: invalid input value for enum hold_state: "paused"' },
      bad: {
        app: app("holds", "actix", { version: "4.3.0" }),
        thrown: thrown("sqlx::Error", 'error returned from database: invalid input value for enum hold_state: "paused"', []),
      },
    }),
    beside: { changes: [{ kind: "deploy", service: "holds", atMs: 28 * 400 - 400, version: "4.3.0", previousVersion: "4.2.0" }] },
    cause: "bad-deploy",
    also: ["invalid-input-unguarded"],
    path: refusedAt("holds", "holds-db", "postgresql"),
  },
  {
    name: "pending-migrations-on-sql-server",
    software: "ASP.NET Core with Entity Framework; half of the pods run the new version, the table is the old one",
    share: 0.5,
    onset: 22,
    ...byStore(app("vendors", "aspnet"), "/vendors/:id", {
      system: "microsoft.sql_server",
      host: "vendors-sql",
      statement: "SELECT * FROM Vendors WHERE Id = @p0",
      code: "207",
      isCallers: true,
      ms: 3,
      trouble: { type: "Microsoft.Data.SqlClient.SqlException", message: "Invalid column name 'TaxCode'." },
      bad: {
        app: app("vendors", "aspnet", { version: "4.3.0", instance: "vendors-66c9-new" }),
        thrown: thrown("Microsoft.Data.SqlClient.SqlException", "Invalid column name 'TaxCode'.", [
          "   at Microsoft.EntityFrameworkCore.Storage.RelationalCommand.ExecuteReaderAsync(RelationalCommandParameterObject parameterObject)",
          "   at Vendors.VendorStore.Find(Int32 id) in /src/Vendors/VendorStore.cs:line 29",
        ]),
      },
    }),
    cause: "bad-deploy",
    path: refusedAt("vendors", "vendors-sql", "microsoft.sql_server"),
  },
  {
    name: "mongo-sorts-without-an-index",
    software: "Spring Boot with MongoDB; an index was dropped, and a sort needs more memory than it may take",
    onset: 25,
    share: 0.5,
    ...byStore(app("feed", "spring"), "/feeds/:id", {
      system: "mongodb",
      host: "feed-mongo",
      statement: "find posts",
      ms: 640,
      trouble: {
        type: "com.mongodb.MongoQueryException",
        message:
          "Query failed with error code 292 and error message 'Executor error during find command :: caused by :: Sort exceeded memory limit of 104857600 bytes, but did not opt in to external sorting.' on server feed-mongo:27017",
      },
      bad: {
        thrown: thrown("org.springframework.data.mongodb.UncategorizedMongoDbException", "Query failed with error code 292", [
          "\tat com.acme.feed.Posts.latest(Posts.java:40)",
          "Caused by: com.mongodb.MongoQueryException: Query failed with error code 292 and error message 'Executor error during find command :: caused by :: Sort exceeded memory limit of 104857600 bytes, but did not opt in to external sorting.' on server feed-mongo:27017",
        ]),
      },
    }),
    cause: "database-failure",
    also: ["resource-exhausted"],
  },
  {
    name: "redis-has-too-many-clients",
    software: "NestJS with ioredis; a leak of connections elsewhere",
    onset: 27,
    share: 0.6,
    ...byStore(app("carts", "nest"), "/carts/:id", {
      system: "redis",
      host: "carts-redis",
      statement: "GET ?",
      ms: 2,
      trouble: { type: "ReplyError", message: "ERR max number of clients reached" },
      bad: {
        thrown: thrown("ReplyError", "ERR max number of clients reached", [
          "    at parseError (/app/node_modules/redis-parser/lib/parser.js:179:12)",
        ]),
      },
    }),
    cause: "database-failure",
    also: ["pool-exhausted", "resource-exhausted"],
  },
  {
    name: "sentinel-finds-no-master",
    software: "FastAPI with redis-py; a failover of the sentinels does not come to an end",
    onset: 26,
    ...byStore(app("limits", "fastapi"), "/limits/:id", {
      system: "redis",
      host: "limits-redis",
      statement: "GET ?",
      ms: 12,
      trouble: { type: "redis.sentinel.MasterNotFoundError", message: "No master found for 'mymaster'" },
      bad: {
        thrown: thrown("redis.sentinel.MasterNotFoundError", "No master found for 'mymaster'", [
          "Traceback (most recent call last):",
          '  File "/srv/app/limits/store.py", line 14, in read',
        ]),
      },
    }),
    cause: "database-failure",
    also: ["no-healthy-upstream"],
  },
  {
    name: "memcached-does-not-answer",
    software: "Symfony with Memcached as its only session store",
    onset: 29,
    ...byStore(app("basket", "symfony"), "/baskets/:id", {
      system: "memcached",
      host: "sessions-cache",
      statement: "get session",
      ms: 1_002,
      trouble: { type: "MemcachedException", message: "A TIMEOUT OCCURRED" },
      bad: {
        thrown: thrown("RuntimeException", "Failed to read the session: A TIMEOUT OCCURRED", [
          "#0 /srv/app/src/Session/Store.php(31): Memcached->get()",
        ]),
      },
    }),
    cause: "dependency-timeout",
    also: ["database-failure"],
  },
  {
    name: "cache-holds-what-the-old-version-wrote",
    software: "Spring Boot with Redis; the new version cannot read carts that the old one cached",
    onset: 25,
    share: 0.5,
    ...alone(app("checkout", "spring"), "/checkout/:id", {
      app: app("checkout", "spring", { version: "4.3.0" }),
      thrown: thrown("org.springframework.data.redis.serializer.SerializationException", "Cannot deserialize", [
        "\tat com.acme.checkout.CartCache.read(CartCache.java:27)",
        "Caused by: java.io.InvalidClassException: com.acme.checkout.Cart; local class incompatible: stream classdesc serialVersionUID = 81, local class serialVersionUID = 82",
      ]),
    }),
    beside: { changes: [{ kind: "deploy", service: "checkout", atMs: 25 * 400 - 700, version: "4.3.0", previousVersion: "4.2.0" }] },
    cause: "bad-deploy",
    also: ["parse-failure"],
  },
  {
    name: "mysql-temporary-disk-full",
    software: "Laravel with MySQL; the disk of temporary tables is full",
    onset: 28,
    share: 0.4,
    ...byStore(app("stats", "laravel"), "/stats/:id", {
      system: "mysql",
      host: "stats-mysql",
      statement: "SELECT day, SUM(cents) FROM sales GROUP BY day",
      code: "HY000",
      ms: 210,
      trouble: {
        type: "PDOException",
        message: "SQLSTATE[HY000]: General error: 1021 Disk full (/tmp/#sql-temptable-1-4a.MAI); waiting for someone to free some space...",
      },
      bad: {
        thrown: thrown(
          "Illuminate\\Database\\QueryException",
          "SQLSTATE[HY000]: General error: 1021 Disk full (/tmp/#sql-temptable-1-4a.MAI); waiting for someone to free some space...",
          ["#0 /var/www/html/app/Services/Stats.php(22): Illuminate\\Database\\Connection->select()"],
        ),
      },
    }),
    cause: "database-failure",
    also: ["resource-exhausted"],
  },
  {
    name: "elasticsearch-over-its-flood-stage",
    software: "Rails with Elasticsearch; the disk is fuller than the watermark allows",
    onset: 26,
    ...byStore(app("listing", "rails"), "/listings", {
      system: "elasticsearch",
      host: "search",
      statement: "index listings",
      ms: 9,
      trouble: {
        type: "Elastic::Transport::Transport::Errors::TooManyRequests",
        message:
          '[429] {"error":{"type":"cluster_block_exception","reason":"index [listings] blocked by: [TOO_MANY_REQUESTS/12/disk usage exceeded flood-stage watermark, index has read-only-allow-delete block];"},"status":429}',
      },
      bad: {
        thrown: thrown(
          "Elastic::Transport::Transport::Errors::TooManyRequests",
          '[429] {"error":{"type":"cluster_block_exception","reason":"index [listings] blocked by: [TOO_MANY_REQUESTS/12/disk usage exceeded flood-stage watermark, index has read-only-allow-delete block];"},"status":429}',
          ["app/models/listing.rb:18:in `reindex'"],
        ),
      },
    }),
    cause: "database-failure",
    also: ["resource-exhausted"],
    creators: ["search", "elasticsearch", "listing"],
    path: [hop("listing", "created", "remapped", "propagated"), maybe(["search", "elasticsearch"], "clean", "created")],
  },
  {
    name: "queue-pool-limit-of-sqlalchemy",
    software: "FastAPI with SQLAlchemy; a slow report holds every connection",
    onset: 27,
    share: 0.5,
    ...alone(app("surveys", "fastapi"), "/surveys/:survey_id", {
      ms: 30_010,
      thrown: thrown(
        "sqlalchemy.exc.TimeoutError",
        "QueuePool limit of size 5 overflow 10 reached, connection timed out, timeout 30.00 (Background on this error at: https://sqlalche.me/e/20/3o7r)",
        ["Traceback (most recent call last):", '  File "/srv/app/surveys/store.py", line 25, in load'],
      ),
    }),
    cause: "pool-exhausted",
  },
  {
    name: "agroal-acquisition-timeout",
    software: "Quarkus with Agroal",
    onset: 26,
    share: 0.6,
    ...alone(app("vouchers", "quarkus"), "/vouchers/:id", {
      ms: 5_008,
      thrown: thrown(
        "org.hibernate.exception.GenericJDBCException",
        "Unable to acquire JDBC Connection [Sorry, acquisition timeout!] [n/a]",
        ["\tat com.acme.vouchers.Vouchers.find(Vouchers.java:31)", "Caused by: java.sql.SQLException: Sorry, acquisition timeout!"],
      ),
    }),
    cause: "pool-exhausted",
  },
  {
    name: "mongo-wait-queue-timeout",
    software: "NestJS with the MongoDB driver",
    onset: 25,
    share: 0.5,
    ...byStore(app("chat", "nest"), "/rooms/:id", {
      system: "mongodb",
      host: "chat-mongo",
      statement: "find messages",
      isCallers: true,
      ms: 2_001,
      trouble: { type: "MongoWaitQueueTimeoutError", message: "Timed out while checking out a connection from connection pool" },
      bad: {
        thrown: thrown("MongoWaitQueueTimeoutError", "Timed out while checking out a connection from connection pool", [
          "    at Timeout.<anonymous> (/app/node_modules/mongodb/lib/cmap/connection_pool.js:212:25)",
        ]),
      },
    }),
    cause: "pool-exhausted",
  },
  {
    name: "database-wants-an-encrypted-connection",
    software: "Ktor with PostgreSQL; the server was told to take encrypted connections alone",
    onset: 28,
    ...byStore(app("agenda", "ktor"), "/agendas/:id", {
      system: "postgresql",
      host: "agenda-db",
      statement: "SELECT * FROM agendas WHERE id = ?",
      code: "28000",
      isCallers: true,
      ms: 6,
      trouble: {
        type: "org.postgresql.util.PSQLException",
        message: 'FATAL: no pg_hba.conf entry for host "10.0.3.4", user "agenda", database "agenda", no encryption',
      },
      bad: {
        thrown: thrown(
          "org.postgresql.util.PSQLException",
          'FATAL: no pg_hba.conf entry for host "10.0.3.4", user "agenda", database "agenda", no encryption',
          ["\tat com.acme.agenda.Database.connect(Database.kt:19)"],
        ),
      },
    }),
    cause: "bad-configuration",
    also: ["tls-failure", "database-failure"],
    creators: ["agenda", "agenda-db", "postgresql"],
    path: [hop("agenda", "created", "remapped", "propagated"), maybe(["agenda-db", "postgresql"], "clean", "created")],
  },
  {
    name: "aurora-writer-became-a-reader",
    software: "Azure Functions with MySQL; after a failover the old writer's name points to a reader",
    onset: 30,
    share: 0.7,
    ...byStore(app("points", "azure"), "/points/:id", {
      system: "mysql",
      host: "points-writer",
      statement: "UPDATE points SET total = @p0 WHERE id = @p1",
      ms: 4,
      trouble: {
        type: "MySqlConnector.MySqlException",
        message: "The MySQL server is running with the --read-only option so it cannot execute this statement",
      },
      bad: {
        thrown: thrown(
          "MySqlConnector.MySqlException",
          "The MySQL server is running with the --read-only option so it cannot execute this statement",
          ["   at Points.Store.Add(Int32 id) in /src/Points/Store.cs:line 33"],
        ),
      },
    }),
    cause: "database-failure",
    also: ["bad-configuration"],
  },
];

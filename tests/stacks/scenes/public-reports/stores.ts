/** Databases, caches, search engines and brokers. */
import { app, thrown } from "../../compose.ts";
import type { Scene } from "../../plan.ts";
import { alone, behind, byStore } from "../../shapes.ts";

const TRACEBACK = "Traceback (most recent call last):";
const DROPPED =
  "connection not available and request was dropped from queue after 2962ms. This means requests are coming in and your connection pool cannot serve them fast enough.";

const CLEARED =
  'Connection pool for cluster0-shard-00-00.mongo.internal:27017 was cleared because another operation failed with: "connection 20 to 10.0.6.4:27017 closed"';

const NOT_ACKNOWLEDGED =
  "Cassandra timeout during SIMPLE write query at consistency LOCAL_QUORUM (2 replica were required but only 1 acknowledged the write)";

/** See the file's head. */
export const STORES: readonly Scene[] = [
  {
    name: "ecto-request-dropped-from-queue",
    software: "OpenTelemetry Erlang with Phoenix, Ecto (elixir-ecto/db_connection#325)",
    onset: 24,
    share: 0.6,
    ...byStore(app("bills", "phoenix"), "/bills/:id", {
      system: "postgresql",
      host: "bills-db",
      statement: 'SELECT b0."id", b0."total" FROM "bills" AS b0 WHERE (b0."id" = $1)',
      trouble: { type: "DBConnection.ConnectionError", message: DROPPED },
      ms: 2_963,
      isCallers: true,
      bad: {
        thrown: thrown("DBConnection.ConnectionError", DROPPED, [
          "    (ecto_sql 3.12.1) lib/ecto/adapters/sql.ex:1096: Ecto.Adapters.SQL.raise_sql_call_error/1",
        ]),
      },
    }),
    cause: "pool-exhausted",
  },
  {
    name: "mongo-pool-cleared",
    software: "OpenTelemetry JS 2 with Express 5, mongodb 6 (Automattic/mongoose#13826)",
    onset: 27,
    share: 0.7,
    ...byStore(app("hooks", "express"), "/hooks", {
      system: "mongodb",
      host: "cluster0-shard-00-00.mongo.internal",
      statement: "findAndModify hooks",
      trouble: {
        type: "MongoPoolClearedError",
        message: CLEARED,
      },
      ms: 12,
      bad: {
        thrown: thrown("MongoPoolClearedError", CLEARED, [
          "    at ConnectionPool.processWaitQueue (/srv/app/node_modules/mongodb/lib/cmap/connection_pool.js:483:82)",
        ]),
      },
    }),
    cause: "database-failure",
  },
  {
    name: "mongo-write-conflict",
    software: "OpenTelemetry Python with FastAPI, pymongo (prisma/orm#12814)",
    share: 0.25,
    ...byStore(app("stock", "fastapi"), "/reservations/:id", {
      system: "mongodb",
      host: "stock-mongo",
      statement: "update reservations",
      trouble: {
        type: "pymongo.errors.OperationFailure",
        message:
          "WriteConflict error: this operation conflicted with another operation. Please retry your operation or multi-document transaction.",
      },
      ms: 9,
      bad: {
        thrown: thrown(
          "pymongo.errors.OperationFailure",
          "WriteConflict error: this operation conflicted with another operation. Please retry your operation or multi-document transaction., full error: {'ok': 0.0, 'code': 112, 'codeName': 'WriteConflict'}",
          [
            TRACEBACK,
            '  File "/srv/app/stock/reserve.py", line 40, in reserve',
            "    collection.update_one(match, change, session=session)",
          ],
        ),
      },
    }),
    cause: "database-failure",
  },
  {
    name: "mongo-no-primary",
    software: "Java agent 2.20 with Spring Boot 3, mongodb-driver-sync (mongodb/docs-java#548)",
    onset: 25,
    ...behind(
      app("app-gateway", "spring"),
      "/profiles/:id",
      byStore(app("profiles", "spring"), "/profiles/:id", {
        system: "mongodb",
        host: "profiles-mongo",
        statement: "update profiles",
        trouble: {
          type: "com.mongodb.MongoTimeoutException",
          message:
            "Timed out while waiting for a server that matches WritableServerSelector. Client view of cluster state is {type=REPLICA_SET, servers=[{address=profiles-mongo:27017, type=REPLICA_SET_SECONDARY, roundTripTime=1.4 ms, state=CONNECTED}]}",
        },
        ms: 5_002,
        bad: {
          thrown: thrown(
            "org.springframework.dao.DataAccessResourceFailureException",
            "Timed out while waiting for a server that matches WritableServerSelector. Client view of cluster state is {type=REPLICA_SET, servers=[{address=profiles-mongo:27017, type=REPLICA_SET_SECONDARY, roundTripTime=1.4 ms, state=CONNECTED}]}",
            ["\tat com.acme.profiles.ProfileService.save(ProfileService.java:31)"],
          ),
        },
      }),
    ),
    cause: "database-failure",
    also: ["dependency-timeout"],
  },
  {
    name: "laravel-lock-wait-timeout",
    software: "OpenTelemetry PHP with Laravel 12, MySQL 8; a migration holds the rows",
    onset: 28,
    share: 0.7,
    ...byStore(app("shop", "laravel"), "/products/:id/stock", {
      system: "mysql",
      host: "shop-mysql",
      statement: "update `products` set `stock` = ? where `id` = ?",
      trouble: {
        type: "PDOException",
        message: "SQLSTATE[HY000]: General error: 1205 Lock wait timeout exceeded; try restarting transaction",
      },
      ms: 5_003,
      bad: {
        thrown: thrown(
          "Illuminate\\Database\\QueryException",
          "SQLSTATE[HY000]: General error: 1205 Lock wait timeout exceeded; try restarting transaction (Connection: mysql, SQL: update `products` set `stock` = 99 where `id` = 123)",
          [
            "#0 /var/www/html/vendor/laravel/framework/src/Illuminate/Database/Connection.php(779): Illuminate\\Database\\Connection->runQueryCallback()",
          ],
        ),
      },
    }),
    cause: "database-failure",
    also: ["dependency-timeout"],
  },
  {
    name: "django-mysql-has-gone-away",
    software: "OpenTelemetry Python with Django, mysqlclient; the server restarts",
    onset: 30,
    share: 0.5,
    ...byStore(app("forum", "django"), "/threads/:id", {
      system: "mysql",
      host: "forum-mysql",
      statement: "SELECT * FROM threads WHERE id = %s",
      trouble: { type: "MySQLdb.OperationalError", message: "(2006, 'Server has gone away')" },
      ms: 2,
      bad: {
        thrown: thrown("django.db.utils.OperationalError", "(2006, 'Server has gone away')", [
          TRACEBACK,
          '  File "/srv/app/forum/views.py", line 22, in show',
          "    thread = Thread.objects.get(pk=pk)",
        ]),
      },
    }),
    cause: "database-failure",
    also: ["keepalive-race"],
  },
  {
    name: "pgbouncer-query-wait-timeout",
    software: "OpenTelemetry Go with gin, pgx behind PgBouncer",
    onset: 24,
    share: 0.5,
    ...byStore(app("feeds", "gin"), "/feeds/:id", {
      system: "postgresql",
      host: "pgbouncer",
      statement: "SELECT id, title FROM posts WHERE feed_id = $1",
      trouble: { type: "*pgconn.PgError", message: "FATAL: query_wait_timeout (SQLSTATE 08P01)" },
      ms: 6_001,
      code: "08P01",
      bad: { thrown: thrown("*pgconn.PgError", "load feed: FATAL: query_wait_timeout (SQLSTATE 08P01)", []) },
    }),
    cause: "pool-exhausted",
    also: ["database-failure"],
  },
  {
    name: "postgres-disk-full",
    software: ".NET 9 with ASP.NET Core, Npgsql",
    onset: 30,
    ...byStore(app("audit", "aspnet"), "/events", {
      system: "postgresql",
      host: "audit-db",
      statement: "INSERT INTO events (kind, body) VALUES ($1, $2)",
      trouble: { type: "Npgsql.PostgresException", message: '53100: could not extend file "base/16384/24601.3": No space left on device' },
      code: "53100",
      ms: 7,
      bad: {
        thrown: thrown(
          "Npgsql.PostgresException",
          '53100: could not extend file "base/16384/24601.3": No space left on device\n\nHINT: Check free disk space.',
          ["   at Npgsql.Internal.NpgsqlConnector.ReadMessageLong(Boolean async, DataRowLoadingMode dataRowLoadingMode)"],
        ),
      },
    }),
    cause: "database-failure",
    also: ["resource-exhausted"],
  },
  {
    name: "postgres-replica-conflict",
    software: "OpenTelemetry Ruby with Rails 8, a read replica",
    share: 0.2,
    ...byStore(app("stats", "rails"), "/stats/:id", {
      system: "postgresql",
      host: "stats-replica",
      statement: "SELECT count(*) FROM visits WHERE page_id = $1",
      trouble: {
        type: "PG::TRSerializationFailure",
        message:
          "ERROR:  canceling statement due to conflict with recovery\nDETAIL:  User query might have needed to see row versions that must be removed.",
      },
      ms: 31_000,
      bad: {
        thrown: thrown(
          "ActiveRecord::SerializationFailure",
          "PG::TRSerializationFailure: ERROR:  canceling statement due to conflict with recovery\nDETAIL:  User query might have needed to see row versions that must be removed.",
          ["app/models/visit.rb:14:in 'Visit.total'"],
        ),
      },
    }),
    cause: "database-failure",
  },
  {
    name: "redis-busy-with-a-script",
    software: "OpenTelemetry JS 2 with Express 5, ioredis",
    onset: 27,
    ...byStore(app("limits", "express"), "/limits/:id", {
      system: "redis",
      host: "limits-redis",
      statement: "EVALSHA ?",
      trouble: { type: "ReplyError", message: "BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE." },
      ms: 2,
      bad: {
        thrown: thrown("ReplyError", "BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.", [
          "    at parseError (/srv/app/node_modules/redis-parser/lib/parser.js:179:12)",
        ]),
      },
    }),
    cause: "database-failure",
  },
  {
    name: "jedis-no-resource-from-the-pool",
    software: "Java agent 2.20 with Spring Boot 3, Jedis",
    onset: 26,
    share: 0.6,
    ...alone(app("sessions", "spring"), "/sessions/:id", {
      ms: 2_001,
      thrown: thrown("org.springframework.data.redis.RedisConnectionFailureException", "Cannot get Jedis connection", [
        "\tat org.springframework.data.redis.connection.jedis.JedisConnectionFactory.fetchJedisConnector(JedisConnectionFactory.java:858)",
        "Caused by: redis.clients.jedis.exceptions.JedisException: Could not get a resource from the pool",
        "Caused by: java.util.NoSuchElementException: Timeout waiting for idle object, borrowMaxWaitDuration=PT2S",
      ]),
    }),
    cause: "pool-exhausted",
  },
  {
    name: "elasticsearch-data-too-large",
    software: ".NET 9 with ASP.NET Core, Elasticsearch client (exceptionless/Exceptionless#978)",
    onset: 25,
    share: 0.7,
    ...byStore(app("search", "aspnet"), "/search", {
      system: "elasticsearch",
      host: "elastic",
      statement: "POST /products/_search",
      trouble: {
        type: "Elastic.Transport.TransportException",
        message:
          "Request failed to execute. Call: Status code 429 from: POST /products/_search. ServerError: Type: circuit_breaking_exception",
      },
      ms: 14,
      bad: {
        thrown: thrown(
          "Elastic.Transport.TransportException",
          'Request failed to execute. Call: Status code 429 from: POST /products/_search. ServerError: Type: circuit_breaking_exception Reason: "[parent] Data too large, data for [<http_request>] would be [509818352/486.2mb], which is larger than the limit of [493030604/470.1mb]"',
          ["   at Search.ProductIndex.FindAsync(String words) in /src/Search/ProductIndex.cs:line 44"],
        ),
      },
    }),
    cause: "database-failure",
    also: ["resource-exhausted", "rate-limited-as-5xx"],
    creators: ["elastic", "elasticsearch", "search"],
    path: [
      { service: ["search"], fate: ["propagated", "remapped", "created"] },
      { service: ["elastic", "elasticsearch"], fate: ["created", "clean"], isOptional: true },
    ],
  },
  {
    name: "elasticsearch-all-shards-failed",
    software: "OpenTelemetry Python with Flask, elasticsearch-py",
    onset: 28,
    ...byStore(app("finder", "flask"), "/find", {
      system: "elasticsearch",
      host: "elastic",
      statement: "POST /places/_search",
      trouble: { type: "elasticsearch.ApiError", message: "ApiError(503, 'search_phase_execution_exception', 'all shards failed')" },
      ms: 22,
      bad: {
        thrown: thrown("elasticsearch.ApiError", "ApiError(503, 'search_phase_execution_exception', 'all shards failed')", [
          TRACEBACK,
          '  File "/srv/app/finder/search.py", line 31, in find',
          "    answer = client.search(index=index, query=query)",
        ]),
      },
    }),
    cause: "database-failure",
  },
  {
    name: "cassandra-write-timeout",
    software: "Java agent 2.20 with Spring Boot 3, DataStax driver",
    onset: 26,
    share: 0.6,
    ...byStore(app("readings", "spring"), "/readings", {
      system: "cassandra",
      host: "cassandra",
      statement: "INSERT INTO readings (meter, at, value) VALUES (?, ?, ?)",
      trouble: {
        type: "com.datastax.oss.driver.api.core.servererrors.WriteTimeoutException",
        message: NOT_ACKNOWLEDGED,
      },
      ms: 2_010,
      bad: {
        thrown: thrown("org.springframework.data.cassandra.CassandraWriteTimeoutException", NOT_ACKNOWLEDGED, [
          "\tat com.acme.readings.ReadingStore.put(ReadingStore.java:28)",
        ]),
      },
    }),
    cause: "database-failure",
    also: ["dependency-timeout"],
  },
  {
    name: "sqlserver-execution-timeout",
    software: ".NET 9 with ASP.NET Core, SqlClient; a plan went wrong",
    onset: 30,
    share: 0.7,
    ...byStore(app("claims", "aspnet"), "/claims/:id", {
      system: "microsoft.sql_server",
      host: "claims-sql",
      statement: "SELECT * FROM Claims WHERE PolicyId = @p0",
      trouble: {
        type: "Microsoft.Data.SqlClient.SqlException",
        message:
          "Execution Timeout Expired.  The timeout period elapsed prior to completion of the operation or the server is not responding.",
      },
      ms: 30_015,
      bad: {
        thrown: thrown(
          "Microsoft.Data.SqlClient.SqlException",
          "Execution Timeout Expired.  The timeout period elapsed prior to completion of the operation or the server is not responding.",
          [
            " ---> System.ComponentModel.Win32Exception (258): Unknown error 258",
            "   at Claims.ClaimStore.ListAsync() in /src/Claims/ClaimStore.cs:line 61",
          ],
        ),
      },
    }),
    cause: "dependency-timeout",
    also: ["database-failure"],
  },
  {
    name: "django-sqlite-is-locked",
    software: "OpenTelemetry Python with Django, SQLite under two writers",
    share: 0.2,
    ...byStore(app("kiosk", "django"), "/checkins", {
      system: "sqlite",
      host: "",
      statement: "INSERT INTO checkins (guest) VALUES (%s)",
      trouble: { type: "sqlite3.OperationalError", message: "database is locked" },
      ms: 5_006,
      bad: {
        thrown: thrown("django.db.utils.OperationalError", "database is locked", [
          TRACEBACK,
          '  File "/srv/app/kiosk/views.py", line 15, in create',
          "    Checkin.objects.create(guest=guest)",
        ]),
      },
    }),
    cause: "database-failure",
    creators: ["sqlite", "kiosk"],
    path: [
      { service: ["kiosk"], fate: ["propagated", "remapped", "created"] },
      { service: ["sqlite", ""], fate: ["created", "clean"], isOptional: true },
    ],
  },
  {
    name: "clickhouse-too-many-queries",
    software: "OpenTelemetry Go with gin, clickhouse-go",
    onset: 25,
    share: 0.6,
    ...byStore(app("insights", "gin"), "/insights/:id", {
      system: "clickhouse",
      host: "clickhouse",
      statement: "SELECT day, count() FROM hits GROUP BY day",
      trouble: { type: "*proto.Exception", message: "code: 202, message: Too many simultaneous queries. Maximum: 100" },
      ms: 3,
      bad: { thrown: thrown("*proto.Exception", "query insights: code: 202, message: Too many simultaneous queries. Maximum: 100", []) },
    }),
    cause: "database-failure",
    also: ["rate-limited-as-5xx", "resource-exhausted"],
  },
];

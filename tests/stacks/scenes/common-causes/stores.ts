/** Databases, caches and search as production loses them: pools, limits, locks, disks, replicas, migrations, passwords. */
import { app, hop, maybe, thrown } from "../../compose.ts";
import type { Scene } from "../../plan.ts";
import { alone, behind, byStore } from "../../shapes.ts";

const POSTGRES = { system: "postgresql", host: "orders-db" } as const;

/** See the file's head. */
export const STORES: readonly Scene[] = [
  {
    name: "hikari-is-held-by-long-transactions",
    software: "Java agent 2.20, Spring Boot 3 behind Node; transactions call a partner while they hold their connection",
    onset: 26,
    share: 0.8,
    ...behind(
      app("web", "express"),
      "/orders/:id",
      alone(app("orders", "spring"), "/orders/:id", {
        ms: 30_004,
        thrown: thrown(
          "org.springframework.transaction.CannotCreateTransactionException",
          "Could not open JPA EntityManager for transaction",
          [
            "\tat org.springframework.orm.jpa.JpaTransactionManager.doBegin(JpaTransactionManager.java:466)",
            "\tat com.acme.orders.OrderService.load(OrderService.java:51)",
            "Caused by: java.sql.SQLTransientConnectionException: OrdersPool - Connection is not available, request timed out after 30001ms (total=10, active=10, idle=0, waiting=23)",
            "\tat com.zaxxer.hikari.pool.HikariPool.createTimeoutException(HikariPool.java:686)",
          ],
        ),
      }),
    ),
    cause: "pool-exhausted",
  },
  {
    name: "asyncpg-too-many-connections",
    software: "FastAPI with asyncpg; a scaled-out deployment takes every slot of PostgreSQL",
    onset: 24,
    share: 0.7,
    ...byStore(app("carts", "fastapi"), "/carts/:id", {
      ...POSTGRES,
      statement: "SELECT * FROM carts WHERE id = $1",
      code: "53300",
      trouble: {
        type: "asyncpg.exceptions.TooManyConnectionsError",
        message: "remaining connection slots are reserved for roles with the SUPERUSER attribute",
      },
      bad: {
        thrown: thrown(
          "asyncpg.exceptions.TooManyConnectionsError",
          "remaining connection slots are reserved for roles with the SUPERUSER attribute",
          [
            "Traceback (most recent call last):",
            '  File "/app/carts/repo.py", line 31, in load',
            '  File "/usr/local/lib/python3.12/site-packages/asyncpg/connect_utils.py", line 1102, in __connect_addr',
          ],
        ),
      },
    }),
    cause: "database-failure",
    also: ["pool-exhausted", "resource-exhausted"],
    beside: { changes: [{ kind: "scale", service: "carts", atMs: 9_200, description: "6 to 30 replicas" }] },
  },
  {
    name: "node-pg-pool-waits-too-long",
    software: "Express with node-postgres; a client is not given back in an error's branch",
    onset: 30,
    share: 0.9,
    ...alone(app("addresses", "express"), "/addresses/:id", {
      ms: 5_002,
      thrown: thrown("Error", "timeout exceeded when trying to connect", [
        "    at /app/node_modules/pg-pool/index.js:45:11",
        "    at async findAddress (/app/src/addresses.js:18:18)",
      ]),
    }),
    cause: "pool-exhausted",
  },
  {
    name: "npgsql-pool-has-no-connection",
    software: ".NET 9 with Npgsql; each request takes two connections",
    onset: 28,
    share: 0.6,
    ...alone(app("loyalty", "aspnet"), "/loyalty/:id", {
      ms: 15_003,
      thrown: thrown(
        "Npgsql.NpgsqlException",
        "The connection pool has been exhausted, either raise 'Max Pool Size' (currently 100) or 'Timeout' (currently 15 seconds) in your connection string.",
        ["   at Npgsql.PoolingDataSource.<Get>g__RentAsync|34_0(NpgsqlConnection conn)", "   at Acme.Loyalty.Points.LoadAsync(Int32 id)"],
      ),
    }),
    cause: "pool-exhausted",
  },
  {
    name: "laravel-deadlock-at-the-sale",
    software: "Laravel with MySQL; two orders lock the same lines in another order",
    onset: 20,
    share: 0.25,
    ...byStore(app("checkout", "laravel"), "/checkout/:id", {
      system: "mysql",
      host: "mysql-primary",
      statement: "UPDATE stock SET held = held + 1 WHERE sku = ?",
      trouble: {
        type: "PDOException",
        message: "SQLSTATE[40001]: Serialization failure: 1213 Deadlock found when trying to get lock; try restarting transaction",
      },
      bad: {
        thrown: thrown(
          "Illuminate\\Database\\DeadlockException",
          "SQLSTATE[40001]: Serialization failure: 1213 Deadlock found when trying to get lock; try restarting transaction (Connection: mysql, SQL: update `stock` set `held` = held + 1 where `sku` = A-17)",
          [
            "#0 /var/www/html/vendor/laravel/framework/src/Illuminate/Database/Connection.php(779): runQueryCallback()",
            "#1 /var/www/html/app/Services/Checkout.php(88)",
          ],
        ),
      },
    }),
    cause: "database-failure",
  },
  {
    name: "sql-server-chooses-a-victim",
    software: ".NET 9 with SqlClient; a nightly job meets the day's first orders",
    onset: 31,
    share: 0.4,
    ...byStore(app("billing", "aspnet"), "/invoices/:id", {
      system: "mssql",
      host: "sql-01",
      statement: "UPDATE Invoices SET State = @p0 WHERE Id = @p1",
      code: "1205",
      trouble: {
        type: "Microsoft.Data.SqlClient.SqlException",
        message:
          "Transaction (Process ID 71) was deadlocked on lock resources with another process and has been chosen as the deadlock victim. Rerun the transaction.",
      },
    }),
    cause: "database-failure",
  },
  {
    name: "rails-replica-cancels-for-recovery",
    software: "Rails with a replica of PostgreSQL; long reads stand in the way of what the primary sends",
    onset: 22,
    share: 0.35,
    ...byStore(app("reports", "rails"), "/reports/:id", {
      system: "postgresql",
      host: "orders-replica",
      statement: "SELECT sum(total) FROM orders WHERE shop_id = $1",
      ms: 840,
      trouble: {
        type: "PG::TRSerializationFailure",
        message:
          "ERROR:  canceling statement due to conflict with recovery\nDETAIL:  User query might have needed to see row versions that must be removed.",
      },
      bad: {
        thrown: thrown(
          "ActiveRecord::SerializationFailure",
          "PG::TRSerializationFailure: ERROR:  canceling statement due to conflict with recovery",
          [
            "/app/app/models/report.rb:29:in `totals'",
            "/usr/local/bundle/gems/activerecord-7.2.1/lib/active_record/connection_adapters/postgresql_adapter.rb:894:in `exec_params'",
          ],
        ),
      },
    }),
    cause: "database-failure",
  },
  {
    name: "django-release-before-its-migration",
    software: "Django; the release is out before its migration ran",
    onset: 25,
    ...byStore(app("coupons", "django"), "/coupons/:id", {
      system: "postgresql",
      host: "shop-db",
      statement: 'SELECT "coupons_coupon"."id", "coupons_coupon"."tier" FROM "coupons_coupon"',
      trouble: { type: "psycopg2.errors.UndefinedColumn", message: "column coupons_coupon.tier does not exist\nLINE 1: SELECT" },
      bad: {
        thrown: thrown("django.db.utils.ProgrammingError", "column coupons_coupon.tier does not exist", [
          "Traceback (most recent call last):",
          '  File "/usr/local/lib/python3.12/site-packages/django/db/backends/utils.py", line 105, in _execute',
          '  File "/app/coupons/views.py", line 40, in show',
        ]),
      },
    }),
    beside: { changes: [{ kind: "deploy", service: "coupons", atMs: 9_700, version: "4.2.0", previousVersion: "4.1.9" }] },
    cause: "bad-deploy",
    also: ["database-failure", "bad-configuration"],
    creators: ["coupons", "shop-db", "postgresql"],
    path: [hop("coupons", "created", "propagated", "remapped"), maybe(["shop-db", "postgresql"], "created", "clean")],
  },
  {
    name: "postgres-disk-is-full",
    software: "Go with pgx; the disk of the database is full, reads still go well",
    onset: 23,
    ...behind(
      { ...app("gateway", "nest"), answers: 502 },
      "/payments/:id",
      byStore(app("payments", "gin"), "/payments/:id", {
        system: "postgresql",
        host: "payments-db.internal",
        statement: "INSERT INTO payments (id, amount) VALUES ($1, $2)",
        code: "53100",
        trouble: {
          type: "*pgconn.PgError",
          message: 'ERROR: could not extend file "base/16384/24591": No space left on device (SQLSTATE 53100)',
        },
        bad: {
          thrown: thrown(
            "*fmt.wrapError",
            'insert payment: ERROR: could not extend file "base/16384/24591": No space left on device (SQLSTATE 53100)',
            [],
          ),
        },
      }),
    ),
    cause: "database-failure",
    also: ["resource-exhausted"],
  },
  {
    name: "mysql-server-restarts-under-flask",
    software: "Flask with SQLAlchemy; the managed MySQL is patched, connections break in the middle of a statement",
    onset: 27,
    share: 0.8,
    ...byStore(app("wishlists", "flask"), "/wishlists/:id", {
      system: "mysql",
      host: "shop.cluster-c1x.eu-west-1.rds.amazonaws.com",
      statement: "SELECT * FROM wishlists WHERE id = %s",
      trouble: { type: "pymysql.err.OperationalError", message: "(2013, 'Lost connection to MySQL server during query')" },
      bad: {
        thrown: thrown(
          "sqlalchemy.exc.OperationalError",
          "(pymysql.err.OperationalError) (2013, 'Lost connection to MySQL server during query')",
          [
            "Traceback (most recent call last):",
            '  File "/usr/local/lib/python3.12/site-packages/pymysql/connections.py", line 759, in _read_bytes',
            '  File "/app/wishlists/db.py", line 22, in fetch',
          ],
        ),
      },
    }),
    cause: "database-failure",
    also: ["connection-refused", "keepalive-race"],
  },
];

/** Databases, caches and the pools in front of them. */
import { app, call, hop, maybe, numbered, store, thrown, visit } from "../../compose.ts";
import type { Scene } from "../../plan.ts";

const TRACEBACK = "Traceback (most recent call last):";

/** See the file's head. */
export const STORES: readonly Scene[] = [
  {
    name: "hikari-pool-exhausted",
    software: "Java agent 2.20 with Spring Boot 3, HikariCP, PostgreSQL",
    onset: 26,
    share: 0.7,
    visit: (turn) => {
      const error = thrown(
        "org.springframework.transaction.CannotCreateTransactionException",
        "Could not open JPA EntityManager for transaction",
        [
          "\tat org.springframework.orm.jpa.JpaTransactionManager.doBegin(JpaTransactionManager.java:467)",
          "Caused by: java.sql.SQLTransientConnectionException: orders-pool - Connection is not available, request timed out after 3000ms (total=10, active=10, idle=0, waiting=23)",
          "\tat com.zaxxer.hikari.pool.HikariPool.createTimeoutException(HikariPool.java:714)",
        ],
      );
      const select = store(["postgresql", "orders-db"], "select o1_0.id from orders o1_0 where o1_0.customer_id=?", {
        ms: turn.index >= 26 ? 900 : 8,
      });
      const orders = visit(
        app("orders", "spring"),
        "/orders/:id",
        turn.isBad ? { status: 500, ms: 3_002, thrown: error } : { steps: [select] },
      );
      return visit(app("web-gateway", "spring"), "/api/orders/:id", {
        path: numbered("/api/orders", turn),
        status: turn.isBad ? 500 : 200,
        steps: [call(orders)],
      });
    },
    beside: {
      metrics: [
        {
          app: app("orders", "spring"),
          name: "db.client.connection.count",
          attributes: { "db.client.connection.pool.name": "orders-pool", "db.client.connection.state": "used" },
          points: [
            [1000, 2],
            [6000, 3],
            [11_000, 10],
            [16_000, 10],
            [21_000, 10],
          ],
        },
        {
          app: app("orders", "spring"),
          name: "db.client.connection.pending_requests",
          attributes: { "db.client.connection.pool.name": "orders-pool" },
          points: [
            [1000, 0],
            [6000, 0],
            [11_000, 19],
            [16_000, 23],
            [21_000, 22],
          ],
        },
      ],
    },
    seen: { service: "web-gateway", route: "/api/orders/{id}" },
    cause: "pool-exhausted",
    creators: ["orders"],
    path: [hop("web-gateway", "propagated"), hop("orders", "created"), maybe(["postgresql", "orders-db"], "clean")],
  },
  {
    name: "sqlclient-pool-exhausted",
    software: ".NET 9 with ASP.NET Core, SqlClient, SQL Server",
    onset: 24,
    share: 0.6,
    visit: (turn) => {
      const error = thrown(
        "System.InvalidOperationException",
        "Timeout expired.  The timeout period elapsed prior to obtaining a connection from the pool.  This may have occurred because all pooled connections were in use and max pool size was reached.",
        [
          "   at Microsoft.Data.Common.ADP.ExceptionWithStackTrace(Exception e)",
          "   at Claims.ClaimStore.FindAsync(Int32 id) in /src/Claims/ClaimStore.cs:line 52",
        ],
      );
      return visit(app("claims", "aspnet"), "/claims/:id", {
        path: numbered("/claims", turn),
        ...(turn.isBad
          ? { status: 500, ms: 4_000, thrown: error }
          : { steps: [store(["microsoft.sql_server", "claims-sql"], "SELECT Id, Total FROM Claims WHERE Id = @p0")] }),
      });
    },
    seen: { service: "claims", route: "claims/{id}" },
    cause: "pool-exhausted",
    creators: ["claims"],
    path: [hop("claims", "created"), maybe(["microsoft.sql_server", "claims-sql"], "clean")],
  },
  {
    name: "sqlx-pool-timed-out",
    software: "OpenTelemetry Rust with axum, sqlx",
    onset: 30,
    share: 0.8,
    visit: (turn) => {
      const error = thrown("sqlx::Error", "failed to load basket: pool timed out while waiting for an open connection", []);
      return visit(app("baskets", "axum"), "/baskets/:id", {
        path: numbered("/baskets", turn),
        ...(turn.isBad
          ? { status: 500, ms: 2_001, thrown: error }
          : { steps: [store(["postgresql", "baskets-db"], "SELECT id, total FROM baskets WHERE id = $1")] }),
      });
    },
    seen: { service: "baskets", route: "/baskets/{id}" },
    cause: "pool-exhausted",
    creators: ["baskets"],
    path: [hop("baskets", "created"), maybe(["postgresql", "baskets-db"], "clean")],
  },
  {
    name: "spring-deadlock-detected",
    software: "Java agent 2.20 with Spring Boot 3, JDBC, PostgreSQL",
    share: 0.3,
    visit: (turn) => {
      const message = "ERROR: deadlock detected\n  Detail: Process 812 waits for ShareLock on transaction 7719; blocked by process 815.";
      const error = thrown(
        "org.springframework.dao.CannotAcquireLockException",
        `PreparedStatementCallback; SQL [update stock set reserved = reserved + ? where sku = ?]; ${message}`,
        ["\tat com.acme.stock.StockStore.reserve(StockStore.java:40)", `Caused by: org.postgresql.util.PSQLException: ${message}`],
      );
      const trouble = { type: "org.postgresql.util.PSQLException", message };
      const update = store(
        ["postgresql", "stock-db"],
        "update stock set reserved = reserved + ? where sku = ?",
        turn.isBad ? { trouble, code: "40P01", ms: 1_004 } : {},
      );
      return visit(app("stock", "spring"), "/stock/:sku/reserve", {
        method: "POST",
        path: numbered("/stock", turn, "/reserve"),
        steps: [update],
        ...(turn.isBad ? { status: 500, thrown: error } : {}),
      });
    },
    seen: { service: "stock", route: "/stock/{sku}/reserve" },
    cause: "database-failure",
    creators: ["postgresql", "stock-db"],
    path: [hop("stock", "propagated", "remapped"), hop(["postgresql", "stock-db"], "created")],
  },
  {
    name: "ef-core-deadlock-victim",
    software: ".NET 9 with EF Core, SqlClient, SQL Server",
    share: 0.3,
    visit: (turn) => {
      const message =
        "Transaction (Process ID 64) was deadlocked on lock resources with another process and has been chosen as the deadlock victim. Rerun the transaction.";
      const error = thrown(
        "Microsoft.EntityFrameworkCore.DbUpdateException",
        "An error occurred while saving the entity changes. See the inner exception for details.",
        [
          ` ---> Microsoft.Data.SqlClient.SqlException (0x80131904): ${message}`,
          "   at Ledger.Postings.SaveAsync(Posting posting) in /src/Ledger/Postings.cs:line 61",
          "Error Number:1205,State:51,Class:13",
        ],
      );
      const trouble = { type: "Microsoft.Data.SqlClient.SqlException", message };
      const update = store(
        ["microsoft.sql_server", "ledger-sql"],
        "UPDATE [Accounts] SET [Balance] = @p0 OUTPUT 1 WHERE [Id] = @p1",
        turn.isBad ? { trouble, code: "1205", ms: 812 } : {},
      );
      return visit(app("ledger", "aspnet"), "/postings", {
        method: "POST",
        steps: [update],
        ...(turn.isBad ? { status: 500, thrown: error } : { status: 201 }),
      });
    },
    seen: { service: "ledger", route: "postings" },
    cause: "database-failure",
    creators: ["microsoft.sql_server", "ledger-sql"],
    path: [hop("ledger", "propagated", "remapped"), hop(["microsoft.sql_server", "ledger-sql"], "created")],
  },
  {
    name: "django-read-only-replica",
    software: "OpenTelemetry Python with Django, psycopg2",
    onset: 27,
    visit: (turn) => {
      const message = "cannot execute UPDATE in a read-only transaction\n";
      const error = thrown("django.db.utils.InternalError", message, [
        TRACEBACK,
        '  File "/srv/app/profiles/views.py", line 52, in update',
        "    profile.save()",
        `psycopg2.errors.ReadOnlySqlTransaction: ${message}`,
      ]);
      const update = store(
        ["postgresql", "profiles-db"],
        'UPDATE "profiles" SET "name" = %s WHERE "profiles"."id" = %s',
        turn.isBad ? { trouble: { type: "psycopg2.errors.ReadOnlySqlTransaction", message } } : {},
      );
      return visit(app("profiles", "django"), "/profiles/:pk", {
        method: "PUT",
        path: numbered("/profiles", turn),
        steps: [update],
        ...(turn.isBad ? { status: 500, thrown: error } : {}),
      });
    },
    seen: { service: "profiles", route: "profiles/<int:pk>" },
    cause: "database-failure",
    creators: ["postgresql", "profiles-db"],
    path: [hop("profiles", "propagated", "remapped"), hop(["postgresql", "profiles-db"], "created")],
  },
  {
    name: "flask-column-missing-after-release",
    software: "OpenTelemetry Python with Flask, SQLAlchemy; the migration was not run",
    onset: 26,
    visit: (turn) => {
      const message = "column orders.gift_note does not exist\nLINE 1: SELECT orders.id AS orders_id, orders.gift_note AS orders_gif...\n";
      const error = thrown("sqlalchemy.exc.ProgrammingError", `(psycopg2.errors.UndefinedColumn) ${message}`, [
        TRACEBACK,
        '  File "/srv/app/orders/views.py", line 30, in show',
        "    order = session.get(Order, order_id)",
      ]);
      const select = store(
        ["postgresql", "orders-db"],
        "SELECT orders.id AS orders_id, orders.gift_note AS orders_gift_note FROM orders WHERE orders.id = %(pk_1)s",
        turn.isBad ? { trouble: { type: "psycopg2.errors.UndefinedColumn", message } } : {},
      );
      const version = turn.index >= 26 ? { version: "4.3.0", instance: "orders-86cf7b9d5-qq7lm" } : {};
      return visit(app("orders", "flask", version), "/orders/:order_id", {
        path: numbered("/orders", turn),
        steps: [select],
        ...(turn.isBad ? { status: 500, thrown: error } : {}),
      });
    },
    beside: { changes: [{ kind: "deploy", service: "orders", atMs: 26 * 400 - 600, version: "4.3.0", previousVersion: "4.2.0" }] },
    seen: { service: "orders", route: "/orders/<order_id>" },
    cause: "bad-deploy",
    creators: ["orders"],
    path: [hop("orders", "created", "remapped"), maybe(["postgresql", "orders-db"], "clean")],
  },
  {
    name: "go-redis-out-of-memory",
    software: "OpenTelemetry Go with gin, go-redis",
    onset: 30,
    visit: (turn) => {
      const message = "OOM command not allowed when used memory > 'maxmemory'.";
      const error = thrown("redis.Error", `save session: ${message}`, []);
      const set = store(
        ["redis", "sessions-redis"],
        "SET session:7 ? EX 3600",
        turn.isBad ? { trouble: { type: "github.com/redis/go-redis/v9/internal/proto.RedisError", message } } : {},
      );
      return visit(app("sessions", "gin"), "/sessions", {
        method: "POST",
        steps: [set],
        ...(turn.isBad ? { status: 500, thrown: error } : { status: 201 }),
      });
    },
    seen: { service: "sessions", route: "/sessions" },
    cause: "database-failure",
    also: ["resource-exhausted"],
    creators: ["redis", "sessions-redis"],
    path: [hop("sessions", "propagated", "remapped"), hop(["redis", "sessions-redis"], "created")],
  },
  {
    name: "redis-became-a-cluster",
    software: "OpenTelemetry Python with FastAPI, redis-py",
    onset: 22,
    share: 0.7,
    visit: (turn) => {
      const message = "MOVED 3999 10.0.0.7:6379";
      const error = thrown("redis.exceptions.ResponseError", message, [
        TRACEBACK,
        '  File "/srv/app/carts/cache.py", line 22, in load',
        "    return client.get(key)",
      ]);
      const get = store(
        ["redis", "carts-redis"],
        "GET ?",
        turn.isBad ? { trouble: { type: "redis.exceptions.ResponseError", message } } : {},
      );
      return visit(app("carts", "fastapi"), "/carts/:cart_id", {
        path: numbered("/carts", turn),
        steps: [get],
        ...(turn.isBad ? { status: 500, thrown: error } : {}),
      });
    },
    seen: { service: "carts", route: "/carts/{cart_id}" },
    cause: "database-failure",
    also: ["bad-configuration"],
    creators: ["redis", "carts-redis"],
    path: [hop("carts", "propagated", "remapped"), hop(["redis", "carts-redis"], "created")],
  },
  {
    name: "rails-postgres-refuses",
    software: "OpenTelemetry Ruby with Rails 8, pg",
    onset: 30,
    visit: (turn) => {
      const message =
        'connection to server at "10.0.4.5", port 5432 failed: Connection refused\n\tIs the server running on that host and accepting TCP/IP connections?\n';
      const error = thrown("ActiveRecord::ConnectionNotEstablished", message, [
        "app/controllers/products_controller.rb:9:in 'ProductsController#show'",
        `PG::ConnectionBad: ${message}`,
      ]);
      const select = store(["postgresql", "10.0.4.5"], "SELECT products.* FROM products WHERE products.id = $1");
      const failed = store(["postgresql", "10.0.4.5"], "connect", { trouble: { type: "PG::ConnectionBad", message }, ms: 2 });
      return visit(app("products", "rails"), "/products/:id", {
        path: numbered("/products", turn),
        steps: [turn.isBad ? failed : select],
        ...(turn.isBad ? { status: 500, thrown: error } : {}),
      });
    },
    seen: { service: "products", route: "/products/:id(.:format)" },
    cause: "database-failure",
    also: ["connection-refused"],
    creators: ["postgresql", "10.0.4.5"],
    path: [hop("products", "propagated", "remapped"), hop(["postgresql", "10.0.4.5"], "created")],
  },
  {
    name: "laravel-too-many-connections",
    software: "OpenTelemetry PHP with Laravel 12, PDO, MySQL",
    onset: 24,
    share: 0.7,
    visit: (turn) => {
      const message = "SQLSTATE[HY000] [1040] Too many connections";
      const error = thrown(
        "Illuminate\\Database\\QueryException",
        `${message} (Connection: mysql, SQL: select * from \`tickets\` where \`id\` = 7 limit 1)`,
        [
          "#0 /var/www/html/vendor/laravel/framework/src/Illuminate/Database/Connection.php(779): Illuminate\\Database\\Connection->runQueryCallback()",
          "#1 /var/www/html/app/Http/Controllers/TicketController.php(27): App\\Models\\Ticket::find()",
        ],
      );
      const select = store(
        ["mysql", "tickets-mysql"],
        "select * from `tickets` where `id` = ? limit 1",
        turn.isBad ? { trouble: { type: "PDOException", message } } : {},
      );
      return visit(app("tickets", "laravel"), "/tickets/:ticket", {
        path: numbered("/tickets", turn),
        steps: [select],
        ...(turn.isBad ? { status: 500, thrown: error } : {}),
      });
    },
    seen: { service: "tickets", route: "tickets/{ticket}" },
    cause: "database-failure",
    creators: ["mysql", "tickets-mysql"],
    path: [hop("tickets", "propagated", "remapped"), hop(["mysql", "tickets-mysql"], "created")],
  },
  {
    name: "cache-stampede-statement-timeouts",
    software: "OpenTelemetry Go with gin, go-redis, pgx; a hot key expired",
    onset: 28,
    share: 0.75,
    everyMs: 200,
    visit: (turn) => {
      const message = "ERROR: canceling statement due to statement timeout (SQLSTATE 57014)";
      const error = thrown("*pgconn.PgError", `load catalogue: ${message}`, []);
      const miss = store(["redis", "catalogue-redis"], "GET catalogue:front", { ms: 1 });
      const slow = store(
        ["postgresql", "catalogue-db"],
        "SELECT * FROM offers ORDER BY rank LIMIT 500",
        turn.isBad ? { trouble: { type: "*pgconn.PgError", message }, code: "57014", ms: 2_001 } : { ms: turn.index >= 28 ? 1_600 : 35 },
      );
      const catalogue = visit(app("catalogue", "gin"), "/catalogue", {
        steps: turn.index >= 28 ? [miss, slow] : [miss],
        ...(turn.isBad ? { status: 500, thrown: error } : {}),
      });
      return visit(app("web", "aspnet"), "/home", { status: turn.isBad ? 500 : 200, steps: [call(catalogue)] });
    },
    seen: { service: "web", route: "home" },
    cause: "dependency-timeout",
    also: ["database-failure", "resource-exhausted"],
    creators: ["postgresql", "catalogue-db"],
    path: [
      hop("web", "propagated"),
      hop("catalogue", "propagated", "remapped"),
      maybe("redis", "clean"),
      hop(["postgresql", "catalogue-db"], "created"),
    ],
  },
];

/** What code throws by itself, and values that it cannot take. */
import { app, line, thrown } from "../../compose.ts";
import type { Scene } from "../../plan.ts";
import { alone, behind, byCall, usually } from "../../shapes.ts";

const TRACEBACK = "Traceback (most recent call last):";
const PHOENIX_FRAMES = [
  "    (shop 0.1.0) lib/shop/price.ex:18: Shop.Price.round/2",
  "    (shop 0.1.0) lib/shop_web/controllers/price_controller.ex:11: ShopWeb.PriceController.show/2",
];

/** See the file's head. */
export const CODE: readonly Scene[] = [
  {
    name: "phoenix-no-clause-matches",
    software: "OpenTelemetry Erlang with Phoenix and Bandit",
    share: 0.3,
    ...alone(app("prices", "phoenix"), "/prices/:id", {
      thrown: thrown("FunctionClauseError", "no function clause matching in Shop.Price.round/2", PHOENIX_FRAMES),
    }),
    cause: "unhandled-exception",
    also: ["invalid-input-unguarded"],
  },
  {
    name: "phoenix-bad-arithmetic",
    software: "OpenTelemetry Erlang with Phoenix and Bandit behind Spring Cloud Gateway",
    share: 0.3,
    ...behind(
      { ...app("edge", "spring"), answers: 502 },
      "/totals/:id",
      alone(app("totals", "phoenix"), "/totals/:id", {
        thrown: thrown("ArithmeticError", "bad argument in arithmetic expression: nil + 1", PHOENIX_FRAMES),
      }),
    ),
    cause: "unhandled-exception",
  },
  {
    name: "express-headers-sent-twice",
    software: "OpenTelemetry JS 2 with Express 5",
    share: 0.25,
    ...alone(app("reports", "express"), "/reports/:id", {
      thrown: thrown("Error", "Cannot set headers after they are sent to the client", [
        "    at ServerResponse.setHeader (node:_http_outgoing:658:11)",
        "    at show (/srv/app/dist/reports/show.js:41:9)",
      ]),
    }),
    cause: "unhandled-exception",
  },
  {
    name: "go-concurrent-map-writes-end-the-process",
    software: "OpenTelemetry Go; a data race ends the process, its callers see the connection end",
    onset: 26,
    share: 0.6,
    ...byCall(app("web", "express"), "/sessions/:id", {
      host: "sessions",
      to: "/sessions/:id",
      trouble: { type: "Error", message: "socket hang up" },
      ms: 9,
      bad: { status: 502, thrown: thrown("Error", "socket hang up", ["    at Socket.socketOnEnd (node:_http_client:598:25)"]) },
    }),
    beside: {
      lines: [31, 38, 46].map((index) => ({
        app: app("sessions", "gin"),
        atMs: index * 400,
        line: line(
          21,
          "fatal error: concurrent map writes\n\ngoroutine 8123 [running]:\nmain.(*cache).put(0xc0001a4000)\n\t/app/cache.go:61 +0x1d4",
        ),
      })),
      changes: [31, 38, 46].map((index) => ({
        kind: "restart" as const,
        service: "sessions",
        atMs: index * 400 + 200,
        description: "container sessions terminated: exit code 2",
      })),
    },
    cause: "unhandled-exception",
    also: ["dependency-error", "connection-refused"],
  },
  {
    name: "jackson-infinite-recursion",
    software: "Java agent 2.20 with Spring Boot 3, Jackson, a bidirectional relation",
    share: 0.3,
    ...alone(app("teams", "spring"), "/teams/:id", {
      thrown: thrown(
        "org.springframework.http.converter.HttpMessageNotWritableException",
        "Could not write JSON: Document nesting depth (1001) exceeds the maximum allowed (1000, from `StreamWriteConstraints.getMaxNestingDepth()`)",
        [
          "\tat org.springframework.http.converter.json.AbstractJackson2HttpMessageConverter.writeInternal(AbstractJackson2HttpMessageConverter.java:492)",
          'Caused by: com.fasterxml.jackson.databind.JsonMappingException: Document nesting depth (1001) exceeds the maximum allowed (through reference chain: com.acme.teams.Team["members"])',
        ],
      ),
    }),
    cause: "unhandled-exception",
    also: ["parse-failure"],
  },
  {
    name: "ef-core-second-operation",
    software: ".NET 9 with ASP.NET Core, Entity Framework Core; one context in two tasks",
    share: 0.2,
    ...alone(app("ledger", "aspnet"), "/entries/:id", {
      thrown: thrown(
        "System.InvalidOperationException",
        "A second operation was started on this context instance before a previous operation completed. This is usually caused by different threads concurrently using the same instance of DbContext.",
        [
          "   at Microsoft.EntityFrameworkCore.Infrastructure.Internal.ConcurrencyDetector.EnterCriticalSection()",
          "   at Ledger.EntryStore.LoadAsync(Int64 id) in /src/Ledger/EntryStore.cs:line 52",
        ],
      ),
    }),
    cause: "unhandled-exception",
  },
  {
    name: "aspnet-comma-for-a-point",
    software: ".NET 9 with ASP.NET Core; a culture that writes decimals with a comma",
    share: 0.25,
    ...usually(
      { attributes: { "url.query": "amount=12.50" } },
      alone(app("quotes", "aspnet"), "/quotes", (turn) => ({
        attributes: { "url.query": `amount=${turn.index}%2C50` },
        thrown: thrown("System.FormatException", `The input string '${turn.index},50' was not in a correct format.`, [
          "   at System.Number.ThrowFormatException[TChar](ReadOnlySpan`1 value)",
          "   at Quotes.QuoteController.Get(String amount) in /src/Quotes/QuoteController.cs:line 24",
        ]),
      })),
    ),
    cause: "invalid-input-unguarded",
  },
  {
    name: "fastapi-own-response-invalid",
    software: "OpenTelemetry Python with FastAPI, pydantic 2; the answer does not fit the declared model",
    share: 0.3,
    ...alone(app("catalog", "fastapi"), "/items/:item_id", {
      thrown: thrown(
        "fastapi.exceptions.ResponseValidationError",
        "1 validation errors:\n  {'type': 'decimal_type', 'loc': ('response', 'price'), 'msg': 'Decimal input should be an integer, float, string or Decimal object', 'input': None}",
        [
          TRACEBACK,
          '  File "/srv/venv/lib/python3.12/site-packages/fastapi/routing.py", line 176, in serialize_response',
          "    raise ResponseValidationError(",
        ],
      ),
    }),
    cause: "unhandled-exception",
    also: ["parse-failure"],
  },
  {
    name: "go-json-number-for-string",
    software: "OpenTelemetry Go with gin; a decoding error becomes a 500",
    share: 0.25,
    ...usually(
      { method: "POST", status: 201 },
      alone(app("intake", "gin"), "/parcels", {
        thrown: thrown(
          "*json.UnmarshalTypeError",
          "json: cannot unmarshal number into Go struct field Parcel.reference of type string",
          [],
        ),
      }),
    ),
    cause: "parse-failure",
    also: ["invalid-input-unguarded"],
  },
  {
    name: "rails-enum-not-a-valid-value",
    software: "OpenTelemetry Ruby with Rails 8",
    share: 0.25,
    ...usually(
      { method: "POST", status: 201 },
      alone(app("tickets", "rails"), "/tickets", {
        thrown: thrown("ArgumentError", "'urgent!' is not a valid priority", [
          "app/controllers/tickets_controller.rb:19:in 'TicketsController#create'",
        ]),
      }),
    ),
    cause: "invalid-input-unguarded",
    also: ["unhandled-exception"],
  },
  {
    name: "axum-already-borrowed",
    software: "OpenTelemetry Rust with axum, panics caught by tower-http",
    share: 0.2,
    ...alone(app("carts", "axum"), "/carts/:id", {
      lines: [
        line(17, "thread 'tokio-runtime-worker' panicked at src/session.rs:88:31:\nalready borrowed: BorrowMutError", {
          attributes: { target: "carts" },
        }),
      ],
    }),
    cause: "unhandled-exception",
  },
  {
    name: "laravel-class-not-found-after-release",
    software: "OpenTelemetry PHP with Laravel 12; the release forgot to dump the autoloader",
    onset: 30,
    ...alone(app("vouchers", "laravel"), "/vouchers/:code", {
      app: app("vouchers", "laravel", { version: "4.3.0" }),
      thrown: thrown("Error", 'Class "App\\Services\\Rounding" not found', [
        "#0 /var/www/html/app/Http/Controllers/VoucherController.php(31): App\\Http\\Controllers\\VoucherController->show()",
      ]),
    }),
    beside: { changes: [{ kind: "deploy", service: "vouchers", atMs: 30 * 400 - 800, version: "4.3.0", previousVersion: "4.2.0" }] },
    cause: "bad-deploy",
  },
  {
    name: "rails-table-missing-after-release",
    software: "OpenTelemetry Ruby with Rails 8; the release came before its migration",
    onset: 28,
    ...alone(app("surveys", "rails"), "/surveys/:id", {
      app: app("surveys", "rails", { version: "4.3.0" }),
      thrown: thrown(
        "ActiveRecord::StatementInvalid",
        'PG::UndefinedTable: ERROR:  relation "survey_answers" does not exist\nLINE 1: SELECT "survey_answers".* FROM "survey_answers"',
        ["app/models/survey.rb:22:in 'Survey#answers'"],
      ),
    }),
    beside: { changes: [{ kind: "deploy", service: "surveys", atMs: 28 * 400 - 900, version: "4.3.0", previousVersion: "4.2.0" }] },
    cause: "bad-deploy",
    also: ["bad-configuration"],
  },
  {
    name: "flag-on-in-go",
    software: "OpenTelemetry Go with gin; a flag switches the compression of archives",
    onset: 26,
    ...alone(app("archive", "gin"), "/archives/:id", {
      thrown: thrown("*errors.errorString", "open archive: unsupported compression method 93", []),
    }),
    beside: { changes: [{ kind: "flag", service: "archive", atMs: 26 * 400 - 700, description: "zstd-archives on" }] },
    cause: "bad-configuration",
    also: ["unhandled-exception"],
  },
  {
    name: "java-optimistic-lock",
    software: "Java agent 2.20 with Spring Boot 3, Hibernate; two writers of one row",
    share: 0.2,
    ...usually(
      { method: "PUT" },
      alone(app("seats", "spring"), "/seats/:id", {
        thrown: thrown(
          "org.springframework.orm.ObjectOptimisticLockingFailureException",
          "Row was updated or deleted by another transaction (or unsaved-value mapping was incorrect) : [com.acme.seats.Seat#7]",
          [
            "\tat com.acme.seats.SeatService.book(SeatService.java:44)",
            "Caused by: org.hibernate.StaleObjectStateException: Row was updated or deleted by another transaction",
          ],
        ),
      }),
    ),
    cause: "unhandled-exception",
    also: ["database-failure"],
  },
];

/** Services of languages and platforms that no earlier batch had, failing by themselves. Each is written as the nearest of the runtimes writes. */
import { app, line, thrown } from "../../compose.ts";
import type { Scene } from "../../plan.ts";
import { alone } from "../../shapes.ts";

const dies = (type: string, message: string, frames: readonly string[]) => ({ thrown: thrown(type, message, frames) });

/** See the file's head. */
export const CODE: readonly Scene[] = [
  {
    name: "zio-defect-dies-in-a-fiber",
    software: "Scala with ZIO HTTP; a defect ends the fiber",
    share: 0.4,
    ...alone(
      app("tariffs", "pekko"),
      "/tariffs/:id",
      dies("scala.MatchError", "Night (of class tariffs.Night$)", [
        "\tat tariffs.Price.of(Price.scala:31)",
        "\tat zio.internal.FiberRuntime.runLoop(FiberRuntime.scala:1067)",
      ]),
    ),
    cause: "unhandled-exception",
  },
  {
    name: "crystal-nil-assertion",
    software: "Crystal with Kemal; a customer without an address",
    share: 0.3,
    ...alone(
      app("labels", "rails"),
      "/labels/:id",
      dies("NilAssertionError", "Nil assertion failed", ["  from src/labels.cr:41:7 in 'print'"]),
    ),
    cause: "unhandled-exception",
    also: ["invalid-input-unguarded"],
  },
  {
    name: "nim-index-defect",
    software: "Nim with Jester; an order without lines",
    share: 0.3,
    ...alone(app("picking", "gin"), "/picking/:id", dies("IndexDefect", "index 0 not in 0 .. -1", ["picking.nim(88) nextLine"])),
    cause: "unhandled-exception",
    also: ["invalid-input-unguarded"],
  },
  {
    name: "zig-out-of-memory",
    software: "Zig's HTTP server; the arena of a request may take no more",
    onset: 24,
    ...alone(app("thumbnails", "axum"), "/thumbnails/:id", dies("error.OutOfMemory", "OutOfMemory", ["src/main.zig:77:13 in resize"])),
    cause: "resource-exhausted",
    also: ["memory-leak"],
  },
  {
    name: "dart-frog-late-field",
    software: "Dart Frog; a field is read before it is set",
    onset: 26,
    ...alone(
      app("menus", "express"),
      "/menus/:id",
      dies("LateInitializationError", "Field 'prices' has not been initialized.", ["#0      Menu.prices (package:menus/menu.dart)"]),
    ),
    cause: "unhandled-exception",
  },
  {
    name: "gleam-let-assert-on-error",
    software: "Gleam with Wisp; a let assert meets an Error",
    share: 0.4,
    ...alone(
      app("polls", "phoenix"),
      "/polls/:id",
      dies(
        "ErlangError",
        'Erlang error: %{gleam_error: :let_assert, message: "Pattern match failed, no pattern matched the value.", value: {:error, nil}}',
        ["    src/polls.gleam:52: polls.count/1"],
      ),
    ),
    cause: "unhandled-exception",
  },
  {
    name: "mojolicious-undefined-value",
    software: "Perl with Mojolicious; a method of nothing",
    share: 0.3,
    ...alone(
      app("archive", "laravel"),
      "/archive/:id",
      dies("Mojo::Exception", 'Can\'t call method "title" on an undefined value at lib/Archive/Item.pm line 44.', []),
    ),
    cause: "unhandled-exception",
  },
  {
    name: "dancer-environment-lacks-a-key",
    software: "Perl with Dancer2; the new host lacks a variable",
    onset: 25,
    ...alone(app("imports", "laravel"), "/imports/:id", dies("Dancer2::Core::Error", "Missing ENV key: IMPORT_SIGNING_KEY", [])),
    cause: "bad-configuration",
  },
  {
    name: "openresty-lua-indexes-nil",
    software: "OpenResty; Lua in the access phase indexes what is not there",
    onset: 27,
    ...alone(app("edge", "gin"), "/edge/:id", {
      lines: [
        line(
          17,
          "[lua] access.lua:31: lua entry thread aborted: runtime error: access.lua:31: attempt to index local 'user' (a nil value)",
        ),
      ],
    }),
    cause: "unhandled-exception",
  },
  {
    name: "plumber-object-not-found",
    software: "R with plumber; an object that the session does not have",
    share: 0.5,
    ...alone(
      app("forecasts", "flask"),
      "/forecasts/:id",
      dies("simpleError", "Error in predict(model, data): object 'model' not found", []),
    ),
    cause: "unhandled-exception",
    also: ["bad-configuration"],
  },
  {
    name: "plumber-vector-too-long",
    software: "R with plumber; memory for one vector cannot be had",
    onset: 24,
    ...alone(app("clusters", "flask"), "/clusters/:id", dies("simpleError", "cannot allocate vector of size 7.6 Gb", [])),
    cause: "resource-exhausted",
    also: ["memory-leak"],
  },
  {
    name: "cobol-gateway-abends",
    software: "A REST gateway over CICS; the program abends on data that is no number",
    share: 0.25,
    ...alone(
      app("policies", "spring-old"),
      "/policies/:id",
      dies(
        "com.ibm.ctg.client.CicsAbendException",
        "CICS transaction POLQ abended with code ASRA: data exception (0C7) in program POLQRY01",
        ["\tat com.acme.policies.Cics.run(Cics.java:90)"],
      ),
    ),
    cause: "unhandled-exception",
    also: ["dependency-error", "invalid-input-unguarded"],
  },
  {
    name: "sap-table-cannot-be-extended",
    software: "SAP Gateway; an internal table takes no more rows",
    onset: 24,
    ...alone(
      app("inventory-odata", "spring"),
      "/materials/:id",
      dies(
        "com.sap.gateway.GatewayException",
        "Runtime error TSV_TNEW_PAGE_ALLOC_FAILED: No more storage space available for extending an internal table.",
        [],
      ),
    ),
    cause: "resource-exhausted",
    also: ["memory-leak"],
  },
  {
    name: "apex-too-many-queries",
    software: "Salesforce Apex; a query in a loop meets the governor",
    share: 0.35,
    ...alone(
      app("quotes-apex", "spring"),
      "/quotes/:id",
      dies("System.LimitException", "Too many SOQL queries: 101", ["Class.QuoteService.price: line 31, column 1"]),
    ),
    cause: "unhandled-exception",
    also: ["resource-exhausted", "rate-limited-as-5xx"],
  },
  {
    name: "apex-cpu-time",
    software: "Salesforce Apex; a calculation takes more than the governor allows",
    share: 0.35,
    ...alone(
      app("pricing-apex", "spring"),
      "/prices/:id",
      dies("System.LimitException", "Apex CPU time limit exceeded", ["Class.PriceBook.all: line 77, column 1"]),
    ),
    cause: "resource-exhausted",
  },
  {
    name: "camunda-expression-unknown",
    software: "Camunda in Spring Boot; a process names a bean that the release renamed",
    onset: 25,
    ...alone(
      app("claims-process", "spring"),
      "/claims/:id",
      dies(
        "org.camunda.bpm.engine.ProcessEngineException",
        "Unknown property used in expression: ${claimChecker.check(execution)}. Cause: Cannot resolve identifier 'claimChecker'",
        ["\tat org.camunda.bpm.engine.impl.el.JuelExpression.getValue(JuelExpression.java:60)"],
      ),
    ),
    cause: "unhandled-exception",
    also: ["bad-configuration", "bad-deploy"],
  },
  {
    name: "airflow-connection-is-not-defined",
    software: "Airflow's API; a connection was not carried over",
    onset: 25,
    ...alone(
      app("pipelines", "flask"),
      "/dags/:id/runs",
      dies("airflow.exceptions.AirflowNotFoundException", "The conn_id `warehouse` isn't defined", [
        "Traceback (most recent call last):",
        '  File "/opt/airflow/api/runs.py", line 61, in post',
      ]),
    ),
    cause: "bad-configuration",
    also: ["unhandled-exception"],
  },
  {
    name: "cloud-run-instance-takes-no-more-memory",
    software: "Django on Cloud Run; the platform ends instances that take too much",
    onset: 22,
    ...alone(app("exports", "django"), "/exports/:id", {
      status: 503,
      lines: [
        line(
          17,
          "Memory limit of 512 MiB exceeded with 530 MiB used. Consider increasing the memory limit, see https://cloud.google.com/run/docs/configuring/memory-limits",
        ),
      ],
    }),
    cause: "resource-exhausted",
    also: ["memory-leak"],
  },
  {
    name: "deno-deploy-isolate-limit",
    software: "Deno Deploy; an isolate takes more processor time than its plan",
    onset: 25,
    ...alone(app("badges", "worker"), "/badges/:id", dies("Error", "isolate terminated: CPU time limit exceeded", [])),
    cause: "resource-exhausted",
  },
  {
    name: "vercel-function-timeout",
    software: "A Next.js function on Vercel; the platform gives up after ten seconds",
    onset: 25,
    share: 0.5,
    ...alone(app("storefront-fn", "worker"), "/render/:id", {
      status: 504,
      ms: 10_000,
      lines: [line(17, "FUNCTION_INVOCATION_TIMEOUT: Vercel Runtime Timeout Error: Task timed out after 10 seconds")],
    }),
    cause: "gateway-timeout",
    also: ["dependency-timeout", "resource-exhausted"],
  },
  {
    name: "ambiguous-pool-of-swimmers",
    software: "Spring Boot; a booking rule says that the pool is full, and nobody catches it",
    share: 0.3,
    ...alone(
      app("pools", "spring"),
      "/pools/:id/bookings",
      dies("com.acme.pools.BookingException", "The swimming pool is full at 18:00", [
        "\tat com.acme.pools.BookingService.book(BookingService.java:40)",
      ]),
    ),
    cause: "unhandled-exception",
    also: ["invalid-input-unguarded"],
  },
  {
    name: "exchange-rate-limit-order",
    software: "NestJS; a limit order on an exchange rate has no market",
    share: 0.3,
    ...alone(
      app("orders-fx", "nest"),
      "/fx/:id",
      dies("OrderRuleError", "exchange rate limit order has no market for pair EURISK", [
        "    at OrderService.place (/app/dist/order.service.js:50:11)",
      ]),
    ),
    cause: "unhandled-exception",
    also: ["invalid-input-unguarded"],
  },
];

/** What code throws by itself, on runtimes other than Node. */
import { app, call, hop, line, maybe, numbered, outside, store, thrown, visit } from "../../compose.ts";
import type { Scene } from "../../plan.ts";

const PYTHON_FRAMES = (file: string, row: number, code: string): readonly string[] => [
  `  File "/srv/app/${file}", line ${row}, in show`,
  `    ${code}`,
];
const JAVA_FRAMES = [
  "\tat com.acme.orders.TotalService.total(TotalService.java:61)",
  "\tat com.acme.orders.OrderController.show(OrderController.java:33)",
  "\tat java.base/jdk.internal.reflect.DirectMethodHandleAccessor.invoke(DirectMethodHandleAccessor.java:103)",
  "\tat org.springframework.web.servlet.DispatcherServlet.doDispatch(DispatcherServlet.java:1089)",
];

/** See the file's head. */
export const EXCEPTIONS: readonly Scene[] = [
  {
    name: "spring-null-pointer-behind-gateway",
    software: "Java agent 2.20 with Spring Boot 3 on Tomcat behind Spring Cloud Gateway",
    share: 0.3,
    visit: (turn) => {
      const path = numbered("/orders", turn);
      const failed = turn.isBad
        ? {
            status: 500,
            thrown: thrown(
              "java.lang.NullPointerException",
              'Cannot invoke "com.acme.orders.Customer.getTier()" because the return value of "com.acme.orders.Order.getCustomer()" is null',
              JAVA_FRAMES,
            ),
          }
        : {};
      const orders = visit(app("orders", "spring"), "/orders/:id", {
        path,
        ...failed,
        steps: [store(["postgresql", "orders-db"], "select o1_0.id,o1_0.customer_id from orders o1_0 where o1_0.id=?")],
      });
      return visit(app("shop-gateway", "spring"), "/orders/:id", { path, status: turn.isBad ? 500 : 200, steps: [call(orders)] });
    },
    seen: { service: "shop-gateway", route: "/orders/{id}" },
    cause: "unhandled-exception",
    creators: ["orders"],
    path: [hop("shop-gateway", "propagated"), hop("orders", "created"), maybe(["postgresql", "orders-db"], "clean")],
  },
  {
    name: "spring-old-duplicate-key-as-500",
    software: "Java agent 1.31 (old conventions) with Spring Boot 2, Hibernate, PostgreSQL",
    share: 0.35,
    visit: ({ isBad }) => {
      const message =
        'ERROR: duplicate key value violates unique constraint "customers_email_key"\n  Detail: Key (email)=(x@example.com) already exists.';
      const wrapped = thrown(
        "org.springframework.dao.DataIntegrityViolationException",
        `could not execute statement [${message}] [insert into customers (email,name) values (?,?)]; SQL [insert into customers (email,name) values (?,?)]; constraint [customers_email_key]`,
        [
          "\tat com.acme.accounts.SignupService.signup(SignupService.java:48)",
          `Caused by: org.postgresql.util.PSQLException: ${message}`,
          "\tat org.postgresql.core.v3.QueryExecutorImpl.receiveErrorResponse(QueryExecutorImpl.java:2733)",
        ],
      );
      const trouble = { type: "org.postgresql.util.PSQLException", message };
      const insert = store(["postgresql", "accounts-db"], "insert into customers (email,name) values (?,?)", isBad ? { trouble } : {});
      return visit(app("accounts", "spring-old"), "/customers", {
        method: "POST",
        status: isBad ? 500 : 201,
        steps: [insert],
        ...(isBad ? { thrown: wrapped } : {}),
      });
    },
    seen: { service: "accounts", route: "/customers" },
    cause: "invalid-input-unguarded",
    also: ["unhandled-exception"],
    creators: ["accounts"],
    path: [hop("accounts", "created", "remapped"), maybe(["postgresql", "accounts-db"], "clean")],
  },
  {
    name: "fastapi-key-error-behind-flag",
    software: "OpenTelemetry Python with FastAPI",
    onset: 28,
    visit: (turn) => {
      const error = thrown("KeyError", "'loyalty_points'", [
        "Traceback (most recent call last):",
        ...PYTHON_FRAMES("carts/pricing.py", 88, 'points = customer["loyalty_points"]'),
      ]);
      return visit(app("carts", "fastapi"), "/carts/:cart_id", {
        path: numbered("/carts", turn),
        ...(turn.isBad ? { status: 500, thrown: error } : {}),
        attributes: { "feature_flag.key": "new-loyalty", "feature_flag.variant": turn.index >= 28 ? "on" : "off" },
      });
    },
    beside: { changes: [{ kind: "flag", service: "carts", atMs: 28 * 400 - 900, description: "new-loyalty on" }] },
    seen: { service: "carts", route: "/carts/{cart_id}" },
    cause: "bad-configuration",
    also: ["unhandled-exception", "bad-deploy"],
    creators: ["carts"],
    path: [hop("carts", "created")],
  },
  {
    name: "flask-error-handler-fails",
    software: "OpenTelemetry Python with Flask",
    share: 0.4,
    visit: (turn) => {
      const error = thrown("jinja2.exceptions.TemplateNotFound", "errors/500.html", [
        "Traceback (most recent call last):",
        ...PYTHON_FRAMES("invoices/views.py", 41, "return invoice.lines[0].total"),
        "IndexError: list index out of range",
        "",
        "During handling of the above exception, another exception occurred:",
        "",
        "Traceback (most recent call last):",
        ...PYTHON_FRAMES("invoices/errors.py", 12, 'return render_template("errors/500.html"), 500'),
      ]);
      return visit(app("invoices", "flask"), "/invoices/:invoice_id", {
        path: numbered("/invoices", turn),
        ...(turn.isBad ? { status: 500, thrown: error } : {}),
      });
    },
    seen: { service: "invoices", route: "/invoices/<invoice_id>" },
    cause: "masked-by-middleware",
    also: ["unhandled-exception"],
    creators: ["invoices"],
    path: [hop("invoices", "created")],
  },
  {
    name: "django-latin1-payload",
    software: "OpenTelemetry Python with Django",
    share: 0.3,
    visit: ({ isBad }) => {
      const error = thrown("UnicodeDecodeError", "'utf-8' codec can't decode byte 0xe9 in position 18: invalid continuation byte", [
        "Traceback (most recent call last):",
        ...PYTHON_FRAMES("addresses/views.py", 27, 'text = request.body.decode("utf-8")'),
      ]);
      return visit(app("addresses", "django"), "/addresses", {
        method: "POST",
        ...(isBad ? { status: 500, thrown: error } : { status: 201 }),
      });
    },
    seen: { service: "addresses", route: "addresses" },
    cause: "invalid-input-unguarded",
    also: ["parse-failure"],
    creators: ["addresses"],
    path: [hop("addresses", "created")],
  },
  {
    name: "gin-panic-recovered",
    software: "OpenTelemetry Go with gin, slog",
    share: 0.35,
    visit: (turn) => {
      const path = numbered("/baskets", turn);
      const panic = line(
        17,
        "[Recovery] 2026/11/18 - 09:30:12 panic recovered:\nGET /baskets/7 HTTP/1.1\nHost: baskets\n\nruntime error: invalid memory address or nil pointer dereference\n/usr/local/go/src/runtime/panic.go:262 (0x43d0b8)\n\tpanicmem: panic(memoryError)\n/app/internal/baskets/total.go:57 (0x8b1a2c)\n\t(*Service).Total: sum += item.Offer.Cents",
        { scope: "github.com/gin-gonic/gin" },
      );
      const baskets = visit(app("baskets", "gin"), "/baskets/:id", { path, ...(turn.isBad ? { status: 500, lines: [panic] } : {}) });
      return visit(app("mobile-bff", "aspnet"), "/api/baskets/:id", {
        path: `/api${path}`,
        status: turn.isBad ? 502 : 200,
        steps: [call(baskets)],
      });
    },
    seen: { service: "mobile-bff", route: "api/baskets/{id}" },
    cause: "unhandled-exception",
    creators: ["baskets"],
    path: [hop("mobile-bff", "remapped"), hop("baskets", "created")],
  },
  {
    name: "gin-number-out-of-range",
    software: "OpenTelemetry Go with gin, slog",
    share: 0.25,
    visit: (turn) => {
      const quantity = turn.isBad ? "99999999999999999999" : "3";
      const error = thrown("*strconv.NumError", `strconv.Atoi: parsing "${quantity}": value out of range`, []);
      return visit(app("stock", "gin"), "/stock/:sku", {
        path: numbered("/stock", turn),
        attributes: { "url.query": `quantity=${quantity}` },
        ...(turn.isBad ? { status: 500, thrown: error } : {}),
      });
    },
    seen: { service: "stock", route: "/stock/:sku" },
    cause: "invalid-input-unguarded",
    creators: ["stock"],
    path: [hop("stock", "created")],
  },
  {
    name: "aspnet-invalid-local-time",
    software: ".NET 9 with ASP.NET Core",
    share: 0.2,
    visit: ({ isBad }) => {
      const error = thrown(
        "System.ArgumentException",
        "The supplied DateTime represents an invalid time.  For example, when the clock is adjusted forward, any time in the period that is skipped is invalid. (Parameter 'dateTime')",
        [
          "   at System.TimeZoneInfo.ConvertTime(DateTime dateTime, TimeZoneInfo sourceTimeZone, TimeZoneInfo destinationTimeZone, TimeZoneInfoOptions flags, CachedData cachedData)",
          "   at Bookings.Slots.ToUtc(String local) in /src/Bookings/Slots.cs:line 44",
        ],
      );
      return visit(app("bookings", "aspnet"), "/slots", {
        attributes: { "url.query": isBad ? "at=2026-03-29T02:30" : "at=2026-03-29T14:30" },
        ...(isBad ? { status: 500, thrown: error } : {}),
      });
    },
    seen: { service: "bookings", route: "slots" },
    cause: "invalid-input-unguarded",
    also: ["unhandled-exception"],
    creators: ["bookings"],
    path: [hop("bookings", "created")],
  },
  {
    name: "aspnet-canary-null-reference",
    software: ".NET 9 with ASP.NET Core, two versions at once",
    onset: 20,
    share: 0.35,
    visit: (turn) => {
      const error = thrown("System.NullReferenceException", "Object reference not set to an instance of an object.", [
        "   at Catalog.Offers.Best(Product product) in /src/Catalog/Offers.cs:line 71",
        "   at Catalog.ProductsController.Get(Int32 id) in /src/Catalog/ProductsController.cs:line 29",
      ]);
      const version = turn.isBad ? { version: "4.3.0", instance: "catalog-canary-5f7c9d-zz4tq" } : {};
      return visit(app("catalog", "aspnet", version), "/products/:id", {
        path: numbered("/products", turn),
        ...(turn.isBad ? { status: 500, thrown: error } : {}),
      });
    },
    seen: { service: "catalog", route: "products/{id}" },
    cause: "bad-deploy",
    creators: ["catalog"],
    path: [hop("catalog", "created")],
  },
  {
    name: "rails-nil-no-method",
    software: "OpenTelemetry Ruby with Rails 8",
    share: 0.3,
    visit: (turn) => {
      const error = thrown("NoMethodError", "undefined method 'street' for nil", [
        "app/models/shipment.rb:31:in 'Shipment#label'",
        "app/controllers/shipments_controller.rb:14:in 'ShipmentsController#show'",
      ]);
      return visit(app("shipments", "rails"), "/shipments/:id", {
        path: numbered("/shipments", turn),
        steps: [store(["postgresql", "ships-db"], "SELECT shipments.* FROM shipments WHERE shipments.id = $1 LIMIT $2")],
        ...(turn.isBad ? { status: 500, thrown: error } : {}),
      });
    },
    seen: { service: "shipments", route: "/shipments/:id(.:format)" },
    cause: "unhandled-exception",
    creators: ["shipments"],
    path: [hop("shipments", "created"), maybe(["postgresql", "ships-db"], "clean")],
  },
  {
    name: "axum-unwrap-on-none",
    software: "OpenTelemetry Rust with axum, panics caught by tower-http",
    share: 0.3,
    visit: (turn) => {
      const panic = line(
        17,
        "thread 'tokio-runtime-worker' panicked at src/routes/quotes.rs:48:31:\ncalled `Option::unwrap()` on a `None` value",
        { attributes: { target: "quotes" } },
      );
      return visit(app("quotes", "axum"), "/quotes/:id", {
        path: numbered("/quotes", turn),
        ...(turn.isBad
          ? {
              status: 500,
              lines: [
                panic,
                line(17, "Service panicked: called `Option::unwrap()` on a `None` value", { scope: "tower_http::catch_panic" }),
              ],
            }
          : {}),
      });
    },
    seen: { service: "quotes", route: "/quotes/{id}" },
    cause: "unhandled-exception",
    creators: ["quotes"],
    path: [hop("quotes", "created")],
  },
  {
    name: "spring-graphql-200-with-errors",
    software: "Java agent 2.20 with Spring for GraphQL in front of a Python service",
    share: 0.4,
    visit: ({ isBad }) => {
      const error = thrown("ZeroDivisionError", "division by zero", [
        "Traceback (most recent call last):",
        ...PYTHON_FRAMES("reviews/stars.py", 19, "return total / len(reviews)"),
      ]);
      const reviews = visit(app("reviews", "fastapi"), "/reviews/:sku/stars", isBad ? { status: 500, thrown: error } : {});
      const resolver = line(
        17,
        'Unresolved InternalServerError for executionId 1f0c2a6b-2: 500 Internal Server Error on GET request for "http://reviews:8080/reviews/7/stars"',
        { scope: "org.springframework.graphql.execution.ExceptionResolversExceptionHandler" },
      );
      return visit(app("graphql", "spring"), "/graphql", {
        method: "POST",
        status: 200,
        steps: [call(reviews)],
        ...(isBad ? { lines: [resolver] } : {}),
      });
    },
    seen: { service: "reviews", route: "/reviews/{sku}/stars" },
    cause: "unhandled-exception",
    also: ["masked-by-middleware", "invalid-input-unguarded"],
    creators: ["reviews"],
    path: [maybe("graphql", "masked", "clean"), hop("reviews", "created")],
  },
  {
    name: "spring-third-party-changed-its-schema",
    software: "Java agent 2.20 with Spring Boot 3, Jackson",
    onset: 25,
    visit: (turn) => {
      const error = thrown(
        "org.springframework.web.client.RestClientException",
        "Error while extracting response for type [com.acme.rates.Rate] and content type [application/json]",
        [
          "\tat com.acme.rates.RateClient.fetch(RateClient.java:37)",
          "Caused by: com.fasterxml.jackson.databind.exc.MismatchedInputException: Cannot deserialize value of type `java.math.BigDecimal` from Object value (token `JsonToken.START_OBJECT`)",
          ' at [Source: (ByteArrayInputStream); line: 1, column: 19] (through reference chain: com.acme.rates.Rate["price"])',
        ],
      );
      const rates = visit(outside("api.fxrates.example"), "/v2/rates");
      return visit(app("rates", "spring"), "/rates/:currency", {
        path: numbered("/rates", turn),
        steps: [call(rates)],
        ...(turn.isBad ? { status: 500, thrown: error } : {}),
      });
    },
    seen: { service: "rates", route: "/rates/{currency}" },
    cause: "parse-failure",
    also: ["gateway-mismatch"],
    creators: ["rates"],
    path: [hop("rates", "created"), maybe("api.fxrates.example", "clean", "created")],
  },
  {
    name: "clock-ahead-by-ninety-seconds",
    software: "Java agent 2.20 in front of OpenTelemetry Python with Flask on a machine whose clock is ahead",
    share: 0.35,
    visit: (turn) => {
      const error = thrown("AttributeError", "'NoneType' object has no attribute 'rate'", [
        "Traceback (most recent call last):",
        ...PYTHON_FRAMES("taxes/rules.py", 66, "return rule.rate * net"),
      ]);
      const taxes = visit(app("taxes", "flask", { skewMs: 90_000 }), "/taxes/:zone", turn.isBad ? { status: 500, thrown: error } : {});
      return visit(app("basket-api", "spring"), "/baskets/:id", {
        path: numbered("/baskets", turn),
        status: turn.isBad ? 500 : 200,
        steps: [call(taxes)],
      });
    },
    seen: { service: "basket-api", route: "/baskets/{id}" },
    cause: "unhandled-exception",
    creators: ["taxes"],
    path: [hop("basket-api", "propagated"), hop("taxes", "created")],
  },
];

/** Nothing is wrong, or not what it seems. */
import { app, call, hop, line, maybe, numbered, outside, store, thrown, visit } from "../../compose.ts";
import type { Scene } from "../../plan.ts";

/** See the file's head. */
export const NEGATIVES: readonly Scene[] = [
  {
    name: "client-errors-only",
    software: "OpenTelemetry Python with FastAPI",
    share: 0,
    negative: "client-errors",
    visit: (turn) => {
      const status = turn.dice.pick([200, 404, 422, 401, 409]);
      return visit(app("customers", "fastapi"), "/customers/:customer_id", {
        path: numbered("/customers", turn),
        status,
        ...(status === 422 ? { lines: [line(13, "Request validation failed: field required")] } : {}),
      });
    },
  },
  {
    name: "rails-record-not-found-with-exceptions",
    software: "OpenTelemetry Ruby with Rails 8; the exception of each 404 is recorded",
    share: 0,
    negative: "handled-exceptions",
    visit: (turn) =>
      visit(app("articles", "rails"), "/articles/:id", {
        path: numbered("/articles", turn),
        ...(turn.index % 3 === 0
          ? {
              status: 404,
              thrown: thrown("ActiveRecord::RecordNotFound", "Couldn't find Article with 'id'=4107", [
                "app/controllers/articles_controller.rb:8:in 'ArticlesController#show'",
              ]),
            }
          : {}),
      }),
  },
  {
    name: "clients-go-away",
    software: "Java agent 2.20 with Spring Boot 3; browsers break off their downloads",
    share: 0,
    negative: "cancelled",
    visit: (turn) =>
      visit(app("downloads", "spring"), "/downloads/:id", {
        path: numbered("/downloads", turn),
        ms: 240,
        ...(turn.index % 4 === 0
          ? {
              lines: [
                line(13, "Resolved [org.apache.catalina.connector.ClientAbortException: java.io.IOException: Broken pipe]", {
                  scope: "org.springframework.web.servlet.mvc.support.DefaultHandlerExceptionResolver",
                }),
              ],
            }
          : {}),
      }),
  },
  {
    name: "grpc-cancelled-by-callers",
    software: "OpenTelemetry Go with grpc-go; callers hedge and cancel the slower call",
    share: 0,
    negative: "cancelled",
    visit: (turn) => {
      const lost = visit(app("search-shard", "gin"), "", {
        rpc: { service: "acme.search.v1.Shard", method: "Find", code: 1, message: "context canceled" },
        ms: 90,
      });
      const won = visit(app("search-shard", "gin"), "", { rpc: { service: "acme.search.v1.Shard", method: "Find", code: 0 }, ms: 20 });
      return visit(app("search", "gin"), "/search", { steps: turn.index % 3 === 0 ? [call(lost), call(won)] : [call(won)] });
    },
  },
  {
    name: "slow-but-fine",
    software: ".NET 9 with ASP.NET Core; nightly reports",
    share: 0,
    negative: "healthy",
    visit: (turn) =>
      visit(app("reports", "aspnet"), "/reports/:id", {
        path: numbered("/reports", turn),
        ms: 9_000 + turn.index * 40,
        steps: [store(["postgresql", "reports-db"], "SELECT sum(total) FROM postings GROUP BY month", { ms: 4_000 })],
      }),
  },
  {
    name: "load-test",
    software: "OpenTelemetry Go with gin; a load test raises the pace tenfold, all answers are right",
    share: 0,
    everyMs: 30,
    requests: 200,
    negative: "healthy",
    visit: (turn) =>
      visit(app("catalogue", "gin"), "/products/:id", {
        path: numbered("/products", turn),
        ms: 5 + turn.index,
        attributes: { "user_agent.original": "k6/1.2.0" },
      }),
  },
  {
    name: "retried-and-fine",
    software: "Java agent 2.20 with Spring Retry; a second try always succeeds, and the first is still worth a look",
    share: 0,
    visit: (turn) => {
      const away = visit(outside("rates"), "/rates");
      const there = visit(app("rates", "gin"), "/rates");
      const failed = call(away, {
        isUnreached: true,
        ms: 2,
        trouble: { type: "java.net.ConnectException", message: "Connection refused" },
      });
      return visit(app("cart", "spring"), "/carts/:id", {
        path: numbered("/carts", turn),
        steps: turn.index % 4 === 0 ? [failed, call(there)] : [call(there)],
      });
    },
    cause: "connection-refused",
    creators: ["rates"],
    path: [hop("cart", "masked"), hop("rates", "created")],
  },
  {
    name: "decoy-deploy-beside-third-party",
    software: "OpenTelemetry PHP with Laravel 12; a release of texts came just before the third party fell over",
    onset: 28,
    negative: "decoy-deploy",
    visit: (turn) => {
      const error = thrown(
        "GuzzleHttp\\Exception\\ServerException",
        "Server error: `POST https://api.mailpost.example/v3/send` resulted in a `503 Service Unavailable` response",
        ["#0 /var/www/html/app/Services/Mailer.php(33): GuzzleHttp\\Client->post()"],
      );
      const api = visit(outside("api.mailpost.example"), "/v3/send", { method: "POST", status: turn.isBad ? 503 : 200 });
      return visit(app("newsletter", "laravel"), "/newsletters", {
        method: "POST",
        steps: [call(api)],
        ...(turn.isBad ? { status: 500, thrown: error } : { status: 202 }),
      });
    },
    beside: {
      changes: [
        { kind: "deploy", service: "newsletter", atMs: 21 * 400, version: "4.2.0", previousVersion: "4.1.9", description: "texts" },
      ],
    },
    seen: { service: "newsletter", route: "newsletters" },
    cause: "third-party-failure",
    creators: ["api.mailpost.example"],
    path: [hop("newsletter", "remapped", "propagated"), hop("api.mailpost.example", "created")],
  },
  {
    name: "noise-of-retried-timeouts",
    software: "Java agent 2.20 with Spring Boot 3; a loud, harmless cache beside an exception",
    share: 0.25,
    negative: "noise",
    visit: (turn) => {
      const miss = store(
        ["redis", "cache"],
        "GET ?",
        turn.dice.chance(0.6)
          ? {
              trouble: { type: "io.lettuce.core.RedisCommandTimeoutException", message: "Command timed out after 50 millisecond(s)" },
              ms: 50,
            }
          : {},
      );
      const error = thrown("java.lang.IllegalStateException", "Optional text must contain a country", [
        "\tat com.acme.labels.LabelService.country(LabelService.java:45)",
      ]);
      return visit(app("labels", "spring"), "/labels/:id", {
        path: numbered("/labels", turn),
        steps: [miss],
        ...(turn.isBad ? { status: 500, thrown: error } : {}),
        lines: [line(17, "cache read failed: Command timed out after 50 millisecond(s)", { scope: "com.acme.labels.Cache" })],
      });
    },
    seen: { service: "labels", route: "/labels/{id}" },
    cause: "unhandled-exception",
    also: ["invalid-input-unguarded"],
    creators: ["labels"],
    path: [hop("labels", "created"), maybe(["redis", "cache"], "clean")],
  },
  {
    name: "bare-500-of-php",
    software: "OpenTelemetry PHP with Laravel 12; nothing is logged",
    share: 0.3,
    negative: "evidence-missing",
    visit: (turn) =>
      visit(app("vouchers", "laravel"), "/vouchers/:voucher", { path: numbered("/vouchers", turn), status: turn.isBad ? 500 : 200 }),
    seen: { service: "vouchers", route: "vouchers/{voucher}" },
    missing: ["vouchers", "exception", "log line"],
    creators: ["vouchers"],
  },
];

/** Nothing is wrong, or nothing that could be told: clients' errors, noise, health, evidence that is not there. */
import { ENVOY_OK, HAPROXY_OK, albLine, envoyLine, haproxyLine } from "../../access-lines.ts";
import { app, call, line, numbered, outside, store, thrown, visit } from "../../compose.ts";
import type { Scene } from "../../plan.ts";

/** See the file's head. */
export const NEGATIVES: readonly Scene[] = [
  {
    name: "phoenix-no-results",
    software: "OpenTelemetry Erlang with Phoenix; a record that is not there is a 404, and its exception is recorded",
    share: 0,
    negative: "client-errors",
    visit: (turn) =>
      visit(app("albums", "phoenix"), "/albums/:id", {
        path: numbered("/albums", turn),
        ...(turn.index % 3 === 0
          ? {
              status: 404,
              thrown: thrown(
                "Ecto.NoResultsError",
                "expected at least one result but got none in query:\n\nfrom a0 in Shop.Album, where: a0.id == ^4100",
                ["    (ecto 3.12.4) lib/ecto/repo/queryable.ex:166: Ecto.Repo.Queryable.one!/3"],
              ),
            }
          : {}),
      }),
  },
  {
    name: "express-clients-are-limited",
    software: "OpenTelemetry JS 2 with Express 5, express-rate-limit",
    share: 0,
    negative: "client-errors",
    visit: (turn) =>
      visit(app("public-api", "express"), "/search", {
        status: turn.index % 2 === 0 ? 429 : 200,
        lines: turn.index % 2 === 0 ? [line(13, "rate limit exceeded for 203.0.113.9: Too many requests, please try again later.")] : [],
      }),
  },
  {
    name: "grpc-not-found-and-invalid",
    software: "Java agent 2.20 with Spring Boot 3 in front of OpenTelemetry Go with grpc-go",
    share: 0,
    negative: "client-errors",
    visit: (turn) => {
      const code = [0, 0, 5, 3][turn.index % 4] ?? 0;
      const rpc = {
        service: "acme.users.v1.Users",
        method: "Get",
        code,
        ...(code === 0 ? {} : { message: code === 5 ? "user not found" : "id must be positive" }),
      };
      return visit(app("profile", "spring"), "/profiles/:id", {
        path: numbered("/profiles", turn),
        status: code === 0 ? 200 : code === 5 ? 404 : 400,
        steps: [call(visit(app("users", "gin"), "", { rpc }))],
      });
    },
  },
  {
    name: "go-context-canceled-by-clients",
    software: "OpenTelemetry Go with gin; phones go away, and the service logs it as an error",
    share: 0,
    negative: "cancelled",
    visit: (turn) =>
      visit(app("timeline", "gin"), "/timeline/:id", {
        path: numbered("/timeline", turn),
        ...(turn.index % 3 === 0 ? { status: 499, lines: [line(17, "query timeline: context canceled")] } : {}),
        steps: [
          store(
            ["postgresql", "timeline-db"],
            "SELECT * FROM posts WHERE author = $1",
            turn.index % 3 === 0 ? { trouble: { type: "*errors.errorString", message: "context canceled" }, ms: 40 } : {},
          ),
        ],
      }),
  },
  {
    name: "rails-bots-ask-for-wordpress",
    software: "OpenTelemetry Ruby with Rails 8; scanners ask for what is not there, which is logged as fatal",
    share: 0,
    negative: "client-errors",
    visit: (turn) =>
      turn.index % 2 === 0
        ? visit(app("blog", "rails"), "/*path", {
            path: "/wp-login.php",
            status: 404,
            lines: [line(21, 'ActionController::RoutingError (No route matches [GET] "/wp-login.php"):')],
          })
        : visit(app("blog", "rails"), "/posts/:id", { path: numbered("/posts", turn) }),
  },
  {
    name: "uploads-broken-off",
    software: "OpenTelemetry JS 2 with Express 5, multer; browsers break uploads off",
    share: 0,
    negative: "client-errors",
    visit: (turn) =>
      visit(app("avatars", "express"), "/avatars", {
        method: "POST",
        status: turn.index % 4 === 0 ? 400 : 201,
        lines:
          turn.index % 4 === 0
            ? [
                line(
                  17,
                  "BadRequestError: request aborted\n    at IncomingMessage.onAborted (/srv/app/node_modules/raw-body/index.js:245:10)",
                ),
              ]
            : [],
      }),
  },
  {
    name: "silent-service-answers-503",
    software: "OpenTelemetry JS 2 with Express 5 in front of an internal service that tells nothing",
    share: 0.4,
    negative: "evidence-missing",
    visit: (turn) =>
      visit(app("home", "express"), "/home/:id", {
        path: numbered("/home", turn),
        status: turn.isBad ? 502 : 200,
        steps: [call(visit(outside("recommender"), "/recommendations", { status: turn.isBad ? 503 : 200 }))],
        lines: turn.isBad ? [line(17, "recommender answered 503")] : [],
      }),
    seen: { service: "home", route: "/home/:id" },
    missing: ["recommender"],
    creators: ["recommender"],
  },
  {
    name: "haproxy-server-aborts",
    software: "HAProxy 3, its HTTP log alone; the server closes before its headers are complete",
    share: 0.3,
    negative: "evidence-missing",
    access: {
      file: "haproxy.access.log",
      line: (turn, time) =>
        haproxyLine(
          turn,
          time,
          turn.isBad ? { server: "orders-1", times: "0/0/1/-1/812", status: 502, ending: "SH--", counts: "31/31/20/20/0 0/0" } : HAPROXY_OK,
        ),
    },
    missing: ["haproxy", "orders-1", "api", "telemetry", "span"],
    creators: ["haproxy", "orders-1", "api"],
  },
  {
    name: "istio-passes-a-500-on",
    software: "Istio's ingress gateway, its access log alone; the 500 came from the application, which tells nothing",
    share: 0.3,
    negative: "evidence-missing",
    access: {
      file: "istio.access.log",
      line: (turn, time) =>
        envoyLine(
          turn,
          time,
          turn.isBad ? { status: 500, flags: "-", details: "via_upstream", upstream: "10.4.2.17:8080", ms: 35 } : ENVOY_OK,
        ),
    },
    missing: ["orders", "10.4.2.17:8080", "telemetry", "span"],
    creators: ["orders", "10.4.2.17:8080"],
  },
  {
    name: "alb-passes-a-500-on",
    software: "AWS application load balancer, its access log alone; the target answered 500",
    share: 0.3,
    negative: "evidence-missing",
    access: {
      file: "alb.access.log",
      line: (turn, time) => albLine(turn, time, turn.isBad ? ["0.001 0.044 0.000", 500, "500"] : ["0.001 0.021 0.000", 200, "200"]),
    },
    missing: ["10.0.0.1:80", "10.0.0.1", "telemetry", "span"],
    creators: ["10.0.0.1:80"],
  },
  {
    name: "reports-are-slow-and-right",
    software: ".NET 9 with ASP.NET Core; collections of garbage are logged as warnings, every answer is right",
    share: 0,
    negative: "healthy",
    visit: (turn) =>
      visit(app("ledgers", "aspnet"), "/ledgers/:id", {
        path: numbered("/ledgers", turn),
        ms: 2_000 + (turn.index % 5) * 700,
        lines: turn.index % 5 === 0 ? [line(13, "GC pause of 412 ms; memory usage is high")] : [],
      }),
  },
  {
    name: "processor-is-full-and-all-is-well",
    software: "OpenTelemetry Go with gin; a batch beside it takes the processor, every answer is right",
    share: 0,
    negative: "healthy",
    visit: (turn) => visit(app("quotes", "gin"), "/quotes/:id", { path: numbered("/quotes", turn), ms: turn.index > 25 ? 60 : 12 }),
    beside: {
      metrics: [
        {
          app: app("quotes", "gin"),
          name: "system.cpu.utilization",
          points: Array.from({ length: 8 }, (_, step) => [step * 3_000, step < 3 ? 0.3 : 0.97] as const),
        },
      ],
    },
  },
  {
    name: "restarted-and-all-is-well",
    software: "OpenTelemetry Python with FastAPI; pods are moved and drained, nothing fails",
    share: 0,
    negative: "healthy",
    visit: (turn) =>
      visit(app("menus", "fastapi", { instance: turn.index < 30 ? "menus-a1" : "menus-b2" }), "/menus/:menu_id", {
        path: numbered("/menus", turn),
      }),
    beside: {
      changes: [{ kind: "restart", service: "menus", atMs: 12_000, description: "pod evicted: node drained" }],
      lines: [
        {
          app: app("menus", "fastapi", { instance: "menus-a1" }),
          atMs: 12_100,
          line: line(17, "asyncio.exceptions.CancelledError: shutting down"),
        },
      ],
    },
  },
  {
    name: "go-503-without-a-word",
    software: "OpenTelemetry Go with gin; the service answers 503 and neither records nor logs why",
    share: 0.3,
    negative: "evidence-missing",
    visit: (turn) => visit(app("gate", "gin"), "/gates/:id", { path: numbered("/gates", turn), status: turn.isBad ? 503 : 200 }),
    seen: { service: "gate", route: "/gates/:id" },
    missing: ["gate", "exception", "log line"],
    creators: ["gate"],
  },
];

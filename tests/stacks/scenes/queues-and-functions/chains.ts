/** GraphQL, and chains of gRPC: how a failure is told where a status is not the transport's. */
import { app, call, hop, line, maybe, numbered, outside, store, thrown, visit } from "../../compose.ts";
import type { Scene } from "../../plan.ts";
import { alone, behind, byCall } from "../../shapes.ts";

/** See the file's head. */
export const CHAINS: readonly Scene[] = [
  {
    name: "apollo-subgraph-throws",
    software: "Apollo Gateway on Express in front of a subgraph on NestJS; the gateway answers 500",
    share: 0.4,
    ...behind(
      app("graph-gateway", "express"),
      "/graphql",
      alone(app("reviews-graph", "nest"), "/graphql", {
        method: "POST",
        thrown: thrown("TypeError", "reviews.reduce is not a function", ["    at averageOf (/app/dist/reviews/average.js:9:22)"]),
      }),
    ),
    cause: "unhandled-exception",
  },
  {
    name: "apollo-router-cannot-reach-a-subgraph",
    software: "Apollo Router; a subgraph is gone, and the answer is a 200 that carries errors",
    onset: 25,
    visit: (turn) =>
      visit(app("router", "actix"), "/graphql", {
        method: "POST",
        attributes: {
          "graphql.operation.name": "ProductPage",
          ...(turn.isBad
            ? {
                "http.response.body.content":
                  '{"data":{"product":null},"errors":[{"message":"HTTP fetch failed from \'inventory\': tcp connect error: Connection refused (os error 111)","extensions":{"code":"SUBREQUEST_HTTP_ERROR"}}]}',
              }
            : {}),
        },
        steps: [
          call(
            visit(outside("inventory"), "/graphql", { method: "POST" }),
            turn.isBad
              ? {
                  isUnreached: true,
                  ms: 2,
                  trouble: {
                    type: "reqwest::Error",
                    message: "error sending request: tcp connect error: Connection refused (os error 111)",
                  },
                }
              : {},
          ),
        ],
      }),
    seen: { service: "router", route: "/graphql" },
    cause: "masked-by-middleware",
    also: ["connection-refused"],
    creators: ["inventory", "router"],
    path: [hop("router", "masked"), maybe("inventory", "created")],
  },
  {
    name: "graphql-query-too-complex",
    software: "Symfony with API Platform; a query over the limit of complexity is answered with 500",
    share: 0.2,
    ...alone(app("catalogue", "symfony"), "/graphql", {
      method: "POST",
      thrown: thrown("GraphQL\\Error\\Error", "Max query complexity should be 500 but got 1482.", [
        "#0 /srv/app/src/GraphQl/Endpoint.php(77): execute()",
      ]),
    }),
    cause: "invalid-input-unguarded",
    also: ["rate-limited-as-5xx", "unhandled-exception"],
  },
  {
    name: "panic-three-hops-deep",
    software: "Ktor, then Go and Rust over gRPC; the last one panics",
    share: 0.35,
    visit: (turn) => {
      const code = turn.isBad ? 13 : 0;
      const rates = visit(app("rates", "actix"), "", {
        rpc: { service: "acme.rates.v1.Rates", method: "Get", code, ...(turn.isBad ? { message: "internal" } : {}) },
        ...(turn.isBad
          ? { lines: [line(17, "thread 'tokio-runtime-worker' panicked at src/table.rs:88:14:\nattempt to divide by zero")] }
          : {}),
      });
      const quote = visit(app("quote", "gin"), "", {
        rpc: { service: "acme.quote.v1.Quote", method: "Make", code, ...(turn.isBad ? { message: "rates: internal" } : {}) },
        steps: [call(rates)],
      });
      return visit(app("broker-edge", "ktor"), "/quotes/:id", {
        path: numbered("/quotes", turn),
        status: turn.isBad ? 500 : 200,
        steps: [call(quote)],
      });
    },
    seen: { service: "broker-edge", route: "/quotes/{id}" },
    cause: "unhandled-exception",
    creators: ["rates"],
    path: [hop("broker-edge", "propagated", "remapped"), hop("quote", "propagated"), hop("rates", "created")],
  },
  {
    name: "deadline-runs-out-three-hops-deep",
    software: "Spring Boot, then two Go services over gRPC, over a database whose statements take seconds",
    onset: 24,
    share: 0.8,
    visit: (turn) => {
      const rpc = (service: string, method: string) => ({
        service,
        method,
        ...(turn.isBad ? { code: 4, message: "context deadline exceeded" } : { code: 0 }),
      });
      const trouble = { type: "*errors.errorString", message: "context deadline exceeded" };
      const statement = "SELECT * FROM movements WHERE sku = $1 ORDER BY at DESC";
      const movements = store(["postgresql", "stock-db"], statement, turn.isBad ? { ms: 1_970, trouble } : {});
      const stock = visit(app("stock", "gin"), "", { rpc: rpc("acme.stock.v1.Stock", "Movements"), steps: [movements] });
      const supply = visit(app("supply", "gin"), "", { rpc: rpc("acme.supply.v1.Supply", "Plan"), steps: [call(stock)] });
      return visit(app("planner", "spring"), "/plans/:id", {
        path: numbered("/plans", turn),
        steps: [call(supply)],
        ...(turn.isBad
          ? {
              status: 504,
              thrown: thrown("io.grpc.StatusRuntimeException", "DEADLINE_EXCEEDED: context deadline exceeded", [
                "\tat com.acme.planner.Supply.plan(Supply.java:52)",
              ]),
            }
          : {}),
      });
    },
    seen: { service: "planner", route: "/plans/{id}" },
    cause: "dependency-timeout",
    also: ["database-failure"],
    creators: ["stock-db", "postgresql"],
    path: [
      hop("planner", "propagated"),
      hop("supply", "propagated"),
      hop("stock", "propagated"),
      hop(["stock-db", "postgresql"], "created"),
    ],
  },
  {
    name: "service-token-expired",
    software: "Go in front of Go over gRPC; the caller's service token is not renewed",
    onset: 30,
    visit: (turn) => {
      const message = "token expired at 2026-11-18T09:42:00Z";
      const users = visit(app("directory", "gin"), "", {
        rpc: { service: "acme.directory.v1.Directory", method: "Find", code: turn.isBad ? 16 : 0, ...(turn.isBad ? { message } : {}) },
      });
      return visit(app("profile", "gin"), "/profiles/:id", {
        path: numbered("/profiles", turn),
        steps: [call(users)],
        ...(turn.isBad ? { status: 500, thrown: thrown("*status.Error", `rpc error: code = Unauthenticated desc = ${message}`, []) } : {}),
      });
    },
    seen: { service: "profile", route: "/profiles/:id" },
    cause: "bad-configuration",
    creators: ["profile"],
    path: [hop("profile", "created", "remapped"), maybe("directory", "clean")],
  },
  {
    name: "grpc-produced-zero-addresses",
    software: "Go over gRPC with xDS; the service has no endpoint left",
    onset: 26,
    visit: (turn) => {
      const message = "rpc error: code = Unavailable desc = last resolver error: produced zero addresses";
      const rpc = { service: "acme.geo.v1.Geo", method: "Locate", code: turn.isBad ? 14 : 0 };
      return visit(app("weather", "gin"), "/weather/:place", {
        path: numbered("/weather", turn),
        steps: [
          call(
            visit(app("geo", "gin"), "", { rpc }),
            turn.isBad ? { isUnreached: true, ms: 1, trouble: { type: "*status.Error", message } } : {},
          ),
        ],
        ...(turn.isBad ? { status: 503, thrown: thrown("*status.Error", message, []) } : {}),
      });
    },
    seen: { service: "weather", route: "/weather/:place" },
    cause: "no-healthy-upstream",
    creators: ["geo", "acme.geo.v1.Geo", "weather"],
    path: [hop("weather", "created", "propagated", "remapped"), maybe(["geo", "acme.geo.v1.Geo"], "created", "clean")],
  },
  {
    name: "grpc-name-not-resolved",
    software: "NestJS with grpc-js; the name of the service does not resolve",
    onset: 27,
    visit: (turn) => {
      const message = "14 UNAVAILABLE: Name resolution failed for target dns:loyalty.shop.svc:50051";
      const rpc = { service: "acme.loyalty.v1.Loyalty", method: "Points", code: turn.isBad ? 14 : 0 };
      return visit(app("wallet", "nest"), "/wallets/:id", {
        path: numbered("/wallets", turn),
        steps: [
          call(
            visit(app("loyalty", "gin"), "", { rpc }),
            turn.isBad ? { isUnreached: true, ms: 6, trouble: { type: "Error", message } } : {},
          ),
        ],
        ...(turn.isBad
          ? { status: 500, thrown: thrown("Error", message, ["    at WalletService.points (/app/dist/wallet/service.js:33:18)"]) }
          : {}),
      });
    },
    seen: { service: "wallet", route: "/wallets/:id" },
    cause: "dns-failure",
    creators: ["wallet", "loyalty", "acme.loyalty.v1.Loyalty"],
    path: [hop("wallet", "created", "propagated", "remapped"), maybe(["loyalty", "acme.loyalty.v1.Loyalty"], "created", "clean")],
  },
  {
    name: "field-that-may-not-be-null",
    software: "GraphQL on Express; a price is missing, and the answer is a 200 that carries errors",
    share: 0.3,
    visit: (turn) =>
      visit(app("shop-graph", "express"), "/graphql", {
        method: "POST",
        attributes: turn.isBad
          ? {
              "http.response.body.content":
                '{"errors":[{"message":"Cannot return null for non-nullable field Product.price.","path":["product","price"],"extensions":{"code":"INTERNAL_SERVER_ERROR"}}],"data":null}',
            }
          : {},
        lines: turn.isBad ? [line(17, "Cannot return null for non-nullable field Product.price.")] : [],
      }),
    seen: { service: "shop-graph", route: "/graphql" },
    cause: "masked-by-middleware",
    also: ["unhandled-exception", "invalid-input-unguarded"],
    creators: ["shop-graph"],
    path: [hop("shop-graph", "masked", "created")],
  },
  {
    name: "partner-speaks-html-at-night",
    software: "Pekko HTTP; a partner's maintenance page comes with 200 where JSON is due",
    onset: 28,
    ...byCall(app("fares", "pekko"), "/fares/:id", {
      host: "api.partner.example",
      to: "/fares",
      answers: 200,
      isCallers: true,
      bad: {
        status: 500,
        thrown: thrown(
          "org.apache.pekko.http.scaladsl.unmarshalling.Unmarshaller$UnsupportedContentTypeException",
          "Unsupported Content-Type [Some(text/html; charset=UTF-8)], supported: application/json",
          ["\tat com.acme.fares.PartnerClient$.parse(PartnerClient.scala:44)"],
        ),
      },
    }),
    cause: "gateway-mismatch",
    also: ["parse-failure", "third-party-failure"],
    creators: ["fares", "api.partner.example"],
    path: [hop("fares", "created", "remapped", "propagated"), maybe("api.partner.example", "clean", "created")],
  },
];

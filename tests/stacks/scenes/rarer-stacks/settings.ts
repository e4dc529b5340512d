/** Settings, rights and clocks; and proxies that stand in front. */
import { app, call, hop, line, maybe, numbered, outside, thrown, visit } from "../../compose.ts";
import type { Scene, Turn, Visit } from "../../plan.ts";
import { alone, byCall } from "../../shapes.ts";

const VAULT = "Error making API request.\n\nURL: GET https://vault:8200/v1/secret/data/pay\nCode: 403. Errors:\n\n* permission denied";
const JWT =
  "invalid_grant: Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check your iat and exp values in the JWT claim.";
const MALFORMED = 'net/http: HTTP/1.x transport connection broken: malformed HTTP response "\\x00\\x00\\x12\\x04\\x00\\x00\\x00"';

const MENU = app("menu", "pekko");

/** A proxy in front of a service, which answers by itself when it is bad. */
function proxied(name: string, bad: Partial<Visit>) {
  return (turn: Turn): Visit => {
    const path = numbered("/menus", turn);
    return visit(
      app(name, "envoy"),
      "/menus/:id",
      turn.isBad ? { path, ...bad } : { path, steps: [call(visit(MENU, "/menus/:id", { path }))] },
    );
  };
}

/** See the file's head. */
export const SETTINGS: readonly Scene[] = [
  {
    name: "vault-denies-the-secret",
    software: "Go with Vault; a policy no longer names the path",
    onset: 26,
    ...byCall(app("pay", "gin"), "/payments/:id", {
      host: "vault",
      to: "/v1/secret/data/pay",
      answers: 403,
      isCallers: true,
      bad: { thrown: thrown("*api.ResponseError", VAULT, []) },
    }),
    cause: "bad-configuration",
    also: ["gateway-identity"],
    creators: ["pay", "vault"],
    path: [hop("pay", "created", "remapped", "propagated"), maybe("vault", "clean", "created")],
  },
  {
    name: "no-credentials-from-any-provider",
    software: "Lambda with the AWS SDK; its role was taken away",
    onset: 28,
    ...alone(app("archive", "lambda"), "/archives/:id", {
      thrown: thrown("CredentialsProviderError", "Could not load credentials from any providers", [
        "    at /var/task/node_modules/@aws-sdk/credential-provider-node/dist-cjs/index.js:163:22",
        "    at put (/var/task/archive.js:14:3)",
      ]),
    }),
    cause: "bad-configuration",
  },
  {
    name: "no-suitable-driver",
    software: "Ktor; the address of the database was mistyped in the new settings",
    onset: 25,
    ...alone(app("stock", "ktor"), "/stock/:id", {
      thrown: thrown("java.sql.SQLException", "No suitable driver found for jdbc:postgres://stock-db:5432/stock", [
        "\tat java.sql/java.sql.DriverManager.getConnection(DriverManager.java:708)",
        "\tat com.acme.stock.StockStore.open(StockStore.kt:22)",
      ]),
    }),
    beside: { changes: [{ kind: "config", service: "stock", atMs: 25 * 400 - 700, description: "JDBC_URL changed" }] },
    cause: "bad-configuration",
    also: ["database-failure"],
  },
  {
    name: "clock-behind-for-a-service-account",
    software: "FastAPI with a Google service account; the machine's clock is hours behind",
    onset: 29,
    ...byCall(app("sheets", "fastapi"), "/sheets/:id", {
      host: "oauth2.googleapis.com",
      to: "/token",
      method: "POST",
      answers: 400,
      isCallers: true,
      bad: {
        thrown: thrown("google.auth.exceptions.RefreshError", JWT, [
          "Traceback (most recent call last):",
          '  File "/app/sheets/client.py", line 33, in refresh',
        ]),
      },
    }),
    cause: "bad-configuration",
    creators: ["sheets", "oauth2.googleapis.com"],
    path: [hop("sheets", "created", "remapped", "propagated"), maybe("oauth2.googleapis.com", "clean", "created")],
  },
  {
    name: "linkerd-is-in-fail-fast",
    software: "Rails in a Linkerd mesh; the proxy has no endpoint and fails fast",
    onset: 27,
    visit: (turn) =>
      visit(app("kiosk", "rails"), "/kiosks/:id", {
        path: numbered("/kiosks", turn),
        steps: [
          call(visit(outside("menu"), "/menus", { status: turn.isBad ? 503 : 200 }), {
            attributes: turn.isBad
              ? {
                  "http.response.header.l5d-proxy-error":
                    "logical service 503: route default.http: backend default.service: service in fail-fast",
                }
              : {},
          }),
        ],
        ...(turn.isBad
          ? {
              status: 500,
              thrown: thrown("Faraday::ServerError", "the server responded with status 503 for GET http://menu/menus", [
                "app/clients/menu.rb:11:in 'all'",
              ]),
            }
          : {}),
      }),
    seen: { service: "kiosk", route: "/kiosks/:id(.:format)" },
    cause: "no-healthy-upstream",
    also: ["circuit-open"],
    creators: ["menu", "kiosk"],
    path: [hop("kiosk", "created", "propagated", "remapped"), maybe("menu", "created", "clean")],
  },
  {
    name: "kong-has-no-peer",
    software: "Kong in front of Pekko; its balancer has no peer left",
    onset: 25,
    visit: proxied("kong", {
      status: 503,
      ms: 1,
      lines: [line(17, "balancer.lua: failure to get a peer from the ring-balancer")],
    }),
    seen: { service: "kong", route: "ingress" },
    cause: "no-healthy-upstream",
    creators: ["kong", "menu"],
    path: [hop("kong", "created", "propagated"), maybe("menu", "created", "clean")],
  },
  {
    name: "spring-gateway-finds-no-instance",
    software: "Spring Cloud Gateway; the registry lists no instance",
    onset: 26,
    visit: (turn) => {
      const path = numbered("/menus", turn);
      return visit(
        app("edge", "spring"),
        "/menus/:id",
        turn.isBad
          ? {
              path,
              status: 503,
              thrown: thrown(
                "org.springframework.cloud.gateway.support.NotFoundException",
                '503 SERVICE_UNAVAILABLE "Unable to find instance for menu"',
                [
                  "\tat org.springframework.cloud.gateway.filter.ReactiveLoadBalancerClientFilter.filter(ReactiveLoadBalancerClientFilter.java:106)",
                ],
              ),
            }
          : { path, steps: [call(visit(MENU, "/menus/:id", { path }))] },
      );
    },
    seen: { service: "edge", route: "/menus/{id}" },
    cause: "no-healthy-upstream",
    creators: ["edge", "menu"],
    path: [hop("edge", "created", "propagated"), maybe("menu", "created", "clean")],
  },
  {
    name: "traefik-waits-in-vain",
    software: "Traefik in front of Pekko; the backend sends no headers in time",
    onset: 28,
    share: 0.7,
    visit: proxied("traefik", {
      status: 504,
      ms: 30_002,
      lines: [line(5, "'504 Gateway Timeout' caused by: net/http: timeout awaiting response headers")],
      attributes: { "error.message": "net/http: timeout awaiting response headers" },
    }),
    seen: { service: "traefik", route: "ingress" },
    cause: "gateway-timeout",
    also: ["dependency-timeout"],
    creators: ["traefik", "menu"],
    path: [hop("traefik", "created", "propagated"), maybe("menu", "created", "clean")],
  },
  {
    name: "proxy-speaks-http-1-to-http-2",
    software: "Traefik in front of a gRPC port; it speaks HTTP/1 where HTTP/2 is due",
    onset: 24,
    visit: proxied("traefik", {
      status: 500,
      ms: 2,
      lines: [line(17, `'500 Internal Server Error' caused by: ${MALFORMED}`)],
      attributes: { "error.message": MALFORMED },
    }),
    seen: { service: "traefik", route: "ingress" },
    cause: "gateway-mismatch",
    also: ["bad-configuration", "parse-failure"],
    creators: ["traefik", "menu"],
    path: [hop("traefik", "created", "propagated"), maybe("menu", "created", "clean")],
  },
];

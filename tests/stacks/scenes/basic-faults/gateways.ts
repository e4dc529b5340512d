/** Service meshes, load balancers, content networks, API gateways and the functions behind them. */
import { ENVOY_OK, albLine, cloudflare, envoyLine } from "../../access-lines.ts";
import { app, call, hop, line, maybe, numbered, outside, visit } from "../../compose.ts";
import type { Scene, Turn } from "../../plan.ts";

/** A sidecar's span of a failed request, its flags as Envoy's tracer writes them. */
const meshOf = (turn: Turn, flags: string, status: number) => ({
  status: turn.isBad ? status : 200,
  attributes: {
    response_flags: turn.isBad ? flags : "-",
    upstream_cluster: "outbound|8080||orders.shop.svc.cluster.local",
    "upstream_cluster.name": "outbound|8080||orders.shop.svc.cluster.local",
    "peer.address": "10.0.9.4",
  },
});

/** See the file's head. */
export const GATEWAYS: readonly Scene[] = [
  {
    name: "istio-gateway-no-route-to-pods",
    software: "Istio's ingress gateway, its access log",
    onset: 28,
    access: {
      file: "istio.access.log",
      line: (turn, time) =>
        envoyLine(turn, time, turn.isBad ? { status: 503, flags: "UH", details: "no_healthy_upstream", upstream: "-", ms: 0 } : ENVOY_OK),
    },
    cause: "no-healthy-upstream",
    creators: ["istio"],
    path: [
      hop("istio", "created"),
      maybe(
        ["outbound|8080||orders.shop.svc.cluster.local", "orders.shop.svc.cluster.local", "orders", "orders.shop.example"],
        "clean",
        "created",
      ),
    ],
  },
  {
    name: "istio-gateway-connection-failure",
    software: "Istio's ingress gateway, its access log",
    onset: 28,
    share: 0.8,
    access: {
      file: "istio.access.log",
      line: (turn, time) =>
        envoyLine(
          turn,
          time,
          turn.isBad
            ? {
                status: 503,
                flags: "UF,URX",
                details: "upstream_reset_before_response_started{remote_connection_failure,delayed_connect_error:_111}",
                upstream: "10.4.2.17:8080",
                ms: 52,
              }
            : ENVOY_OK,
        ),
    },
    cause: "connection-refused",
    creators: [
      "istio",
      "10.4.2.17:8080",
      "outbound|8080||orders.shop.svc.cluster.local",
      "orders",
      "orders.shop.example",
      "orders.shop.svc.cluster.local",
    ],
    path: [
      hop("istio", "created", "propagated"),
      maybe(
        [
          "10.4.2.17:8080",
          "outbound|8080||orders.shop.svc.cluster.local",
          "orders",
          "orders.shop.svc.cluster.local",
          "orders.shop.example",
        ],
        "created",
        "clean",
      ),
    ],
  },
  {
    name: "mesh-overflow",
    software: "Envoy sidecar spans and .NET 9; the cluster's circuit breaker of requests overflows",
    onset: 26,
    share: 0.6,
    visit: (turn) => {
      const mesh = meshOf(turn, "UO", 503);
      const orders = visit(app("orders", "aspnet"), "/orders/:id", { ms: 180 });
      return visit(app("ingress", "envoy"), "/orders/:id", {
        path: numbered("/orders", turn),
        ...mesh,
        ms: 1,
        steps: turn.isBad ? [] : [call(orders)],
      });
    },
    cause: "circuit-open",
    also: ["pool-exhausted", "resource-exhausted"],
    creators: ["ingress"],
    path: [hop("ingress", "created"), maybe("orders", "clean")],
  },
  {
    name: "mesh-fault-filter",
    software: "Envoy sidecar spans and OpenTelemetry Go; a VirtualService aborts a share of the requests",
    onset: 20,
    share: 0.4,
    visit: (turn) => {
      const mesh = meshOf(turn, "FI", 503);
      const orders = visit(app("orders", "gin"), "/orders/:id");
      const sidecar = visit(app("orders-sidecar", "envoy"), "/orders/:id", { ...mesh, ms: 1, steps: turn.isBad ? [] : [call(orders)] });
      return visit(app("web", "spring"), "/orders/:id", {
        path: numbered("/orders", turn),
        status: turn.isBad ? 503 : 200,
        steps: [call(sidecar)],
      });
    },
    seen: { service: "web", route: "/orders/{id}" },
    cause: "fault-injected",
    creators: ["orders-sidecar"],
    path: [hop("web", "propagated"), hop("orders-sidecar", "created"), maybe("orders", "clean")],
  },
  {
    name: "mesh-upstream-timeout",
    software: "Envoy sidecar spans and OpenTelemetry Ruby; the callee became late",
    onset: 26,
    visit: (turn) => {
      const mesh = meshOf(turn, "UT", 504);
      const orders = visit(app("orders", "rails"), "/orders/:id", { ms: turn.isBad ? 21_000 : 70 });
      return visit(app("ingress", "envoy"), "/orders/:id", {
        path: numbered("/orders", turn),
        ...mesh,
        ms: 1,
        steps: [
          call(orders, turn.isBad ? { ms: 15_000, attributes: { "http.status_code": "504", response_flags: "UT", error: "true" } } : {}),
        ],
      });
    },
    cause: "dependency-timeout",
    also: ["gateway-timeout"],
    creators: ["orders"],
    path: [hop("ingress", "propagated"), hop("orders", "created")],
  },
  {
    name: "mesh-downstream-reset-decoy",
    software: "Istio's ingress gateway, its access log; clients go away (DC) and some routes are unknown (NR)",
    share: 0.3,
    negative: "client-errors",
    access: {
      file: "istio.access.log",
      line: (turn, time) => {
        const left = { status: 0, flags: "DC", details: "downstream_remote_disconnect", upstream: "10.4.2.17:8080", ms: 130 };
        const unknown = { status: 404, flags: "NR", details: "route_not_found", upstream: "-", ms: 0 };
        return envoyLine(turn, time, turn.isBad ? (turn.index % 2 === 0 ? left : unknown) : ENVOY_OK);
      },
    },
  },
  {
    name: "cloudflare-521",
    software: "Cloudflare's log of HTTP requests",
    onset: 30,
    access: { file: "cloudflare.access.log", line: (turn, time) => cloudflare(turn, time, turn.isBad ? [521, 0] : [200, 200]) },
    cause: "connection-refused",
    creators: ["cloudflare", "198.51.100.7", "shop.example"],
    path: [hop("cloudflare", "created", "propagated"), maybe(["198.51.100.7", "shop.example"], "created", "clean")],
  },
  {
    name: "cloudflare-526",
    software: "Cloudflare's log of HTTP requests",
    onset: 30,
    access: { file: "cloudflare.access.log", line: (turn, time) => cloudflare(turn, time, turn.isBad ? [526, 0] : [200, 200]) },
    cause: "tls-failure",
    creators: ["cloudflare", "198.51.100.7", "shop.example"],
    path: [hop("cloudflare", "created", "propagated"), maybe(["198.51.100.7", "shop.example"], "created", "clean")],
  },
  {
    name: "alb-502-nobody-says-why",
    software: "AWS application load balancer, its access log alone",
    onset: 20,
    share: 0.3,
    negative: "evidence-missing",
    access: {
      file: "alb.access.log",
      line: (turn, time) => albLine(turn, time, turn.isBad ? ["0.001 0.002 -1", 502, "-"] : ["0.001 0.021 0.000", 200, "200"]),
    },
    missing: ["alb", "10.0.0.1:80", "10.0.0.1", "telemetry", "span"],
    creators: ["alb", "10.0.0.1:80"],
  },
  {
    name: "lambda-timed-out-on-cold-start",
    software: "AWS Lambda (Python) behind API Gateway, its spans and the platform's lines",
    share: 0.25,
    visit: (turn) => {
      const cold = { "faas.coldstart": turn.isBad };
      const words = turn.isBad
        ? [
            line(9, "INIT_REPORT Init Duration: 9998.73 ms\tPhase: init\tStatus: timeout"),
            line(17, "2026-11-18T09:30:12.120Z 8a6f2c1e-5c0d-4f57-9a0e-0a8d1f3c9b77 Task timed out after 3.00 seconds"),
          ]
        : [
            line(
              9,
              "REPORT RequestId: 8a6f2c1e-5c0d-4f57-9a0e-0a8d1f3c9b77\tDuration: 21.11 ms\tBilled Duration: 22 ms\tMemory Size: 256 MB\tMax Memory Used: 91 MB",
            ),
          ];
      const lambda = visit(app("orders-function", "lambda"), "/orders/:id", {
        ms: turn.isBad ? 3_000 : 20,
        attributes: cold,
        status: turn.isBad ? 502 : 200,
        lines: words,
      });
      return visit(app("api-gateway", "envoy"), "/orders/:id", {
        path: numbered("/orders", turn),
        status: turn.isBad ? 502 : 200,
        steps: [call(lambda)],
      });
    },
    cause: "dependency-timeout",
    also: ["gateway-timeout", "resource-exhausted"],
    creators: ["orders-function"],
    path: [hop("api-gateway", "propagated"), hop("orders-function", "created")],
  },
  {
    name: "api-gateway-malformed-proxy-response",
    software: "AWS API Gateway spans and execution lines, OpenTelemetry Lambda layer (Python)",
    onset: 24,
    share: 0.9,
    visit: (turn) => {
      const words = turn.isBad
        ? [
            line(17, "Execution failed due to configuration error: Malformed Lambda proxy response"),
            line(9, "Method completed with status: 502"),
          ]
        : [];
      const lambda = visit(app("quotes-function", "lambda"), "/quotes/:id");
      return visit(app("api-gateway", "envoy"), "/quotes/:id", {
        path: numbered("/quotes", turn),
        status: turn.isBad ? 502 : 200,
        steps: [call(lambda)],
        lines: words,
      });
    },
    cause: "gateway-mismatch",
    creators: ["api-gateway", "quotes-function"],
    path: [hop("api-gateway", "created"), maybe("quotes-function", "clean", "created")],
  },
  {
    name: "nginx-ingress-shorter-than-n-plus-one",
    software: "Spring Cloud Gateway in front of OpenTelemetry Python with Django; large accounts need hundreds of statements",
    share: 0.25,
    visit: (turn) => {
      const count = turn.isBad ? 180 : 4;
      const statements = Array.from({ length: count }, () => ({
        kind: "store" as const,
        system: "postgresql",
        host: "accounts-db",
        statement: "SELECT * FROM movements WHERE account_id = %s",
        ms: 20,
      }));
      const accounts = visit(app("accounts", "django"), "/accounts/:pk/report", { steps: statements });
      const trouble = { type: "io.netty.handler.timeout.ReadTimeoutException", message: "Response took longer than timeout: PT3S" };
      const warning = line(17, "Response took longer than timeout: PT3S", { scope: "org.springframework.cloud.gateway.handler" });
      return visit(app("edge-gateway", "spring"), "/accounts/:id/report", {
        path: numbered("/accounts", turn, "/report"),
        ...(turn.isBad ? { status: 504, lines: [warning] } : {}),
        steps: [call(accounts, turn.isBad ? { ms: 3_000, trouble } : {})],
      });
    },
    seen: { service: "edge-gateway", route: "/accounts/{id}/report" },
    cause: "gateway-timeout",
    also: ["dependency-timeout"],
    creators: ["edge-gateway", "accounts"],
    path: [
      hop("edge-gateway", "created", "propagated"),
      maybe("accounts", "created", "clean", "propagated"),
      maybe(["postgresql", "accounts-db"], "clean"),
    ],
  },
  {
    name: "sampled-away-origin",
    software: "Java agent 2.20; the callee's spans are sampled away and its logs are not collected",
    share: 0.4,
    negative: "evidence-missing",
    visit: (turn) => {
      const silent = visit(outside("loyalty"), "/points/:id", { status: turn.isBad ? 500 : 200 });
      return visit(app("checkout", "spring"), "/checkouts/:id", {
        path: numbered("/checkouts", turn),
        status: turn.isBad ? 500 : 200,
        steps: [call(silent)],
        ...(turn.isBad
          ? {
              lines: [
                line(17, 'Checkout failed: 500 Internal Server Error on GET request for "http://loyalty:8080/points/7": [no body]', {
                  scope: "com.acme.checkout.CheckoutController",
                }),
              ],
            }
          : {}),
      });
    },
    seen: { service: "checkout", route: "/checkouts/{id}" },
    missing: ["loyalty"],
    creators: ["loyalty"],
  },
];

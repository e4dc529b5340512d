/** Gateways by their logs alone, or beside what little stands behind them. */
import { ENVOY_OK, HAPROXY_OK, albLine, cloudflare, envoyLine, haproxyLine, nginxLine } from "../../access-lines.ts";
import { app, hop, line, maybe, visit } from "../../compose.ts";
import type { Scene, Turn } from "../../plan.ts";
import { logback } from "./logged-as.ts";

const TARGETS = [
  "orders",
  "10.0.0.1:80",
  "10.0.0.1",
  "orders-1",
  "api",
  "api/orders-1",
  "api/<NOSRV>",
  "<NOSRV>",
  "10.0.3.7:8080",
  "10.0.3.7",
  "shop.example",
  "10.4.2.17:8080",
  "10.4.2.17",
  "outbound|8080||orders.shop.svc.cluster.local",
  "orders.shop.svc.cluster.local",
  "orders.shop.example",
  "198.51.100.7",
];

type Nginx = { readonly status: number; readonly seconds: string; readonly upstream: readonly [string, string] };

const nginx = (bad: Nginx): NonNullable<Scene["access"]> => ({
  file: "nginx.access.log",
  line: (turn, time) =>
    nginxLine(turn, time, {
      path: `/orders/${4_100 + turn.index}`,
      ...(turn.isBad ? bad : { status: 200, seconds: "0.021", upstream: ["10.0.3.7:8080", "200"] as const }),
    }),
});

const nginxErrors = (say: (at: number) => string): NonNullable<Scene["beside"]> => ({
  lines: Array.from({ length: 16 }, (_, at) => ({
    app: app("nginx", "envoy"),
    atMs: 10_700 + at * 700,
    line: line(
      17,
      `2026/11/18 09:30:${10 + at} [error] 29#29: *${400 + at} ${say(at)}, client: 10.0.9.7, server: shop.example, request: "GET /orders/${4_127 + at} HTTP/1.1", upstream: "http://10.0.3.7:8080/orders/${4_127 + at}", host: "shop.example"`,
    ),
  })),
});

const envoy = (
  status: number,
  flags: string,
  [details, upstream, ms]: readonly [string, string, number],
): NonNullable<Scene["access"]> => ({
  file: "istio.access.log",
  line: (turn, time) => envoyLine(turn, time, turn.isBad ? { status, flags, details, upstream, ms } : ENVOY_OK),
});

const haproxy = (bad: Parameters<typeof haproxyLine>[2]): NonNullable<Scene["access"]> => ({
  file: "haproxy.access.log",
  line: (turn, time) => haproxyLine(turn, time, turn.isBad ? bad : HAPROXY_OK),
});

const alb = (bad: Parameters<typeof albLine>[2]): NonNullable<Scene["access"]> => ({
  file: "alb.access.log",
  line: (turn, time) => albLine(turn, time, turn.isBad ? bad : ["0.001 0.021 0.000", 200, "200"]),
});

const orders = (turn: Turn) => visit(app("orders", "spring"), "/orders/:id", { path: `/orders/${4_100 + turn.index}` });

const behindOf = (gateway: string) => ({
  creators: [gateway, ...TARGETS],
  path: [hop(gateway, "created", "propagated"), maybe(TARGETS, "created", "clean", "propagated")],
});

/** See the file's head. */
export const GATEWAYS: readonly Scene[] = [
  {
    name: "nginx-header-of-the-callee-is-too-big",
    software: "nginx's access and error log; a release sends a cookie that no longer fits nginx's buffer",
    onset: 26,
    share: 0.7,
    access: nginx({ status: 502, seconds: "0.024", upstream: ["10.0.3.7:8080", "502"] }),
    beside: nginxErrors(() => "upstream sent too big header while reading response header from upstream"),
    ...behindOf("nginx"),
    cause: "gateway-mismatch",
    also: ["bad-configuration", "body-too-large"],
  },
  {
    name: "nginx-upstream-closes-before-its-header",
    software: "nginx's access and error log; the server dies within its requests",
    onset: 26,
    share: 0.5,
    access: nginx({ status: 502, seconds: "1.204", upstream: ["10.0.3.7:8080", "502"] }),
    beside: nginxErrors(() => "upstream prematurely closed connection while reading response header from upstream"),
    ...behindOf("nginx"),
    cause: "dependency-error",
    also: ["resource-exhausted", "keepalive-race", "unhandled-exception"],
  },
  {
    name: "nginx-patience-of-sixty-seconds",
    software: "nginx's access log alone; the server is too slow",
    onset: 24,
    share: 0.6,
    everyMs: 2_000,
    access: nginx({ status: 504, seconds: "60.001", upstream: ["10.0.3.7:8080", "504"] }),
    ...behindOf("nginx"),
    cause: "gateway-timeout",
    also: ["dependency-timeout"],
  },
  {
    name: "nginx-resolver-finds-no-name",
    software: "nginx's access and error log; the variable in proxy_pass names a host that is gone",
    onset: 26,
    access: nginx({ status: 502, seconds: "0.005", upstream: ["-", "-"] }),
    beside: nginxErrors(() => "orders.shop.example could not be resolved (3: Host not found)"),
    ...behindOf("nginx"),
    cause: "dns-failure",
    also: ["bad-configuration"],
  },
  {
    name: "nginx-shakes-no-hands",
    software: "nginx's access and error log; the server's certificate is not trusted any more",
    onset: 26,
    access: nginx({ status: 502, seconds: "0.018", upstream: ["10.0.3.7:8443", "502"] }),
    beside: nginxErrors(() => "upstream SSL certificate verify error: (10:certificate has expired) while SSL handshaking to upstream"),
    ...behindOf("nginx"),
    creators: ["nginx", ...TARGETS, "10.0.3.7:8443"],
    path: [hop("nginx", "created", "propagated"), maybe([...TARGETS, "10.0.3.7:8443"], "created", "clean", "propagated")],
    cause: "tls-failure",
  },
  {
    name: "nginx-has-no-connections-of-its-own-left",
    software: "nginx's access and error log; its worker_connections are used up",
    onset: 26,
    share: 0.6,
    access: nginx({ status: 500, seconds: "0.000", upstream: ["-", "-"] }),
    beside: nginxErrors(() => "768 worker_connections are not enough while connecting to upstream"),
    ...behindOf("nginx"),
    cause: "resource-exhausted",
    also: ["bad-configuration"],
  },
  {
    name: "envoy-outlier-leaves-nobody",
    software: "Istio's access log alone; outlier detection put every host out",
    onset: 25,
    access: envoy(503, "UH", ["no_healthy_upstream", "-", 0]),
    ...behindOf("istio"),
    cause: "no-healthy-upstream",
  },
  {
    name: "envoy-cannot-connect-at-all",
    software: "Istio's access log alone; connects are refused",
    onset: 26,
    access: envoy(503, "UF,URX", [
      "upstream_reset_before_response_started{remote_connection_failure,delayed_connect_error:_111}",
      "10.4.2.17:8080",
      41,
    ]),
    ...behindOf("istio"),
    cause: "connection-refused",
    also: ["no-healthy-upstream"],
  },
  {
    name: "envoy-connection-limit-of-the-cluster",
    software: "Istio's access log alone; the cluster's pending requests are at their limit",
    onset: 24,
    share: 0.6,
    access: envoy(503, "UO", ["upstream_reset_before_response_started{overflow}", "-", 0]),
    ...behindOf("istio"),
    cause: "circuit-open",
    also: ["resource-exhausted", "pool-exhausted", "no-healthy-upstream"],
  },
  {
    name: "envoy-upstream-does-not-speak-tls",
    software: "Istio's access log alone; a callee without a sidecar is called with TLS",
    onset: 26,
    access: envoy(503, "UF", [
      "upstream_reset_before_response_started{remote_connection_failure|TLS_error:|268435703:SSL_routines:OPENSSL_internal:WRONG_VERSION_NUMBER:TLS_error_end}",
      "10.4.2.17:8080",
      3,
    ]),
    ...behindOf("istio"),
    cause: "tls-failure",
    also: ["gateway-mismatch", "bad-configuration"],
  },
  {
    name: "haproxy-all-servers-are-down",
    software: "HAProxy's log alone; health checks took all servers out",
    onset: 25,
    access: haproxy({ server: "<NOSRV>", times: "0/-1/-1/-1/0", status: 503, ending: "SC--", counts: "31/31/20/0/0 0/0" }),
    ...behindOf("haproxy"),
    cause: "no-healthy-upstream",
  },
  {
    name: "haproxy-server-is-too-slow",
    software: "HAProxy's log alone; timeout server runs out",
    onset: 24,
    share: 0.7,
    everyMs: 1_500,
    access: haproxy({ server: "orders-1", times: "0/0/1/-1/50002", status: 504, ending: "sH--", counts: "31/31/20/20/0 0/0" }),
    ...behindOf("haproxy"),
    cause: "gateway-timeout",
    also: ["dependency-timeout"],
  },
  {
    name: "alb-target-resets",
    software: "An AWS load balancer's log alone; targets close their connections before the balancer does",
    share: 0.07,
    requests: 160,
    access: alb(["0.001 0.002 -1", 502, "-"]),
    ...behindOf("alb"),
    cause: "keepalive-race",
    also: ["dependency-error"],
  },
  {
    name: "cloudflare-525-after-a-renewal",
    software: "Cloudflare's log alone; the origin's handshake fails",
    onset: 26,
    access: { file: "cloudflare.log", line: (turn, time) => cloudflare(turn, time, turn.isBad ? [525, 0] : [200, 200]) },
    ...behindOf("cloudflare"),
    cause: "tls-failure",
  },
  {
    name: "cloudflare-524-of-a-slow-origin",
    software: "Cloudflare's log alone; the origin takes more than a hundred seconds",
    onset: 24,
    share: 0.6,
    access: { file: "cloudflare.log", line: (turn, time) => cloudflare(turn, time, turn.isBad ? [524, 0] : [200, 200]) },
    ...behindOf("cloudflare"),
    cause: "gateway-timeout",
    also: ["dependency-timeout"],
  },
  {
    name: "nginx-before-a-spring-that-tells",
    software: "nginx's access log before Spring, whose log record alone tells of the error",
    share: 0.4,
    visit: (turn) => ({
      ...orders(turn),
      ...(turn.isBad
        ? logback("Unhandled", [
            "java.lang.ArrayIndexOutOfBoundsException",
            "Index 2 out of bounds for length 2",
            "\tat com.acme.orders.Lines.split(Lines.java:18)",
          ])
        : {}),
    }),
    access: nginx({ status: 500, seconds: "0.021", upstream: ["10.0.3.7:8080", "500"] }),
    cause: "unhandled-exception",
    also: ["invalid-input-unguarded"],
    creators: ["orders"],
    path: [maybe("nginx", "propagated"), hop("orders", "created")],
  },
  {
    name: "nginx-redirects-and-no-errors",
    software: "nginx's access log; a redesign sends half of all requests elsewhere",
    share: 0,
    negative: "healthy",
    access: {
      file: "nginx.access.log",
      line: (turn, time) =>
        nginxLine(turn, time, {
          path: turn.index % 2 === 0 ? `/shop/${turn.index}` : `/orders/${turn.index}`,
          status: turn.index % 2 === 0 ? 301 : 200,
          seconds: "0.004",
          upstream: turn.index % 2 === 0 ? ["-", "-"] : ["10.0.3.7:8080", "200"],
        }),
    },
  },
  {
    name: "haproxy-limits-abusers",
    software: "HAProxy's log; abusers are told to slow down by the balancer itself",
    share: 0,
    negative: "client-errors",
    access: {
      file: "haproxy.access.log",
      line: (turn, time) =>
        haproxyLine(
          turn,
          time,
          turn.index % 3 === 0
            ? { server: "<NOSRV>", times: "0/-1/-1/-1/0", status: 429, ending: "PR--", counts: "31/31/0/0/0 0/0" }
            : HAPROXY_OK,
        ),
    },
  },
  {
    name: "nginx-500-of-an-unseen-server",
    software: "nginx's access log alone; the server answers 500",
    share: 0.3,
    negative: "evidence-missing",
    access: nginx({ status: 500, seconds: "0.030", upstream: ["10.0.3.7:8080", "500"] }),
    missing: ["10.0.3.7", "telemetry", "span"],
  },
  {
    name: "envoy-passes-a-500-on-and-nothing-else",
    software: "Istio's access log alone; the service answers 500 itself",
    onset: 26,
    share: 0.4,
    negative: "evidence-missing",
    access: envoy(500, "-", ["via_upstream", "10.4.2.17:8080", 24]),
    missing: ["orders", "10.4.2.17", "telemetry", "span"],
  },
];

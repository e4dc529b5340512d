/** Proxies and load balancers by their access logs, alone or beside the spans behind them. */
import { ENVOY_OK, type Envoy, HAPROXY_OK, albLine, envoyLine, haproxyLine, nginxLine } from "../../access-lines.ts";
import { app, hop, line, maybe, thrown, visit } from "../../compose.ts";
import type { Scene, Turn, Visit } from "../../plan.ts";

const NAMES = [
  "orders",
  "10.4.2.17:8080",
  "outbound|8080||orders.shop.svc.cluster.local",
  "orders.shop.svc.cluster.local",
  "orders.shop.example",
];
const TARGETS = ["orders", "10.0.0.1:80", "orders-1", "api", "api/orders-1", "10.0.3.7:8080", "shop.example", "<NOSRV>", "api/<NOSRV>"];

/** The service behind, asked for what the proxy's line names. */
const orders = (turn: Turn, more: Partial<Visit> = {}): Visit =>
  visit(app("orders", "gin"), "/orders/:id", { path: `/orders/${4_100 + turn.index}`, ...more });

const nginx = (bad: { status: number; seconds: string; upstream: readonly [string, string] }): NonNullable<Scene["access"]> => ({
  file: "nginx.access.log",
  line: (turn, time) =>
    nginxLine(turn, time, {
      path: `/orders/${4_100 + turn.index}`,
      ...(turn.isBad ? bad : { status: 200, seconds: "0.021", upstream: ["10.0.3.7:8080", "200"] as const }),
    }),
});
const envoy = (bad: Envoy): NonNullable<Scene["access"]> => ({
  file: "istio.access.log",
  line: (turn, time) => envoyLine(turn, time, turn.isBad ? bad : ENVOY_OK),
});

/** See the file's head. */
export const EDGES: readonly Scene[] = [
  {
    name: "ingress-nginx-waits-sixty-seconds",
    software: "nginx and its access log in front of Go; a query takes longer than the proxy waits, and ends well",
    onset: 30,
    share: 0.5,
    everyMs: 2_000,
    visit: (turn) => orders(turn, turn.isBad ? { ms: 74_000 } : {}),
    access: nginx({ status: 504, seconds: "60.001", upstream: ["10.0.3.7:8080", "504"] }),
    cause: "gateway-timeout",
    also: ["dependency-timeout"],
    creators: ["nginx", ...TARGETS],
    path: [hop("nginx", "created", "propagated"), maybe(TARGETS, "created", "clean")],
  },
  {
    name: "nginx-upstreams-are-all-out",
    software: "nginx, its access log alone; every server is out, it asks none",
    onset: 26,
    access: nginx({ status: 502, seconds: "0.000", upstream: ["orders_backend", "502"] }),
    cause: "no-healthy-upstream",
    creators: ["nginx", "orders_backend", ...TARGETS],
    path: [hop("nginx", "created", "propagated"), maybe(["orders_backend", ...TARGETS], "created", "clean")],
  },
  {
    name: "nginx-passes-an-exception-on",
    software: "nginx's access log in front of Flask, whose spans tell of the exception",
    share: 0.3,
    visit: (turn) =>
      visit(app("orders", "flask"), "/orders/:id", {
        path: `/orders/${4_100 + turn.index}`,
        ...(turn.isBad
          ? {
              status: 500,
              thrown: thrown("ZeroDivisionError", "division by zero", [
                "Traceback (most recent call last):",
                '  File "/app/orders/split.py", line 12, in share',
              ]),
            }
          : {}),
      }),
    access: nginx({ status: 500, seconds: "0.014", upstream: ["10.0.3.7:8080", "500"] }),
    cause: "unhandled-exception",
    also: ["invalid-input-unguarded"],
    creators: ["orders"],
    path: [maybe("nginx", "propagated"), hop("orders", "created")],
  },
  {
    name: "envoy-gives-up-after-fifteen-seconds",
    software: "Istio's access log in front of Go; the answer comes after the gateway's fifteen seconds",
    onset: 28,
    share: 0.6,
    visit: (turn) => orders(turn, turn.isBad ? { ms: 21_000 } : {}),
    access: envoy({ status: 504, flags: "UT", details: "response_timeout", upstream: "10.4.2.17:8080", ms: 15_001 }),
    cause: "gateway-timeout",
    also: ["dependency-timeout"],
    creators: ["istio", ...NAMES],
    path: [hop("istio", "created", "propagated"), maybe(NAMES, "created", "clean")],
  },
  {
    name: "envoy-certificate-of-the-mesh-expired",
    software: "Istio's access log alone; the workload's certificate was not renewed",
    onset: 26,
    access: envoy({
      status: 503,
      flags: "UF,URX",
      details:
        "upstream_reset_before_response_started{remote_connection_failure|TLS_error:|268435581:SSL_routines:OPENSSL_internal:CERTIFICATE_VERIFY_FAILED:verify_cert_failed:_certificate_has_expired:TLS_error_end}",
      upstream: "10.4.2.17:8080",
      ms: 12,
    }),
    cause: "tls-failure",
    creators: ["istio", ...NAMES],
    path: [hop("istio", "created", "propagated"), maybe(NAMES, "created", "clean")],
  },
  {
    name: "envoy-local-rate-limit",
    software: "Istio's access log alone; the gateway's own limit answers 503",
    onset: 25,
    share: 0.5,
    access: envoy({ status: 503, flags: "RL", details: "local_rate_limited", upstream: "-", ms: 0 }),
    cause: "rate-limited-as-5xx",
    creators: ["istio", ...NAMES],
    path: [hop("istio", "created", "propagated"), maybe(NAMES, "created", "clean")],
  },
  {
    name: "haproxy-server-timeout-over-spans",
    software: "HAProxy's log beside Go; the server takes longer than thirty seconds, the store behind it is slow",
    onset: 27,
    share: 0.7,
    everyMs: 1_000,
    visit: (turn) =>
      orders(turn, {
        steps: [
          {
            kind: "store",
            system: "postgresql",
            host: "orders-db",
            statement: "SELECT * FROM orders WHERE id = $1",
            ms: turn.isBad ? 41_000 : 6,
          },
        ],
      }),
    access: {
      file: "haproxy.access.log",
      line: (turn, time) =>
        haproxyLine(
          turn,
          time,
          turn.isBad
            ? { server: "orders-1", times: "0/0/1/-1/30001", status: 504, ending: "sH--", counts: "31/31/20/20/0 0/0" }
            : HAPROXY_OK,
        ),
    },
    cause: "database-failure",
    also: ["dependency-timeout", "gateway-timeout"],
    creators: ["orders-db", "postgresql", "haproxy", ...TARGETS],
    path: [
      hop("haproxy", "created", "propagated", "remapped"),
      maybe(TARGETS, "created", "clean", "propagated"),
      maybe(["orders-db", "postgresql"], "created", "clean"),
    ],
  },
  {
    name: "haproxy-connection-refused",
    software: "HAProxy's log alone; the one server refuses connections",
    onset: 26,
    access: {
      file: "haproxy.access.log",
      line: (turn, time) =>
        haproxyLine(
          turn,
          time,
          turn.isBad
            ? { server: "orders-1", times: "0/0/-1/-1/3002", status: 503, ending: "SC--", counts: "31/31/20/0/3 0/0" }
            : HAPROXY_OK,
        ),
    },
    cause: "connection-refused",
    also: ["no-healthy-upstream", "dependency-timeout"],
    creators: ["haproxy", ...TARGETS],
    path: [hop("haproxy", "created", "propagated"), maybe(TARGETS, "created", "clean")],
  },
  {
    name: "alb-gives-up-on-a-slow-target",
    software: "An AWS load balancer's log beside Go; the target takes longer than the idle limit of sixty seconds",
    onset: 28,
    share: 0.6,
    everyMs: 2_000,
    visit: (turn) => orders(turn, turn.isBad ? { ms: 83_000 } : {}),
    access: {
      file: "alb.access.log",
      line: (turn, time) => albLine(turn, time, turn.isBad ? ["0.001 -1 -1", 504, "-"] : ["0.001 0.021 0.000", 200, "200"]),
    },
    cause: "gateway-timeout",
    also: ["dependency-timeout"],
    creators: ["alb", ...TARGETS],
    path: [hop("alb", "created", "propagated"), maybe(TARGETS, "created", "clean")],
  },
  {
    name: "gunicorn-worker-is-killed-behind-nginx",
    software: "nginx's access log in front of Flask; workers are killed for their memory, the connection ends early",
    onset: 24,
    share: 0.7,
    visit: (turn) =>
      visit(app("orders", "flask", { isSilent: turn.isBad }), "/orders/:id", {
        path: `/orders/${4_100 + turn.index}`,
        status: turn.isBad ? 502 : 200,
      }),
    access: nginx({ status: 502, seconds: "1.204", upstream: ["10.0.3.7:8080", "502"] }),
    beside: {
      lines: [9_800, 13_000, 17_000].map((atMs) => ({
        app: app("orders", "flask"),
        atMs,
        line: line(17, "Worker (pid:31) was sent SIGKILL! Perhaps out of memory?", { scope: "gunicorn.error" }),
      })),
    },
    cause: "resource-exhausted",
    also: ["memory-leak"],
    creators: ["nginx", ...TARGETS],
    path: [hop("nginx", "created", "propagated", "remapped"), maybe(TARGETS, "created", "clean")],
  },
];

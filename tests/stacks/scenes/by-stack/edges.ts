/** Gateways and load balancers by their access logs, alone or beside the spans behind them. */
import { ENVOY_OK, HAPROXY_OK, albLine, cloudflare, envoyLine, haproxyLine, nginxLine } from "../../access-lines.ts";
import { app, hop, line, maybe, thrown, visit } from "../../compose.ts";
import type { Scene, Turn, Visit } from "../../plan.ts";

const TARGETS = [
  "orders",
  "10.0.0.1:80",
  "10.0.0.1",
  "orders-1",
  "api",
  "api/orders-1",
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

const orders = (turn: Turn, more: Partial<Visit> = {}): Visit =>
  visit(app("orders", "fastapi"), "/orders/:id", { path: `/orders/${4_100 + turn.index}`, ...more });

const nginx = (bad: { status: number; seconds: string; upstream: readonly [string, string] }): NonNullable<Scene["access"]> => ({
  file: "nginx.access.log",
  line: (turn, time) =>
    nginxLine(turn, time, {
      path: `/orders/${4_100 + turn.index}`,
      ...(turn.isBad ? bad : { status: 200, seconds: "0.021", upstream: ["10.0.3.7:8080", "200"] as const }),
    }),
});

const behindOf = (gateway: string) => ({
  creators: [gateway, ...TARGETS],
  path: [hop(gateway, "created", "propagated"), maybe(TARGETS, "created", "clean", "propagated")],
});

/** See the file's head. */
export const EDGES: readonly Scene[] = [
  {
    name: "nginx-waits-longer-than-its-worker-lives",
    software: "nginx's access log and error log lines in front of Python, whose worker is ended by gunicorn after thirty seconds",
    onset: 26,
    share: 0.6,
    everyMs: 1_500,
    visit: (turn) => orders(turn, turn.isBad ? { app: app("orders", "fastapi", { isSilent: true }), status: 502 } : {}),
    access: nginx({ status: 502, seconds: "30.041", upstream: ["10.0.3.7:8080", "502"] }),
    beside: {
      lines: [45_000, 58_000, 71_000].map((atMs) => ({
        app: app("orders", "fastapi"),
        atMs,
        line: line(21, "[CRITICAL] WORKER TIMEOUT (pid:31)", { scope: "gunicorn.error" }),
      })),
    },
    ...behindOf("nginx"),
    cause: "resource-exhausted",
    also: ["dependency-timeout", "gateway-timeout"],
  },
  {
    name: "nginx-refused-by-a-stopped-server",
    software: "nginx's access log and its error log; the server is stopped",
    onset: 27,
    access: nginx({ status: 502, seconds: "0.001", upstream: ["10.0.3.7:8080", "502"] }),
    beside: {
      lines: Array.from({ length: 20 }, (_, at) => ({
        app: app("nginx", "envoy"),
        atMs: 10_900 + at * 600,
        line: line(
          17,
          `2026/11/18 09:30:${11 + at} [error] 29#29: *${400 + at} connect() failed (111: Connection refused) while connecting to upstream, client: 10.0.9.7, server: shop.example, request: "GET /orders/7 HTTP/1.1", upstream: "http://10.0.3.7:8080/orders/7", host: "shop.example"`,
        ),
      })),
    },
    ...behindOf("nginx"),
    cause: "connection-refused",
  },
  {
    name: "envoy-has-no-cluster-for-the-new-host",
    software: "Istio's access log alone; a changed route names a cluster that nobody defined",
    onset: 26,
    access: {
      file: "istio.access.log",
      line: (turn, time) =>
        envoyLine(turn, time, turn.isBad ? { status: 503, flags: "NC", details: "cluster_not_found", upstream: "-", ms: 0 } : ENVOY_OK),
    },
    ...behindOf("istio"),
    cause: "bad-configuration",
    also: ["no-healthy-upstream"],
  },
  {
    name: "envoy-meets-a-connection-that-was-closed",
    software: "Istio's access log; now and then the server closed the idle connection a moment before",
    share: 0.08,
    requests: 150,
    access: {
      file: "istio.access.log",
      line: (turn, time) =>
        envoyLine(
          turn,
          time,
          turn.isBad
            ? {
                status: 503,
                flags: "UC",
                details: "upstream_reset_before_response_started{connection_termination}",
                upstream: "10.4.2.17:8080",
                ms: 1,
              }
            : ENVOY_OK,
        ),
    },
    ...behindOf("istio"),
    cause: "keepalive-race",
    also: ["dependency-error"],
  },
  {
    name: "haproxy-queue-is-full",
    software: "HAProxy's log; the servers' slots are all taken, requests wait too long in the queue",
    onset: 24,
    share: 0.8,
    access: {
      file: "haproxy.access.log",
      line: (turn, time) =>
        haproxyLine(
          turn,
          time,
          turn.isBad
            ? { server: "<NOSRV>", times: "0/5001/-1/-1/5001", status: 503, ending: "sQ--", counts: "812/812/700/0/0 0/412" }
            : HAPROXY_OK,
        ),
    },
    ...behindOf("haproxy"),
    creators: ["haproxy", "api/<NOSRV>", "<NOSRV>", ...TARGETS],
    path: [hop("haproxy", "created", "propagated"), maybe(["api/<NOSRV>", "<NOSRV>", ...TARGETS], "created", "clean")],
    cause: "resource-exhausted",
    also: ["pool-exhausted", "no-healthy-upstream"],
  },
  {
    name: "alb-passes-an-overflow-on",
    software: "An AWS load balancer's log in front of Python, whose span tells of an overflow",
    share: 0.3,
    visit: (turn) =>
      orders(
        turn,
        turn.isBad
          ? {
              status: 500,
              thrown: thrown("OverflowError", "date value out of range", [
                "Traceback (most recent call last):",
                '  File "/app/orders/due.py", line 9, in due',
              ]),
            }
          : {},
      ),
    access: {
      file: "alb.access.log",
      line: (turn, time) => albLine(turn, time, turn.isBad ? ["0.001 0.014 0.000", 500, "500"] : ["0.001 0.021 0.000", 200, "200"]),
    },
    cause: "unhandled-exception",
    also: ["invalid-input-unguarded"],
    creators: ["orders"],
    path: [maybe("alb", "propagated"), hop("orders", "created")],
  },
  {
    name: "cloudflare-522-at-the-origin",
    software: "Cloudflare's log alone; the origin does not take connections",
    onset: 26,
    access: { file: "cloudflare.log", line: (turn, time) => cloudflare(turn, time, turn.isBad ? [522, 0] : [200, 200]) },
    ...behindOf("cloudflare"),
    cause: "dependency-timeout",
    also: ["no-healthy-upstream", "connection-refused"],
  },
  {
    name: "nginx-retries-and-the-second-server-answers",
    software: "nginx's access log; one of two servers is out, the next one answers every request",
    share: 0,
    negative: "healthy",
    access: {
      file: "nginx.access.log",
      line: (turn, time) =>
        nginxLine(turn, time, {
          path: `/orders/${4_100 + turn.index}`,
          status: 200,
          seconds: "0.024",
          upstream: turn.index % 2 === 0 ? (["10.0.3.7:8080, 10.0.3.8:8080", "502, 200"] as const) : (["10.0.3.8:8080", "200"] as const),
        }),
    },
  },
  {
    name: "nginx-bots-get-404-and-408",
    software: "nginx's access log; scanners ask for what is not there, and some never finish asking",
    share: 0,
    negative: "client-errors",
    access: {
      file: "nginx.access.log",
      line: (turn, time) =>
        nginxLine(turn, time, {
          path: turn.index % 2 === 0 ? "/wp-login.php" : `/orders/${turn.index}`,
          ...(turn.index % 2 === 0
            ? { status: 404, seconds: "0.002", upstream: ["10.0.3.7:8080", "404"] as const }
            : turn.index % 5 === 0
              ? { status: 408, seconds: "60.000", upstream: ["-", "-"] as const }
              : { status: 200, seconds: "0.021", upstream: ["10.0.3.7:8080", "200"] as const }),
        }),
    },
  },
  {
    name: "alb-500-of-an-unseen-target",
    software: "An AWS load balancer's log alone; the target answers 500",
    share: 0.3,
    negative: "evidence-missing",
    access: {
      file: "alb.access.log",
      line: (turn, time) => albLine(turn, time, turn.isBad ? ["0.001 0.030 0.000", 500, "500"] : ["0.001 0.021 0.000", 200, "200"]),
    },
    missing: ["10.0.0.1", "telemetry", "span"],
  },
];

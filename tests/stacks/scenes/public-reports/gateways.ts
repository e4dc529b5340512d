/** Meshes, load balancers, content networks, API gateways and functions. */
import { ENVOY_OK, HAPROXY_OK, albLine, cloudflare, envoyLine, haproxyLine } from "../../access-lines.ts";
import { app, call, hop, line, maybe, numbered, visit } from "../../compose.ts";
import type { Line, Scene, Turn } from "../../plan.ts";

const ORDERS = [
  "10.4.2.17:8080",
  "outbound|8080||orders.shop.svc.cluster.local",
  "orders",
  "orders.shop.svc.cluster.local",
  "orders.shop.example",
];
const ORIGIN = ["198.51.100.7", "shop.example"];
const SERVER = ["orders-1", "api/orders-1", "api", "10.0.0.1:80"];

/** A function behind a gateway: `bad` is what the platform notes, where the gateway answers `status`. */
function functionBehindGateway(
  route: string,
  {
    service,
    status,
    bad,
    gateway = [],
    ms = 20,
  }: { service: string; status: number; bad: readonly Line[]; gateway?: readonly Line[]; ms?: number },
) {
  return (turn: Turn) => {
    const path = numbered(route, turn);
    const inner = visit(app(service, "lambda"), `${route}/:id`, turn.isBad ? { path, ms, status, lines: bad } : { path });
    return visit(app("api-gateway", "envoy"), `${route}/:id`, {
      path,
      status: turn.isBad ? status : 200,
      steps: [call(inner)],
      lines: turn.isBad ? gateway : [],
    });
  };
}

/** See the file's head. */
export const GATEWAYS: readonly Scene[] = [
  {
    name: "istio-connection-terminated-now-and-then",
    software: "Istio's ingress gateway, its access log; the application closes idle connections sooner",
    share: 0.06,
    requests: 120,
    everyMs: 2_000,
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
    cause: "keepalive-race",
    also: ["dependency-error"],
    creators: ["istio", ...ORDERS],
    path: [hop("istio", "created", "propagated"), maybe(ORDERS, "created", "clean")],
  },
  {
    name: "istio-protocol-error",
    software: "Istio's ingress gateway, its access log; the port is said to speak HTTP/2 and does not",
    onset: 25,
    access: {
      file: "istio.access.log",
      line: (turn, time) =>
        envoyLine(
          turn,
          time,
          turn.isBad
            ? {
                status: 502,
                flags: "UPE",
                details: "upstream_reset_before_response_started{protocol_error}",
                upstream: "10.4.2.17:8080",
                ms: 2,
              }
            : ENVOY_OK,
        ),
    },
    cause: "gateway-mismatch",
    creators: ["istio", ...ORDERS],
    path: [hop("istio", "created", "propagated"), maybe(ORDERS, "created", "clean")],
  },
  {
    name: "istio-certificate-verify-failed",
    software: "Istio's ingress gateway, its access log; the sidecar's certificate expired",
    onset: 27,
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
                details:
                  "upstream_reset_before_response_started{remote_connection_failure|TLS_error:|268435581:SSL_routines:OPENSSL_internal:CERTIFICATE_VERIFY_FAILED:TLS_error_end}",
                upstream: "10.4.2.17:8080",
                ms: 31,
              }
            : ENVOY_OK,
        ),
    },
    cause: "tls-failure",
    creators: ["istio", ...ORDERS],
    path: [hop("istio", "created", "propagated"), maybe(ORDERS, "created", "clean")],
  },
  {
    name: "istio-upstream-request-timeout",
    software: "Istio's ingress gateway, its access log alone",
    onset: 26,
    share: 0.7,
    access: {
      file: "istio.access.log",
      line: (turn, time) =>
        envoyLine(
          turn,
          time,
          turn.isBad ? { status: 504, flags: "UT", details: "response_timeout", upstream: "10.4.2.17:8080", ms: 15_001 } : ENVOY_OK,
        ),
    },
    cause: "gateway-timeout",
    also: ["dependency-timeout"],
    creators: ["istio", ...ORDERS],
    path: [hop("istio", "created", "propagated"), maybe(ORDERS, "created", "clean")],
  },
  {
    name: "haproxy-queue-timeout",
    software: "HAProxy 3, its HTTP log; every slot of the servers is taken and the queue runs out of time",
    onset: 26,
    share: 0.6,
    access: {
      file: "haproxy.access.log",
      line: (turn, time) =>
        haproxyLine(
          turn,
          time,
          turn.isBad
            ? { server: "<NOSRV>", times: "0/5001/-1/-1/5001", status: 503, ending: "sQ--", counts: "310/310/200/0/0 0/180" }
            : HAPROXY_OK,
        ),
    },
    cause: "pool-exhausted",
    also: ["resource-exhausted"],
    creators: ["haproxy", ...SERVER],
    path: [hop("haproxy", "created", "propagated"), maybe(SERVER, "created", "clean")],
  },
  {
    name: "haproxy-server-timeout",
    software: "HAProxy 3, its HTTP log; the server does not answer within the limit",
    onset: 24,
    share: 0.6,
    access: {
      file: "haproxy.access.log",
      line: (turn, time) =>
        haproxyLine(
          turn,
          time,
          turn.isBad
            ? { server: "orders-1", times: "0/0/1/-1/30002", status: 504, ending: "sH--", counts: "31/31/20/20/0 0/0" }
            : HAPROXY_OK,
        ),
    },
    cause: "gateway-timeout",
    also: ["dependency-timeout"],
    creators: ["haproxy", ...SERVER],
    path: [hop("haproxy", "created", "propagated"), maybe(SERVER, "created", "clean")],
  },
  {
    name: "alb-target-slower-than-its-idle-limit",
    software: "AWS application load balancer, its access log, in front of Python with Django: exports became long",
    onset: 25,
    share: 0.5,
    access: {
      file: "alb.access.log",
      line: (turn, time) => albLine(turn, time, turn.isBad ? ["0.001 60.001 -1", 504, "-"] : ["0.001 0.021 0.000", 200, "200"]),
    },
    cause: "gateway-timeout",
    also: ["dependency-timeout"],
    creators: ["alb", "10.0.0.1:80"],
    path: [hop("alb", "created", "propagated"), maybe("10.0.0.1:80", "created", "clean")],
  },
  {
    name: "cloudflare-525",
    software: "Cloudflare's log of HTTP requests; the origin does not speak a common version of TLS",
    onset: 28,
    access: { file: "cloudflare.access.log", line: (turn, time) => cloudflare(turn, time, turn.isBad ? [525, 0] : [200, 200]) },
    cause: "tls-failure",
    creators: ["cloudflare", ...ORIGIN],
    path: [hop("cloudflare", "created", "propagated"), maybe(ORIGIN, "created", "clean")],
  },
  {
    name: "cloudflare-524",
    software: "Cloudflare's log of HTTP requests; the origin accepts and does not answer in time",
    onset: 28,
    share: 0.7,
    access: { file: "cloudflare.access.log", line: (turn, time) => cloudflare(turn, time, turn.isBad ? [524, 0] : [200, 200]) },
    cause: "gateway-timeout",
    also: ["dependency-timeout"],
    creators: ["cloudflare", ...ORIGIN],
    path: [hop("cloudflare", "created", "propagated"), maybe(ORIGIN, "created", "clean")],
  },
  {
    name: "cloudflare-530",
    software: "Cloudflare's log of HTTP requests; the origin's name does not resolve (error 1016)",
    onset: 28,
    access: { file: "cloudflare.access.log", line: (turn, time) => cloudflare(turn, time, turn.isBad ? [530, 0] : [200, 200]) },
    cause: "dns-failure",
    creators: ["cloudflare", ...ORIGIN],
    path: [hop("cloudflare", "created", "propagated"), maybe(ORIGIN, "created", "clean")],
  },
  {
    name: "lambda-rate-exceeded",
    software: "AWS API Gateway's execution lines; the function's concurrency is used up",
    onset: 24,
    share: 0.5,
    visit: (turn) => {
      const path = numbered("/scores", turn);
      const gateway = [
        line(17, "Lambda invocation failed with status: 429. Lambda request id: 8a6f2c1e-5c0d-4f57-9a0e-0a8d1f3c9b77"),
        line(17, "Execution failed due to configuration error: Rate Exceeded."),
        line(9, "Method completed with status: 500"),
      ];
      const inner = visit(app("scores-function", "lambda"), "/scores/:id", { path });
      return visit(
        app("api-gateway", "envoy"),
        "/scores/:id",
        turn.isBad ? { path, status: 500, ms: 12, lines: gateway } : { path, steps: [call(inner)] },
      );
    },
    cause: "rate-limited-as-5xx",
    also: ["resource-exhausted"],
    creators: ["api-gateway", "scores-function"],
    path: [hop("api-gateway", "created"), maybe("scores-function", "clean", "created")],
  },
  {
    name: "lambda-timed-out-warm",
    software: "AWS Lambda (Python) behind API Gateway; a call inside it never comes back",
    onset: 27,
    share: 0.6,
    visit: functionBehindGateway("/receipts", {
      service: "receipts-function",
      status: 504,
      ms: 6_010,
      bad: [
        line(17, "2026-11-18T09:30:12.120Z 8a6f2c1e-5c0d-4f57-9a0e-0a8d1f3c9b77 Task timed out after 6.01 seconds"),
        line(
          9,
          "REPORT RequestId: 8a6f2c1e-5c0d-4f57-9a0e-0a8d1f3c9b77\tDuration: 6006.52 ms\tBilled Duration: 6000 ms\tMemory Size: 256 MB\tMax Memory Used: 88 MB\tStatus: timeout",
        ),
      ],
      gateway: [line(17, "Execution failed due to a timeout error")],
    }),
    cause: "dependency-timeout",
    also: ["gateway-timeout", "resource-exhausted"],
    creators: ["receipts-function"],
    path: [hop("api-gateway", "propagated"), hop("receipts-function", "created")],
  },
  {
    name: "lambda-cannot-find-module",
    software: "AWS Lambda (Node.js) behind API Gateway; the bundle of the new release lacks a native module",
    onset: 25,
    visit: functionBehindGateway("/thumbnails", {
      service: "thumbnails-function",
      status: 502,
      ms: 180,
      bad: [
        line(
          17,
          'undefined ERROR Uncaught Exception {"errorType":"Runtime.ImportModuleError","errorMessage":"Error: Cannot find module \'sharp\'\\nRequire stack:\\n- /var/task/index.js"}',
        ),
      ],
    }),
    beside: {
      changes: [{ kind: "deploy", service: "thumbnails-function", atMs: 25 * 400 - 900, version: "4.2.0", previousVersion: "4.1.9" }],
    },
    cause: "bad-deploy",
    also: ["unhandled-exception", "bad-configuration"],
    creators: ["thumbnails-function"],
    path: [hop("api-gateway", "propagated"), hop("thumbnails-function", "created")],
  },
  {
    name: "lambda-answer-too-large",
    software: "AWS Lambda (Python) behind an application load balancer",
    share: 0.25,
    visit: functionBehindGateway("/exports", {
      service: "exports-function",
      status: 502,
      ms: 900,
      bad: [
        line(17, "[ERROR] [1763458212120] LAMBDA_RUNTIME Failed to post handler success response. Http response code: 413."),
        line(17, "Response payload size exceeded maximum allowed payload size (6291556 bytes)."),
      ],
    }),
    cause: "body-too-large",
    creators: ["exports-function"],
    path: [hop("api-gateway", "propagated"), hop("exports-function", "created")],
  },
  {
    name: "lambda-out-of-memory",
    software: "AWS Lambda (Python) behind API Gateway; the largest documents do not fit",
    share: 0.25,
    visit: functionBehindGateway("/documents", {
      service: "documents-function",
      status: 502,
      ms: 2_400,
      bad: [
        line(17, "RequestId: 8a6f2c1e-5c0d-4f57-9a0e-0a8d1f3c9b77 Error: Runtime exited with error: signal: killed\nRuntime.ExitError"),
        line(
          9,
          "REPORT RequestId: 8a6f2c1e-5c0d-4f57-9a0e-0a8d1f3c9b77\tDuration: 2380.11 ms\tBilled Duration: 2381 ms\tMemory Size: 128 MB\tMax Memory Used: 128 MB",
        ),
      ],
    }),
    cause: "resource-exhausted",
    also: ["memory-leak"],
    creators: ["documents-function"],
    path: [hop("api-gateway", "propagated"), hop("documents-function", "created")],
  },
];

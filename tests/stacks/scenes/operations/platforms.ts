/** Memory, functions, proxies, content networks and third parties; each scene leaves out a part of what could be known. */
import { ENVOY_OK, albLine, envoyLine, nginxLine } from "../../access-lines.ts";
import { app, call, clusterEvent, hop, line, maybe, numbered, outside, thrown, visit } from "../../compose.ts";
import type { Scene } from "../../plan.ts";
import { alone, behind, byCall, callersOrPeers } from "../../shapes.ts";
import { logback, zap } from "../post-mortems/logged-as.ts";

/** See the file's head. */
export const PLATFORMS: readonly Scene[] = [
  {
    name: "collector-of-garbage-takes-all-time",
    software: "Spring whose heap is nearly full; the collector takes all the time",
    onset: 24,
    share: 0.6,
    everyMs: 900,
    ...alone(
      app("bulk-jvm", "spring"),
      "/bulks/:id",
      logback("Handler dispatch failed", [
        "java.lang.OutOfMemoryError",
        "GC overhead limit exceeded",
        "\tat com.acme.bulk.Rows.read(Rows.java:77)",
      ]),
    ),
    cause: "resource-exhausted",
    also: ["memory-leak"],
  },
  {
    name: "killed-again-and-again-for-memory",
    software: "Gin before a callee without spans that is killed for its memory after each start",
    onset: 22,
    share: 0.7,
    ...byCall(app("maps-front", "gin"), "/maps/:id", {
      host: "maps-render",
      ms: 2,
      trouble: { type: "*url.Error", message: 'Get "http://maps-render:8080/": dial tcp 10.4.1.7:8080: connect: connection refused' },
    }),
    beside: {
      lines: [9_200, 12_900, 17_100, 21_500].map((atMs, at) =>
        clusterEvent(
          app("maps-render", "gin"),
          atMs,
          at % 2 === 0
            ? ["OOMKilling", "Memory cgroup out of memory: Killed process 1 (render)"]
            : ["BackOff", "Back-off restarting failed container render in pod maps-render-7d9f6c5b4-k2p8x"],
        ),
      ),
    },
    creators: ["maps-render"],
    cause: "resource-exhausted",
    also: ["connection-refused", "memory-leak"],
  },
  {
    name: "disk-of-the-node-is-full",
    software: "Django; temporary files fill the node; the exception is in the log alone",
    onset: 26,
    ...alone(app("exports-py", "django"), "/exports/:id", {
      thrown: thrown("OSError", "[Errno 28] No space left on device: '/tmp/export-7.csv'", [
        "Traceback (most recent call last):",
        '  File "/app/exports/views.py", line 61, in write',
      ]),
    }),
    cause: "resource-exhausted",
  },
  {
    name: "inodes-are-used-up-under-php",
    software: "Laravel; sessions as files until no inode is left",
    onset: 24,
    ...alone(app("forum-php", "laravel"), "/topics/:id", {
      thrown: thrown(
        "ErrorException",
        "file_put_contents(/app/storage/framework/sessions/8f2a): Failed to open stream: No space left on device",
        ["#0 /app/vendor/laravel/framework/src/Illuminate/Filesystem/Filesystem.php(204)"],
      ),
    }),
    cause: "resource-exhausted",
  },
  {
    name: "mailer-of-a-third-party-is-down",
    software: "Express; the mail provider answers 502 with a page",
    onset: 25,
    ...byCall(app("invite-node", "express"), "/invites/:id", {
      host: "api.mail-provider.example",
      method: "POST",
      answers: 502,
      isCallers: false,
    }),
    cause: "third-party-failure",
  },
  {
    name: "identity-provider-has-an-outage",
    software: "Symfony; logins fail as the identity provider answers 503; the front is silent",
    onset: 24,
    visit: (turn) => {
      const inner = visit(app("door-php", "symfony"), "/login/:id", {
        path: numbered("/login", turn),
        status: turn.isBad ? 500 : 200,
        steps: [call(visit(outside("tenant.idp-vendor.example"), "/oauth/token", { method: "POST", status: turn.isBad ? 503 : 200 }))],
      });
      return visit(app("edge-x", "gin", { isSilent: true, host: "edge-x" }), "/login/:id", { status: inner.status, steps: [call(inner)] });
    },
    seen: { service: "door-php", route: "app_login_show" },
    creators: ["tenant.idp-vendor.example"],
    path: [hop("door-php", "propagated", "remapped"), hop("tenant.idp-vendor.example", "created")],
    cause: "third-party-failure",
  },
  {
    name: "payment-provider-hangs",
    software: "Axum; the provider of payments takes connections and says nothing",
    onset: 23,
    share: 0.7,
    everyMs: 900,
    ...byCall(app("pay-rs", "axum"), "/payments/:id", {
      host: "api.pay-vendor.example",
      method: "POST",
      ms: 10_003,
      trouble: { type: "reqwest::Error", message: "error sending request for url (https://api.pay-vendor.example/): operation timed out" },
    }),
    cause: "third-party-failure",
    also: ["dependency-timeout"],
  },
  {
    name: "function-meets-its-concurrency-limit",
    software: "Node asks a function whose reserved concurrency is used up",
    onset: 24,
    share: 0.6,
    ...alone(app("orders-fn-front", "express"), "/orders/:id", {
      thrown: thrown("TooManyRequestsException", "Rate Exceeded. Reason: ReservedFunctionConcurrentInvocationLimitExceeded", [
        "    at de_TooManyRequestsExceptionRes (/app/node_modules/@aws-sdk/client-lambda/dist-cjs/index.js:2110:21)",
      ]),
    }),
    ...callersOrPeers("orders-fn-front", ["lambda.eu-west-1.amazonaws.com", "lambda"]),
    cause: "rate-limited-as-5xx",
    also: ["resource-exhausted"],
  },
  {
    name: "cold-start-outlasts-the-function",
    software: "A function whose modules take longer to load than its time; the platform's line alone tells",
    share: 0.2,
    everyMs: 1_200,
    ...alone(app("render-fn", "lambda"), "/render/:id", {
      ms: 3_000,
      lines: [
        line(9, "INIT_REPORT Init Duration: 9998.51 ms\tPhase: init\tStatus: timeout"),
        line(17, "2026-11-18T09:30:14.112Z 8f1e2c2a-0d7b-4b1e-9c1d-2f0f6a1f2b3c Task timed out after 3.01 seconds"),
      ],
    }),
    cause: "resource-exhausted",
    also: ["dependency-timeout", "bad-configuration", "gateway-timeout"],
  },
  {
    name: "gateway-gives-up-on-a-cold-service",
    software: "A gateway of 10 s before a service that needs longer for its first request; nginx's log alone",
    share: 0.15,
    everyMs: 900,
    access: {
      file: "nginx.access.log",
      line: (turn, time) =>
        nginxLine(turn, time, {
          path: `/models/${4_100 + turn.index}`,
          ...(turn.isBad
            ? { status: 504, seconds: "10.002", upstream: ["10.0.7.9:8080", "504"] as const }
            : { status: 200, seconds: "0.120", upstream: ["10.0.7.9:8080", "200"] as const }),
        }),
    },
    creators: ["10.0.7.9:8080", "10.0.7.9", "nginx"],
    path: [hop("nginx", "propagated", "created", "remapped"), maybe(["10.0.7.9:8080", "10.0.7.9"], "created", "clean")],
    cause: "dependency-timeout",
    also: ["gateway-timeout"],
  },
  {
    name: "only-one-of-two-targets-answers",
    software: "An AWS load balancer; one of two targets refuses after a failed start",
    onset: 20,
    share: 0.5,
    access: {
      file: "alb.access.log",
      line: (turn, time) =>
        albLine(turn, time, turn.isBad ? ["-1 -1 -1", 502, "-", "10.0.0.2:80"] : ["0.001 0.030 0.000", 200, "200", "10.0.0.1:80"]),
    },
    creators: ["10.0.0.2:80", "10.0.0.2", "alb"],
    path: [hop("alb", "propagated", "created", "remapped"), maybe(["10.0.0.2:80", "10.0.0.2"], "created")],
    cause: "connection-refused",
    also: ["no-healthy-upstream", "keepalive-race", "dependency-error"],
  },
  {
    name: "mesh-has-no-endpoint-after-a-bad-probe",
    software: "Istio's log; a readiness probe asks the wrong port since a chart change, and no pod is ready",
    onset: 24,
    access: {
      file: "istio.access.log",
      line: (turn, time) =>
        envoyLine(turn, time, turn.isBad ? { status: 503, flags: "UH", details: "no_healthy_upstream", upstream: "-", ms: 0 } : ENVOY_OK),
    },
    beside: {
      lines: [9_700, 14_700].map((atMs) =>
        clusterEvent(app("orders", "gin"), atMs, [
          "Unhealthy",
          "Readiness probe failed: dial tcp 10.4.2.17:8081: connect: connection refused",
        ]),
      ),
    },
    creators: ["istio", "orders", "orders.shop.svc.cluster.local", "orders.shop.example", "outbound|8080||orders.shop.svc.cluster.local"],
    path: [
      hop("istio", "created", "propagated", "remapped"),
      maybe(
        ["orders", "orders.shop.svc.cluster.local", "orders.shop.example", "outbound|8080||orders.shop.svc.cluster.local"],
        "created",
        "clean",
      ),
    ],
    cause: "no-healthy-upstream",
    also: ["bad-configuration"],
  },
  {
    name: "model-server-has-no-memory-on-its-card",
    software: "FastAPI behind Go; the card's memory is used up by long inputs",
    share: 0.3,
    ...behind(
      app("ai-gw", "gin"),
      "/answers/:id",
      alone(app("model-py", "fastapi"), "/answers/:id", {
        thrown: thrown(
          "torch.OutOfMemoryError",
          "CUDA out of memory. Tried to allocate 2.00 GiB. GPU 0 has a total capacity of 23.68 GiB of which 1.02 GiB is free.",
          ["Traceback (most recent call last):", '  File "/app/model/serve.py", line 71, in generate'],
        ),
      }),
    ),
    cause: "resource-exhausted",
  },
  {
    name: "threads-of-the-machine-are-used-up",
    software: "Go; the pod's limit of processes is reached",
    onset: 26,
    ...alone(
      app("convert-go", "gin"),
      "/conversions/:id",
      zap("start converter", "fork/exec /usr/bin/convert: resource temporarily unavailable"),
    ),
    cause: "resource-exhausted",
  },
  {
    name: "half-of-the-callee-is-an-old-release",
    software: "Rails and a callee of two releases; the older one lacks a route and answers 404",
    onset: 20,
    share: 0.5,
    visit: (turn) =>
      visit(app("desk-rb", "rails"), "/desks/:id", {
        path: numbered("/desks", turn),
        ...(turn.isBad
          ? {
              status: 500,
              thrown: thrown("Faraday::ResourceNotFound", "the server responded with status 404 for GET http://seat-go:8080/v2/seats", [
                "app/models/seat.rb:11:in 'Seat.all'",
              ]),
            }
          : {}),
        steps: [
          call(
            visit(
              app("seat-go", "gin", { version: turn.isBad ? "1.9.0" : "2.0.0", instance: turn.isBad ? "seat-go-a" : "seat-go-b" }),
              "/v2/seats",
              { status: turn.isBad ? 404 : 200 },
            ),
          ),
        ],
      }),
    seen: { service: "desk-rb", route: "/desks/:id(.:format)" },
    creators: ["desk-rb", "seat-go"],
    path: [hop("desk-rb", "created", "remapped"), maybe("seat-go", "clean", "created")],
    cause: "bad-deploy",
    also: ["dependency-error", "bad-configuration", "unhandled-exception", "invalid-input-unguarded", "gateway-mismatch"],
  },
];

/** Pods, machines and runtimes that run out of something, and settings that are wrong. */
import { app, call, hop, line, maybe, numbered, thrown, visit } from "../../compose.ts";
import type { Scene, Turn } from "../../plan.ts";
import { alone, behind, byCall, byStore } from "../../shapes.ts";

const MIB = 1_048_576;
const CLUSTER = app("kubernetes-events", "gin");

/** A refused connection as Go tells it. */
const refused = (host: string, port = 8080) => ({
  type: "*url.Error",
  message: `Get "http://${host}:${port}/": dial tcp 10.96.14.7:${port}: connect: connection refused`,
});

/** See the file's head. */
export const PLATFORMS: readonly Scene[] = [
  {
    name: "puma-killed-for-its-memory",
    software: "OpenTelemetry Go with gin in front of Ruby; Kubernetes ends the container, memory is not reported",
    onset: 26,
    share: 0.7,
    ...byCall(app("front", "gin"), "/pages/:id", {
      host: "renderer",
      trouble: refused("renderer"),
      bad: { status: 502, thrown: thrown("*url.Error", refused("renderer").message, []) },
    }),
    beside: {
      changes: [26, 36, 47].map((index) => ({
        kind: "restart" as const,
        service: "renderer",
        atMs: index * 400 - 60,
        description: "container renderer OOMKilled, exit code 137",
      })),
    },
    cause: "resource-exhausted",
    also: ["memory-leak", "connection-refused"],
  },
  {
    name: "evicted-for-disk-pressure",
    software: "OpenTelemetry Go with gin in front of a service whose pod was evicted",
    onset: 30,
    ...byCall(app("front", "gin"), "/media/:id", {
      host: "transcoder",
      trouble: refused("transcoder"),
      bad: { status: 502, thrown: thrown("*url.Error", refused("transcoder").message, []) },
    }),
    beside: {
      changes: [
        {
          kind: "restart",
          service: "transcoder",
          atMs: 30 * 400 - 500,
          description: "pod evicted: The node was low on resource: ephemeral-storage. Container transcoder was using 31Gi, request is 0",
        },
      ],
    },
    cause: "resource-exhausted",
    also: ["connection-refused", "no-healthy-upstream"],
  },
  {
    name: "no-endpoints-after-probes-fail",
    software: "Spring Cloud Gateway; every pod of the service fails its readiness probe",
    onset: 27,
    ...alone(app("api-edge", "spring"), "/offers/:id", {
      status: 503,
      ms: 1,
      thrown: thrown(
        "org.springframework.cloud.gateway.support.NotFoundException",
        '503 SERVICE_UNAVAILABLE "Unable to find instance for offers"',
        [
          "\tat org.springframework.cloud.gateway.filter.ReactiveLoadBalancerClientFilter.filter(ReactiveLoadBalancerClientFilter.java:121)",
        ],
      ),
    }),
    beside: {
      lines: [{ app: CLUSTER, atMs: 27 * 400 - 400, line: line(13, "Readiness probe failed: HTTP probe failed with statuscode: 503") }],
    },
    cause: "no-healthy-upstream",
  },
  {
    name: "port-changed-by-a-setting",
    software: ".NET 9 with ASP.NET Core; a change of its settings names another port of the database",
    onset: 28,
    ...byStore(app("members", "aspnet"), "/members/:id", {
      system: "postgresql",
      host: "members-db",
      statement: "SELECT * FROM members WHERE id = $1",
      trouble: { type: "Npgsql.NpgsqlException", message: "Failed to connect to 10.0.4.4:5433" },
      ms: 3,
      bad: {
        thrown: thrown("Npgsql.NpgsqlException", "Failed to connect to 10.0.4.4:5433", [
          " ---> System.Net.Sockets.SocketException (111): Connection refused",
        ]),
      },
    }),
    beside: { changes: [{ kind: "config", service: "members", atMs: 28 * 400 - 700, description: "ConnectionStrings__Members changed" }] },
    cause: "bad-configuration",
    also: ["connection-refused", "database-failure"],
    creators: ["members", "members-db", "postgresql"],
    path: [hop("members", "created", "propagated", "remapped"), maybe(["members-db", "postgresql"], "created", "clean")],
  },
  {
    name: "image-of-another-machine",
    software: "OpenTelemetry JS 2 with Express 5 in front of a service released for the wrong processor",
    onset: 29,
    ...byCall(app("site", "express"), "/banners/:id", {
      host: "banners",
      trouble: { type: "Error", message: "connect ECONNREFUSED 10.96.7.9:8080" },
      bad: {
        status: 502,
        thrown: thrown("Error", "connect ECONNREFUSED 10.96.7.9:8080", [
          "    at TCPConnectWrap.afterConnect [as oncomplete] (node:net:1637:16)",
        ]),
      },
    }),
    beside: {
      changes: [
        { kind: "deploy", service: "banners", atMs: 29 * 400 - 900, version: "4.3.0", previousVersion: "4.2.0" },
        {
          kind: "restart",
          service: "banners",
          atMs: 29 * 400 - 400,
          description: "Back-off restarting failed container: exec /app/banners: exec format error, exit code 255",
        },
      ],
    },
    cause: "bad-deploy",
    also: ["connection-refused"],
  },
  {
    name: "gc-overhead-limit",
    software: "Java agent 2.20 with Spring Boot 3 behind Laravel; the old generation stays full",
    onset: 26,
    share: 0.6,
    ...behind(
      app("portal", "laravel"),
      "/plans/:id",
      alone(app("plans", "spring"), "/plans/:id", {
        ms: 3_100,
        thrown: thrown(
          "jakarta.servlet.ServletException",
          "Handler dispatch failed: java.lang.OutOfMemoryError: GC overhead limit exceeded",
          [
            "\tat org.springframework.web.servlet.DispatcherServlet.doDispatch(DispatcherServlet.java:1104)",
            "Caused by: java.lang.OutOfMemoryError: GC overhead limit exceeded",
          ],
        ),
      }),
    ),
    beside: {
      metrics: [
        {
          app: app("plans", "spring"),
          name: "jvm.memory.used",
          unit: "By",
          attributes: { "jvm.memory.type": "heap", "jvm.memory.pool.name": "G1 Old Gen" },
          points: Array.from({ length: 22 }, (_, step) => [step * 1_000, Math.min(500, 110 + step * 26) * MIB] as const),
        },
      ],
    },
    cause: "memory-leak",
    also: ["resource-exhausted"],
  },
  {
    name: "node-loop-blocked-by-a-pattern",
    software: "OpenTelemetry Go with gin in front of Express 5; a regular expression takes seconds for some names",
    onset: 22,
    share: 0.7,
    visit: (turn) => {
      const message = 'Get "http://names:8080/names/7": context deadline exceeded (Client.Timeout exceeded while awaiting headers)';
      const names = visit(app("names", "express"), "/names/:id", { ms: turn.isBad ? 4_100 : 6 });
      return visit(app("signup", "gin"), "/signups/:id", {
        path: numbered("/signups", turn),
        steps: [call(names, turn.isBad ? { ms: 1_501, trouble: { type: "*url.Error", message } } : {})],
        ...(turn.isBad ? { status: 504, thrown: thrown("*url.Error", message, []) } : {}),
      });
    },
    beside: {
      metrics: [
        {
          app: app("names", "express"),
          name: "nodejs.eventloop.delay.max",
          unit: "s",
          points: Array.from({ length: 6 }, (_, step) => [1_000 + step * 5_000, step < 2 ? 0.013 : 4.2] as const),
        },
      ],
    },
    seen: { service: "signup", route: "/signups/:id" },
    cause: "resource-exhausted",
    also: ["dependency-timeout"],
    creators: ["names"],
    path: [hop("signup", "propagated"), hop("names", "created")],
  },
  {
    name: "tomcat-cannot-make-a-thread",
    software: "Java agent 2.20 with Spring Boot 3; the container's limit of processes is reached",
    onset: 30,
    share: 0.5,
    ...alone(app("mailer", "spring"), "/letters/:id", {
      thrown: thrown(
        "jakarta.servlet.ServletException",
        "Handler dispatch failed: java.lang.OutOfMemoryError: unable to create native thread: possibly out of memory or process/resource limits reached",
        ["\tat java.base/java.lang.Thread.start0(Native Method)", "\tat com.acme.letters.Sender.send(Sender.java:40)"],
      ),
    }),
    cause: "resource-exhausted",
    also: ["memory-leak"],
  },
  {
    name: "rust-out-of-descriptors",
    software: "OpenTelemetry Rust with axum, reqwest",
    onset: 27,
    share: 0.6,
    ...byCall(app("proxyish", "axum"), "/files/:id", {
      host: "blobs",
      ms: 1,
      isCallers: true,
      trouble: {
        type: "reqwest::Error",
        message:
          "error sending request for url (http://blobs:8080/blobs/7): client error (Connect): tcp open error: Too many open files (os error 24)",
      },
      bad: {
        thrown: thrown(
          "reqwest::Error",
          "error sending request for url (http://blobs:8080/blobs/7): client error (Connect): tcp open error: Too many open files (os error 24)",
          [],
        ),
      },
    }),
    cause: "resource-exhausted",
  },
  {
    name: "php-fpm-without-a-free-worker",
    software: "OpenTelemetry PHP with Laravel behind nginx (its OpenTelemetry module); the pool of workers is used up",
    onset: 26,
    share: 0.6,
    visit: (turn: Turn) => {
      const path = numbered("/wiki", turn);
      const inner = visit(app("wiki", "laravel"), "/wiki/:page", { path });
      const words = line(
        17,
        "connect() to unix:/run/php/php8.3-fpm.sock failed (11: Resource temporarily unavailable) while connecting to upstream",
      );
      return visit(
        app("nginx", "envoy"),
        "/wiki/:page",
        turn.isBad ? { path, status: 502, ms: 1, lines: [words] } : { path, steps: [call(inner)] },
      );
    },
    beside: {
      lines: [
        {
          app: app("php-fpm", "laravel"),
          atMs: 26 * 400 - 300,
          line: line(13, "[pool www] server reached pm.max_children setting (50), consider raising it"),
        },
      ],
    },
    cause: "resource-exhausted",
    also: ["pool-exhausted"],
    creators: ["nginx", "wiki", "php-fpm"],
    path: [hop("nginx", "created", "propagated"), maybe(["wiki", "php-fpm"], "created", "clean")],
  },
  {
    name: "gunicorn-worker-timeout",
    software: "OpenTelemetry Python with Flask under gunicorn behind Spring Cloud Gateway; a worker is ended while it computes",
    onset: 25,
    share: 0.5,
    ...byCall(app("edge", "spring"), "/forecasts/:id", {
      host: "forecasts",
      to: "/forecasts/:id",
      ms: 30_040,
      trouble: { type: "reactor.netty.http.client.PrematureCloseException", message: "Connection prematurely closed BEFORE response" },
      bad: {
        thrown: thrown("reactor.netty.http.client.PrematureCloseException", "Connection prematurely closed BEFORE response", []),
      },
    }),
    beside: {
      lines: [27, 33, 41, 52].map((index) => ({
        app: app("forecasts", "flask"),
        atMs: index * 400 + 30_000,
        line: line(21, "[CRITICAL] WORKER TIMEOUT (pid:4211)", { scope: "gunicorn.error" }),
      })),
    },
    cause: "resource-exhausted",
    also: ["dependency-timeout", "dependency-error"],
  },
  {
    name: "secret-not-mounted-in-new-pods",
    software: "OpenTelemetry JS 2 with Express 5; the new replica set has no signing key",
    onset: 24,
    share: 0.5,
    ...alone(app("tokens", "express"), "/tokens", (turn) => ({
      app: app("tokens", "express", { instance: `tokens-8c4-${turn.index % 2 === 0 ? "aa" : "bb"}` }),
      thrown: thrown("Error", "ENOENT: no such file or directory, open '/run/secrets/signing.pem'", [
        "    at async readFileHandle (node:internal/fs/promises:551:24)",
        "    at async sign (/srv/app/dist/tokens/sign.js:14:15)",
      ]),
    })),
    cause: "bad-configuration",
    also: ["bad-deploy"],
  },
];

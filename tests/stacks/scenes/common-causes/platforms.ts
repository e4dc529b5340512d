/** Processes and the platforms they run on: memory, disks, threads, event loops, cold starts, releases, flags and settings. */
import { app, call, clusterEvent, hop, line, maybe, thrown, visit } from "../../compose.ts";
import type { Scene } from "../../plan.ts";
import { alone, behind, byCall } from "../../shapes.ts";

const RENDERER = app("renderer", "express");
const PRICER = app("pricer", "aspnet");

/** See the file's head. */
export const PLATFORMS: readonly Scene[] = [
  {
    name: "oom-killed-and-the-caller-is-refused",
    software: "Node under Kubernetes, killed at its memory limit; Spring in front, the cluster's events beside",
    onset: 24,
    share: 0.8,
    visit: (turn) =>
      visit(app("brochures", "spring"), "/brochures/:id", {
        path: `/brochures/${4_100 + turn.index * 7}`,
        status: turn.isBad ? 500 : 200,
        steps: [
          call(
            visit(RENDERER, "/render/:id"),
            turn.isBad
              ? {
                  isUnreached: true,
                  ms: 3,
                  trouble: { type: "java.net.ConnectException", message: "Connection refused (renderer/10.96.4.20:8080)" },
                }
              : {},
          ),
        ],
      }),
    beside: {
      lines: [
        clusterEvent(RENDERER, 9_300, [
          "OOMKilling",
          "Memory cgroup out of memory: Killed process 4211 (node) total-vm:1843212kB, anon-rss:523884kB",
        ]),
        clusterEvent(RENDERER, 11_900, ["BackOff", "Back-off restarting failed container renderer in pod renderer-7d9f6c5b4-k2p8x_shop"]),
      ],
    },
    seen: { service: "brochures", route: "/brochures/{id}" },
    cause: "resource-exhausted",
    also: ["memory-leak", "connection-refused"],
    creators: ["renderer"],
    path: [hop("brochures", "propagated", "remapped"), hop("renderer", "created")],
  },
  {
    name: "dotnet-thread-pool-starves",
    software: ".NET 9; a library waits without await, the queue of the thread pool grows",
    onset: 20,
    share: 0.8,
    visit: (turn) =>
      visit(app("gw", "gin"), "/prices/:id", {
        path: `/prices/${4_100 + turn.index * 7}`,
        status: turn.isBad ? 504 : 200,
        steps: [
          call(
            visit(PRICER, "/prices/:id", { ms: turn.isBad ? 11_000 : 20 }),
            turn.isBad
              ? {
                  ms: 5_001,
                  trouble: {
                    type: "context.DeadlineExceeded",
                    message: "context deadline exceeded (Client.Timeout exceeded while awaiting headers)",
                  },
                }
              : {},
          ),
        ],
      }),
    beside: {
      metrics: [
        {
          app: PRICER,
          name: "dotnet.thread_pool.queue.length",
          points: [
            [0, 0],
            [6_000, 3],
            [12_000, 412],
            [18_000, 1_904],
            [24_000, 3_310],
          ],
        },
        {
          app: PRICER,
          name: "dotnet.thread_pool.thread.count",
          points: [
            [0, 8],
            [6_000, 9],
            [12_000, 19],
            [18_000, 31],
            [24_000, 44],
          ],
        },
      ],
      lines: [
        {
          app: PRICER,
          atMs: 9_000,
          line: line(
            13,
            'As of "11/18/2026 09:30:09 +00:00", the heartbeat has been running for "00:00:01.9" which is longer than "00:00:01". This could be caused by thread pool starvation.',
            { scope: "Microsoft.AspNetCore.Server.Kestrel" },
          ),
        },
      ],
    },
    seen: { service: "gw", route: "/prices/:id" },
    cause: "resource-exhausted",
    also: ["pool-exhausted", "dependency-timeout"],
    creators: ["pricer"],
    path: [hop("gw", "propagated", "remapped", "created"), hop("pricer", "created")],
  },
  {
    name: "dubbo-threads-are-used-up",
    software: "Java agent with Dubbo; a slow provider's threads are all taken",
    onset: 25,
    share: 0.7,
    ...alone(app("inventory", "spring"), "/inventory/:id", {
      thrown: thrown(
        "java.util.concurrent.RejectedExecutionException",
        "Thread pool is EXHAUSTED! Thread Name: DubboServerHandler-10.4.2.17:20880, Pool Size: 200 (active: 200, core: 200, max: 200, largest: 200), Task: 91284",
        ["\tat org.apache.dubbo.common.threadpool.support.AbortPolicyWithReport.rejectedExecution(AbortPolicyWithReport.java:121)"],
      ),
    }),
    cause: "pool-exhausted",
    also: ["resource-exhausted"],
  },
  {
    name: "node-loop-is-held-by-a-report",
    software: "Express; a report of ten thousand lines is sorted in the request, everybody waits",
    onset: 22,
    share: 0.85,
    visit: (turn) =>
      visit(app("edge-api", "quarkus"), "/summary/:id", {
        path: `/summary/${4_100 + turn.index * 7}`,
        status: turn.isBad ? 504 : 200,
        steps: [
          call(
            visit(app("summary", "express"), "/summary/:id", { ms: turn.isBad ? 6_400 : 15 }),
            turn.isBad
              ? {
                  ms: 4_002,
                  trouble: {
                    type: "io.vertx.core.http.HttpClosedException",
                    message: "The timeout period of 4000ms has been exceeded while executing GET /summary",
                  },
                }
              : {},
          ),
        ],
      }),
    beside: {
      metrics: [
        {
          app: app("summary", "express"),
          name: "nodejs.eventloop.delay.max",
          unit: "s",
          points: [
            [0, 0.012],
            [6_000, 0.014],
            [10_000, 5.9],
            [15_000, 6.2],
            [20_000, 6.1],
            [25_000, 6.3],
          ],
        },
        {
          app: app("summary", "express"),
          name: "nodejs.eventloop.utilization",
          points: [
            [0, 0.11],
            [6_000, 0.12],
            [10_000, 0.99],
            [15_000, 1],
            [20_000, 1],
            [25_000, 1],
          ],
        },
      ],
    },
    seen: { service: "edge-api", route: "/summary/{id}" },
    cause: "resource-exhausted",
    also: ["dependency-timeout"],
    creators: ["summary"],
    path: [hop("edge-api", "propagated", "remapped", "created"), hop("summary", "created")],
  },
  {
    name: "lambda-init-takes-too-long",
    software: "AWS Lambda in Python; a model is loaded while it starts, the start takes longer than ten seconds",
    share: 0.3,
    ...alone(app("classify", "lambda"), "/classify/:id", {
      status: 502,
      ms: 10_012,
      lines: [line(17, "INIT_REPORT Init Duration: 10008.54 ms\tPhase: init\tStatus: timeout", { scope: "platform" })],
    }),
    cause: "resource-exhausted",
    also: ["gateway-timeout", "dependency-timeout", "bad-configuration"],
  },
  {
    name: "lambda-task-timed-out-on-a-partner",
    software: "AWS Lambda in Python; a partner without an end, the function's own limit is three seconds",
    onset: 25,
    ...byCall(app("geocode", "lambda"), "/geocode/:id", {
      host: "maps.partner.example",
      ms: 2_990,
      trouble: {
        type: "requests.exceptions.ReadTimeout",
        message: "HTTPSConnectionPool(host='maps.partner.example', port=443): Read timed out. (read timeout=None)",
      },
      bad: {
        status: 502,
        lines: [line(17, "2026-11-18T09:30:11.120Z 8a6f2c1e-5c0d-4f57-9a0e-0a8d1f3c9b77 Task timed out after 3.00 seconds")],
      },
    }),
    cause: "third-party-failure",
    also: ["dependency-timeout"],
  },
  {
    name: "aiohttp-too-many-open-files",
    software: "FastAPI; a session is opened for each request and never closed",
    onset: 27,
    share: 0.8,
    ...alone(app("previews", "fastapi"), "/previews/:id", {
      thrown: thrown("OSError", "[Errno 24] Too many open files: '/app/templates/preview.html'", [
        "Traceback (most recent call last):",
        '  File "/app/previews/render.py", line 18, in render',
      ]),
    }),
    cause: "resource-exhausted",
  },
  {
    name: "temporary-disk-is-full-in-php",
    software: "Symfony; uploads stay in the temporary folder",
    onset: 25,
    ...alone(app("uploads", "symfony"), "/uploads/:id", {
      thrown: thrown("ErrorException", "Warning: file_put_contents(): Write of 8192 bytes failed with errno=28 No space left on device", [
        "#0 /srv/app/src/Controller/UploadController.php(42): file_put_contents()",
      ]),
    }),
    cause: "resource-exhausted",
  },
  {
    name: "java-cannot-create-a-thread",
    software: "Java agent; a client makes a pool of threads for each request",
    onset: 26,
    ...alone(app("notify", "spring"), "/notify/:id", {
      thrown: thrown(
        "java.lang.OutOfMemoryError",
        "unable to create native thread: possibly out of memory or process/resource limits reached",
        ["\tat java.base/java.lang.Thread.start0(Native Method)", "\tat com.acme.notify.Client.<init>(Client.java:22)"],
      ),
    }),
    cause: "resource-exhausted",
    also: ["memory-leak"],
  },
  {
    name: "php-memory-limit-behind-node",
    software: "Laravel behind Node; an export keeps every row",
    share: 0.3,
    ...behind(
      { ...app("admin", "express"), answers: 502 },
      "/exports/:id",
      alone(app("exports-php", "laravel"), "/exports/:id", {
        thrown: thrown(
          "Symfony\\Component\\ErrorHandler\\Error\\FatalError",
          "Allowed memory size of 134217728 bytes exhausted (tried to allocate 20480 bytes)",
          ["#0 /var/www/html/app/Exports/Orders.php(77)"],
        ),
      }),
    ),
    cause: "resource-exhausted",
    also: ["memory-leak"],
  },
  {
    name: "rack-timeout-over-a-slow-query",
    software: "Rails with rack-timeout; a query without an index takes all of the fifteen seconds",
    onset: 24,
    share: 0.6,
    visit: (turn) =>
      visit(app("analytics", "rails"), "/cohorts/:id", {
        path: `/cohorts/${4_100 + turn.index * 7}`,
        status: turn.isBad ? 500 : 200,
        steps: [
          {
            kind: "store",
            system: "postgresql",
            host: "analytics-db",
            statement: "SELECT * FROM events WHERE cohort = $1",
            ms: turn.isBad ? 14_960 : 40,
          },
        ],
        ...(turn.isBad
          ? {
              thrown: thrown("Rack::Timeout::RequestTimeoutException", "Request ran for longer than 15000ms ", [
                "/usr/local/bundle/gems/activerecord-7.2.1/lib/active_record/connection_adapters/postgresql_adapter.rb:894:in `exec_params'",
                "/app/app/models/cohort.rb:17:in `members'",
              ]),
            }
          : {}),
      }),
    seen: { service: "analytics", route: "/cohorts/:id(.:format)" },
    cause: "database-failure",
    also: ["dependency-timeout"],
    creators: ["analytics-db", "postgresql", "analytics"],
    path: [hop("analytics", "propagated", "remapped", "created"), maybe(["analytics-db", "postgresql"], "created", "clean")],
  },
];

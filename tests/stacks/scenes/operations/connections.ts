/** Connections, limits and deadlines between services; each scene leaves out a part of what could be known. */
import { app, call, hop, line, maybe, numbered, thrown, visit } from "../../compose.ts";
import type { Scene } from "../../plan.ts";
import { alone, byCall, callersOrPeers } from "../../shapes.ts";
import { logback, slog, structlog } from "../post-mortems/logged-as.ts";

const silent = (service: string) => app(service, "gin", { isSilent: true, host: service });

/** See the file's head. */
export const CONNECTIONS: readonly Scene[] = [
  {
    name: "idle-limit-was-lowered-behind-node",
    software: "Express with an agent that keeps connections; the callee's idle limit was lowered to 5 s",
    onset: 24,
    share: 0.15,
    requests: 120,
    ...byCall(app("loyalty-node", "express"), "/points/:id", {
      host: "points",
      method: "POST",
      ms: 1,
      trouble: { type: "ECONNRESET", message: "socket hang up" },
    }),
    beside: { changes: [{ kind: "config", service: "points", atMs: 9_300, description: "keep-alive timeout 65 s to 5 s" }] },
    ...callersOrPeers("loyalty-node", "points"),
    cause: "keepalive-race",
  },
  {
    name: "idle-connection-of-a-python-session",
    software: "Flask with a session of requests; the load balancer between closes idle connections; told in a line only",
    share: 0.1,
    requests: 120,
    ...alone(
      app("stays-py", "flask"),
      "/stays/:id",
      structlog("stay failed", [
        "requests.exceptions.ConnectionError",
        "('Connection aborted.', RemoteDisconnected('Remote end closed connection without response'))",
        "Traceback (most recent call last):",
        '  File "/app/stays/client.py", line 12, in fetch',
      ]),
    ),
    ...callersOrPeers("stays-py", ["rates"]),
    cause: "keepalive-race",
    also: ["dependency-error"],
  },
  {
    name: "server-says-goaway-at-its-age-limit",
    software: "Gin over HTTP/2; the callee's proxy limits the age of a connection, and posts in flight are lost",
    share: 0.08,
    requests: 120,
    ...byCall(app("audit-go", "gin"), "/audits/:id", {
      host: "sink",
      method: "POST",
      ms: 2,
      trouble: {
        type: "*url.Error",
        message:
          'Post "https://sink:8443/": http2: server sent GOAWAY and closed the connection; LastStreamID=1999, ErrCode=NO_ERROR, debug=""',
      },
    }),
    ...callersOrPeers("audit-go", "sink"),
    cause: "keepalive-race",
    also: ["dependency-error"],
  },
  {
    name: "goaway-in-the-java-client",
    software: "Spring with Java's own client over HTTP/2, whose connections the gateway ages out",
    share: 0.1,
    requests: 100,
    ...byCall(app("fines-jvm", "spring"), "/fines/:id", {
      host: "registry-gw",
      ms: 3,
      trouble: { type: "java.io.IOException", message: "/10.2.0.9:51110: GOAWAY received" },
    }),
    ...callersOrPeers("fines-jvm", "registry-gw"),
    cause: "keepalive-race",
    also: ["dependency-error"],
  },
  {
    name: "deadline-of-the-front-is-shorter",
    software: "Go over gRPC; the callee's spans are missing, the front's deadline of one second runs out",
    onset: 22,
    share: 0.6,
    everyMs: 700,
    visit: (turn) =>
      visit(app("cart-bff", "gin"), "/carts/:id", {
        path: numbered("/carts", turn),
        status: turn.isBad ? 504 : 200,
        steps: [
          call(
            visit(silent("promo"), "", {
              rpc: {
                service: "acme.promo.v1.Promo",
                method: "Rate",
                code: turn.isBad ? 4 : 0,
                ...(turn.isBad ? { message: "context deadline exceeded" } : {}),
              },
            }),
            turn.isBad ? { ms: 1_001 } : {},
          ),
        ],
      }),
    seen: { service: "cart-bff", route: "/carts/:id" },
    creators: ["promo", "acme.promo.v1.Promo"],
    path: [hop("cart-bff", "propagated", "remapped"), hop(["promo", "acme.promo.v1.Promo"], "created")],
    cause: "dependency-timeout",
  },
  {
    name: "callee-is-overloaded-over-grpc",
    software: "Spring over gRPC; the callee sheds load with UNAVAILABLE and says so",
    onset: 24,
    share: 0.6,
    visit: (turn) =>
      visit(app("feed-jvm", "spring"), "/feeds/:id", {
        path: numbered("/feeds", turn),
        status: turn.isBad ? 503 : 200,
        steps: [
          call(
            visit(app("rank", "gin"), "", {
              rpc: {
                service: "acme.rank.v1.Rank",
                method: "Order",
                code: turn.isBad ? 8 : 0,
                ...(turn.isBad ? { message: "too many concurrent requests: limit 64 reached" } : {}),
              },
            }),
          ),
        ],
      }),
    seen: { service: "feed-jvm", route: "/feeds/{id}" },
    creators: ["rank", "feed-jvm"],
    path: [hop("feed-jvm", "propagated", "remapped", "created"), maybe("rank", "created", "clean")],
    cause: "rate-limited-as-5xx",
    also: ["resource-exhausted", "dependency-error"],
  },
  {
    name: "limiter-of-an-own-service",
    software: "Rails before Gin, whose limiter answers 429 since a batch job shares its key",
    onset: 22,
    share: 0.7,
    visit: (turn) =>
      visit(app("shop-rb", "rails"), "/prices/:id", {
        path: numbered("/prices", turn),
        ...(turn.isBad
          ? {
              status: 500,
              thrown: thrown("Faraday::TooManyRequestsError", "the server responded with status 429", [
                "app/models/price.rb:19:in 'Price.fetch'",
              ]),
            }
          : {}),
        steps: [call(visit(app("price-go", "gin"), "/prices/:id", { status: turn.isBad ? 429 : 200 }))],
      }),
    seen: { service: "shop-rb", route: "/prices/:id(.:format)" },
    creators: ["shop-rb", "price-go"],
    path: [hop("shop-rb", "created", "remapped"), maybe("price-go", "clean", "created")],
    cause: "rate-limited-as-5xx",
  },
  {
    name: "crm-limits-and-only-the-line-says-so",
    software: "Phoenix; a CRM's limit of the day is used up; its answer is not in the spans",
    onset: 26,
    ...alone(app("crm-sync", "phoenix"), "/contacts/:id", {
      lines: [line(17, 'crm request failed: %{status: 403, body: "REQUEST_LIMIT_EXCEEDED: TotalRequests Limit exceeded."}')],
    }),
    ...callersOrPeers("crm-sync", ["crm"]),
    cause: "rate-limited-as-5xx",
    also: ["third-party-failure"],
  },
  {
    name: "bucket-says-slow-down",
    software: "FastAPI reading a bucket under one prefix faster than it allows",
    onset: 24,
    share: 0.5,
    ...byCall(app("tiles-py", "fastapi"), "/tiles/:id", {
      host: "tiles.s3.eu-west-1.amazonaws.com",
      answers: 503,
      bad: {
        thrown: thrown(
          "botocore.exceptions.ClientError",
          "An error occurred (SlowDown) when calling the GetObject operation (reached max retries: 4): Please reduce your request rate.",
          ["Traceback (most recent call last):", '  File "/app/tiles/api.py", line 24, in tile'],
        ),
      },
    }),
    ...callersOrPeers("tiles-py", "tiles.s3.eu-west-1.amazonaws.com"),
    cause: "rate-limited-as-5xx",
    also: ["third-party-failure"],
  },
  {
    name: "headers-outgrow-a-gateway-between",
    software: "NestJS calls through a gateway that takes 8 KiB of headers; baggage grew above that",
    onset: 25,
    share: 0.4,
    ...byCall(app("home-nest-2", "nest"), "/homes/:id", {
      host: "inner-gateway",
      answers: 431,
      isCallers: true,
      bad: {
        thrown: thrown("AxiosError", "Request failed with status code 431", [
          "    at settle (/app/node_modules/axios/dist/node/axios.cjs:2090:12)",
        ]),
      },
    }),
    ...callersOrPeers("home-nest-2", "inner-gateway"),
    cause: "body-too-large",
    also: ["invalid-input-unguarded", "gateway-mismatch"],
  },
  {
    name: "proxy-between-takes-one-mebibyte",
    software: "Django posts documents through an nginx that takes 1 MiB; large ones are 413",
    share: 0.25,
    ...byCall(app("scan-py", "django"), "/scans/:id", {
      host: "archive-proxy",
      method: "POST",
      answers: 413,
      isCallers: true,
      bad: {
        thrown: thrown("requests.exceptions.HTTPError", "413 Client Error: Request Entity Too Large for url: http://archive-proxy:8080/", [
          "Traceback (most recent call last):",
          '  File "/app/scans/views.py", line 52, in store',
        ]),
      },
    }),
    ...callersOrPeers("scan-py", "archive-proxy"),
    cause: "body-too-large",
    also: ["invalid-input-unguarded"],
  },
  {
    name: "message-of-grpc-outgrew-its-limit",
    software: "Quarkus over gRPC; a list grew above four mebibytes",
    share: 0.3,
    ...alone(app("lists-jvm", "quarkus"), "/lists/:id", {
      thrown: thrown("io.grpc.StatusRuntimeException", "RESOURCE_EXHAUSTED: gRPC message exceeds maximum size 4194304: 5242880", [
        "\tat io.grpc.stub.ClientCalls.toStatusRuntimeException(ClientCalls.java:368)",
        "\tat com.acme.lists.ListResource.read(ListResource.java:31)",
      ]),
    }),
    ...callersOrPeers("lists-jvm", ["items"]),
    cause: "body-too-large",
  },
  {
    name: "callers-multiply-their-tries",
    software: "Spring whose client tries six times, before a silent gateway before an overloaded service",
    onset: 20,
    share: 0.6,
    everyMs: 900,
    visit: (turn) => {
      const failed = call(visit(silent("quota-svc"), "/quota"), {
        isUnreached: true,
        ms: 1_001,
        trouble: { type: "java.net.SocketTimeoutException", message: "Read timed out" },
      });
      return visit(app("apply-jvm", "spring"), "/applications/:id", {
        path: numbered("/applications", turn),
        status: turn.isBad ? 500 : 200,
        steps: turn.isBad ? [failed, failed, failed, failed, failed, failed] : [call(visit(silent("quota-svc"), "/quota"))],
      });
    },
    seen: { service: "apply-jvm", route: "/applications/{id}" },
    creators: ["quota-svc"],
    path: [hop("apply-jvm", "propagated", "remapped"), hop("quota-svc", "created")],
    cause: "retry-storm",
    also: ["dependency-timeout"],
  },
  {
    name: "nat-has-no-ports-left-on-azure",
    software: "ASP.NET Core behind a NAT; new connections to a partner cannot be opened",
    onset: 24,
    share: 0.5,
    ...alone(app("stats-net", "aspnet"), "/stats/:id", {
      thrown: thrown(
        "System.Net.Sockets.SocketException",
        "An attempt was made to access a socket in a way forbidden by its access permissions. (api.partner.example:443)",
        [
          "   at System.Net.Sockets.Socket.AwaitableSocketAsyncEventArgs.ThrowException(SocketError error, CancellationToken cancellationToken)",
        ],
      ),
    }),
    ...callersOrPeers("stats-net", ["api.partner.example", "api.partner.example:443"]),
    cause: "resource-exhausted",
    also: ["bad-configuration"],
  },
  {
    name: "go-cannot-assign-an-address",
    software: "Gin that opens a connection a request until no port is left; told by a line",
    onset: 26,
    share: 0.5,
    ...alone(
      app("probe-go", "gin"),
      "/probes/:id",
      slog("ask callee", 'Get "http://sensors:8080/v1": dial tcp 10.4.0.3:8080: connect: cannot assign requested address'),
    ),
    ...callersOrPeers("probe-go", ["sensors", "sensors:8080", "10.4.0.3:8080"]),
    cause: "resource-exhausted",
  },
  {
    name: "dubbo-provider-has-no-thread",
    software: "Spring with Dubbo; all threads of the provider wait",
    onset: 24,
    share: 0.6,
    ...alone(
      app("fund-jvm", "spring"),
      "/funds/:id",
      logback("fund cannot be read", [
        "org.apache.dubbo.remoting.RemotingException",
        "Server side(10.4.0.8,20880) thread pool is exhausted, detail msg:Thread pool is EXHAUSTED! Thread Name: DubboServerHandler-10.4.0.8:20880, Pool Size: 200 (active: 200, core: 200, max: 200, largest: 200)",
        "\tat org.apache.dubbo.remoting.exchange.support.DefaultFuture.doReceived(DefaultFuture.java:212)",
      ]),
    ),
    ...callersOrPeers("fund-jvm", ["10.4.0.8", "10.4.0.8:20880", "10.4.0.8,20880"]),
    cause: "resource-exhausted",
    also: ["pool-exhausted"],
  },
  {
    name: "undertow-rejects-its-tasks",
    software: "Quarkus; the executor's queue is full while a callee is slow",
    onset: 24,
    share: 0.6,
    ...alone(app("rates-jvm", "quarkus"), "/rates/:id", {
      thrown: thrown(
        "java.util.concurrent.RejectedExecutionException",
        "Task io.quarkus.vertx.core.runtime.VertxCoreRecorder$14$1@5c1 rejected from org.jboss.threads.EnhancedQueueExecutor@3f2 [Running, pool size = 64, active threads = 64, queued tasks = 1024]",
        ["\tat org.jboss.threads.EnhancedQueueExecutor.rejectTask(EnhancedQueueExecutor.java:1012)"],
      ),
    }),
    cause: "resource-exhausted",
    also: ["pool-exhausted"],
  },
  {
    name: "breaker-of-a-polly-pipeline",
    software: "ASP.NET Core; the pipeline's breaker is open while the callee recovers; no spans of the calls before",
    onset: 25,
    ...alone(app("deals-net", "aspnet"), "/deals/:id", {
      thrown: thrown(
        "Polly.CircuitBreaker.BrokenCircuitException",
        "The circuit is now open and is not allowing calls. It can be retried after '00:00:05'.",
        ["   at Acme.Deals.Offers.Load(Int32 id) in /src/Offers.cs:line 44"],
      ),
    }),
    ...callersOrPeers("deals-net", ["offers"]),
    cause: "circuit-open",
  },
  {
    name: "firewall-drops-without-a-word",
    software: "Rails; a new network policy drops packets to the callee; connections time out",
    onset: 25,
    everyMs: 700,
    ...byCall(app("travel-rb", "rails"), "/trips/:id", {
      host: "fares",
      ms: 5_004,
      trouble: { type: "Net::OpenTimeout", message: "execution expired (Failed to open TCP connection to fares:8080)" },
    }),
    beside: { changes: [{ kind: "config", service: "fares", atMs: 17_300, description: "NetworkPolicy deny-all" }] },
    cause: "dependency-timeout",
    also: ["connection-refused", "bad-configuration"],
  },
];

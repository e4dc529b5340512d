/** Nothing is wrong, or nothing that could be told, with the noise of a day in production around it. */
import { ENVOY_OK, envoyLine, haproxyLine, nginxLine } from "../../access-lines.ts";
import { app, call, clusterEvent, line, numbered, outside, store, thrown, visit } from "../../compose.ts";
import type { Scene } from "../../plan.ts";

/** See the file's head. */
export const NEGATIVES: readonly Scene[] = [
  {
    name: "probes-fail-while-pods-start",
    software: "Spring under Kubernetes; readiness probes are refused while pods start, requests are not",
    share: 0,
    negative: "healthy",
    visit: (turn) => visit(app("stores", "spring"), "/stores/:id", { path: numbered("/stores", turn) }),
    beside: {
      changes: [{ kind: "scale", service: "stores", atMs: 4_000, description: "3 to 6 replicas" }],
      lines: [4_600, 6_200, 8_000].map((atMs) =>
        clusterEvent(app("stores", "spring"), atMs, [
          "Unhealthy",
          'Readiness probe failed: Get "http://10.4.2.17:8080/ready": dial tcp 10.4.2.17:8080: connect: connection refused',
        ]),
      ),
    },
  },
  {
    name: "neighbour-is-in-back-off",
    software: "Go; another workload of the same namespace crashes again and again",
    share: 0,
    negative: "healthy",
    visit: (turn) => visit(app("menus", "gin"), "/menus/:id", { path: numbered("/menus", turn) }),
    beside: {
      lines: Array.from({ length: 8 }, (_, at) =>
        clusterEvent(app("nightly-export", "gin"), 2_000 + at * 2_500, [
          "BackOff",
          "Back-off restarting failed container export in pod nightly-export-7d9f6c5b4-k2p8x_shop",
        ]),
      ),
    },
  },
  {
    name: "go-clients-cancel",
    software: "Go; browsers leave a search as they type, each is logged as an error",
    share: 0,
    negative: "cancelled",
    visit: (turn) =>
      visit(
        app("suggest", "gin"),
        "/suggest",
        turn.index % 3 === 0 ? { status: 499, lines: [line(17, "suggest: query failed: context canceled")] } : {},
      ),
  },
  {
    name: "aspnet-clients-abort",
    software: ".NET; clients abort, and the framework logs their cancelled tasks",
    share: 0,
    negative: "cancelled",
    visit: (turn) =>
      visit(app("media", "aspnet"), "/media/:id", {
        path: numbered("/media", turn),
        ...(turn.index % 4 === 0
          ? {
              status: 499,
              thrown: thrown("System.Threading.Tasks.TaskCanceledException", "A task was canceled.", [
                "   at Acme.Media.Stream.CopyAsync()",
              ]),
            }
          : {}),
      }),
  },
  {
    name: "nginx-clients-close",
    software: "nginx's access log; clients close before the answer",
    share: 0,
    negative: "cancelled",
    access: {
      file: "nginx.access.log",
      line: (turn, time) =>
        nginxLine(turn, time, {
          path: `/feed/${turn.index}`,
          ...(turn.index % 4 === 0
            ? { status: 499, seconds: "3.012", upstream: ["10.0.3.7:8080", "-"] as const }
            : { status: 200, seconds: "0.021", upstream: ["10.0.3.7:8080", "200"] as const }),
        }),
    },
  },
  {
    name: "haproxy-clients-leave",
    software: "HAProxy's log; clients leave while data is sent",
    share: 0,
    negative: "cancelled",
    access: {
      file: "haproxy.access.log",
      line: (turn, time) =>
        haproxyLine(turn, time, {
          server: "orders-1",
          times: "0/0/1/14/900",
          status: turn.index % 4 === 0 ? 400 : 200,
          ending: turn.index % 4 === 0 ? "CR--" : "----",
          counts: "31/31/20/20/0 0/0",
        }),
    },
  },
  {
    name: "envoy-downstream-leaves",
    software: "Istio's access log; clients disconnect, noted with status 0",
    share: 0,
    negative: "cancelled",
    access: {
      file: "istio.access.log",
      line: (turn, time) =>
        envoyLine(
          turn,
          time,
          turn.index % 5 === 0
            ? { status: 0, flags: "DC", details: "downstream_remote_disconnect", upstream: "10.4.2.17:8080", ms: 2_014 }
            : ENVOY_OK,
        ),
    },
  },
  {
    name: "scanners-find-nothing",
    software: "Symfony; scanners ask for what is not there, each is logged as an error",
    share: 0,
    negative: "client-errors",
    visit: (turn) =>
      visit(app("shopfront", "symfony"), "/:page", {
        path: turn.index % 2 === 0 ? "/wp-login.php" : "/home",
        ...(turn.index % 2 === 0
          ? {
              status: 404,
              lines: [
                line(
                  17,
                  'Uncaught PHP Exception Symfony\\Component\\HttpKernel\\Exception\\NotFoundHttpException: "No route found for "GET /wp-login.php"" at RouterListener.php line 149',
                ),
              ],
            }
          : {}),
      }),
  },
  {
    name: "records-not-there-in-elixir",
    software: "Phoenix; what is not in the database is a 404 by an exception",
    share: 0,
    negative: "client-errors",
    visit: (turn) =>
      visit(app("albums", "phoenix"), "/albums/:id", {
        path: numbered("/albums", turn),
        ...(turn.index % 3 === 0
          ? {
              status: 404,
              thrown: thrown("Ecto.NoResultsError", "expected at least one result but got none in query:\n\nfrom a0 in Albums.Album", [
                "    (ecto 3.12.1) lib/ecto/repo/queryable.ex:166: Ecto.Repo.Queryable.one!/3",
              ]),
            }
          : {}),
      }),
  },
  {
    name: "closed-for-stocktaking",
    software: "Rails; a switch answers 503 with Retry-After while the stock is counted",
    onset: 24,
    negative: "evidence-missing",
    visit: (turn) =>
      visit(app("outlet", "rails"), "/outlet/:id", {
        path: numbered("/outlet", turn),
        ...(turn.isBad
          ? {
              status: 503,
              ms: 1,
              attributes: { "http.response.header.retry-after": "3600" },
              lines: [line(9, "maintenance mode is on, answering 503 until 14:00")],
            }
          : {}),
      }),
    beside: { changes: [{ kind: "flag", service: "outlet", atMs: 9_400, description: "maintenance: off to on" }] },
    missing: ["outlet"],
    seen: { service: "outlet" },
  },
  {
    name: "drained-pods-say-503-to-probes",
    software: "Go; a pod that is drained answers its probe with 503, requests go elsewhere",
    share: 0,
    negative: "healthy",
    visit: (turn) =>
      turn.index % 6 === 5
        ? visit(app("tables", "gin", { instance: "tables-6f7c-old" }), "/readyz", {
            status: 503,
            ms: 1,
            attributes: { "user_agent.original": "kube-probe/1.31" },
          })
        : visit(app("tables", "gin"), "/tables/:id", { path: numbered("/tables", turn) }),
    missing: ["tables"],
  },
  {
    name: "quota-of-clients-is-429",
    software: "Ktor; clients above their plan get 429, each is logged",
    share: 0,
    negative: "client-errors",
    visit: (turn) =>
      visit(app("public-api", "ktor"), "/v1/rates/:id", {
        path: numbered("/v1/rates", turn),
        ...(turn.index % 3 === 0 ? { status: 429, lines: [line(17, "rate limit exceeded for plan free, quota exhausted")] } : {}),
      }),
  },
  {
    name: "cards-are-declined",
    software: "Node; declined cards are a 402, in the words of machines",
    share: 0,
    negative: "client-errors",
    visit: (turn) =>
      visit(app("charge", "express"), "/charges", {
        method: "POST",
        ...(turn.index % 3 === 0
          ? { status: 402, lines: [line(17, "StripeCardError: Your card has expired. Connection to issuer refused.")] }
          : {}),
      }),
  },
  {
    name: "seats-are-taken-in-machines-words",
    software: "Quarkus; a seat that somebody holds is a 409, said with locks",
    share: 0,
    negative: "client-errors",
    visit: (turn) =>
      visit(app("theatre", "quarkus"), "/seats/:id", {
        path: numbered("/seats", turn),
        ...(turn.index % 4 === 0
          ? {
              status: 409,
              thrown: thrown("com.acme.theatre.SeatLocked", "seat is locked by another order, lock wait timeout", [
                "\tat com.acme.theatre.Seats.hold(Seats.java:41)",
              ]),
            }
          : {}),
      }),
  },
  {
    name: "sdk-waits-and-tries-again",
    software: "Lambda with DynamoDB; throttles are waited out, each is a warning",
    share: 0,
    negative: "healthy",
    visit: (turn) =>
      visit(app("votes", "lambda"), "/votes/:id", {
        path: numbered("/votes", turn),
        steps: [store(["dynamodb", "dynamodb.eu-west-1.amazonaws.com"], "UpdateItem votes", { ms: turn.index % 4 === 0 ? 310 : 7 })],
        lines: turn.index % 4 === 0 ? [line(13, "ProvisionedThroughputExceededException, retrying in 250 ms (attempt 1 of 4)")] : [],
      }),
  },
  {
    name: "spring-retry-says-what-it-met",
    software: "Java agent; a refused message is sent again with success, the first try is an error's line",
    share: 0,
    negative: "healthy",
    visit: (turn) =>
      visit(app("outbox", "spring"), "/outbox/:id", {
        path: numbered("/outbox", turn),
        lines:
          turn.index % 5 === 0
            ? [
                line(
                  17,
                  "[Producer clientId=outbox-1] Got error produce response with correlation id 51 on topic-partition orders-2, retrying (2147483646 attempts left). Error: NOT_LEADER_OR_FOLLOWER",
                ),
              ]
            : [],
      }),
  },
  {
    name: "advice-fails-and-nobody-minds",
    software: "Django; recommendations time out all day, pages are shown without them",
    share: 0,
    negative: "healthy",
    visit: (turn) =>
      visit(app("product-page", "django"), "/products/:id", {
        path: numbered("/products", turn),
        steps: [
          call(visit(outside("recs.partner.example"), "/v1/recs"), {
            isUnreached: true,
            ms: 300,
            trouble: { type: "requests.exceptions.ReadTimeout", message: "Read timed out. (read timeout=0.3)" },
          }),
        ],
        lines: [line(13, "no recommendations: Read timed out. (read timeout=0.3)")],
      }),
  },
];

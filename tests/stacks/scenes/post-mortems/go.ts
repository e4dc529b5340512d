/** Go: zap, slog and logfmt beside spans, and the errors that its drivers and clients wrap. */
import { app, call, clusterEvent, hop, line, maybe, numbered, outside, thrown, visit } from "../../compose.ts";
import type { Scene } from "../../plan.ts";
import { alone, byCall, byStore, callersOrPeers } from "../../shapes.ts";
import { slog, zap } from "./logged-as.ts";

/** See the file's head. */
export const GO: readonly Scene[] = [
  {
    name: "go-redis-pool-is-used-up",
    software: "Go with go-redis; a stampede holds all its connections",
    onset: 25,
    share: 0.7,
    ...byStore(app("feeds", "gin"), "/feeds/:id", {
      system: "redis",
      host: "feeds-redis",
      statement: "GET feed:?",
      ms: 4_001,
      isCallers: true,
      trouble: { type: "*errors.errorString", message: "redis: connection pool timeout" },
    }),
    ...callersOrPeers("feeds", ["feeds-redis", "redis"]),
    cause: "pool-exhausted",
  },
  {
    name: "go-pgx-reads-after-a-failover",
    software: "Go with pgx; after the failover its connections point at the former primary",
    onset: 24,
    ...byStore(app("points", "gin"), "/points/:id", {
      system: "postgresql",
      host: "points-rw",
      statement: "UPDATE points SET value = $1 WHERE id = $2",
      code: "25006",
      trouble: { type: "*pgconn.PgError", message: "ERROR: cannot execute UPDATE in a read-only transaction (SQLSTATE 25006)" },
    }),
    cause: "database-failure",
    also: ["bad-configuration"],
  },
  {
    name: "go-panics-on-a-map-that-is-nil",
    software: "Go with zap; a new release writes to a map that nobody made",
    onset: 26,
    share: 0.5,
    ...alone(app("tagger", "gin", { version: "1.9.0" }), "/tags/:id", zap("[Recovery from panic]", "assignment to entry in nil map")),
    beside: { changes: [{ kind: "deploy", service: "tagger", atMs: 10_300, version: "1.9.0", previousVersion: "1.8.8" }] },
    cause: "bad-deploy",
    also: ["unhandled-exception"],
  },
  {
    name: "go-callee-answers-too-late-for-its-context",
    software: "Go over gRPC; the callee's deadline runs out within its own work",
    onset: 25,
    share: 0.6,
    visit: (turn) => {
      const rpc = { service: "stock.v1.Stock", method: "Reserve", code: 0 };
      return visit(app("orders-go", "gin"), "/orders/:id", {
        path: numbered("/orders", turn),
        status: turn.isBad ? 504 : 200,
        steps: [
          call(
            visit(app("stock-go", "gin"), "/stock.v1.Stock/Reserve", { rpc, ms: turn.isBad ? 3_400 : 8 }),
            turn.isBad
              ? {
                  ms: 1_001,
                  trouble: { type: "DeadlineExceeded", message: "rpc error: code = DeadlineExceeded desc = context deadline exceeded" },
                }
              : {},
          ),
        ],
      });
    },
    seen: { service: "orders-go", route: "/orders/:id" },
    cause: "dependency-timeout",
    creators: ["stock-go"],
    path: [hop("orders-go", "propagated", "remapped"), hop("stock-go", "created")],
  },
  {
    name: "go-vault-lease-expired",
    software: "Go; the leased password of the database expired and was not renewed",
    onset: 26,
    ...byStore(app("ledger-go", "gin"), "/ledger/:id", {
      system: "postgresql",
      host: "ledger-db",
      statement: "SELECT amount FROM ledger WHERE id = $1",
      code: "28P01",
      trouble: {
        type: "*pgconn.ConnectError",
        message:
          'failed to connect to `user=v-ledger-9x database=ledger`: 10.3.0.9:5432 (ledger-db): failed SASL auth: FATAL: password authentication failed for user "v-ledger-9x" (SQLSTATE 28P01)',
      },
    }),
    ...callersOrPeers("ledger-go", ["ledger-db", "postgresql"]),
    cause: "bad-configuration",
    also: ["database-failure"],
  },
  {
    name: "go-disk-of-the-uploads-is-full",
    software: "Go with slog; the volume of uploads is full",
    onset: 27,
    ...alone(
      app("attachments", "gin"),
      "/attachments/:id",
      slog("save attachment", "write /data/uploads/4100.part: no space left on device"),
    ),
    cause: "resource-exhausted",
  },
  {
    name: "go-mesh-certificate-names-another",
    software: "Go; after a move the callee shows a certificate of another name",
    onset: 24,
    ...byCall(app("invites", "gin"), "/invites/:id", {
      host: "directory.internal",
      isCallers: true,
      trouble: {
        type: "*url.Error",
        message:
          'Get "https://directory.internal/people": tls: failed to verify certificate: x509: certificate is valid for directory-v1.internal, not directory.internal',
      },
    }),
    ...callersOrPeers("invites", "directory.internal"),
    cause: "tls-failure",
    also: ["bad-configuration"],
  },
  {
    name: "go-dial-times-out-behind-a-firewall",
    software: "Go; a changed security group drops packets to the callee",
    onset: 25,
    ...byCall(app("exporter-go", "gin"), "/exports/:id", {
      host: "warehouse.internal",
      ms: 30_002,
      trouble: { type: "*net.OpError", message: 'Post "http://warehouse.internal:8080/rows": dial tcp 10.8.0.12:8080: i/o timeout' },
    }),
    cause: "dependency-timeout",
    also: ["connection-refused", "no-healthy-upstream"],
  },
  {
    name: "go-retries-hit-a-callee-three-times",
    software: "Go retries what the callee cannot bear; each request becomes three",
    onset: 24,
    share: 0.8,
    visit: (turn) => {
      const slow = () => call(visit(app("recommender", "fastapi"), "/recommend/:id", turn.isBad ? { status: 503, ms: 900 } : {}));
      return visit(app("home-go", "gin"), "/home/:id", {
        path: numbered("/home", turn),
        status: turn.isBad ? 503 : 200,
        steps: turn.isBad ? [slow(), slow(), slow(), slow()] : [slow()],
        ...(turn.isBad ? { lines: [line(17, "recommender: giving up after 4 attempts")] } : {}),
      });
    },
    seen: { service: "home-go", route: "/home/:id" },
    cause: "retry-storm",
    also: ["dependency-error", "resource-exhausted"],
    creators: ["recommender"],
    path: [hop("home-go", "propagated", "remapped"), hop("recommender", "created")],
  },
  {
    name: "go-killed-again-and-again-behind-its-caller",
    software: "Go in front of Rust; the callee is killed at its memory limit",
    onset: 25,
    share: 0.7,
    ...byCall(app("gallery", "gin"), "/albums/:id", {
      host: "resizer",
      ms: 700,
      trouble: {
        type: "*url.Error",
        message: 'Post "http://resizer:8080/resize": read tcp 10.4.1.7:41822->10.4.2.9:8080: read: connection reset by peer',
      },
    }),
    beside: {
      lines: [
        clusterEvent(app("resizer", "axum"), 10_400, [
          "OOMKilling",
          "Memory cgroup out of memory: Killed process 1 (resizer) total-vm:1843212kB, anon-rss:523884kB",
        ]),
        clusterEvent(app("resizer", "axum"), 14_400, [
          "BackOff",
          "Back-off restarting failed container resizer in pod resizer-7d9f6c5b4-k2p8x_shop",
        ]),
      ],
    },
    creators: ["resizer"],
    cause: "resource-exhausted",
    also: ["memory-leak"],
  },
  {
    name: "go-integer-of-a-partner-is-a-string",
    software: "Go; the partner's release writes numbers as strings",
    onset: 26,
    ...byCall(app("quotes-fx", "gin"), "/fx/:id", {
      host: "fx.partner.example",
      answers: 200,
      bad: slog("fx quote", "decode quote: json: cannot unmarshal string into Go struct field Quote.rate of type float64"),
    }),
    ...callersOrPeers("quotes-fx", "fx.partner.example"),
    cause: "parse-failure",
    also: ["third-party-failure", "gateway-mismatch"],
  },
  {
    name: "go-callee-limits-its-callers",
    software: "Go; the team's own limiter in the callee answers 429, which becomes a 500",
    onset: 25,
    share: 0.6,
    visit: (turn) =>
      visit(app("widgets-front", "gin"), "/widgets/:id", {
        path: numbered("/widgets", turn),
        status: turn.isBad ? 500 : 200,
        steps: [
          call(
            visit(
              app("widgets", "gin"),
              "/widgets/:id",
              turn.isBad ? { status: 429, ms: 1, lines: [line(13, "rate limit exceeded for widgets-front")] } : {},
            ),
          ),
        ],
        ...(turn.isBad ? { thrown: thrown("*errors.errorString", "widgets: unexpected status 429 Too Many Requests", []) } : {}),
      }),
    seen: { service: "widgets-front", route: "/widgets/:id" },
    cause: "rate-limited-as-5xx",
    creators: ["widgets-front", "widgets"],
    path: [hop("widgets-front", "created", "remapped", "propagated"), maybe("widgets", "clean", "created")],
  },
  {
    name: "go-cron-is-refused-beside",
    software: "Go; a cron job's calls are refused while all requests are answered",
    share: 0,
    negative: "healthy",
    visit: (turn) => visit(app("plans-go", "gin"), "/plans/:id", { path: numbered("/plans", turn) }),
    beside: {
      lines: [2_000, 8_000, 14_000, 20_000].map((atMs) => ({
        app: app("plans-cron", "gin"),
        atMs,
        line: line(17, 'sync failed: Post "http://crm.internal:8080/sync": dial tcp 10.8.0.3:8080: connect: connection refused'),
      })),
    },
  },
  {
    name: "go-second-try-after-a-reset",
    software: "Go; an idle connection is reset now and then, the client's own second try is answered",
    share: 0,
    negative: "healthy",
    visit: (turn) =>
      visit(app("clips", "gin"), "/clips/:id", {
        path: numbered("/clips", turn),
        ...(turn.index % 9 === 0 ? { lines: [line(9, "http2: Transport received GOAWAY; retrying on a new connection")] } : {}),
        steps: [call(visit(app("encoder", "gin"), "/encode/:id"))],
      }),
  },
  {
    name: "go-504-of-a-device-and-no-more",
    software: "Go in front of a device that answers 504 and sends nothing",
    onset: 26,
    negative: "evidence-missing",
    visit: (turn) =>
      visit(app("gates", "gin"), "/gates/:id", {
        path: numbered("/gates", turn),
        ...(turn.isBad ? { status: 502 } : {}),
        steps: [call(visit(outside("turnstile-3"), "/open", turn.isBad ? { status: 500, method: "POST" } : { method: "POST" }))],
      }),
    missing: ["turnstile-3"],
    seen: { service: "gates" },
  },
];

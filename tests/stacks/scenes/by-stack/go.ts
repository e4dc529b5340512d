/** Go: settings, data, capacity and dependencies, mostly by the words of an error alone. */
import { app, call, clusterEvent, hop, line, maybe, numbered, outside, thrown, visit } from "../../compose.ts";
import type { Scene } from "../../plan.ts";
import { alone, byCall, bySend, byStore, callersOrPeers } from "../../shapes.ts";

/** See the file's head. */
export const GO: readonly Scene[] = [
  {
    name: "go-secret-file-is-not-mounted",
    software: "Go; the new pods lack the volume with the signing key, which is read at each request",
    onset: 25,
    share: 0.5,
    ...alone(app("signer", "gin"), "/sign/:id", {
      thrown: thrown("*fs.PathError", "load signing key: open /etc/secrets/signing.pem: no such file or directory", []),
    }),
    cause: "bad-configuration",
  },
  {
    name: "go-null-where-none-was",
    software: "Go with pgx; a backfill wrote nulls, and a row cannot be scanned",
    share: 0.3,
    ...alone(app("contacts-go", "gin"), "/contacts/:id", {
      thrown: thrown("*errors.errorString", "can't scan into dest[3] (col: phone): cannot scan NULL into *string", []),
    }),
    cause: "unhandled-exception",
    also: ["database-failure", "parse-failure", "invalid-input-unguarded"],
  },
  {
    name: "go-table-of-the-migration-is-missing",
    software: "Go with pgx; the release came before its migration",
    onset: 26,
    ...byStore(app("vouchers", "gin", { version: "2.0.0" }), "/vouchers/:id", {
      system: "postgresql",
      host: "vouchers-db",
      statement: "SELECT id FROM voucher_campaigns WHERE id = $1",
      code: "42P01",
      trouble: { type: "*pgconn.PgError", message: 'ERROR: relation "voucher_campaigns" does not exist (SQLSTATE 42P01)' },
      bad: { thrown: thrown("*pgconn.PgError", 'ERROR: relation "voucher_campaigns" does not exist (SQLSTATE 42P01)', []) },
    }),
    beside: { changes: [{ kind: "deploy", service: "vouchers", atMs: 10_200, version: "2.0.0", previousVersion: "1.9.4" }] },
    ...callersOrPeers("vouchers", ["vouchers-db", "postgresql"]),
    cause: "bad-deploy",
    also: ["database-failure"],
  },
  {
    name: "go-slots-of-postgres-are-reserved",
    software: "Go with pgx; a job opened all the connections that the server has",
    onset: 24,
    share: 0.7,
    ...byStore(app("meters", "gin"), "/meters/:id", {
      system: "postgresql",
      host: "meters-db",
      statement: "SELECT value FROM meters WHERE id = $1",
      trouble: {
        type: "*pgconn.ConnectError",
        message:
          "failed to connect to `user=meters database=meters`: 10.3.0.9:5432 (meters-db): server error: FATAL: remaining connection slots are reserved for roles with the SUPERUSER attribute (SQLSTATE 53300)",
      },
    }),
    cause: "pool-exhausted",
    also: ["database-failure", "resource-exhausted"],
  },
  {
    name: "go-files-are-all-open",
    software: "Go; bodies of answers are never closed, the process has no descriptor left",
    onset: 27,
    share: 0.8,
    ...byCall(app("fetcher", "gin"), "/previews/:id", {
      host: "images.cdn.example",
      isCallers: true,
      ms: 1,
      trouble: {
        type: "*net.OpError",
        message: 'Get "https://images.cdn.example/p.png": dial tcp: lookup images.cdn.example: too many open files',
      },
    }),
    ...callersOrPeers("fetcher", "images.cdn.example"),
    cause: "resource-exhausted",
  },
  {
    name: "go-certificate-of-the-callee-expired",
    software: "Go; an internal certificate that nobody renewed",
    onset: 25,
    ...byCall(app("courier", "gin"), "/jobs/:id", {
      host: "dispatch.internal",
      isCallers: true,
      trouble: {
        type: "*url.Error",
        message:
          'Post "https://dispatch.internal/jobs": tls: failed to verify certificate: x509: certificate has expired or is not yet valid: current time 2026-11-18T09:30:11Z is after 2026-11-18T09:00:00Z',
      },
    }),
    ...callersOrPeers("courier", "dispatch.internal"),
    cause: "tls-failure",
  },
  {
    name: "go-nats-stream-does-not-exist",
    software: "Go with JetStream; a changed setting names a stream that nobody made",
    onset: 25,
    ...bySend(app("emitter", "gin"), "/emit/:id", {
      system: "nats",
      host: "nats",
      topic: "ORDERS_V2.created",
      trouble: { type: "*jetstream.jsError", message: "nats: stream not found" },
      bad: {
        thrown: thrown(
          "*fmt.wrapError",
          "publish ORDERS_V2.created: nats: API error: code=404 err_code=10059 description=stream not found",
          [],
        ),
      },
    }),
    beside: { changes: [{ kind: "config", service: "emitter", atMs: 9_800, description: "STREAM=ORDERS_V2" }] },
    creators: ["emitter", "nats", "ORDERS_V2.created"],
    path: [hop("emitter", "created", "propagated", "remapped"), maybe(["nats", "ORDERS_V2.created"], "created", "clean")],
    cause: "bad-configuration",
    also: ["dependency-error"],
  },
  {
    name: "go-memory-kill-cuts-the-connection",
    software: "Go in front of Go; the one behind is killed at its memory limit within its requests",
    onset: 26,
    share: 0.6,
    visit: (turn) =>
      visit(app("export-front", "gin"), "/exports/:id", {
        path: numbered("/exports", turn),
        status: turn.isBad ? 502 : 200,
        steps: [
          call(
            visit(app("exporter", "gin"), "/exports/:id"),
            turn.isBad
              ? { isUnreached: true, ms: 800, trouble: { type: "*url.Error", message: 'Get "http://exporter:8080/exports/7": EOF' } }
              : {},
          ),
        ],
      }),
    beside: {
      lines: [
        clusterEvent(app("exporter", "gin"), 10_700, [
          "OOMKilling",
          "Memory cgroup out of memory: Killed process 91 (exporter) total-vm:2143212kB, anon-rss:1023884kB",
        ]),
      ],
    },
    seen: { service: "export-front", route: "/exports/:id" },
    cause: "resource-exhausted",
    also: ["memory-leak"],
    creators: ["exporter"],
    path: [hop("export-front", "propagated", "remapped"), hop("exporter", "created")],
  },
  {
    name: "go-breaker-of-gobreaker-is-open",
    software: "Go with gobreaker; the breaker in front of the fraud check is open",
    onset: 24,
    ...alone(app("checkout-go", "gin"), "/checkout/:id", {
      ms: 1,
      thrown: thrown("*errors.errorString", "fraud check: circuit breaker is open", []),
    }),
    cause: "circuit-open",
    creators: ["checkout-go"],
  },
  {
    name: "go-third-party-answers-503-page",
    software: "Go; the tax service of a third party answers 503 with a page of its content network",
    onset: 25,
    share: 0.8,
    ...byCall(app("billing-go", "gin"), "/bills/:id", {
      host: "api.taxes.example",
      answers: 503,
      bad: {
        thrown: thrown(
          "*errors.errorString",
          "taxes: unexpected status 503 Service Unavailable: <html><head><title>503 Backend fetch failed</title></head>",
          [],
        ),
      },
    }),
    cause: "third-party-failure",
  },
  {
    name: "go-name-of-the-service-changed",
    software: "Go; the service was renamed in the cluster, the name is gone",
    onset: 26,
    ...byCall(app("menu-go", "gin"), "/menus/:id", {
      host: "prices.shop.svc.cluster.local",
      isCallers: true,
      trouble: {
        type: "*url.Error",
        message:
          'Get "http://prices.shop.svc.cluster.local:8080/prices": dial tcp: lookup prices.shop.svc.cluster.local on 10.96.0.10:53: no such host',
      },
    }),
    ...callersOrPeers("menu-go", "prices.shop.svc.cluster.local"),
    cause: "dns-failure",
    also: ["bad-configuration"],
  },
  {
    name: "go-cannot-decode-what-the-new-release-sends",
    software: "Go behind nothing; the callee's release writes a list where an object was",
    onset: 26,
    visit: (turn) =>
      visit(app("planner-go", "gin"), "/plans/:id", {
        path: numbered("/plans", turn),
        steps: [call(visit(app("calendar", "fastapi", { version: turn.isBad ? "5.0.0" : "4.8.1" }), "/events/:id"))],
        ...(turn.isBad
          ? {
              status: 500,
              thrown: thrown(
                "*json.UnmarshalTypeError",
                "calendar: json: cannot unmarshal array into Go struct field Day.events of type plan.Events",
                [],
              ),
            }
          : {}),
      }),
    beside: { changes: [{ kind: "deploy", service: "calendar", atMs: 10_200, version: "5.0.0", previousVersion: "4.8.1" }] },
    seen: { service: "planner-go", route: "/plans/:id" },
    cause: "bad-deploy",
    also: ["parse-failure", "gateway-mismatch"],
    creators: ["planner-go", "calendar"],
    path: [hop("planner-go", "created", "propagated"), maybe("calendar", "clean", "created")],
  },
  {
    name: "go-room-is-not-found-and-logged",
    software: "Go; guests ask for rooms that are gone, a 404 each, every one an error in the log",
    share: 0,
    negative: "client-errors",
    visit: (turn) =>
      visit(
        app("rooms-go", "gin"),
        "/rooms/:id",
        turn.index % 3 === 0
          ? {
              path: numbered("/rooms", turn),
              status: 404,
              lines: [line(17, `room ${4_100 + turn.index} not found: sql: no rows in result set`)],
            }
          : { path: numbered("/rooms", turn) },
      ),
  },
  {
    name: "go-load-test-of-the-team",
    software: "Go; k6 asks a hundred times as often, and is told to slow down",
    share: 0,
    requests: 150,
    everyMs: 40,
    negative: "client-errors",
    visit: (turn) =>
      visit(app("quotes-go", "gin"), "/quotes", {
        attributes: { "user_agent.original": "k6/0.54.0 (https://k6.io/)" },
        ...(turn.index > 40 ? { status: 429, ms: 1, lines: [line(13, "rate limit exceeded for 10.0.9.4")] } : {}),
      }),
  },
  {
    name: "go-weighbridge-answers-503-and-no-more",
    software: "Go in front of a device that sends nothing and answers 503",
    onset: 25,
    negative: "evidence-missing",
    visit: (turn) =>
      visit(app("yard", "gin"), "/weights/:id", {
        path: numbered("/weights", turn),
        ...(turn.isBad ? { status: 503 } : {}),
        steps: [call(visit(outside("weighbridge"), "/weigh", turn.isBad ? { status: 503 } : {}))],
      }),
    missing: ["weighbridge"],
    seen: { service: "yard" },
  },
];

/** Systems without any spans: what services wrote to their logs, with the request's trace id, and perhaps an access log. */
import { nginxLine } from "../../access-lines.ts";
import { app, call, hop, line, maybe, numbered, thrown, visit } from "../../compose.ts";
import type { App, Scene, Turn, Visit } from "../../plan.ts";

type Spoken = Pick<Scene, "visit" | "seen" | "creators" | "path" | "hasNoSpans">;

const answered = (turn: Turn, prefix: string, status: number) =>
  line(status >= 500 ? 17 : 9, `GET ${prefix}/${4_100 + turn.index * 7} ${status} ${status >= 500 ? 31 : 12}ms`);

/** One service that logs each answer, and before a bad one what went wrong. */
const spoken = (at: App, prefix: string, bad: Partial<Visit>): Spoken => ({
  hasNoSpans: true,
  visit: (turn) =>
    visit(at, `${prefix}/:id`, {
      path: numbered(prefix, turn),
      ...(turn.isBad ? { status: 500, ...bad } : {}),
      lines: [...(turn.isBad ? (bad.lines ?? []) : []), answered(turn, prefix, turn.isBad ? (bad.status ?? 500) : 200)],
    }),
  seen: {},
  creators: [at.service],
  path: [hop(at.service, "created")],
});

/** Two services that log; the first calls the second. */
const spokenBehind = (front: App, prefix: string, inner: Spoken): Spoken => ({
  hasNoSpans: true,
  visit: (turn) => {
    const below = inner.visit?.(turn) as Visit;
    const lines = [
      ...(turn.isBad ? [line(17, `${below.app.service} answered ${below.status}`)] : []),
      answered(turn, prefix, turn.isBad ? 502 : 200),
    ];
    return visit(front, `${prefix}/:id`, { path: numbered(prefix, turn), status: turn.isBad ? 502 : 200, steps: [call(below)], lines });
  },
  seen: {},
  creators: inner.creators ?? [],
  path: [maybe(front.service, "propagated", "remapped"), ...(inner.path ?? [])],
});

const named = (peers: readonly string[], service: string): Pick<Scene, "creators" | "path"> => ({
  creators: [...peers],
  path: [hop(service, "propagated", "remapped"), hop(peers, "created")],
});

const either = (peers: readonly string[], service: string): Pick<Scene, "creators" | "path"> => ({
  creators: [service, ...peers],
  path: [hop(service, "created", "propagated", "remapped"), maybe(peers, "clean", "created")],
});

const nginx = (status: number): NonNullable<Scene["access"]> => ({
  file: "nginx.access.log",
  line: (turn, time) =>
    nginxLine(turn, time, {
      path: `/pets/${4_100 + turn.index * 7}`,
      ...(turn.isBad
        ? { status, seconds: "0.031", upstream: ["10.0.3.7:8080", String(status)] as const }
        : { status: 200, seconds: "0.012", upstream: ["10.0.3.7:8080", "200"] as const }),
    }),
});

/** See the file's head. */
export const LOGS_ALONE: readonly Scene[] = [
  {
    name: "words-of-a-null-pointer",
    software: "Spring's log alone",
    share: 0.4,
    ...spoken(app("pets", "spring"), "/pets", {
      thrown: thrown("java.lang.NullPointerException", 'Cannot invoke "Owner.name()" because "owner" is null', [
        "\tat com.acme.pets.Card.of(Card.java:12)",
      ]),
    }),
    access: nginx(500),
    path: [maybe("nginx", "propagated"), hop("pets", "created")],
    cause: "unhandled-exception",
    also: ["invalid-input-unguarded"],
  },
  {
    name: "words-of-a-refused-postgres",
    software: "Django's log alone; PostgreSQL is stopped",
    onset: 25,
    ...spoken(app("clinics", "django"), "/clinics", {
      thrown: thrown(
        "django.db.utils.OperationalError",
        'connection to server at "clinics-db" (10.3.0.9), port 5432 failed: Connection refused\n\tIs the server running on that host and accepting TCP/IP connections?',
        ["Traceback (most recent call last):", '  File "/app/clinics/views.py", line 9, in show'],
      ),
    }),
    ...named(["clinics-db", "postgresql", "10.3.0.9"], "clinics"),
    cause: "connection-refused",
    also: ["database-failure"],
  },
  {
    name: "words-of-a-pool-in-sequelize",
    software: "Node's log alone; Sequelize waits in vain",
    onset: 24,
    share: 0.7,
    ...spoken(app("gyms", "express"), "/gyms", {
      thrown: thrown("SequelizeConnectionAcquireTimeoutError", "Operation timeout", [
        "    at Pool.acquire (/app/node_modules/sequelize-pool/lib/Pool.js:130:39)",
        "    at /app/src/gyms.js:8:3",
      ]),
    }),
    cause: "pool-exhausted",
  },
  {
    name: "words-of-a-name-that-is-gone",
    software: "Node's log alone; a name does not resolve",
    onset: 25,
    ...spoken(app("hotels", "nest"), "/hotels", {
      thrown: thrown("Error", "getaddrinfo EAI_AGAIN stars.internal", [
        "    at GetAddrInfoReqWrap.onlookupall [as oncomplete] (node:dns:122:26)",
      ]),
    }),
    ...either(["stars.internal"], "hotels"),
    cause: "dns-failure",
  },
  {
    name: "words-of-two-services-and-a-deadlock",
    software: "Express and Spring by their logs alone; MySQL chooses a victim",
    onset: 24,
    share: 0.3,
    ...spokenBehind(
      app("ferry-web", "express"),
      "/ferries",
      spoken(app("ferries", "spring"), "/ferries", {
        thrown: thrown(
          "org.springframework.dao.CannotAcquireLockException",
          "could not execute statement [Deadlock found when trying to get lock; try restarting transaction]",
          [
            "\tat com.acme.ferries.Bookings.save(Bookings.java:40)",
            "Caused by: com.mysql.cj.jdbc.exceptions.MySQLTransactionRollbackException: Deadlock found when trying to get lock; try restarting transaction",
          ],
        ),
      }),
    ),
    creators: ["mysql"],
    path: [maybe("ferry-web", "propagated", "remapped"), hop("ferries", "propagated", "remapped"), hop("mysql", "created")],
    cause: "database-failure",
  },
  {
    name: "words-of-a-stripe-that-is-slow",
    software: "Flask's log alone; a third party is too slow",
    onset: 25,
    share: 0.8,
    ...spoken(app("donations", "flask"), "/donations", {
      thrown: thrown(
        "requests.exceptions.ReadTimeout",
        "HTTPSConnectionPool(host='api.givings.example', port=443): Read timed out. (read timeout=10)",
        ["Traceback (most recent call last):", '  File "/app/donations/pay.py", line 14, in charge'],
      ),
    }),
    ...named(["api.givings.example"], "donations"),
    cause: "third-party-failure",
    also: ["dependency-timeout"],
  },
  {
    name: "words-of-an-expired-certificate-in-go",
    software: "Go's log alone",
    onset: 26,
    ...spoken(app("permits", "gin"), "/permits", {
      lines: [
        line(
          17,
          'verify permit: Get "https://registry.town.example/p/7": tls: failed to verify certificate: x509: certificate has expired or is not yet valid: current time 2026-11-18T09:30:11Z is after 2026-11-18T09:29:59Z',
        ),
      ],
    }),
    ...either(["registry.town.example"], "permits"),
    cause: "tls-failure",
    also: ["third-party-failure"],
  },
  {
    name: "words-of-a-column-after-a-release",
    software: "Rails' log alone; a release before its migration",
    onset: 26,
    ...spoken(app("boats", "rails", { version: "3.1.0" }), "/boats", {
      thrown: {
        ...thrown("ActiveRecord::StatementInvalid", "PG::UndefinedColumn: ERROR:  column boats.berth_code does not exist", [
          "app/models/boat.rb:7:in `berthed'",
        ]),
        told: "log",
      },
    }),
    beside: { changes: [{ kind: "deploy", service: "boats", atMs: 10_200, version: "3.1.0", previousVersion: "3.0.2" }] },
    ...either(["postgresql"], "boats"),
    cause: "bad-deploy",
    also: ["database-failure"],
  },
  {
    name: "words-of-a-full-disk-in-php",
    software: "Laravel's log alone; sessions cannot be written",
    onset: 27,
    ...spoken(app("mills", "laravel"), "/mills", {
      thrown: thrown("ErrorException", "file_put_contents(): Write of 218 bytes failed with errno=28 No space left on device", [
        "#0 /var/www/html/vendor/laravel/framework/src/Illuminate/Filesystem/Filesystem.php(205)",
      ]),
    }),
    cause: "resource-exhausted",
  },
  {
    name: "words-of-a-callee-that-failed-in-rust",
    software: "Express and Rust by their logs alone; the one behind panics",
    share: 0.4,
    ...spokenBehind(
      app("maps-web", "express"),
      "/maps",
      spoken(app("maps-core", "axum"), "/maps", {
        lines: [
          line(
            17,
            "thread 'tokio-runtime-worker' panicked at src/tiles.rs:31:9:\ncalled `Result::unwrap()` on an `Err` value: ParseIntError { kind: InvalidDigit }",
          ),
        ],
      }),
    ),
    cause: "unhandled-exception",
    also: ["invalid-input-unguarded", "parse-failure"],
  },
  {
    name: "words-of-a-missing-variable",
    software: "Elixir's log alone; a variable is not set in the new pods",
    onset: 26,
    ...spoken(app("orchards", "phoenix"), "/orchards", {
      thrown: thrown("System.EnvError", 'could not fetch environment variable "WEATHER_TOKEN" because it is not set', [
        "    (elixir 1.17.3) lib/system.ex:724: System.fetch_env!/1",
      ]),
    }),
    cause: "bad-configuration",
  },
  {
    name: "words-of-a-cut-memory",
    software: ".NET's log alone; memory runs out",
    onset: 26,
    share: 0.6,
    ...spoken(app("scans", "aspnet"), "/scans", {
      thrown: thrown("System.OutOfMemoryException", "Exception of type 'System.OutOfMemoryException' was thrown.", [
        "   at Acme.Scans.Image.Load(Stream s)",
      ]),
    }),
    cause: "resource-exhausted",
    also: ["memory-leak"],
  },
  {
    name: "words-of-a-brake-by-a-vendor",
    software: "Node's log alone; a vendor's limit becomes a 500",
    onset: 25,
    share: 0.7,
    ...spoken(app("captions", "express"), "/captions", {
      thrown: thrown(
        "RateLimitError",
        "429 Rate limit reached for gpt-4o in organization org-x on tokens per min (TPM): Limit 30000, Used 29950, Requested 900.",
        ["    at APIError.generate (/app/node_modules/openai/error.js:63:20)"],
      ),
    }),
    ...either(["api.openai.com", "openai"], "captions"),
    cause: "rate-limited-as-5xx",
    also: ["third-party-failure"],
  },
  {
    name: "words-of-handled-errors",
    software: "Spring's log alone; advice fails, every answer is a 200",
    share: 0,
    hasNoSpans: true,
    negative: "healthy",
    visit: (turn) =>
      visit(app("museums", "spring"), "/museums/:id", {
        path: numbered("/museums", turn),
        lines: [
          ...(turn.index % 3 === 0
            ? [
                line(17, "could not load similar museums", {
                  attributes: { "exception.type": "java.net.SocketTimeoutException", "exception.message": "Read timed out" },
                }),
              ]
            : []),
          answered(turn, "/museums", 200),
        ],
      }),
  },
  {
    name: "words-of-a-consumer-that-moves-messages-away",
    software: "A consumer's log beside a web service's; messages go to a dead letter queue",
    share: 0,
    hasNoSpans: true,
    negative: "healthy",
    visit: (turn) => visit(app("zoos", "express"), "/zoos/:id", { path: numbered("/zoos", turn), lines: [answered(turn, "/zoos", 200)] }),
    beside: {
      lines: Array.from({ length: 10 }, (_, at) => ({
        app: app("zoo-consumer", "spring"),
        atMs: 1_000 + at * 2_000,
        line: line(17, `Listener failed, record zoo-events-0@${at + 810} is sent to zoo-events.DLT`, {
          scope: "org.springframework.kafka.listener.DeadLetterPublishingRecoverer",
          attributes: {
            "exception.type": "org.springframework.kafka.support.serializer.DeserializationException",
            "exception.message": "failed to deserialize",
          },
        }),
      })),
    },
  },
  {
    name: "words-of-a-night-job",
    software: "A cron job's log alone; its import fails row by row, nobody asked for it",
    share: 0,
    hasNoSpans: true,
    negative: "healthy",
    visit: (turn) =>
      visit(app("farms", "django"), "/farms/:id", { path: numbered("/farms", turn), lines: [answered(turn, "/farms", 200)] }),
    beside: {
      lines: Array.from({ length: 12 }, (_, at) => ({
        app: app("farms-import", "django"),
        atMs: 800 + at * 1_700,
        line: line(17, `row ${at * 31}: could not be imported`, {
          attributes: { "exception.type": "decimal.InvalidOperation", "exception.message": "[<class 'decimal.ConversionSyntax'>]" },
        }),
      })),
    },
  },
  {
    name: "words-of-a-500-and-no-more",
    software: "A service logs only that it answered 500",
    share: 0.4,
    hasNoSpans: true,
    negative: "evidence-missing",
    visit: (turn) =>
      visit(app("sheds", "gin"), "/sheds/:id", {
        path: numbered("/sheds", turn),
        status: turn.isBad ? 500 : 200,
        lines: [answered(turn, "/sheds", turn.isBad ? 500 : 200)],
      }),
    missing: ["sheds", "telemetry", "span", "log"],
  },
  {
    name: "words-of-a-refused-callee-in-python",
    software: "FastAPI's log alone; the callee takes no connections",
    onset: 25,
    ...spoken(app("trails", "fastapi"), "/trails", {
      thrown: thrown(
        "aiohttp.client_exceptions.ClientConnectorError",
        "Cannot connect to host huts:8080 ssl:default [Connect call failed ('10.4.2.9', 8080)]",
        ["Traceback (most recent call last):", '  File "/app/trails/huts.py", line 20, in fetch'],
      ),
    }),
    ...named(["huts", "huts:8080"], "trails"),
    cause: "connection-refused",
  },
];

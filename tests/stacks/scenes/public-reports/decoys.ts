/** Faults beside something that looks like the cause and is not: loud lines, saved tries, releases, words that mislead. */
import { app, call, hop, line, maybe, outside, store, numbered, thrown, visit } from "../../compose.ts";
import type { Scene } from "../../plan.ts";
import { alone, byCall } from "../../shapes.ts";

const TRACEBACK = "Traceback (most recent call last):";

/** See the file's head. */
export const DECOYS: readonly Scene[] = [
  {
    name: "kafka-rebalances-beside",
    software: "Java agent 2.20 with Spring Boot 3; the consumer of the same process rebalances loudly",
    share: 0,
    negative: "noise",
    visit: (turn) => visit(app("points", "spring"), "/points/:id", { path: numbered("/points", turn) }),
    beside: {
      lines: Array.from({ length: 20 }, (_, index) => ({
        app: app("points", "spring"),
        atMs: 2_000 + index * 900,
        line: line(
          17,
          "[Consumer clientId=points-1, groupId=points] Offset commit with offsets {orders-3=OffsetAndMetadata{offset=8123}} failed: org.apache.kafka.clients.consumer.CommitFailedException: Offset commit cannot be completed since the consumer is not part of an active group",
          { scope: "org.apache.kafka.clients.consumer.internals.ConsumerCoordinator" },
        ),
      })),
    },
  },
  {
    name: "deadlocks-are-tried-again-beside-a-key-error",
    software: "OpenTelemetry Python with FastAPI; a second try makes every deadlock good, the exception is another matter",
    share: 0.2,
    negative: "noise",
    visit: (turn) => {
      const lock = store(["postgresql", "jobs-db"], "UPDATE jobs SET state = %s WHERE id = %s", {
        trouble: {
          type: "psycopg2.errors.DeadlockDetected",
          message: "deadlock detected\nDETAIL:  Process 4211 waits for ShareLock on transaction 8812",
        },
        ms: 1_002,
        code: "40P01",
      });
      const again = store(["postgresql", "jobs-db"], "UPDATE jobs SET state = %s WHERE id = %s");
      const error = thrown("KeyError", "'owner'", [
        TRACEBACK,
        '  File "/srv/app/jobs/views.py", line 51, in finish',
        '    notify(job["owner"])',
      ]);
      return visit(app("jobs", "fastapi"), "/jobs/:job_id", {
        path: numbered("/jobs", turn),
        method: "POST",
        steps: turn.index % 2 === 0 ? [lock, again] : [again],
        lines: turn.index % 2 === 0 ? [line(17, "deadlock detected, trying again")] : [],
        ...(turn.isBad ? { status: 500, thrown: error } : {}),
      });
    },
    seen: { service: "jobs", route: "/jobs/{job_id}" },
    cause: "unhandled-exception",
    creators: ["jobs"],
    path: [hop("jobs", "created"), maybe(["postgresql", "jobs-db"], "clean")],
  },
  {
    name: "loud-cron-beside-a-third-party",
    software: "OpenTelemetry PHP with Laravel 12; a nightly job logs errors of the database all the while",
    onset: 28,
    negative: "noise",
    ...byCall(app("tracking", "laravel"), "/parcels/:id", {
      host: "api.carrier.example",
      to: "/v2/parcels",
      answers: 500,
      bad: {
        thrown: thrown(
          "GuzzleHttp\\Exception\\ServerException",
          "Server error: `GET https://api.carrier.example/v2/parcels` resulted in a `500 Internal Server Error` response",
          ["#0 /var/www/html/app/Services/Carrier.php(33): GuzzleHttp\\Client->get()"],
        ),
      },
    }),
    beside: {
      lines: Array.from({ length: 25 }, (_, index) => ({
        app: app("tracking", "laravel"),
        atMs: 800 + index * 900,
        line: line(
          17,
          "SQLSTATE[40001]: Serialization failure: 1213 Deadlock found when trying to get lock; try restarting transaction (nightly:cleanup)",
        ),
      })),
    },
    cause: "third-party-failure",
  },
  {
    name: "decoy-deploy-before-a-certificate-ends",
    software: "Java agent 2.20 with Spring Boot 3; a release of texts came shortly before a partner's certificate expired",
    onset: 30,
    negative: "decoy-deploy",
    ...byCall(app("insurance", "spring"), "/policies/:id", {
      host: "rates.insurer.example",
      ms: 25,
      trouble: {
        type: "javax.net.ssl.SSLHandshakeException",
        message: "PKIX path validation failed: java.security.cert.CertPathValidatorException: validity check failed",
      },
      bad: {
        thrown: thrown(
          "org.springframework.web.client.ResourceAccessException",
          'I/O error on GET request for "https://rates.insurer.example/": PKIX path validation failed',
          [
            "\tat com.acme.insurance.RateClient.fetch(RateClient.java:40)",
            "Caused by: java.security.cert.CertificateExpiredException: NotAfter: Wed Nov 18 09:42:00 UTC 2026",
          ],
        ),
      },
    }),
    beside: {
      changes: [{ kind: "deploy", service: "insurance", atMs: 23 * 400, version: "4.2.0", previousVersion: "4.1.9", description: "texts" }],
    },
    cause: "tls-failure",
    also: ["third-party-failure"],
  },
  {
    name: "decoy-setting-of-a-bystander",
    software: "OpenTelemetry Go with gin; a setting of another service changed at the same time",
    onset: 26,
    share: 0.5,
    negative: "decoy-deploy",
    ...alone(app("maps", "gin"), "/tiles/:id", {
      lines: [
        line(
          17,
          "panic recovered: runtime error: slice bounds out of range [:8] with capacity 4\n/app/internal/tiles/read.go:77 (0x8b1a2c)",
        ),
      ],
    }),
    beside: { changes: [{ kind: "config", service: "billing", atMs: 26 * 400 - 500, description: "invoice footer" }] },
    cause: "unhandled-exception",
  },
  {
    name: "words-mislead-rate-limit",
    software: "OpenTelemetry Python with Flask; the missing key has a telling name",
    share: 0.3,
    negative: "misleading-words",
    ...alone(app("plans", "flask"), "/plans/:id", {
      thrown: thrown("KeyError", "'rate_limit'", [
        TRACEBACK,
        '  File "/srv/app/plans/views.py", line 20, in show',
        '    limit = plan["rate_limit"]',
      ]),
    }),
    cause: "unhandled-exception",
  },
  {
    name: "words-mislead-a-number",
    software: "OpenTelemetry Go with gin; the order that is not in the ledger is number 429",
    share: 0.3,
    negative: "misleading-words",
    ...alone(app("ledger", "gin"), "/ledger/:id", {
      thrown: thrown(
        "*errors.errorString",
        "order 429 is not in the ledger: interface conversion: interface {} is nil, not ledger.Entry",
        [],
      ),
    }),
    cause: "unhandled-exception",
  },
  {
    name: "words-mislead-pool-and-timeout",
    software: "Java agent 2.20 with Spring Boot 3; the class that fails is of a car pool",
    share: 0.3,
    negative: "misleading-words",
    ...alone(app("rides", "spring"), "/rides/:id", {
      thrown: thrown(
        "java.lang.NullPointerException",
        'Cannot invoke "com.acme.rides.CarPool.limit()" because "this.pool" is null while the pool limit is read',
        ["\tat com.acme.rides.TimeoutPolicy.apply(TimeoutPolicy.java:31)"],
      ),
    }),
    cause: "unhandled-exception",
  },
  {
    name: "optional-advice-fails-all-the-time",
    software: "Java agent 2.20 with Spring Boot 3; an optional call fails in every request, what matters is the null pointer",
    share: 0.25,
    negative: "noise",
    visit: (turn) => {
      const trouble = { type: "java.net.SocketTimeoutException", message: "Read timed out" };
      const error = thrown("java.lang.NullPointerException", 'Cannot read field "cents" because "price" is null', [
        "\tat com.acme.rooms.PriceView.of(PriceView.java:19)",
      ]);
      return visit(app("rooms", "spring"), "/rooms/:id", {
        path: numbered("/rooms", turn),
        steps: [call(visit(outside("advice"), "/advice"), { isUnreached: true, ms: 80, trouble })],
        lines: [line(17, "advice left out: Read timed out")],
        ...(turn.isBad ? { status: 500, thrown: error } : {}),
      });
    },
    seen: { service: "rooms", route: "/rooms/{id}" },
    cause: "unhandled-exception",
    creators: ["rooms"],
    path: [hop("rooms", "created"), maybe("advice", "clean")],
  },
  {
    name: "tests-of-a-breaker-in-words",
    software: ".NET 9 with ASP.NET Core; a customer's name holds the words of a breaker",
    share: 0.25,
    negative: "misleading-words",
    ...alone(app("accounts", "aspnet"), "/accounts/:id", {
      thrown: thrown(
        "System.Collections.Generic.KeyNotFoundException",
        "The given key 'Circuit Open Air Festival' was not present in the dictionary.",
        ["   at Accounts.Segments.Find(String name) in /src/Accounts/Segments.cs:line 18"],
      ),
    }),
    cause: "unhandled-exception",
  },
];
